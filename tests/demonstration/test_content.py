"""The content of the demonstration: manuscripts, images, authors and topics."""

import re
import zlib
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256

import pytest
import yaml
from PIL import Image as Pillow

from publications import manuscript, markup
from publications.demonstration.load import CONTENT, PORTRAITS
from publications.models import BylineRole

PEOPLE = yaml.safe_load((CONTENT / "people.yaml").read_text(encoding="utf-8"))
READ = {path.parent.name: manuscript.read(path.parent) for path in sorted(CONTENT.glob("*/index.md"))}
TEXTS = {folder: text for folder, (text, _files) in READ.items()}
BY_UID = {text.uid: text for text in TEXTS.values()}
MARKED = {"en": "Demonstration text: ", "sv": "Demonstrationstext: ", "uk": "Демонстраційний текст: "}
LENGTHS = {
    "quick-comment": (320, 650),
    "commentary": (600, 950),
    "guest-commentary": (500, 900),
    "report": (800, 4000),
    "guest-report": (1200, 4000),
    "newsletter": (10, 100),
}

every_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
every_public_text = pytest.mark.parametrize(
    "text",
    [text for text in TEXTS.values() if text.published_at],
    ids=[folder for folder, text in TEXTS.items() if text.published_at],
)


def words(text: manuscript.Manuscript) -> int:
    return len(markup.render_markdown(text.body, language=text.language).text.split())


def test_every_kind_has_publications():
    kinds = Counter(text.kind for text in TEXTS.values())

    assert kinds == {
        "quick-comment": 14, "commentary": 10, "guest-commentary": 3, "report": 4, "guest-report": 1,
        "newsletter": 1,
    }  # fmt: skip


def test_there_are_three_languages_with_translations():
    languages = Counter(text.language for text in TEXTS.values())
    pairs = Counter(
        (BY_UID[text.translation_of].language, text.language)
        for text in TEXTS.values()
        if text.translation_of
    )

    assert languages == {"en": 25, "sv": 7, "uk": 1}
    assert pairs == {("en", "sv"): 4, ("en", "uk"): 1}


def test_dates_cover_three_years_and_none_is_in_the_future():
    dates = [text.published_at for text in TEXTS.values() if text.published_at]

    assert {date.year for date in dates} == {2023, 2024, 2025, 2026}
    assert max(dates) < datetime(2026, 11, 25, tzinfo=UTC)


def test_one_title_is_very_long_and_one_has_quotation_marks():
    titles = [text.title for text in TEXTS.values()]

    assert 135 <= max(map(len, titles)) <= 145
    assert any(title.startswith("“") for title in titles)


@every_text
def test_every_publication_has_a_summary_and_existing_topics_and_authors(text):
    authors = {author["slug"]: author["name"] for author in PEOPLE["authors"] + PEOPLE["proposed_authors"]}
    topics = {tag["name"] for tag in PEOPLE["tags"]}

    assert text.summary
    assert set(text.tags) <= topics and len(text.tags) >= 2
    assert text.bylines and all(authors[line.author] == line.name for line in text.bylines)


@every_text
def test_every_publication_has_related_links_to_others_than_its_translation(text):
    family = {text.uid, text.translation_of} | {
        other.uid for other in TEXTS.values() if other.translation_of == text.uid
    }

    assert 3 <= len(set(text.related)) <= 4
    assert set(text.related) <= BY_UID.keys() - family


@every_text
def test_every_publication_renders_with_all_its_footnotes(text):
    rendered = markup.render_markdown(text.body, language=text.language)

    assert set(re.findall(r"\[\^(\w+)\](?!:)", text.body)) == set(
        re.findall(r"^\[\^(\w+)\]:", text.body, re.M)
    )
    assert "[^" not in rendered.text and "](" not in rendered.text and "**" not in rendered.text


@every_text
def test_every_page_says_that_it_is_a_demonstration(text):
    paragraphs = [block for block in text.body.split("\n\n") if not block.startswith("[^")]

    assert paragraphs[-1].startswith(f"<small>{MARKED[text.language]}")
    assert paragraphs[-1].rstrip().endswith("</small>")
    assert MARKED[text.language] in markup.render_markdown(text.body, language=text.language).text


@every_public_text
def test_publications_have_the_length_of_their_kind(text):
    shortest, longest = LENGTHS[text.kind]

    assert shortest <= words(text) <= longest


