"""Texts that an export has in the format of Ghost's editors alone become the same text as HTML would."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from publications.importers.ghost.editors import render_editor_text, render_lexical
from publications.importers.imported_file import ImportLog
from tests.importers.html.articles import markdown_of

from .test_source import make_export, open_export, read_all

__all__ = ["open_export"]


def text(words: str, bits: int = 0) -> dict:
    return {"type": "extended-text", "text": words, "format": bits}


def block(name: str, *children: dict, **values) -> dict:
    return {"type": name, "children": list(children)} | values


LEXICAL = [
    (block("paragraph", text("A "), text("bold", 1), text(" "), text("both", 3), {"type": "linebreak"}, text("b<c")), "A **bold** ***both***  \nb&lt;c"),
    (block("extended-heading", text("Head"), tag="h3"), "## Head"),
    (block("extended-quote", text("Said")), "> Said"),
    (block("list", block("listitem", text("a")), block("listitem", text("b")), listType="number"), "1. a\n2. b"),
    (block("list", block("listitem", text("a")), listType="bullet"), "- a"),
    (block("paragraph", block("link", text("here"), url="https://x.example/")), "[here](https://x.example/)"),
    ({"type": "horizontalrule"}, "* * *"),
    ({"type": "codeblock", "code": "a < b", "language": "c"}, "a < b"),
    ({"type": "markdown", "markdown": "A *word* [l](https://x.example/)\n\n## Head"}, "A *word* [l](https://x.example/)\n\n## Head"),
    ({"type": "html", "html": "<p>raw <b>html</b></p>"}, "raw **html**"),
    ({"type": "callout", "calloutText": "Note <b>it</b>", "calloutEmoji": "💡"}, "> 💡 Note **it**"),
    ({"type": "toggle", "heading": "More", "content": "<p>Inside</p>"}, "## More\n\nInside"),
    ({"type": "bookmark", "url": "https://x.example/a", "metadata": {"title": "T", "publisher": "P"}}, "[T](https://x.example/a)  \nP"),
    ({"type": "embed", "url": "https://x.example/v", "html": ""}, "<https://x.example/v>"),
    ({"type": "embed", "html": '<iframe src="https://www.youtube.com/embed/abcdefgh" title="Talk"></iframe>'}, "[Talk](https://www.youtube.com/watch?v=abcdefgh)"),
    ({"type": "file", "src": "https://x.example/a.pdf", "fileTitle": "Report"}, "[Report](https://x.example/a.pdf)"),
    ({"type": "audio", "src": "https://x.example/a.mp3", "title": "Talk"}, "[Talk](https://x.example/a.mp3)"),
    ({"type": "button", "buttonText": "Go", "buttonUrl": "https://x.example/"}, "[Go](https://x.example/)"),
    ({"type": "new-thing", "heading": "Its words", "style": "wide"}, "Its words"),
    (block("new-block", text("Its words")), "Its words"),
    ({"type": "email", "html": "<p>Dear reader</p>"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("node", "markdown"), LEXICAL, ids=lambda value: str(value)[:30])
def test_a_node_becomes_markdown(node, markdown):
    html = render_lexical({"root": {"children": [block("paragraph", text("Start.")), node]}}, ImportLog())

    assert markdown_of(html).removeprefix("Start.").strip() == markdown


def test_a_mobiledoc_becomes_the_same_text(open_export, tmp_path):
    mobiledoc = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "cards": [["image", {"src": "__GHOST_URL__/content/images/a.png", "alt": "Al", "caption": "Cap"}], ["hr", {}], ["odd", {"text": "Odd words"}]],
        "markups": [["strong"], ["a", ["href", "__GHOST_URL__/b/"]]],
        "sections": [
            [1, "p", [[0, [], 0, "One "], [0, [0, 1], 1, "two"], [0, [], 1, " three"], [1, [], 0, 0], [0, [], 0, "four"]]],
            [1, "h2", [[0, [], 0, "Head"]]],
            [3, "ul", [[[0, [], 0, "a"]], [[0, [], 0, "b"]]]],
            [10, 0], [10, 1], [10, 2], [10, 9],
        ],
    }  # fmt: skip
    post = {"title": "A", "slug": "a", "html": None, "mobiledoc": json.dumps(mobiledoc)}
    source = open_export(make_export(post, {"title": "B", "slug": "b", "html": "<p>b</p>"}))

    first, _second = read_all(source, tmp_path)

    body = first.manuscript.body
    assert body.startswith("One **[two](/sv/b/) three**  \nfour")
    assert "\n\n## Head\n\n- a\n- b\n\n" in body and body.endswith("Cap\n\n* * *\n\nOdd words")
    notes = [str(note.text) for note in first.notes]
    assert any("a.png" in note for note in notes) and any("“odd”" in note for note in notes)


def test_a_card_for_members_hides_its_text_and_mails_are_left_out_by_name(open_export, tmp_path):
    def lexical(card: dict) -> str:
        return json.dumps({"root": {"children": [block("paragraph", text("Open.")), card]}})

    gated = {"type": "html", "html": "<p>Closed.</p>", "visibility": {"web": {"nonMember": False}}}
    mail = {"type": "html", "html": "<p>Mailed.</p>", "visibility": {"showOnWeb": False, "showOnEmail": True}}
    cards = [gated, mail, {"type": "html", "html": "<p>c</p>", "visibility": {"web": {"nonMember": True}}}]
    posts = [
        {"title": "A", "slug": f"a{number}", "lexical": lexical(card)} for number, card in enumerate(cards)
    ]

    files = read_all(open_export(make_export(*posts)), tmp_path)

    assert [file.is_draft for file in files] == [True, False, False]
    assert files[1].manuscript.body == "Open." and any("Mailed." in str(note.text) for note in files[1].notes)


@pytest.mark.parametrize(
    "source", ["{", "[" * 100_000, '{"root": ' + '{"children": [' * 2000 + "]}" * 2000 + "}"]
)
def test_a_text_that_cannot_be_read_is_refused_with_the_remedy(open_export, source):
    opened = open_export(make_export({"title": "A", "slug": "a", "lexical": source}))

    assert "Open it in Ghost" in opened.refused["/a/"]


LEAVES = some.none() | some.integers(-2, 12) | some.sampled_from(["p", "a", "text", "list", "html", "image"])
NAMES = some.sampled_from(
    ["type", "children", "text", "format", "root", "cards", "sections", "markups", "atoms"]
)
ROWS = some.lists(LEAVES | some.lists(LEAVES, max_size=4), max_size=4)
VALUES = some.dictionaries(
    NAMES, LEAVES | ROWS | some.dictionaries(NAMES, LEAVES | ROWS, max_size=3), max_size=5
)


@given(VALUES)
def test_any_json_is_rendered(value):
    source = json.dumps(value)

    assert isinstance(
        render_editor_text(source, "", ImportLog()) + render_editor_text("", source, ImportLog()), str
    )
