"""An edit in the rich text editor changes its own words: the other lines of its list, table or notes stay as they were."""

import difflib
import random
import re
from unittest import mock

import pytest

from publications import markup
from publications.markup import EditorBlock, split_blocks, write_blocks
from publications.markup.kept_source import MAX_PAIRED_BLOCKS, ComparisonBudget, _count_shared, keep_source
from tests.conftest import ROOT
from tests.figures.imports import read_sources
from tests.markup.test_editor_blocks import SAMPLES, comparable


def note(label: str, text: str) -> str:
    return f'<li id="fn-{label}">{text}</li>'


def keep(source: str, rewritten: str, edited: str) -> str:
    return keep_source(source, rewritten, edited, ComparisonBudget())


def reference(label: str) -> str:
    return f'<sup><a href="#fn-{label}" class="footnote-ref">{label}</a></sup>'


def notes(*items: str) -> str:
    return f'<section class="footnotes"><ol>{"".join(items)}</ol></section>'


@pytest.mark.parametrize(
    ("source", "html", "edited"),
    [
        ("* odd\n* two\n", "<ul><li>odd one</li><li>two</li></ul>", "* odd one\n* two\n"),
        ("+ odd\n+ two\n", "<ul><li>odd</li><li>new</li><li>two</li></ul>", "+ odd\n- new\n+ two\n"),
        ("* odd\n* two\n* three", "<ul><li>odd</li><li>three</li></ul>", "* odd\n* three"),
        ("1. a\n1. b\n1. c", "<ol><li>a</li><li>b!</li><li>c</li></ol>", "1. a\n1. b!\n1. c"),
        ("- a\n  - b\n", "<ul><li>a<ul><li>B</li></ul></li></ul>", "- a\n  - B\n"),
        ("* a\n\n\n* b", "<ul><li><p>a</p></li><li><p>c</p></li></ul>", "* a\n\n\n* c"),
        ("* a\n* b", "<ul><li><p>a</p><p>x</p></li><li><p>b</p></li></ul>", "* a\n\n    x\n\n- b"),
        ("[^1]: A.\n[^2]: B.\n", notes(note("1", "A!"), note("2", "B.")), "[^1]: A!\n[^2]: B.\n"),
        ("[^1]: A.\n[^2]: B.\n", notes(note("1", "A."), note("2", "B *")), "[^1]: A.\n[^2]: B \\*\n"),
        ("A\n\n[^1]: A.\n[^2]: B.", "<p>B</p>" + notes(note("2", "B.")), "B\n\n[^2]: B."),
        ("[^1]: A.\n[^2]: B.\n[^3]: C.", notes(note("1", "A."), note("3", "C.")), "[^1]: A.\n[^3]: C."),
        ("__Strong__ end.\n\n\n", "<p><strong>Strong</strong> ends.</p>", "__Strong__ ends.\n\n\n"),
        ("Wrapped\nlines of\ntext.", "<p>Wrapped lines of words.</p>", "Wrapped\nlines of\nwords."),
        ("> Two\n> lines", "<blockquote><p>Two wide lines</p></blockquote>", "> Two wide\n> lines"),
        ("A\n__b__ c\nd e\nf", "<p>A <strong>b</strong></p><p>c d e f</p>", "A\n__b__\n\nc\nd e\nf"),
        ("A\nb\n\nC d e f\ng h i\nj", "<p>A b</p><p>C d e</p><p>f g h i j</p>", "A\nb\n\nC d e\n\nf\ng h i\nj"),
        ("A b\n\nQ r s t\n\nC d e f\ng h i\nj", "<p>A b</p><p>C d e</p><p>f g h i j</p>", "A b\n\nC d e\n\nf\ng h i\nj"),
        ("One\nand two.\n\nThree", "<p>One</p><p>and two.</p><p>Three</p>", "One\n\nand two.\n\nThree"),
        (
            "A|B\n-|-\n1|2\n3|4",
            "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
            "A|B\n-|-\n1|2",
        ),
        ("__One__[^1]", f"<p><strong>One</strong>{reference('1')} two</p>", "__One__[^1] two"),
        ("__See__ [this][x]", '<p><strong>See</strong> <a href="/y/">this</a> too</p>', "__See__ [this][x] too"),
    ],
)  # fmt: skip
def test_what_was_not_edited_stays_as_it_was(source, html, edited):
    rest = "[^1]: Of the text.\n\n[x]: /y/\n"
    written = write_blocks([EditorBlock("", html, source), EditorBlock(rest, None)])

    assert written.removesuffix(rest).rstrip("\n") == edited.rstrip("\n")
    assert written.startswith(edited)


