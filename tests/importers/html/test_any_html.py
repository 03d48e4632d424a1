"""Any HTML is read: no text is refused, no word is lost without a report, and the work grows with the length."""

import re
from itertools import count

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from publications.importers.html import source_tree
from tests.importers.html.articles import read

TAGS = [
    "p",
    "div",
    "span",
    "b",
    "i",
    "em",
    "strong",
    "a",
    "font",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "td",
    "th",
    "caption",
    "thead",
    "tbody",
    "blockquote",
    "pre",
    "code",
    "h1",
    "h2",
    "h5",
    "figure",
    "figcaption",
    "img",
    "br",
    "hr",
    "sup",
    "sub",
    "section",
    "article",
    "aside",
    "form",
    "label",
    "button",
    "input",
    "select",
    "option",
    "noscript",
    "center",
    "details",
    "summary",
    "iframe",
    "video",
    "picture",
    "source",
    "cite",
    "q",
    "mark",
    "abbr",
    "o:p",
    "x-y",
    "svg",
    "math",
    "script",
    "style",
    "textarea",
    "title",
    "main",
]
ATTRIBUTES = (
    "", ' id="n1"', ' id="r1"', ' href="#n1"', ' href="#r1"', ' href="/old/"', ' class="footnote"', ' hidden', ' class="wp-caption"',
    ' style="font-weight:700"', ' style="display:none"', ' src="/x.png" alt="alt"', ' colspan="2"', ' lang="sv"', " title='a", ' href="',
    ' class="kg-card kg-bookmark-card"', ' class="kg-bookmark-title"', ' class="wp-block-verse"', ' name="_ftn1"', ' href="#_ftnref1"', "/",
)  # fmt: skip
words = count(1)


@st.composite
def sources(draw) -> str:
    """HTML with tags that may not be closed, or closed without a start, around distinct words."""
    parts = draw(
        st.lists(
            st.one_of(
                st.tuples(st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)).map("<{0[0]}{0[1]}>".format),
                st.sampled_from(TAGS).map("</{}>".format),
                st.sampled_from(TAGS).map("<{0}>WORD</{0}>".format),
                st.sampled_from(["WORD ", "WORD", " ", "&nbsp;", "<!-- WORD -->", "<!--", "1", "[1]", "*", "_", "# ", "| ", "<", "&lt;", "\n", "- "]),
            ),
            max_size=40,
        )
    )  # fmt: skip
    return re.sub("WORD", lambda _match: f"word{next(words)}x", "".join(parts))


@given(sources())
@example('<span>word1x</span><img href="#n1"><img>word2x</img><img href="#n1"><img>word3x</img>')
@example('<p href="><p>word1x</p><p id="n1">word2x ')
@example("<span>word1x</span><span hidden><picture>word2x</picture>")
@example("<figure><span>word1x</span><span>word2x</span> <em>word3x</em></figure>")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_word_of_any_html_is_lost_without_a_report(html):
    file = read(html)

    assert file.manuscript is not None and file.rendered is not None, (file.refusal, file.notes)
    known = " ".join([file.rendered.text, file.manuscript.body, *(str(note.text) for note in file.notes)])
    visible = re.findall(r"word\d+x", source_tree.visible_text(source_tree.parse_html(html)))
    assert [word for word in visible if word not in known] == []
    assert [word for word in file.coverage.missing if "word" in word] == []


@given(st.text(alphabet="<>/!-ab \"'=&;#1\n", max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_characters_are_read(html):
    assert read(html).manuscript is not None
