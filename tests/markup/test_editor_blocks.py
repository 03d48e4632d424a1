"""A text in the rich text editor: untouched blocks stay byte for byte, edited ones become Markdown with the same page."""

import re
from html import escape, unescape
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from publications import markup
from publications.html_tree import Element, parse
from publications.importers import word
from publications.importers.imported_file import ImportRefused
from publications.markup import EditorBlock, render, split_blocks, write_blocks
from tests.conftest import ROOT
from tests.figures.imports import CORPUS, read_sources

SAMPLES = sorted((ROOT / "tests/samples/prose").glob("*.md"))


def page_of_html(html: str) -> str:
    """Return the page of what the editor shows, rendered from the HTML itself instead of Markdown."""
    body, notes = parse(html), {}
    for section in [element for element in body.elements if element.get("class") == "footnotes"]:
        body.children.remove(section)
        notes |= {
            item.get("id").removeprefix("fn-"): Element("body", {}, item.children)
            for item in section.find_all("li")
            if item.get("id").startswith("fn-")
        }
    labels = list(notes)
    for root in (body, *notes.values()):
        for reference in root.find_all("sup"):
            if not any(link.get("class") == "footnote-ref" for link in reference.elements):
                continue
            label = reference.elements[0].get("href").removeprefix("#fn-")
            reference.tag, reference.children = "ref", []
            reference.attributes = {"n": str(labels.index(label))}
    with mock.patch.object(render, "parse_markdown", return_value=(body, notes)):
        return normalized(markup.render_markdown("").html)


BLOCK_TAG = r"</?(?:p|li|ul|ol|h\d|blockquote|td|th|tr|table|thead|tbody|caption|pre|section|figure)\b[^>]*>"


MARK = r"<(?:strong|em|a|sub|code)\b[^>]*>"
END = r"</(?:strong|em|a|sub|code)>"
INVISIBLE = (
    (r"\s+|&nbsp;", " "),
    (rf"({MARK}) ", r" \1"),
    (rf" ({END})", r"\1 "),
    (rf"{MARK}({END})", ""),
    (r" *<br> *", "<br>"),
    (rf"(?:<br>| )*({BLOCK_TAG})(?:<br>| )*", r"\1"),
    ("<p></p>|<li></li>|<h\\d></h\\d>|<ul></ul>|<ol></ol>|<blockquote></blockquote>", ""),
    (r' id="[ps]-[^"]*"', ""),
    ("\N{EM DASH}", "---"),  # a line of hyphens alone stays one
    ("\N{EN DASH}", "--"),
)
"""Differences of pages that nobody sees: spaces at the ends of marks and blocks, ids, and dashes."""


def normalized(page: str) -> str:
    """Return a page without differences that nobody sees."""
    before = ""
    while page != before:
        before = page
        for pattern, replacement in INVISIBLE:
            page = re.sub(pattern, replacement, page)
    return page


def texts() -> list[tuple[str, str]]:
    """Return all texts at hand by name: of tests, of the demonstration, of the corpus, and Word files as imported."""
    demonstration = ROOT / "publications/demonstration/content"
    folders = [
        *sorted(demonstration.iterdir()),
        *([CORPUS / "posts", CORPUS / "guides"] if CORPUS.is_dir() else []),
    ]
    return [
        *((path.name, path.read_text("utf-8")) for path in SAMPLES),
        *(
            (name, body)
            for folder in folders
            for name, (_front, body) in sorted(read_sources(folder).items())
        ),
        *((path.name, read_word_text(path)) for path in sorted((CORPUS / "docx").glob("*.docx"))),
    ]


def read_word_text(path: Path) -> str:
    options = word.WordReadOptions(lambda digest: digest[:20], language="en")
    try:
        return word.read_word(path.read_bytes(), path.name, options).manuscript.body
    except ImportRefused:
        return ""


PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_untouched_blocks_stay_and_edited_ones_have_the_same_page(part):
    """The sources of all blocks are the text; written from their HTML, they are rendered as the same."""
    for name, text in texts()[part::PARTS]:
        blocks = split_blocks(text)
        edited = write_blocks(EditorBlock("" if block.html else block.source, block.html) for block in blocks)

        assert "".join(block.source for block in blocks) == text, name
        assert write_blocks(blocks) == text, name
        assert comparable(edited) == comparable(text), name


def comparable(markdown: str) -> str:
    """Return the page of a text without the differences that nobody sees, and with tight lists only."""
    page = re.sub("</?p[^>]*>", " ", normalized(markup.render_markdown(markdown).html))
    return normalized(page.replace("%28", "(").replace("%29", ")"))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_text_from_word_is_edited_as_rich_text_alone(part):
    words = [read_word_text(path) for path in sorted((CORPUS / "docx").glob("*.docx"))[part::PARTS]]

    assert [
        block.source for text in words for block in split_blocks(text) if text and block.html is None
    ] == []


CHARACTERS = "abc åя 12 *_[]<>&#|\\`~!+-=.:\"'{}()^/@\xa0"
words = some.text(CHARACTERS, min_size=1, max_size=10)
LINK = '<a href="https://example.org/a_b%28c%29">'
marks = some.lists(some.sampled_from(["strong", "em", "a", "sub", "code"]), max_size=2, unique=True)


def mark(text: str, names: list[str]) -> str:
    """Return text in marks, in the order in which the editor nests them."""
    html = escape(text.strip() or "x" if "code" in names else text)
    for name in sorted(names, key=["code", "sub", "em", "strong", "a"].index):
        html = f"{LINK if name == 'a' else f'<{name}>'}{html}</{name}>"
    return html


segments = some.builds(mark, words, marks)
breaks = some.sampled_from(
    [
        "<br>",
        '<sup><a href="#fn-1" class="footnote-ref">1</a></sup>',
        '<img src="image:abcdefgh" alt="a map">',
    ]
)


def join(parts: list[str]) -> str:
    """Return inline HTML in which equal marks are one, as in the editor."""
    html, before = "".join(parts), ""
    while html != before:
        before, html = html, re.sub(r"</(strong|em|sub|code)><\1>", "", html).replace(f"</a>{LINK}", "")
    return html


def is_visible(html: str) -> bool:
    return bool(re.sub(r"<[^>]*>|&nbsp;|\s", "", html))


inlines = (
    some.lists(some.one_of(segments, segments, segments, breaks), min_size=1, max_size=5)
    .map(join)
    .filter(is_visible)
)
lines = some.lists(segments, min_size=1, max_size=4).map(join).filter(is_visible)
NOTES = '<section class="footnotes"><ol><li id="fn-1"><p>A source.</p></li></ol></section>'


def element(tag: str, *children: str) -> str:
    return f"<{tag}>{''.join(children)}</{tag}>"


paragraphs = inlines.map(lambda html: element("p", html))
headings = some.builds(element, some.sampled_from(["h2", "h3"]), lines)
tight_items = some.lists(lines.map(lambda html: element("li", html)), min_size=1, max_size=3)
nested_items = some.builds(
    lambda text, tag, items: element("li", text, element(tag, *items)),
    lines,
    some.sampled_from(["ul", "ol"]),
    tight_items,
)
loose_items = some.lists(
    some.lists(paragraphs, min_size=1, max_size=2).map(lambda parts: element("li", *parts)),
    min_size=2,
    max_size=3,
)  # Markdown has no loose list of one paragraph
lists = some.builds(
    lambda tag, items: element(tag, *items),
    some.sampled_from(["ul", "ol"]),
    some.one_of(tight_items, some.lists(nested_items, min_size=1, max_size=2), loose_items),
)
quotations = some.lists(some.one_of(paragraphs, lists), min_size=1, max_size=2).map(
    lambda parts: element("blockquote", *parts)
)
tables = some.lists(lines, min_size=4, max_size=4).map(
    lambda cells: (
        f"<table><thead><tr><th>{cells[0]}</th><th>{cells[1]}</th></tr></thead>"
        f"<tbody><tr><td>{cells[2]}</td><td>{cells[3]}</td></tr></tbody></table>"
    )
)
blocks = some.one_of(paragraphs, paragraphs, headings, lists, quotations, tables, some.just("<hr>"))
documents = some.lists(blocks, min_size=1, max_size=4).map(lambda parts: "".join([*parts, NOTES]))


