"""Our HTML as Markdown again, in both styles: our own parser makes the same words of it, and nothing is in it that no page shows."""

import json
import re
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from publications import markup
from publications.html_tree import parse
from tests.conftest import ROOT
from tests.figures.imports import CORPUS, read_sources

SAMPLES = sorted((ROOT / "tests/samples/prose").glob("*.md"))
PAGE = "https://example.org/en/publications/a/"


def again(markdown: str, style: markup.MarkdownStyle) -> str:
    """Rendered, and written as Markdown again."""
    return markup.to_markdown(parse(markup.render_markdown(markdown).html), style)


def written(markdown: str, **pictures: str) -> str:
    tree = parse(markup.render_markdown(markdown).html)
    return markup.to_markdown(
        tree, markup.PORTABLE_STYLE, base=PAGE, image_address=lambda key: pictures.get(key, "")
    )


@lru_cache(maxsize=2000)
def rendered(markdown: str) -> markup.RenderedText | None:
    """Return the text as pages have it, None if it is refused; both styles are written from one rendering."""
    try:
        return markup.render_markdown(markdown)
    except markup.Unrenderable:
        return None


def says_the_same(markdown: str, style: markup.MarkdownStyle) -> bool:
    before = rendered(markdown)
    if before is None:
        return True
    after = markup.render_markdown(markup.to_markdown(parse(before.html), style))
    if style is markup.EDITABLE_STYLE:  # quotes and dashes of an editor become typographic
        return words_of(after) == words_of(before)
    return after.text == before.text


def words_of(page: markup.RenderedText) -> list[str]:
    return re.findall(r"\w+", page.text)


@pytest.fixture(params=["EDITABLE_STYLE", "PORTABLE_STYLE"])
def style(request) -> markup.MarkdownStyle:
    return getattr(markup, request.param)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_say_the_same(path, style):
    assert says_the_same(path.read_text(encoding="utf-8"), style)


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("A *b* and **c**", "A *b* and **c**"),
        ("***a***", "**<em>a</em>**"),
        ("a*b*c", "a*b*c"),
        ("[us](/en/ \"Home\")", '[us](https://example.org/en/ "Home")'),
        ("[a](https://example.org/a_(b))", "[a](https://example.org/a_%28b%29)"),
        ("<https://example.org/a--b>", "<https://example.org/a--b>"),
        ("Note.[^x]\n\n[^x]: *So*.\n\n    More.", "Note.[^1]\n\n[^1]: *So*.\n\n    More."),
        ("## A\n\n### B", "## A\n\n### B"),
        ("> A\n>\n> B", "> A\n>\n> B"),
        ("1. A\n2. B\n    - C", "1.  A\n2.  B\n    -   C"),
        ("3. A\n4. B", "3.  A\n4.  B"),
        ("| A | B |\n|:--|--:|\n| 1\\|2 | *x* |", "| A | B |\n| :--- | ---: |\n| 1\\|2 | *x* |"),
        ("    a  <b>", "    a  <b>"),
        ("A `b*c` d", "A `b*c` d"),
        ("``a`b``", "``a`b``"),
        ("5 \\* 3 \\_x\\_ \\[y\\]", "5 \\* 3 \\_x\\_ \\[y\\]"),
        ("AT&amp;T &amp;amp; 1 &lt; 2", "AT&T &amp;amp; 1 &lt; 2"),
        ("1\\. Not a list", "1\\. Not a list"),
        ("\\# Not a heading", "\\# Not a heading"),
        ("A\n\n* * *\n\nB", "A\n\n* * *\n\nB"),
        ("So!\\![x](https://a.example/)", "So!\\![x](https://a.example/)"),
        ("*[EU]: Union\n\nThe EU.", 'The <abbr title="Union">EU</abbr>.'),
        ("- A\n\n<!-- -->\n\n- B", "-   A\n\n<!-- -->\n\n-   B"),
    ],
)  # fmt: skip
def test_each_thing_has_its_spelling(typed, spelled):
    assert written(typed) == spelled


@pytest.mark.parametrize(
    "typed",
    [
        "A *b* and **c** and ***both***",
        "snake_case, 5 \\* 3, \\_x\\_, [y], “so” – 1. and -",
        '[us](/en/ "Home") [a \\[1\\]](/b/) <https://example.org/a--b>',
        "1. A\n2. B\n    - C",
        "- A\n\n1. B",
        "A  \nB",
        "`a*b`, <code>a|b</code>",
        "1\\. Not a list  \n\\# nor a heading  \n\\- nor this",
        "See[^1] [^2]\n\n[^1]: *So*.\n\n    More.\n\n[^2]: And.",
        "- A\n\n<!-- -->\n\n    code",
        '![A port](image:kf7w2m9q3x "The port")',
    ],
)
def test_what_an_editor_would_type_is_written_so(typed):
    assert again(typed, markup.EDITABLE_STYLE) == typed


def test_a_picture_stands_at_its_address_with_its_caption():
    typed = '![A port](image:kf7w2m9q3x "The port")\n\nAnd ![a](image:abcdef2345).'

    assert (
        written(typed, kf7w2m9q3x="https://example.org/p.jpg")
        == '![A port](https://example.org/p.jpg "The port")\n\nAnd .'
    )


def test_what_no_page_shows_is_not_given_away():
    assert written("A<!-- secret --> b\n\n<!-- more -->\n\n[x]: https://secret.example/\n") == "A b"


def test_a_table_that_pipes_cannot_say_stands_as_html():
    table = '<table><tr><th colspan="2">A</th></tr><tr><td>1</td><td>2</td></tr></table>'

    assert '<th colspan="2"' in written(table) and says_the_same(table, markup.PORTABLE_STYLE)


@settings(deadline=None)
@given(text=some.text(alphabet="ab1 \n[]()<>\"'#/?;:&=.*_!`\\|-+~{}^", max_size=80))
def test_any_text_says_the_same(text):
    assert says_the_same(text, markup.PORTABLE_STYLE)


@pytest.mark.corpus
def test_commonmark_and_a_handbook_in_nine_languages_say_the_same(style):
    examples = json.loads((CORPUS / "markdown/commonmark.json").read_text(encoding="utf-8"))
    guides = [body for _front, body in read_sources(CORPUS / "guides").values()]

    texts = [*(example["markdown"] for example in examples), *guides]
    assert [text for text in texts if not says_the_same(text, style)] == []
