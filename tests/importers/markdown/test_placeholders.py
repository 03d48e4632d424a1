"""How an importer finds code, elements, comments and Liquid in a text: each sign is looked at a few times, no more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from publications.importers.imported_file import ImportLog
from publications.importers.markdown.fields import FrontMatterFields
from publications.importers.markdown.front_matter import read_front_matter
from publications.importers.markdown.hidden_words import HiddenWords
from publications.importers.markdown.images import IMG_ELEMENT
from publications.importers.markdown.page import (
    compare_markdown,
    measure_coverage,
    split_visible_words,
)
from publications.importers.markdown.placeholders import Placeholders, replace_spans
from publications.importers.markdown.placeholders import _find_fenced_blocks as fenced
from publications.importers.markdown.raw_html import reduce_html, remove_elements
from publications.importers.markdown.shortcodes import resolve_shortcodes
from publications.importers.rendered_page import render_as_published, report_losses
from publications.importers.source_authors import AuthorList
from publications.manuscript import Manuscript, ManuscriptImage
from tests.import_hostile import FRONT, REPEATED, RISING


class Counted:
    """A pattern that counts the signs it is led over."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.signs = re.compile(pattern), 0

    def search(self, text: str, place: int):
        found = self.pattern.search(text, place)
        self.signs += (found.end() if found else len(text)) - place
        return found


@pytest.mark.parametrize(
    "text", ["<!--" * 5000, "<!-- -->" * 2500, "-->" * 5000, "<!-- --> " + "<!--" * 5000]
)
def test_ends_are_looked_for_once_however_many_openings_have_none(text):
    opening, closing = Counted("<!--"), Counted("-->")

    replace_spans(text, opening, closing, lambda *_found: "")

    assert opening.signs + closing.signs <= 3 * len(text)


@given(some.text("<>-a", max_size=30))
def test_spans_are_what_a_lazy_pattern_finds(text):
    found = replace_spans(
        text, re.compile("<-"), re.compile("->"), lambda _opened, within, whole: f"({within}|{whole})"
    )

    assert found == re.sub(r"<-(.*?)->", lambda span: f"({span[1]}|{span[0]})", text)


# Code


def kept(text: str) -> tuple[str, list[str]]:
    """What stays of a text, with # for what was put aside, and what that was."""
    aside = Placeholders()
    return re.sub("\ue000\\d+\ue001", "#", aside.keep_code(text)), aside.texts


@pytest.mark.parametrize(
    ("text", "rest", "code"),
    [
        ("a `b` c", "a # c", ["`b`"]),
        ("``a ` b`` `c`", "# #", ["``a ` b``", "`c`"]),
        ("`a `` b` c`", "# c`", ["`a `` b`"]),
        ("``a` b", "``a` b", []),
        ("`a\nb`", "#", ["`a\nb`"]),
        ("`a\n\nb`", "`a\n\nb`", []),
        ("``` x ```", "#", ["``` x ```"]),
    ],
)
def test_code_in_a_line_goes_to_the_next_run_of_as_many_ticks(text, rest, code):
    assert kept(text) == (rest, code)


@pytest.mark.parametrize(
    ("text", "rest", "code"),
    [
        ("a\n\n```\nb\n\nc\n```\nd", "a\n\n\n#\n\nd", ["    b\n\n    c"]),
        ("~~~ python\nb\n~~~", "\n#\n\n", ["    b"]),
        ("````\n```\nb\n```\n````\n", "\n#\n\n", ["    ```\n    b\n    ```"]),
        ("```\nb\n````\n", "\n#\n\n", ["    b"]),
        ("~~~\n```\nb\n~~~\n", "\n#\n\n", ["    ```\n    b"]),
        ("```\na\n```\n\n```\nb\n```\n", "\n#\n\n\n\n#\n\n", ["    a", "    b"]),
        ("```\nnever closed", "```\nnever closed", []),
        ("`````\n```\nb\n```\n", "`````\n\n#\n\n", ["    b"]),
        ("- a\n```\nb\n```\n", "- a\n\n#\n\n", ["<pre><code>b</code></pre>"]),
        ("1. a\n\n   ```\n   b\n   ```\n", "1. a\n\n\n#\n\n", ["        b"]),
    ],
)
def test_a_block_of_code_goes_to_the_next_fence_that_closes_it(text, rest, code):
    assert kept(text) == (rest, code)


