"""The paragraphs of texts of the classic editor."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publications.html_tree import parse
from publications.importers.coverage import split_words
from publications.importers.html import parse_html, visible_text
from publications.importers.wordpress.paragraphs import add_paragraphs


def squeezed(html: str) -> str:
    return "".join(html.replace("\n", ""))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("One.\r\n\r\n \r\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("A line\nand another", "<p>A line<br />and another</p>"),
        ("A line<br />\nand another", "<p>A line<br />and another</p>"),
        ("An <em>\nodd</em> word", "<p>An <em><br />odd</em> word</p>"),
        ("Before\n<h2>Head</h2>\nafter", "<p>Before</p><h2>Head</h2><p>after</p>"),
        ("Before\n<h2>Head</h2>\n\nafter\n\nend", "<p>Before</p><h2>Head</h2><p>after</p><p>end</p>"),
        ("<ul>\n<li>One</li>\n<li>Two\nlines</li>\n</ul>", "<ul><li>One</li><li>Two<br />lines</li></ul>"),
        ("<ul><li>One\n\nTwo</li></ul>", "<ul><li><p>One</p><p>Two</p></li></ul>"),
        ("<blockquote>One.\n\nTwo.</blockquote>", "<blockquote><p>One.</p><p>Two.</p></blockquote>"),
        ("<div>Only</div>", "<div><p>Only</p></div>"),
        ("<p>One\n\nTwo</p>", "<p>One</p><p>Two</p>"),
        ("<pre>a\n\nb</pre>\n\nText", "<pre>ab</pre><p>Text</p>"),
        ("Text <script>\n\nx()\n</script> more", "<p>Text <script>x()</script> more</p>"),
        ("One<!--more-->Two", "<p>One</p><p>Two</p>"),
        ("One\n<!--nextpage-->\nTwo", "<p>One</p><p>Two</p>"),
        ("One <!-- a\n\nnote --> two", "<p>One <!-- anote --> two</p>"),
        ("<table><tr><td>A\nB</td></tr></table>", "<table><tr><td>A<br />B</td></tr></table>"),
        ('<a href="x"\ntitle="y">z</a>', '<p><a href="x" title="y">z</a></p>'),
        ("a < b\n\nc > d", "<p>a < b</p><p>c > d</p>"),
        ("One\n<hr />\nTwo", "<p>One</p><hr /><p>Two</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_blank_lines_are_paragraphs_and_line_ends_are_breaks(text, html):
    assert squeezed(add_paragraphs(text)) == squeezed(html)


def test_verbatim_text_keeps_its_lines():
    assert "<pre>a\n\n  b</pre>" in add_paragraphs("x\n\n<pre>a\n\n  b</pre>")


PARTS = st.sampled_from(
    ["word ", "två", "\n", "\n\n", "<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</li>", "</ul>", "<pre>", "</pre>", "<div>",
     "</div>", "<!--more-->", "<!-- x", "-->", "<td>", "<h2>", "</h2>", "<br>", "<", ">", "&amp;", "<a href='x'>", "</a>"]
)  # fmt: skip


def letters(html: str) -> str:
    """The words of a text, joined: an end tag without a start divides a word of the source."""
    return "".join(split_words(visible_text(parse_html(html))))


@given(st.lists(PARTS, max_size=40).map("".join))
@example("<pre><!-- x</pre><!--more-->")
def test_no_word_is_lost_or_added(text):
    assert letters(add_paragraphs(text)) == letters(text)


def test_a_long_text_of_marks_takes_linear_time():
    for part in ("<!--", "<pre>", "\n\n", "<p>", "<li>", "</p>", "<a ", "[", "<script>"):
        assert isinstance(parse(add_paragraphs(part * 20_000)[:100]), object)