def test_the_source_of_other_words_changes_nothing():
    """Whatever is posted as the source before an edit, the text means what the editor shows."""
    html = "<ul><li>a</li><li>b <em>c</em></li></ul>"
    page = comparable(write_blocks([EditorBlock("", html)]))

    for previous in [
        "* a\n* c",
        "# a\n\nb c",
        "1. a\n2. b *c*",
        "* a\n* b c",
        "<b>a",
        "[^1]: a\nb",
        "\\",
        " " * 9,
    ]:
        assert comparable(write_blocks([EditorBlock("", html, previous)])) == page, previous


def test_signs_that_would_be_markup_at_the_start_of_a_line_are_escaped():
    written = write_blocks([EditorBlock("", "<p>In all + one.</p>", "In all\ntwo.")])

    assert comparable(written) == " In all + one. "


def test_a_separated_list_stays_apart():
    html = "<ul><li>odd one</li></ul>"
    written = write_blocks([EditorBlock("", html, "* odd\n\n<!-- -->\n\n"), EditorBlock("* next", None)])

    assert written == "* odd one\n\n<!-- -->\n\n* next"


@pytest.mark.parametrize(
    "previous", ["* a\n" * 100_000, " ".join("ab" for _ in range(100_000)), "> " * 50_000, "\\\n" * 99_999]
)
def test_long_sources_take_no_longer(previous):
    assert write_blocks([EditorBlock("", "<p>Short</p>", previous)]).rstrip("\n") == "Short"


@pytest.mark.parametrize(
    "blocks",
    [
        [EditorBlock("\n", None)] * 70_000,
        [EditorBlock("", "<p>a</p>" * 100, "a\n\n" * 100)] * 900,
    ],
    ids=["blank sources", "many that were joined"],
)
def test_many_blocks_take_no_longer_than_their_text(blocks):
    with mock.patch("publications.markup.kept_source._count_shared", wraps=_count_shared) as count:
        write_blocks(blocks)

    assert count.call_count <= MAX_PAIRED_BLOCKS


def test_lines_and_words_are_kept():
    assert keep("*  a\n*  b", "- a\n- b", "- a\n- c") == "*  a\n*  c"
    assert keep("a\nb", "a b", "a c") == "a\nc"
    assert keep("x", "a b", "a c") == "a c"


def test_the_time_of_comparing_is_limited_for_a_whole_text():
    words = " ".join(f"w{number}" for number in range(1, 1200))
    block = EditorBlock("", f"<p><em>a</em> {words} new</p>", f"_a_  {words} old\n\n")

    written = write_blocks([block] * 3).strip().split("\n\n")

    assert written == [f"_a_  {words} new", f"*a* {words} new", f"*a* {words} new"]


FIRST = "The _first_ paragraph\nof a text."
SECOND = "And __another__ one\nbelow it."
FIRST_HTML = "<p>The <em>first</em> paragraph of a text.</p>"
SECOND_HTML = "<p>And <strong>another</strong> one below it.</p>"