# HTML


def simple(text: str) -> tuple[str, list[str]]:
    aside, result = Placeholders(), ImportLog()
    found = aside.restore(reduce_html(remove_elements(text, result), aside, result))
    return " ".join(found.split()), [line.text for line in result.notes]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a <!-- b --> c", "a c"),
        ("a <!-- b", "a <!-- b"),
        ("a <SCRIPT>b()</SCRIPT > c", "a c"),
        ("a <script>b() c", "a b() c"),
        ("<script>a</script> b <script>c", "b c"),
        ("<svg title='a > b'><b>c</b></svg> d", "d"),
        ("<script title=it's>a</script> b", "b"),
        ("İ <script>a</script> b", "İ b"),
        ("<div> <div>a</div> </div> b", "a b"),
        ("<table><tr><td><table><tr><td>a</td></tr></table><div>b</div></td></tr></table> <div>c</div>",
         "<table><tr><td><table><tr><td>a</td></tr></table><div>b</div></td></tr></table> c"),
        ("<ul><li><div>a</div></ul> <ul> <div>b</div>", "<ul><li><div>a</div></ul> <ul> b"),
        ("</table> <pre><div>a</div></pre>", "</table> <pre><div>a</div></pre>"),
    ],
)  # fmt: skip
def test_what_goes_and_what_is_kept_whole_goes_to_its_own_end(text, left):
    assert simple(text)[0] == left


def test_the_last_of_very_many_frames_is_reported_as_well_as_the_first():
    text, rows = simple("".join(f'<iframe src="https://x.example/{n}"></iframe>' for n in range(3000)))

    assert len(rows) == 3000 and "https://x.example/2999" in text and "<iframe" not in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<img alt="a > b" src=c>', [' alt="a > b" src=c']),
        ("<img alt=it's src=c>", [" alt=it's src=c"]),
        ('<img alt="a <img src=b>', [" src=b"]),
        ("<img <img src=b>", [" src=b"]),
    ],
)
def test_an_element_ends_behind_its_quotes(text, found):
    assert IMG_ELEMENT.findall(text) == found


# Liquid


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("{{ a {{ 'b' }} c", "{{ a b c"),
        ("{{- 'b' -}} c", "b c"),
        ('{{< figure src="/b.png" alt="say \\"c\\"" />}} d', '![say \\"c\\"](/b.png) d'),
        ("{{</* x */>}} d", "# d"),
        ("{% if a %}b{% endif %} {% c", "b {% c"),
        ("{% raw %}a{% endraw %} {% raw %}b", "# b"),
        ("{{< highlight go >}}\na\n{{< /highlight >}}b", "\n```go\na\n\n```\nb"),
        ("{% highlight go %}\na\n{% endhighlight %}b", "\n```go\na\n\n```\nb"),
        ("{% image '/b.png' 'a-b=c' %}", "![a-b=c](/b.png)"),
    ],
)
def test_liquid_ends_where_it_is_closed(text, left):
    found = resolve_shortcodes(
        text, keep=lambda _text: "#", authors=AuthorList({}), fields={}, log=ImportLog()
    )

    assert found == left


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a <!-- b --> c", ["a", "c"]),
        ("a <SCRIPT>b</SCRIPT> c {% d %} {{ e }} f", ["a", "c", "f"]),
        ("a <!-- b", ["a", "b"]),
        ("{% raw %}{{ a }}{% endraw %}", ["a"]),
        ("[a](/b (c) 'd') e[^f] [g][h]", ["a", "e", "g"]),
    ],
)
def test_words_of_a_source_are_those_its_readers_saw(source, found):
    assert split_visible_words(source) == found


# Front matter