@given(documents)
@settings(max_examples=300, deadline=None)
def test_the_page_of_the_editor_is_the_page_of_its_markdown(html):
    markdown = write_blocks([EditorBlock("", html)])
    assert normalized(markup.render_markdown(markdown).html) == page_of_html(html), markdown


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<ol start="a"><li value="b">c</li></ol>', ["c"]),
        ("<figure><figcaption>Only words</figcaption></figure>", ["Only words"]),
        ('<p><img src="image:abcdefgh" alt="a] b [c"></p>', ["a] b [c", "abcdefgh"]),
        ('<p><img alt="no source"></p>', ["no source"]),
        ("<blockquote>" * 2000 + "a", ["a"]),
        ("<em><i>" * 40 + "word", ["word"]),
        ('<em><i><a href="/a">' * 40 + "word", ["word", "/a"]),
        (f"<b>first{'\xa0' * 100_000}last</b>", ["first", "last"]),
        ("<" * 100_000, ["<"]),
    ],
    ids=lambda value: str(value)[:20],
)
def test_the_words_of_any_html_are_written(html, words):
    """Pasted or made by hand; it takes no longer the deeper it is."""
    markdown = write_blocks([EditorBlock("", html)])

    try:
        shown = markup.render_markdown(markdown).html
    except markup.Unrenderable:  # whoever shows the text says so, and shows the Markdown
        shown = markdown
    assert [word for word in words if word in unescape(shown)] == words


def test_brackets_in_the_words_of_a_picture_stay_in_it():
    markdown = write_blocks([EditorBlock("", '<p><img src="image:abcdefgh" alt="a] b [c"></p>')])

    assert 'alt="a] b [c"' in markup.render_markdown(markdown).html


@pytest.mark.parametrize(
    ("html", "following"),
    [
        ("<p>Intro</p><ul><li>x</li></ul>", "* a\n* b\n"),
        ("<ol><li>x</li></ol>", "* a\n* b\n"),
        ("<p>Intro</p><blockquote><p>x</p></blockquote>", "> a\n"),
        ("<ul><li>x</li></ul><p>Intro</p>", "* a\n* b\n"),
    ],
)
def test_an_edited_block_leaves_the_page_of_the_next_one(html, following):
    edited = write_blocks([EditorBlock("", html), EditorBlock(following, None)])

    page = markup.render_markdown(edited).html
    assert normalized(page).endswith(normalized(markup.render_markdown(following).html))
    assert normalized(markup.render_markdown(edited).html).startswith(page_of_html(html))


@pytest.mark.parametrize(
    "between", ["[x]: /y/\n", "*[EU]: Union\n\n", "[^1]: A.\n\n    More.\n", "\n[x]: /y/\n\n[^1]: A."]
)
@pytest.mark.parametrize("first", [EditorBlock("", "<ul><li>x</li></ul>"), EditorBlock("- x\n", None)])
def test_an_edited_list_stays_apart_from_the_one_before_definitions(first, between):
    after = EditorBlock("", "<ul><li>a</li></ul>")

    page = markup.render_markdown(write_blocks([first, EditorBlock(between, None), after])).html
    assert page.count("<ul>") == 2


@pytest.mark.parametrize("tag", ["ul", "ol"])
def test_an_item_below_a_quotation_is_no_part_of_it(tag):
    quotation = "<blockquote><p>said</p></blockquote>"
    html = f"<{tag}><li>a<ul><li>c</li><li>{quotation}</li></ul></li><li>b</li></{tag}>"

    assert page_items(write_blocks([EditorBlock("", html)])) == ["a", "c", "said", "b"]


