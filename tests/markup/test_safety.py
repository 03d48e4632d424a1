"""Prose takes any text: what comes out is safe, and what would take long is refused in words."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publications.markup import MAX_CHARACTERS, Unrenderable, render_markdown
from publications.markup.render import sanitize
from tests.prose_pages import MARKDOWN, Page, assert_safe, html_of

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


@settings(max_examples=250, deadline=None)
@given(MARKDOWN | st.text(max_size=200))
def test_any_text_is_rendered_safely_or_refused_in_words(markdown):
    try:
        rendered = render_markdown(markdown)
    except Unrenderable as reason:
        assert str(reason).endswith(".")
    else:
        assert_safe(rendered.html)


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_rendering_again_gives_the_same(markdown):
    assert render_markdown(markdown) == render_markdown(markdown)


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_every_reference_and_every_way_back_leads_somewhere(markdown):
    page = Page(html_of(markdown))

    notes = {address[1:] for address in page.values("href") if address.startswith("#fn")}
    assert notes <= set(page.values("id"))


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>x</p>",
        "<iframe src='https://x'></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "[x](vbscript:msgbox)",
        "x{: onclick=alert(1) style=color:red }",
        "<p style='position:fixed'>x</p>",
        "<math><mtext><img src=x onerror=alert(1)>",
        "<img src=`x` onerror=alert(1)>",
        "<b <script>alert(1)</script>0",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_that_acts_reaches_a_page(markdown):
    html = html_of(markdown)

    assert_safe(html)
    assert "<script" not in html and "<img" not in html


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "\\\\evil.example"])
def test_a_link_to_another_host_says_so(address):
    assert "<a" not in html_of(f'<a href="{address}">here</a>')


@pytest.mark.parametrize(
    "address",
    ["https://a.example/b?c=d&e=f", "mailto:a@b.example", "tel:+4681234567", "/en/about/", "#s-x", "page"],
)
def test_a_link_leads_where_its_author_meant(address):
    page = Page(html_of(f"[here]({address})"))

    assert page.values("href") == [address]


def test_classes_of_the_author_are_dropped_and_ids_that_the_page_needs():
    html = html_of(
        '<p id="content" class="x">a</p>\n\n# Head {#content}\n\nb\n{: #content .x }\n\n<sup id="fnref-1">1</sup>'
    )

    assert ' id="content"' not in html and "class" not in html and "fnref" not in html


def test_markup_of_notes_cannot_be_imitated():
    html = html_of('<section class="footnotes" role="doc-endnotes"><ol><li id="fn-1">x</li></ol></section>')

    assert html_of("x") not in html
    assert "section" not in html and "fn-1" not in html


def test_an_attribute_cannot_pass_for_a_note():
    assert 'title="&lt;note&gt;&lt;refn0&gt;"' in html_of('<a href="/x" title="<note><refn0>">y</a>')


def test_no_link_stands_in_a_link():
    assert html_of("[a <http://b.c> d](/e)").count("<a ") == 1


def test_the_sanitiser_holds_without_the_tree_before_it():
    html = sanitize(
        '<p id="main" class="x" style="y" onclick="z">a</p><a href="//b">b</a><script>c</script>'
        '<img src="/d"><li id="fn-1">e</li><div class="modal" role="alert">f</div>'
    )

    assert html == '<p>a</p><a>b</a><img><li id="fn-1">e</li><div>f</div>'


def test_an_image_from_elsewhere_is_a_link_and_is_not_loaded():
    html = html_of(
        "![A chart](https://x.example/c.png)\n\n![](https://x.example/d.png)\n\n![Inline](data:image/png;base64,AA)"
    )

    assert '<a href="https://x.example/c.png">A chart</a>' in html
    assert '<a href="https://x.example/d.png">https://x.example/d.png</a>' in html
    assert "Inline" in html and "<img" not in html and "data:" not in html


def test_a_comment_is_read_by_nobody_but_shown_in_code():
    rendered = render_markdown("a <!-- secret --> b\n\n`<!-- shown -->`\n\n<!-- hidden\n\nstill -->")

    assert rendered.text == "a b\n\n<!-- shown -->"


def test_what_only_looks_like_a_tag_is_text():
    assert html_of("a <beta and c> d, x<y, <name>, 1 < 2") == html_of(
        "a &lt;beta and c> d, x&lt;y, &lt;name>, 1 &lt; 2"
    )


def test_an_unclosed_element_ends_with_its_paragraph():
    assert html_of("a <b>bold\n\nplain").endswith(">plain</p>")


def test_a_number_too_long_to_read_is_no_character():
    assert render_markdown("&#" + "1" * 5000 + ";").text == "\ufffd"


def test_control_characters_and_halves_of_characters_are_taken_out():
    assert render_markdown("a\x00b\x07c\ud800d\ufeffe\r\nf\u2028g").text == "abcde f g"


def test_accents_are_put_into_one_form():
    assert render_markdown("Malmo\u0308").text == "Malmö"


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["commonmark.json", "markdown-it-fatal.md", "markdown-it-xss.md"])
def test_cases_that_broke_other_renderers_do_no_harm(name):
    for markdown in corpus_cases(CORPUS / "markdown" / name):
        try:
            assert_safe(html_of(markdown))
        except Unrenderable as reason:
            assert str(reason)


def corpus_cases(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return [case["markdown"] for case in json.loads(text)]
    return text.split("\n.\n")


@pytest.mark.corpus
def test_real_texts_are_rendered_and_keep_their_ids():
    for path in (
        sorted((CORPUS / "guides").rglob("*.md"))[:15] + sorted((CORPUS / "posts").rglob("*.md"))[::25]
    ):
        body = path.read_text(encoding="utf-8").partition("\n---\n")[2]

        rendered = render_markdown(body)

        assert_safe(rendered.html)
        assert render_markdown(body, previous_paragraphs=rendered.paragraphs) == rendered


@pytest.mark.parametrize(
    ("unit", "output"),
    [
        ("![", "too many marks"),
        ("[a](", "too many marks"),
        ("[", "too many marks"),
        ("`a``b```c````", "too many marks"),
        ("\\*", "too many marks"),
        ("a\n\n", "paragraphs"),
        ("a\n---\n", "blank lines"),
        ("[a]: b\nc\n", "blank lines"),
        ("*[a]: b\n", "abbreviations"),
        ("<b>", "HTML tags"),
        ("a|b\n-|-\n", "cells"),
        ("`|", "too many marks"),
        ("> ", "nested"),
        ("- ", "nested"),
        ("a\u0301\u0301\u0301\u0301\u0301", None),
        ("<", None),
        ("<a ", None),
        ("<!--", None),
        ("&", None),
        ('"a ', None),
        ("|a", None),
    ],
)
def test_what_would_take_long_is_refused_and_what_costs_little_is_not(unit, output):
    text = (unit * MAX_CHARACTERS)[: MAX_CHARACTERS - 1] + "x"
    if output is None:
        assert render_markdown(text).words
    else:
        with pytest.raises(Unrenderable, match=output):
            render_markdown(text)


def test_a_text_that_is_too_long_is_refused_with_its_length():
    with pytest.raises(Unrenderable, match="400,001 characters"):
        render_markdown("x" * (MAX_CHARACTERS + 1))


def test_a_definition_does_not_multiply_a_text():
    with pytest.raises(Unrenderable, match="too often"):
        render_markdown("[a]: /" + "x" * 2000 + "\n\n" + "- [a]\n" * 2000)
    with pytest.raises(Unrenderable, match="too often"):
        render_markdown("*[a]: " + "x" * 2000 + "\n\n" + "- a\n" * 2000)


def test_a_wide_heading_over_short_rows_does_not_multiply_a_table():
    with pytest.raises(Unrenderable, match="cells"):
        render_markdown("|a" * 1000 + "|\n" + "|-" * 1000 + "|\n" + "|b\n" * 1000)


def test_towers_of_accents_are_refused():
    with pytest.raises(Unrenderable, match="accents"):
        render_markdown("a" + "\u0301\u0316" * 50)


@pytest.mark.parametrize(
    "markdown",
    [
        "".join("    " * depth + "- a\n" for depth in range(300)),
        "<blockquote>" * 3000,
        "*a **b " * 400,
        "[" * 1000 + "a" + "](b)" * 1000,
        "- > 1. " * 100 + "a",
    ],
)
def test_nesting_never_ends_in_a_recursion_error(markdown):
    try:
        assert_safe(html_of(markdown))
    except Unrenderable as reason:
        assert str(reason)


def test_a_long_report_is_rendered():
    table = "| a | b | c |\n|---|---|---|\n" + "| one *two* | [three](https://x.example) | 4 |\n" * 20
    section = (
        "## Heading\n\n"
        + ("A sentence of *several* words with a [link](https://x.example/y), " * 13 + "end[^{0}][^{1}].\n\n")
        * 3
    )
    notes = "\n".join(
        f"[^{number}]: Note number {number}, see <https://x.example/{number}>." for number in range(92)
    )
    report = (
        "".join(section.format(number, 91 - number) + table + "\n" for number in range(56)) + "\n" + notes
    )

    rendered = render_markdown(report)

    assert rendered.words > 21_500
    assert rendered.html.count('<li id="fn-') == 92 and rendered.html.count("<table>") == 56