@pytest.mark.parametrize(
    ("body", "title", "rest"),
    [
        ("# A  #\nb", "A", "b"),
        ("\n\nA\n===\nb", "A", "b"),
        ("#A\nb", "Stem", "#A\nb"),
        ("A\n== b\nc", "Stem", "A\n== b\nc"),
        ("# A", "A", ""),
    ],
)
def test_a_title_may_be_the_first_heading(body, title, rest):
    assert FrontMatterFields({}, ImportLog()).title(body, "stem") == (title, rest)


def test_front_matter_that_is_no_yaml_is_read_line_by_line():
    written = (
        "x: : [\ntags:\n- a\n- b\nlead: One\n  two\n three\ntitle: A\ntags: c\nlist:\n  - 'd'\n  run on\n"
    )
    result = ImportLog()

    fields = read_front_matter(f"---\n{written}---\n".encode(), result).fields

    assert fields == {"x": ": [", "tags": "c", "lead": "One two three", "title": "A", "list": ["d"]}
    assert any(line.text.endswith("run on") for line in result.notes)


# Whatever there is


def test_no_text_that_goes_on_and_on_makes_it_fail():
    for text in [item * 40 for item in REPEATED] + [make(2000) for make in RISING.values()]:
        aside, result = Placeholders(), ImportLog()
        left = resolve_shortcodes(text, keep=aside.keep, authors=AuthorList({}), fields={}, log=result)
        left = remove_elements(aside.keep_code(left), result)
        left = HiddenWords(result, aside.restore).leave_out(left)
        left = reduce_html(left, aside, result)

        assert "<!-- x -->" not in left and "{% a %}" not in left and "</div>" not in left, text[:20]


def test_no_front_matter_that_goes_on_and_on_makes_it_fail():
    for make in FRONT.values():
        fields = read_front_matter(f"---\ntitle: A\n{make(2000)}---\n".encode(), ImportLog()).fields

        assert fields["title"] == "A"


FENCES = some.lists(some.sampled_from(["```", "````", "`````", "~~~", "~~~~", "``` a", "a", ""]), max_size=9)


@given(FENCES)
def test_each_fence_is_closed_by_the_first_that_can(lines):
    """Against the plain way: from each line that opens a block, look down for the first that closes it."""
    text, expected = "\n".join(lines), []
    for place, line in enumerate(lines):
        sign = line.split(" ")[0]
        if sign[:3] in ("```", "~~~"):
            ends = (n for n in range(place + 1, len(lines)) if not lines[n].removeprefix(sign).strip(sign[0]))
            expected += [(place, end) for end in ends if lines[end].startswith(sign)][:1]

    found = [
        (text.count("\n", 0, one.start()), text.count("\n", 0, other.start())) for one, other in fenced(text)
    ]

    assert found == expected


# What a page lacks


@pytest.mark.parametrize(
    ("source", "page", "missing"),
    [
        ("One two two.", "One two.", ("two",)),
        ("Straße", "STRASSE", ()),
        ("*un*do", "undo", ()),
        ("a", "", ("a",)),
    ],
)
def test_words_that_a_page_lacks_are_named_as_often_as_it_lacks_them(source, page, missing):
    share = compare_markdown(source, page)

    assert share.missing == missing and share.ratio == 1 - len(missing) / share.total


def test_what_a_page_lacks_is_reported():
    lost, there = (
        ManuscriptImage(key="abcdefgh23", file="lost.png"),
        ManuscriptImage(key="abcdefgh24", file="there.png"),
    )
    body = "One ![Port](image:abcdefgh24) [x](https://x.example/a)"
    text, result = (
        Manuscript(title="A", body=f"{body} [y](https://x.example/b)", images=(lost, there)),
        ImportLog(),
    )
    rendered = render_as_published(Manuscript(body=body), result)

    report_losses(text, rendered, result)
    share = measure_coverage("One two", text, rendered, result)

    assert [line.text.rpartition(": ")[2] for line in result.notes] == [
        "https://x.example/b",
        "lost.png",
        "two",
    ]
    assert [line.topic for line in result.notes] == [
        "link-gone",
        "image-missing",
        "words",
    ] and share.ratio == 0.5