def page_items(markdown: str) -> list[str]:
    """Return the texts of the items of lists on the page of a text."""
    return re.findall(
        r"<li>(?:<blockquote>)?(?:<p[^>]*>)?(\w+)", normalized(markup.render_markdown(markdown).html)
    )


def test_code_after_a_list_is_separated_from_it():
    text = "One\n\n* a\n\n<!-- -->\n\n    code\n\nTwo\n"

    blocks = split_blocks(text)

    assert [block.source for block in blocks] == ["One\n\n", "* a\n\n", "<!-- -->\n\n    code\n\n", "Two\n"]
    assert all(block.html for block in blocks)


@pytest.mark.parametrize(
    "text", ["2026. A year.", "1. First.", "- one", "+ one", "# one", "> one", "a. b-c", "[^9]: x"]
)
def test_a_paragraph_that_begins_like_a_mark_is_read_back(text):
    """What the editor escapes it shows without the escapes again."""
    html = f"<p>{escape(text)}</p>"

    markdown = write_blocks([EditorBlock("", html)])

    assert [block.html for block in split_blocks(markdown)] == [html.replace("&#x27;", "'")]


def test_a_line_separator_ends_no_line():
    html = "<h2>a\u2028b</h2><table><thead><tr><th>a\u2028b</th></tr></thead><tbody><tr><td>c</td></tr></tbody></table>"

    assert write_blocks([EditorBlock("", html)]) == "## a b\n\n| a b |\n| --- |\n| c |"


def test_a_caption_may_end_with_a_backslash():
    html = '<p><img src="image:abcdefgh" alt="a" title="ends with \\"></p>'

    assert 'image="abcdefgh"' in markup.render_markdown(write_blocks([EditorBlock("", html)])).html


def test_a_table_without_a_heading_row_may_have_notes():
    html = (
        '<table><tbody><tr><td>a<sup><a href="#fn-1" class="footnote-ref">1</a></sup></td><td>b</td></tr></tbody></table>'
        f"{NOTES}"
    )

    assert normalized(markup.render_markdown(write_blocks([EditorBlock("", html)])).html) == page_of_html(
        html
    )


def test_a_space_at_an_end_of_code_stays_beside_it():
    html = "<p><code>a</code><em><code> b</code></em> and <code>c </code>d</p>"

    assert write_blocks([EditorBlock("", html)]) == "`a` *`b`* and `c` d"


CAPTION = "<caption>Trade</caption>"
NOTED_CELL = 'a<sup><a href="#fn-1" class="footnote-ref">1</a></sup>'


@pytest.mark.parametrize(
    "html",
    [
        "<table><thead><tr><th>A</th><th>B</th></tr></thead></table><p>After</p>",
        f'<table><tbody><tr><td colspan="2">{NOTED_CELL}</td></tr><tr><td>b</td><td>c</td></tr></tbody></table>{NOTES}',
        f"<table>{CAPTION}<tbody><tr><td>{NOTED_CELL}</td></tr><tr><td>b</td></tr></tbody></table>{NOTES}",
        '<table><thead><tr><th>A</th></tr></thead><tbody><tr><td align="right">1</td></tr></tbody></table>',
        '<table><thead><tr><th align="right">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>',
        '<p><a href="mailto:desk@example.org">mailto:desk@example.org</a></p>',
        '<p><a href="mailto:desk@example.org">desk@example.org</a></p>',
        "<ul><li><ol><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>after</li></ul>",
        "<ul><li>a<ol><li><p>b</p><p>c</p></li><li><p>d</p></li></ol></li><li>after</li></ul>",
        "<ul><li><p>a</p><p>b</p></li><li><p></p><blockquote><p>q</p><blockquote><p>r</p></blockquote></blockquote></li></ul>",
        "<ul><li><p>a</p><p>b</p></li><li><p></p><pre><code>c\nd</code></pre></li></ul>",
        *(
            f'<p><img src="image:abcdefgh" alt="A" title="{escape(title)}"></p>{NOTES}'
            for title in ("of&amp;_", "&#38;", "AT&T", "'", "''", "a[^1]b", "[x](y)", "*a*")
        ),
        *(
            f'<p>[<a href="/a">{label}</a>]</p><p><img src="image:abcdefgh" alt="{label}"></p>{NOTES}'
            for label in ("^1", "^", "[^1]", "!", "*[^1")
        ),
    ],
    ids=[
        "header alone", "note in a merged cell", "note under a caption", "alignment of a cell", "alignment of a heading",
        "address of mail in full", "address of mail", "text below a list", "item below a loose list",
        "quotation below an empty line", "code below an empty line",
        *(f"caption {number}" for number in range(8)),
        *(f"label {number}" for number in range(5)),
    ],
)  # fmt: skip
def test_the_page_of_a_rare_block_is_the_page_of_its_markdown(html):
    markdown = write_blocks([EditorBlock("", html)])

    assert with_tight_lists(markup.render_markdown(markdown).html) == with_tight_lists(page_of_html(html)), (
        markdown
    )
    assert all(block.html for block in split_blocks(markdown)), markdown


