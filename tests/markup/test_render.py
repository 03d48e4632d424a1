"""Prose: what an author writes becomes a page that reads well and words that are whole."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publications.markup import Heading, render_markdown
from tests.prose_pages import MARKDOWN, Page, html_of

SAMPLES = Path(__file__).parent.parent / "samples" / "prose"
KEY = "kf7w2m9q3x"
WORDS = st.lists(st.text("abcdefghijåäößжщש", min_size=1, max_size=9), min_size=1, max_size=40)


@pytest.mark.parametrize(("name", "language"), [("english", "en"), ("swedish", "sv")])
def test_a_whole_text_is_rendered_as_it_always_was(name, language):
    markdown = (SAMPLES / f"{name}.md").read_text(encoding="utf-8")

    assert html_of(markdown, language=language) + "\n" == (SAMPLES / f"{name}.html").read_text(
        encoding="utf-8"
    )


@settings(max_examples=150, deadline=None)
@given(MARKDOWN)
def test_the_plain_text_says_what_the_page_says(markdown):
    rendered = render_markdown(markdown)

    assert rendered.text.split() == Page(rendered.html).words


@settings(max_examples=60, deadline=None)
@given(WORDS)
def test_plain_words_come_through_whole(words):
    rendered = render_markdown(" ".join(words))

    assert rendered.text.split() == words
    assert rendered.words == len(words)


def test_headings_start_below_the_title_and_skip_no_level():
    levels = [
        entry.level
        for entry in render_markdown("### a\n\n##### b\n\n# c\n\n###### d\n\n## e\n\n## f").contents
    ]

    assert levels == [2, 3, 2, 3, 3, 3]


def test_headings_are_named_in_any_alphabet_and_only_once():
    contents = render_markdown("# Чёрное море!\n\n## A & B\n\n## A B\n\n## हिन्दी\n\n## ...\n\n## ?").contents

    anchors = [entry.anchor for entry in contents]
    assert anchors == ["s-чёрное-море", "s-a-b", "s-a-b-2", "s-हिन्दी", "s-section", "s-section-2"]


def test_contents_hold_the_words_of_a_heading_and_no_number_of_a_note():
    assert render_markdown('# *The* "point"[^1]\n\n[^1]: Note').contents == (
        Heading(2, "The “point”", "s-the-point"),
    )


def test_a_heading_holds_no_block():
    assert html_of("<h2>a<p>b</p></h2>") == '<h2 id="s-a-b">a\nb</h2>'


def test_a_heading_without_words_is_none():
    assert render_markdown("#\n\n<h2></h2>\n\n## <br>").contents == ()


def test_a_table_scrolls_in_a_frame_that_the_keyboard_reaches():
    html = html_of("| a | b |\n|---|--:|\n| 1 | 2 |")

    assert html.startswith('<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>')
    assert '<th scope="col">a</th><th data-align="right" scope="col">b</th>' in html


def test_several_tables_are_numbered_in_the_language_of_the_text():
    labels = Page(html_of("|a|\n|-|\n|b|\n\n|c|\n|-|\n|d|", language="sv-FI")).values("aria-label")

    assert labels == ["Tabell 1", "Tabell 2"]


def test_heading_cells_say_what_they_head_where_that_is_plain():
    html = html_of("<table><tr><th>a<th colspan=2>b<tr><th>c<td>d<th><tr><td>e</table>")

    assert '<tr><th scope="col">a</th><th colspan="2">b</th></tr>' in html
    assert '<tr><th scope="row">c</th><td>d</td><td></td></tr>' in html


def test_a_row_of_empty_headings_is_left_out():
    assert "thead" not in html_of("| | |\n|-|-|\n|a|b|")


def test_cells_without_a_table_are_words():
    assert render_markdown("<td>a</td><li>b</li>\n\n<tr><td>c</td></tr>").text == "a\n\nb\n\nc"


def test_notes_are_numbered_as_the_reader_meets_them():
    rendered = render_markdown(
        "> a[^x]\n\nb[^y] c[^x]\n\n[^y]: second[^z]\n\n[^x]: first\n\n[^z]: third\n\n[^w]: unused"
    )

    assert re.findall(r">(\d)</a></sup>", rendered.html) == ["1", "2", "1", "3"]
    assert rendered.text.endswith("first\n\nsecond\n\nthird\n\nunused")


def test_a_note_leads_back_to_each_place_that_refers_to_it():
    html = html_of("a[^1] b[^1]\n\n[^1]: n")

    assert 'id="fnref-1"' in html and 'id="fnref-1-2"' in html
    assert 'href="#fnref-1"' in html and 'href="#fnref-1-2"' in html


def test_a_note_that_refers_to_itself_is_rendered():
    assert html_of("a\n\n[^1]: b[^1]").count("doc-backlink") == 1


def test_a_note_may_be_written_within_a_note():
    assert render_markdown("a[^1]\n\n[^1]: b[^2]\n\n    [^2]: c").text == "a\n\nb\n\nc"


def test_a_note_in_a_link_stands_behind_it():
    assert "</a><sup" in html_of("[a[^1]](/b)\n\n[^1]: c")


def test_the_backlink_is_labelled_in_the_language_of_the_text():
    markdown = "a[^1]\n\n[^1]: b"

    assert "Tillbaka till not 1 i texten" in html_of(markdown, language="sv")
    assert "Back to note 1 in the text" in html_of(markdown, language="uk")


def test_a_heading_in_a_note_is_a_paragraph():
    assert "<h" not in html_of("a[^1]\n\n[^1]: b\n\n    ## c")


@pytest.mark.parametrize(
    "markdown",
    [
        "- a\n  - b\n    - c",
        "- a\n    - b\n        - c",
        "1. a\n   - b\n     - c",
        "> - a\n>   - b\n>     - c",
        "- a\n\n  - b\n\n    - c",
    ],
)
def test_lists_nest_by_two_spaces_as_by_four(markdown):
    assert html_of(markdown).count("<li>") == 3
    assert re.search(r"<li>.*<li>.*<li>.*</li>.*</li>.*</li>", html_of(markdown), re.DOTALL)


def test_text_below_an_item_by_two_spaces_belongs_to_it():
    html = html_of("- a\n\n  more\n- b\n\nafter")

    assert (
        re.sub(r' id="[^"]*"|\n', "", html)
        == "<ul><li><p>a</p><p>more</p></li><li><p>b</p></li></ul><p>after</p>"
    )


def test_a_list_may_follow_its_introduction_at_once():
    assert html_of("Three things:\n- a\n- b\n1986. c").count("<li>") == 2


def test_a_year_at_the_start_of_a_line_is_no_list():
    assert "<li>" not in html_of("It began in\n1986. Then it ended.")


def test_code_keeps_its_spaces():
    assert "<code>- a\n  - b\n</code>" in html_of("    - a\n      - b")


@pytest.mark.parametrize(
    ("language", "printed"),
    [
        ("en", "“a” ‘b’ it’s"),
        ("sv", "”a” ’b’ it’s"),
        ("fi", "”a” ’b’ it’s"),
        ("de-AT", "„a“ ‚b‘ it’s"),
        ("pl", "„a” ‚b’ it’s"),
        ("uk", "«a» „b“ it’s"),
        ("ru", "«a» „b“ it’s"),
        ("fr", "«\N{NARROW NO-BREAK SPACE}a\N{NARROW NO-BREAK SPACE}» “b” it’s"),
        ("xx", "“a” ‘b’ it’s"),
    ],
)
def test_quotes_are_those_of_the_language(language, printed):
    assert f">{printed}</p>" in html_of("\"a\" 'b' it's", language=language)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('"*a*"', "“<em>a</em>”"),
        ("\"'a' b\"", "“‘a’ b”"),
        ("the '90s of 'us'", "the ’90s of ‘us’"),
        ("a -- b --- c...", "a – b — c…"),
        ('("a")', "(“a”)"),
        ('a"[^1]', "a”"),
        ('\\"a\\" \\-- \\...', '"a" -- ...'),
        ('`"a" -- b`', '<code>"a" -- b</code>'),
        ("<https://x.example/a--b>", "https://x.example/a--b</a>"),
        ("https://x.example/a--b", "https://x.example/a--b"),
        ("a ---- b....", "a ---- b...."),
    ],
)
def test_marks_are_judged_by_what_stands_around_them(typed, printed):
    assert printed in html_of(typed + "\n\n[^1]: n")


def test_no_attribute_is_made_typographic():
    page = Page(html_of('[a](/b--c "The \'full\' text...") !["alt" -- \'x\'](image:abcdef) b\n\n*[b]: "c"'))

    assert page.values("href") == ["/b--c"]
    assert page.values("title") == ["The 'full' text...", '"c"']
    assert page.values("alt") == ["\"alt\" -- 'x'"]


def test_an_abbreviation_is_explained_where_it_is_a_word():
    html = html_of("NATO, NATOs `NATO` [NATO](/x)\n\n*[NATO]: North Atlantic\n")

    assert html.count('<abbr title="North Atlantic">NATO</abbr>') == 2


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("one two-three it's 4", 4),
        ("Чёрное море и Äland", 4),
        ("हिन्दी में", 2),
        ("日本語", 3),
        ("a — b – * c", 3),
        ("a[^1]\n\n[^1]: b c d", 1),
        ("", 0),
    ],
)
def test_words_are_counted_in_any_alphabet(markdown, words):
    assert render_markdown(markdown).words == words


def test_plain_text_reads_well():
    rendered = render_markdown(
        f'# A\n\nb *c*  \nd\n\n- e\n- f\n\n| g | h |\n|-|-|\n| i | j |\n\n![k](image:{KEY} "l")\n\n    m\n     n'
    )

    assert rendered.text == "A\n\nb c d\n\ne\nf\n\ng\th\ni\tj\n\nk\nl\n\nm\n n"
