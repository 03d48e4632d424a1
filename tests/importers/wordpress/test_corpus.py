"""Real exports and texts come in whole: their numbers beside those of another reader of XML, their words beside those
of another reader of HTML.
"""

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree
from markdown import markdown

from publications.importers.imported_file import ImportedFile
from publications.importers.wordpress.index import index_export
from tests.figures.imports import CORPUS, read_sources
from tests.importers.html import articles

from .exports import open_export, read

pytestmark = pytest.mark.corpus
ALL = os.environ.get("CORPUS") == "all"  # else every fifth post and guide
EXPORTS = ("theme-unit-test-data.xml", "wordpress_export_example.xml")
SHORTCODE = re.compile(r"\[/?(?:caption|gallery|video|audio|embed|code|sourcecode|playlist)[^\]]*\]")
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")  # Japanese has no spaces


def parse(name: str) -> etree._Element:
    return etree.parse(CORPUS / "wxr" / name).getroot().find("channel")


def text_of(item: etree._Element, path: str) -> str:
    return item.findtext(path, "", item.nsmap) or ""


def words_in(*texts: str) -> Counter[str]:
    return Counter(WORD.findall(re.sub("[\u00ad\u200b-\u200d]", "", " ".join(texts)).casefold()))


def get_text(html: str) -> str:
    """Return the text of some HTML as inscriptis reads it, which only these tests need."""
    from inscriptis import get_text

    return get_text(html)


def find_lost_words(html: str, file: ImportedFile) -> Counter[str]:
    """Return the words of some HTML that are neither on the page nor in the report."""
    page = f"{file.rendered.text} {file.manuscript.title} {file.manuscript.body}"
    without_marks = re.sub(
        r"(</?)(?:[uo]l|li|d[tld])\b", r"\1p", html
    )  # that reader numbers items and joins terms
    separated = re.sub(r"<(?=a\b|sup\b)", " <", re.sub(r"</?span\b[^<>]*>", "", without_marks))
    return words_in(get_text(separated)) - words_in(page, *(note.text for note in file.notes))


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_holds_what_another_reader_counts(name):
    channel, index = parse(name), index_export([CORPUS / "wxr" / name])
    items = channel.findall("item")

    types = Counter((text_of(item, "wp:post_type"), text_of(item, "wp:status")) for item in items)
    terms = Counter(text_of(term, "wp:term_taxonomy") for term in channel.findall("wp:term", channel.nsmap))
    terms["category"] += len(channel.findall("wp:category", channel.nsmap))
    terms["post_tag"] += len(channel.findall("wp:tag", channel.nsmap))
    comments = len(channel.findall("item/wp:comment", channel.nsmap))
    attachments = [
        text_of(item, "wp:attachment_url").strip()
        for item in items
        if text_of(item, "wp:post_type") == "attachment"
    ]
    assert index.counts == types and index.comments == comments and index.refused == {} and index.notes == []
    assert index.term_counts == terms
    assert len(index.authors) == len(channel.findall("wp:author", channel.nsmap))
    assert sorted(file.url for file in index.attachments.values()) == sorted(attachments)


@pytest.mark.parametrize("name", EXPORTS)
def test_every_text_of_an_export_comes_in_with_each_of_its_words(name):
    path = CORPUS / "wxr" / name
    items = {int(text_of(item, "wp:post_id")): item for item in parse(name).findall("item")}
    files, source = read(path), open_export(path)

    expected = {
        number
        for number, item in items.items()
        if text_of(item, "wp:post_type") in ("post", "page")
        and text_of(item, "wp:status") not in ("trash", "auto-draft", "inherit")
    }
    lost = {
        number: words
        for number, file in files.items()
        if (
            words := find_lost_words(
                SHORTCODE.sub(" ", text_of(items[number], "content:encoded")) or "–", file
            )
        )
    }
    assert set(files) == expected == {entry.post_id for entry in source.entries} and lost == {}
    assert not any(file.refusal or file.coverage.missing for file in files.values())
    assert not any(note.topic == "characters" for file in files.values() for note in file.notes)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_damaged_export_says_so_in_a_sentence_with_its_line(tmp_path, name):
    content = (CORPUS / "wxr" / name).read_bytes()
    place = content.rindex(b"<wp:post_id>")
    for number, damaged in enumerate((content[:place], content[:place] + b"<&" + content[place:])):
        path = tmp_path / f"{number}.xml"
        path.write_bytes(damaged)
        index = index_export([path])

        (reason,) = index.refused.values()
        assert f"line {content[:place].count(b'\n') + 1}" in reason and index.counts.total() > 5


def test_the_words_of_other_texts_are_those_of_another_reader():
    lost, words = {}, 0
    for folder in ("posts", "guides"):
        for name, (_front, body) in sorted(read_sources(CORPUS / folder).items())[:: 1 if ALL else 5]:
            html = markdown(body, extensions=["extra"])
            file = articles.read(html, Path("/nonexistent"))
            words += words_in(get_text(html)).total()
            if missing := find_lost_words(html, file):
                lost[name] = missing

    assert lost == {} and words > 50_000
