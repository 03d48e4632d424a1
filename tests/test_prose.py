"""Prose: what an author writes becomes HTML that is safe, words that are whole, and ids that stay."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publications.prose import (
    MAX_CHARACTERS,
    Heading,
    Paragraph,
    Picture,
    Unrenderable,
    images_in,
    place_pictures,
    render,
)

SAMPLES = Path(__file__).parent / "samples" / "prose"
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
KEY = "kf7w2m9q3x"

TAGS = set(
    "a abbr b bdi bdo blockquote br caption cite code dd del dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i "
    "img ins kbd li mark ol p pre q s samp section small span strong sub sup table tbody td tfoot th thead tr u ul "
    "var wbr".split()
)
ATTRIBUTES = set(
    "alt aria-label class colspan data-align data-image dir href id lang reversed role rowspan scope start tabindex "
    "title type value".split()
)
CLASSES = {"footnotes", "footnote-ref", "footnote-backref", "table-scroll"}
IDS = re.compile(r"p-[a-z2-7]{6}(-\d+)?|s-[^\s\"'<>&]+|fn(ref)?-\d+(-\d+)?")
ADDRESSES = re.compile(r"(?i)(https?://|mailto:|tel:)|(?![a-z][a-z0-9+.-]*:)(?![/\\]{2})")

# Pieces of Markdown and HTML that have broken renderers before; in any order they must break nothing.
PIECES = (
    "a,word,é,日本,Чёрное, ,  \n,\n,\n\n,\n    ,\n> ,\n- ,\n  - ,\n1. ,# ,\n### ,\n---\n,\n===\n,*,**,_,__,`,``,\\,[,],(,),![,"
    "[a](b),[a](b 'c'),[x](javascript:alert(1)),[x](//host),[a][b],\n[b]: /c \"d\"\n,[^1],\n\n[^1]: note [^1]\n\n,|,\n|-|-|\n,"
    "{#a .b onclick=c},{: ,},\n*[word]: Title\n,![alt](image:abcdef 'cap'),![e](http://x/y.png),\",',--,...,&,&amp;,&#65;,"
    "&#x202e;,&#1;,<,>,<b>,</b>,<b onclick=x>,<p id=main>,</p>,<div>,</div>,<table>,<tr>,<td>,<th>,</table>,<li>,<ul>,</ul>,"
    "<script>,</script>,<style>,<svg onload=x>,<iframe src=x>,<img src=x onerror=y>,<a href='javascript:x'>,<a href=\"/x\">,"
    "</a>,<!--,-->,<!x>,<?x?>,<http://a.b>,<a@b.c>,<pre>,<code>,</code>,<h1>,<dl>,<dd>,<caption>,<x>,\x00,\x02,\r\n,\u2028,"
    "\ufdd0,\ufdd5" + "0\ufdd6,\ufeff,\u0301,\ud800"
).split(",")
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)
WORDS = st.lists(st.text("abcdefghijåäößжщש", min_size=1, max_size=9), min_size=1, max_size=40)


class Page(HTMLParser):
    """What a browser finds in HTML: elements with attributes, and the words that are read."""

    INLINE = set("a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup u var".split())

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.is_in_number = False
        self.feed(html)
        self.close()

    @property
    def words(self) -> list[str]:
        return self.text.split()

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _tag, attributes in self.elements if name in attributes]

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        self.text += "" if tag in self.INLINE | {"img", "wbr"} else " "
        self.text += attributes.get("alt", "")
        self.is_in_number = attributes.get("class", "").startswith("footnote-") or self.is_in_number

    def handle_endtag(self, tag):
        self.text += "" if tag in self.INLINE else " "
        self.is_in_number = self.is_in_number and tag != "a"

    def handle_data(self, data):
        self.text += "" if self.is_in_number else data


def html_of(markdown: str, **more) -> str:
    return render(markdown, **more).html


def assert_safe(html: str) -> None:
    page = Page(html)
    assert {tag for tag, _attributes in page.elements} <= TAGS
    assert {name for _tag, attributes in page.elements for name in attributes} <= ATTRIBUTES
    assert set(page.values("class")) <= CLASSES
    assert all(IDS.fullmatch(anchor) for anchor in page.values("id"))
    assert all(ADDRESSES.match(address) for address in page.values("href"))
    assert len(page.values("id")) == len(set(page.values("id")))


# --- anything at all -----------------------------------------------------------------------


@settings(max_examples=250, deadline=None)
@given(MARKDOWN | st.text(max_size=200))
def test_any_text_is_rendered_safely_or_refused_in_words(markdown):
    try:
        prose = render(markdown)
    except Unrenderable as reason:
        assert str(reason).endswith(".")
    else:
        assert_safe(prose.html)


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_rendering_again_gives_the_same(markdown):
    assert render(markdown) == render(markdown)


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_a_text_keeps_all_its_ids_when_nothing_changes(markdown):
    prose = render(markdown)

    assert render(markdown, carried=prose.paragraphs) == prose


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_every_reference_and_every_way_back_leads_somewhere(markdown):
    page = Page(html_of(markdown))

    notes = {address[1:] for address in page.values("href") if address.startswith("#fn")}
    assert notes <= set(page.values("id"))


@settings(max_examples=150, deadline=None)
@given(MARKDOWN)
def test_the_plain_text_says_what_the_page_says(markdown):
    prose = render(markdown)

    assert prose.text.split() == Page(prose.html).words


@settings(max_examples=60, deadline=None)
@given(WORDS)
def test_plain_words_come_through_whole(words):
    prose = render(" ".join(words))

    assert prose.text.split() == words
    assert prose.words == len(words)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=12), st.lists(st.sampled_from("abcdefgh"), max_size=12))
def test_ids_stay_unique_whatever_is_carried(before, after):
    carried = render("\n\n".join(before)).paragraphs

    prose = render("\n\n".join(after), carried=carried)

    anchors = [paragraph.anchor for paragraph in prose.paragraphs]
    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize(("name", "language"), [("english", "en"), ("swedish", "sv")])
def test_a_whole_text_is_rendered_as_it_always_was(name, language):
    markdown = (SAMPLES / f"{name}.md").read_text(encoding="utf-8")

    assert html_of(markdown, language=language) + "\n" == (SAMPLES / f"{name}.html").read_text(
        encoding="utf-8"
    )