@pytest.mark.parametrize(
    ("html", "edited"),
    [
        (f"{FIRST_HTML}<p>New.</p>{SECOND_HTML}", [FIRST, "New.", SECOND]),
        (f"<p>New.</p><p>More.</p>{FIRST_HTML}{SECOND_HTML}", ["New.", "More.", FIRST, SECOND]),
        (f"{FIRST_HTML}<ul><li>a</li></ul><ul><li>b</li></ul>{SECOND_HTML}", [FIRST, "- a", "<!-- -->", "- b", SECOND]),
        (f"{FIRST_HTML}<h2>New</h2>{SECOND_HTML.replace('below', 'above')}", [FIRST, "## New", SECOND.replace("below", "above")]),
        (SECOND_HTML, [SECOND]),
        (FIRST_HTML, [FIRST]),
        (f"<p>The <em>first</em> paragraph</p><p>of a text.</p>{SECOND_HTML}", None),
        (f"{FIRST_HTML.removesuffix('</p>')}{SECOND_HTML.removeprefix('<p>')}", None),
        (f"{SECOND_HTML}{FIRST_HTML}", None),
        (f"<h2>The <em>first</em> paragraph of a text.</h2>{SECOND_HTML}", ["## The *first* paragraph of a text.", SECOND]),
    ],
    ids=["between", "above", "lists", "edited too", "first deleted", "second deleted", "split", "joined", "moved", "heading"],
)  # fmt: skip
def test_an_edit_of_one_of_several_blocks_leaves_the_others(html, edited):
    """The editor sends blocks that stand beside each other and were edited as one."""
    written = write_blocks([EditorBlock("", html, f"{FIRST}\n\n{SECOND}\n\n"), EditorBlock("Last.", None)])

    if edited:
        assert written == "\n\n".join([*edited, "Last."])
    page = "".join(html.split("\n"))
    assert comparable(written) == comparable(write_blocks([EditorBlock("", f"{page}<p>Last.</p>")]))


TABLE = "<table><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"


@pytest.mark.parametrize("words_before", [4, 11, 18])
@pytest.mark.parametrize("is_first", [True, False])
def test_both_parts_of_a_paragraph_with_a_table_between_keep_their_lines(words_before, is_first):
    words = [f"word{number}" for number in range(24)]
    lines = [" ".join(words[at : at + 6]) for at in range(0, 24, 6)]
    paragraph, other = "_a_ " + "\n".join(lines), "- another _block_ that was edited"
    part, rest = (" ".join(half) for half in (words[:words_before], words[words_before:]))
    html = f"<p><em>a</em> {part}</p>{TABLE}<p>{rest}</p>"
    sources, htmls = [paragraph, other], [html, "<ul><li>another <em>block</em> that was changed</li></ul>"]
    if not is_first:
        sources.reverse()
        htmls.reverse()

    written = write_blocks([EditorBlock("", "".join(htmls), "\n\n".join(sources) + "\n\n")])

    assert {line for line in lines if line in written} >= {
        line for line in lines if line in part or line in rest
    }
    assert "_a_ word0" in written and "_block_" in written


def test_many_edited_blocks_take_no_longer():
    htmls, sources = "<p>a b</p>" * 3000, "a _b_\n\n" * 3000

    assert comparable(write_blocks([EditorBlock("", htmls, sources)])).count("a b") == 3000


WORD = re.compile(r">\s*([a-zA-Z]{3,})(?=[ ,.])")
UNDERLINED_OR_HTML = re.compile(r"^(?:==|--)|<|^ *#", re.MULTILINE)


def texts() -> list[tuple[str, str]]:
    content = ROOT / "publications/demonstration/content"
    return [
        *((path.name, path.read_text("utf-8")) for path in SAMPLES),
        *(
            (name, body)
            for folder in sorted(content.iterdir())
            for name, (_front, body) in sorted(read_sources(folder).items())
        ),
    ]


def test_an_edited_word_changes_one_line_of_a_text():
    chance, edits = random.Random(1), 0
    for name, text in texts():
        blocks = split_blocks(text)
        for index, block in enumerate(blocks):
            places = [match.start(1) for match in WORD.finditer(block.html or "")]
            if not places or UNDERLINED_OR_HTML.search(block.source):
                continue
            at = chance.choice(places)
            html = f"{block.html[:at]}Zq{block.html[at:]}"
            edited = [EditorBlock(other.source, None) for other in blocks]
            edited[index] = EditorBlock("", html, block.source)

            written = write_blocks(edited)

            before, after = text.split("\n"), written.split("\n")
            changed = [line for line in difflib.ndiff(before, after) if line.startswith(("+ ", "- "))]
            assert len(changed) == 2 and "Zq" in changed[1], (name, changed)
            edits += 1
            assert markup.render_markdown(written).html.count("Zq")
    assert edits > 100
