"""The one tree for HTML: reading, walking and writing it, without a database."""

import pytest

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
    modules = [path for path in ROOT.glob("publications/**/*.py") if "html.parser" in path.read_text("utf-8")]

    assert [path.name for path in modules] == ["html_tree.py"]