@pytest.mark.parametrize("folder", ["2025-09-18-reconstruction", "2025-12-04-shadow-fleet"])
def test_long_reports_have_headings_footnotes_a_table_and_an_image(folder):
    text = TEXTS[folder]
    rendered = markup.render_markdown(text.body, language="en")

    assert words(text) >= 2500
    assert {heading.level for heading in rendered.contents} == {2, 3}
    assert text.body.count("\n[^") >= 10
    assert "<table>" in rendered.html and markup.image_keys_in(text.body)
    assert text.key_points and text.cover


@every_text
def test_quotation_marks_outside_the_body_are_typographic(text):
    texts = [text.title, text.summary, *text.key_points]

    assert not any(mark in text for text in texts for mark in "\"'")
    assert text.language != "sv" or '"' not in text.body


# Pictures and files.


@every_text
def test_every_image_has_texts_in_both_languages_and_a_credit_and_is_shown(text):
    shown = {*markup.image_keys_in(text.body), text.cover} - {""}

    assert {picture.key for picture in text.images} == shown
    for picture in text.images:
        assert picture.alt["en"] and picture.alt["sv"] and picture.credit


@pytest.mark.parametrize("folder", READ)
def test_files_of_a_manuscript_are_small_and_all_referenced(folder):
    text, files = READ[folder]
    beside = {path.name for path in (CONTENT / folder).iterdir()} - {manuscript.INDEX_NAME}

    assert beside == set(files)
    assert {attachment.file for attachment in text.attachments} <= beside
    for path in files.values():
        assert path.stat().st_size < (300_000 if path.suffix == ".pdf" else 60_000)


def test_a_report_comes_with_a_tagged_pdf():
    (content,) = [path.read_bytes() for path in CONTENT.glob("2025-09-18-*/*.pdf")]

    packed = re.findall(rb"stream\r?\n(x.+?)\r?\nendstream", content, re.DOTALL)
    inside = b"".join(zlib.decompressobj().decompress(stream) for stream in packed)
    assert content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in inside and b"/Lang" in inside and b"/Outlines" in inside


def test_there_are_bylines_of_every_role_and_attachments_of_several_types():
    roles = {line.role for text in TEXTS.values() for line in text.bylines}
    types = {attachment.file.rpartition(".")[2] for text in TEXTS.values() for attachment in text.attachments}

    assert roles == set(BylineRole.values)
    assert types == {"pdf", "csv", "txt"}


def test_few_publications_have_a_cover():
    assert len({text.cover for text in TEXTS.values()} - {""}) == 6


def test_portraits_are_square_small_and_distinct():
    paths = [PORTRAITS / author["portrait"] for author in PEOPLE["authors"] if "portrait" in author]

    assert len({sha256(path.read_bytes()).digest() for path in paths}) == 11
    assert set(paths) == set(PORTRAITS.iterdir())
    for path in paths:
        assert path.stat().st_size < 25_000
        assert Pillow.open(path).size == (640, 640)


# People and topics.


def test_twelve_authors_are_presented_in_both_languages_and_a_pen_name_is_not():
    (hidden,) = [author for author in PEOPLE["authors"] if author.get("is_pseudonymous")]
    presented = [author for author in PEOPLE["authors"] if author is not hidden]

    assert len(presented) == 11 and sum(author.get("is_guest", False) for author in presented) == 3
    assert not hidden.keys() & {"portrait", "biography_en", "biography_sv"}
    for author in presented:
        assert all(
            author[f"{field}_{language}"] for field in ("title", "affiliation") for language in ("en", "sv")
        )
        assert "Invented" in author["biography_en"] and "Påhittad" in author["biography_sv"]


def test_every_author_and_every_topic_has_a_publication():
    publications = [text for text in TEXTS.values() if text.published_at]

    assert {line.author for text in publications for line in text.bylines} == {
        a["slug"] for a in PEOPLE["authors"]
    }
    assert {tag for text in publications for tag in text.tags} == {tag["name"] for tag in PEOPLE["tags"]}


def test_topics_are_introduced_in_two_to_four_sentences_in_both_languages():
    assert Counter(tag["kind"] for tag in PEOPLE["tags"]) == {"country": 8, "theme": 9, "series": 3}
    for tag in PEOPLE["tags"]:
        assert tag["name_sv"]
        for language in ("en", "sv"):
            assert 2 <= len(re.findall(r"[.?](?:\s|$)", tag[f"introduction_{language}"])) <= 4
