"""Manuscripts: every field both ways without loss, pleasant to read, and clear about what is wrong."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publications import manuscript
from publications.manuscript import Attachment, Byline, Manuscript, Picture, Unreadable, dumps, loads

GOLDEN = Path(__file__).parent / "samples" / "manuscripts" / "golden.md"

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    [
        "no",
        "1.0",
        "2024-04-09",
        "null",
        "~",
        "---",
        "- a",
        "key: value",
        "#",
        "two\nlines",
        " lead",
        "trail \nx",
        "\n",
        "é\u2028\x85",
    ]
)
KEY = st.text("abcdefghjk23456789", min_size=6, max_size=20)
MOMENT = st.datetimes(
    min_value=datetime(1900, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.just(UTC) | st.just(timezone(timedelta(hours=2))),
)
PICTURES = st.builds(
    Picture, key=KEY, file=TEXT, digest=TEXT, alt=st.dictionaries(st.sampled_from(["en", "sv"]), TEXT), credit=TEXT,
    licence=TEXT, decorative=st.booleans(), focus=st.tuples(st.integers(0, 100), st.integers(0, 100)),
)  # fmt: skip
MANUSCRIPTS = st.builds(
    Manuscript,
    title=TEXT, kind=TEXT, language=TEXT, summary=TEXT, slug=TEXT, number=TEXT, cover=TEXT, translation_of=TEXT,
    note=TEXT, uid=TEXT, body=st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    bylines=st.lists(st.builds(Byline, author=TEXT, name=TEXT, role=TEXT), max_size=3).map(tuple),
    key_points=st.lists(TEXT, max_size=3).map(tuple), tags=st.lists(TEXT, max_size=3).map(tuple),
    related=st.lists(TEXT, max_size=3).map(tuple), published_at=st.none() | MOMENT,
    images=st.lists(PICTURES, max_size=2).map(tuple),
    attachments=st.lists(st.builds(Attachment, file=TEXT, label=TEXT, digest=TEXT), max_size=2).map(tuple),
    more=st.dictionaries(st.sampled_from(["layout", "demo", "x"]), st.integers() | st.booleans() | st.lists(st.integers())),
)  # fmt: skip

SAMPLE = Manuscript(
    title="Lavrov visits China: “friends”, says Beijing",
    kind="quick-comment",
    language="en",
    bylines=(Byline(author="ann-berg", name="Ann Berg"), Byline(author="bo-ek", name="Bo Ek", role="editor")),
    summary="What happened on 8 April.\nAnd what we make of it.",
    key_points=("Trade grows.", "Payments do not: 1.0 is a string, and so is no."),
    tags=("China", "Östersjön", "Украина"),
    published_at=datetime(2024, 4, 9, 14, 30, tzinfo=timezone(timedelta(hours=2))),
    slug="lavrov-visits-china",
    number="1/2024",
    cover="abcdefgh23",
    images=(Picture(key="abcdefgh23", file="field.png", digest="0a", alt={"en": "A field", "sv": "Ett fält"}, credit="SCEEUS"),),
    attachments=(Attachment(file="report.pdf", label="The report, designed", digest="0b"),),
    related=("0f8fad5b-d9cb-469f-a165-70867728950e",),
    translation_of="7c9e6679-7425-40de-944b-e07fc1f90ae7",
    note="For colleagues only.",
    uid="16fd2706-8baf-433b-82eb-8c7fada847da",
    body="First paragraph.[^1]\n\n---\n\nSecond, with å, Ж and 😀.\n\n[^1]: A note.\n",
    more={"layout": "post"},
)  # fmt: skip

COUNTED = {
    "title": "x", "kind": "report", "language": "sv", "bylines": (Byline(author="x"),), "summary": "x",
    "key_points": ("x",), "tags": ("x",), "published_at": datetime(2025, 1, 1, tzinfo=UTC), "slug": "x", "number": "2/2024",
    "cover": "x", "attachments": (Attachment(file="x"),), "translation_of": "x", "body": "x",
}  # fmt: skip
UNCOUNTED = {"related": (), "note": "x", "uid": "x", "more": {}, "images": ()}


def test_the_golden_file_is_what_is_written():
    assert dumps(SAMPLE) == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_file_is_read_back_whole():
    assert loads(GOLDEN.read_text(encoding="utf-8")) == SAMPLE


@settings(max_examples=150, deadline=None)
@given(MANUSCRIPTS)
def test_every_field_survives_both_ways(text):
    assert loads(dumps(text)) == text


@given(MANUSCRIPTS)
@settings(max_examples=50, deadline=None)
def test_the_digest_of_the_same_manuscript_is_the_same(text):
    assert loads(dumps(text)).digest == text.digest


@pytest.mark.parametrize("name", COUNTED)
def test_what_readers_would_see_counts_in_the_digest(name):
    assert replace(SAMPLE, **{name: COUNTED[name]}).digest != SAMPLE.digest


@pytest.mark.parametrize("name", UNCOUNTED)
def test_what_publishing_does_not_touch_does_not_count(name):
    assert replace(SAMPLE, **{name: UNCOUNTED[name]}).digest == SAMPLE.digest


def test_every_field_is_either_counted_or_not():
    assert set(COUNTED) | set(UNCOUNTED) == {each.name for each in fields(Manuscript)}


def test_the_names_of_authors_are_only_a_help_to_readers_of_the_file():
    renamed = replace(SAMPLE, bylines=tuple(replace(line, name="Other") for line in SAMPLE.bylines))

    assert renamed.digest == SAMPLE.digest


def test_newlines_of_all_systems_are_one():
    assert Manuscript(body="a\r\nb\rc").body == "a\nb\nc"


@pytest.mark.parametrize("before", ["\ufeff", "\n\n", "\ufeff\n  \n"])
def test_marks_and_blank_lines_before_the_front_matter_are_passed_over(before):
    assert loads(f"{before}---\r\ntitle: T\r\n---\r\n\r\nBody\r\n") == Manuscript(title="T", body="Body")


@pytest.mark.parametrize("title", ["no", "1.0", "2024-04-09", "null", "0x1F"])
def test_what_looks_like_another_type_stays_text(title):
    assert loads(f"---\ntitle: {title}\n---\n").title == title


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2024-04-09", "2024-04-09T00:00:00+02:00"),
        ("2024-01-09 10:15", "2024-01-09T10:15:00+01:00"),
        ("2024-04-09T10:15:00Z", "2024-04-09T10:15:00+00:00"),
        ("2024-04-09 10:15:00 +0300", "2024-04-09T10:15:00+03:00"),
    ],
)
def test_a_date_without_a_zone_is_that_of_stockholm(typed, meant):
    assert loads(f"---\npublished_at: {typed}\n---\n").published_at.isoformat() == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Just text.", "no front matter"),
        ("---\ntitle: 'open\n---\n", "line"),
        ("---\n- a\n---\n", "not a list of fields"),
        ("---\ntitle: [a]\n---\n", "“title” must be text"),
        ("---\ntags: a\n---\n", "“tags” must be a list"),
        ("---\nbylines: [{who: a}]\n---\n", "author, name, role"),
        ("---\nimages: [{file: a}]\n---\n", "not complete"),
        ("---\npublished_at: soon\n---\n", "“soon” is not a date"),
        ("---\nformat: 2\n---\n", "newer version"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_with_the_file(text, said):
    with pytest.raises(Unreadable, match=said) as refusal:
        loads(text, source="piece.md")

    assert "piece.md" in str(refusal.value)


def test_what_utf8_cannot_carry_is_refused():
    with pytest.raises(Unreadable):
        dumps(Manuscript(body="\ud800"))


def test_a_folder_comes_back_with_its_files(tmp_path):
    files = {"field.png": b"png", "report.pdf": b"pdf"}

    folder = manuscript.write(SAMPLE, tmp_path / "piece", files)
    text, found = manuscript.read(folder)

    assert text == SAMPLE
    assert {name: path.read_bytes() for name, path in found.items()} == files


def test_writing_again_replaces_the_folder(tmp_path):
    manuscript.write(SAMPLE, tmp_path / "piece", {"old.txt": b""})

    manuscript.write(SAMPLE, tmp_path / "piece")

    assert [path.name for path in (tmp_path / "piece").iterdir()] == ["index.md"]


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "index.md"])
def test_a_file_name_that_leaves_the_folder_is_refused(tmp_path, name):
    with pytest.raises(Unreadable, match="cannot be the name"):
        manuscript.write(SAMPLE, tmp_path / "piece", {name: b""})

    assert not (tmp_path / "piece").exists()


def test_a_file_outside_the_folder_is_not_read(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "piece"
    manuscript.write(replace(SAMPLE, attachments=(Attachment(file="../secret.txt"),)), folder)

    assert manuscript.read(folder)[1] == {}