def with_tight_lists(page: str) -> str:
    """Return a page without the paragraphs that begin items: Markdown knows no lists of which some items have one."""
    return normalized(re.sub(r"(<li>|</[uo]l>)(?:<p[^>]*>)?([^<]+)(?:</p>)?", r"\1\2", normalized(page)))


def test_an_empty_cell_takes_the_alignment_of_its_column():
    html = (
        '<table><thead><tr><th></th><th align="right">A</th></tr></thead>'
        '<tbody><tr><td align="right">1</td><td></td></tr></tbody></table>'
    )

    assert write_blocks([EditorBlock("", html)]) == "|  | A |\n| ---: | ---: |\n| 1 |  |"


@pytest.mark.parametrize(
    "definition", ["[y]: https://example.org/y", "*[NATO]: an alliance", "[y]:\n  https://example.org/y"]
)
@pytest.mark.parametrize("content", ["\n    code\n", "\nA paragraph.\n", "- an item\n"])
@pytest.mark.parametrize("before", ["", "- an item\n\n    ", "- ", "> ", "1. > "])
def test_no_block_that_is_edited_as_rich_text_holds_a_definition(definition, content, before):
    """Its source is replaced by what is written from its HTML, which has no definition of links or abbreviations."""
    blocks = split_blocks(f"See [y] of NATO.\n\n{before}{definition}\n{content}")

    assert not [block for block in blocks if block.html and definition in block.source]


@pytest.mark.parametrize(
    ("text", "is_rich"),
    [
        ("- a\n\n        <!-- in code -->\n\n    b", True),
        ("Words with `<!-- code -->` and more.", True),
        ("    <!-- -->\n    code", True),
        ("Words <!-- for colleagues --> and more.", False),
        ("Words `<!-- code -->` <!-- for colleagues --> and more.", False),
        ("Words `<!-- -->` <!-- for colleagues --> and more.", False),
        ("Words &lt;!-- x and more.", True),
        ("Words &lt;!-- x and <!-- for colleagues --> more.", False),
        ("Words &#60;!-- x and <!-- for colleagues --> more.", False),
        ("Words <code>&#x3c;!-- x</code> and <!-- for colleagues --> more.", False),
        ("- Words &lt;!-- x\n- and <!-- for colleagues --> more.", False),
        ('[Words](/x "&lt;!-- x") and <!-- for colleagues --> more.', False),
    ],
)
def test_only_a_block_with_a_comment_is_edited_as_markdown_not_one_with_its_signs_in_code(text, is_rich):
    blocks = split_blocks(f"Before.\n\n{text}\n\nAfter.\n")

    assert "".join(block.source for block in blocks) == f"Before.\n\n{text}\n\nAfter.\n"
    assert all(block.html for block in blocks) == is_rich
