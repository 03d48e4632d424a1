"""The one tree for HTML: reading, walking and writing it, without a database."""

import pytest

from publications import html_tree
from publications.html_tree import Element, is_bare_link, is_inline_child, parse, serialize
from publications.markup import render_markdown
from tests.conftest import ROOT


def test_parsed_html_is_written_as_it_was():
    html = '<p id="a">One &amp; <em>two</em>&nbsp;&lt;<br></p>\n<ul><li>&quot;</li></ul>'

    assert "".join(map(serialize, parse(html).children)) == html.replace("&quot;", '"')


def test_rendered_markdown_survives_reading_and_writing():
    html = render_markdown(
        '# Ä "b"\n\n* a & b\n\n  c\n\n| x | y |\n|---|--:|\n| 1<2 | `<b>` |\n\nNote[^1].\n\n[^1]: A *note*.'
    ).html

    assert "".join(map(serialize, parse(html).children)) == html


@pytest.mark.parametrize(
    ("html", "text"), [("<b>a</i>b</b>c", "<b>ab</b>c"), ("<p><b>a</p>b", "<p><b>a</b></p>b"), ("</p>a", "a")]
)
def test_an_end_tag_closes_the_nearest_open_element(html, text):
    assert "".join(map(serialize, parse(html).children)) == text


def test_elements_are_walked_in_the_order_of_the_text():
    tree = parse("<div><p><a>1</a></p><img></div><a>2</a>")

    assert [element.tag for element in tree.walk()] == ["body", "div", "p", "a", "img", "a"]
    assert [link.text for link in tree.find_all("a")] == ["1", "2"]


def test_replacing_begins_with_the_innermost():
    tree = parse("<b>a<b>b</b></b>c")

    tree.replace_descendants(lambda element: [f"({element.text})"])

    assert tree.children == ["(a(b))", "c"]


def test_texts_and_inline_elements_stand_in_a_line():
    assert [is_inline_child(child) for child in parse("a<em>b</em><p>c</p><img>").children] == [
        True,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("href", "text", "is_bare"),
    [
        ("https://a.se/", "https://a.se/", True),
        ("mailto:a@b.se", "a@b.se", True),
        ("https://a.se/", "a", False),
        ("", "", False),
    ],
)
def test_a_bare_link_reads_as_its_address(href, text, is_bare):
    assert is_bare_link(Element("a", {"href": href}, [text])) is is_bare


def test_missing_attributes_are_empty():
    assert parse("<ol reversed>").elements[0].get("reversed") == parse("<p>").elements[0].get("id") == ""


def test_no_other_module_parses_html():
    paths = [path for path in ROOT.glob("publications/**/*.py") if "migrations" not in path.parts]

    assert [path.name for path in paths if "html.parser" in path.read_text("utf-8")] == ["html_tree.py"]


def test_end_tags_without_start_tags_take_no_longer_the_deeper_they_are():
    """Counted in calls, as time would depend on the machine: each end tag is looked at once."""

    class CountingTag(str):
        comparisons = 0

        def __eq__(self, other):
            CountingTag.comparisons += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    parser = html_tree._TreeParser()
    for _depth in range(500):
        parser.handle_starttag(CountingTag("div"), [])
    for _end in range(500):
        parser.handle_endtag("x")

    assert CountingTag.comparisons < 1000
    assert serialize(parse("<p><b>a</i>b</p>c</b>")) == "<body><p><b>ab</b></p>c</body>"
