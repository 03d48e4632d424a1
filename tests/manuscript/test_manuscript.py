"""Manuscripts: every field both ways without loss, pleasant to read, and clear about what is wrong."""

import os
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from publications import manuscript
from publications.manuscript import (
    Manuscript,
    ManuscriptByline,
    ManuscriptError,
    ManuscriptFile,
    ManuscriptImage,
    dumps,
    loads,
    read,
    write,
)

GOLDEN = Path(__file__).parent.parent / "samples" / "manuscripts" / "golden.md"

AWKWARD = [
    "no", "1.0", "2024-04-09", "2024-4-9", "null", "~", "---", "...", "- a", "key: value", "#", "# a", "a #b",
    "=", "<<", "12:30", "0042", "0x1F", "1_000", "1e3", ".5", "1.", "yes", "@a", "%a", "*a", "&a", "!a", "`a",
    "[a", "{a", "it's: \"so\"", "\\u00e5", "two\nlines", " lead", "trail ", "trail \nx", "a\n lead", "\n",
    "\n\n", "a\n", "a\n\n", "\na", "a\n---\nb", "a\r\nb\rc", "\t", "a\tb", "a\n\tb", "é\u2028\x85\u2029",
    "a\u2028\nb", "\ufeffa", "a\ufeff", "😀", "\U0010ffff", "\uffff", "\x07", "\x7f", "   ", "x " * 99,
    "å" * 200,
]  # fmt: skip
SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXT = st.text(SIGNS, max_size=40) | st.sampled_from(AWKWARD) | st.text(" \n\t'\":#-a", max_size=12)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
MOMENT = st.datetimes(datetime(1850, 1, 1), datetime(2200, 1, 1), timezones=st.timezones() | st.just(UTC))
NUMBER = st.integers() | st.floats(allow_nan=False)
DATE = st.dates() | st.datetimes() | st.datetimes(timezones=st.just(UTC))
VALUE = st.recursive(
    st.none() | st.booleans() | NUMBER | DATE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT | st.integers(), inner, max_size=3),
    max_leaves=6,
)
KNOWN = {*manuscript.FRONT_MATTER_FIELDS, *manuscript.FIELD_ALIASES, "format"}
EXTRA_FIELDS = st.dictionaries(TEXT.filter(lambda name: name not in KNOWN), VALUE, max_size=3)
PICTURES = st.builds(
    ManuscriptImage, key=TEXT, file=TEXT, digest=TEXT, alt=st.dictionaries(TEXT, TEXT, max_size=2), credit=TEXT,
    licence=TEXT, decorative=st.booleans(), focus=st.tuples(st.integers(0, 100), st.integers(0, 100)),
)  # fmt: skip
BYLINES = st.builds(ManuscriptByline, author=TEXT, name=TEXT, role=TEXT)
ATTACHMENTS = st.builds(ManuscriptFile, file=TEXT, label=TEXT, digest=TEXT)
MANUSCRIPTS = st.builds(
    Manuscript,
    title=TEXT, kind=TEXT, language=TEXT, summary=TEXT, slug=TEXT, number=TEXT, doi=TEXT, isbn=TEXT, cover=TEXT, note=TEXT,
    uid=TEXT, translation_of=TEXT, key_points=TEXTS, tags=TEXTS, related=TEXTS,
    published_at=st.none() | MOMENT, extra_fields=EXTRA_FIELDS, body=TEXT | st.text(SIGNS, max_size=200),
    bylines=st.lists(BYLINES, max_size=3), images=st.lists(PICTURES, max_size=2),
    attachments=st.lists(ATTACHMENTS, max_size=2),
)  # fmt: skip
"""Every manuscript there can be, for whoever tests what becomes of manuscripts."""

SAMPLE = Manuscript(
    title="Lavrov visits China: “friends”, says Beijing",
    kind="quick-comment",
    language="en",
    bylines=(ManuscriptByline(author="ann-berg", name="Ann Berg"), ManuscriptByline(author="bo-ek", name="Bo Ek", role="editor")),
    summary="Sergey Lavrov has spent two days in Beijing, in all likelihood to prepare a visit by President "
    "Putin. Trade binds the two countries more tightly than before, but Chinese banks fear the price.",
    key_points=("Trade grows.", "Payments don't: 1.0 is a text, so is the next.", "no", "y" * 70 + " y" * 40),
    tags=("China", "Östersjön", "Украина"),
    published_at=datetime(2024, 4, 9, 12, 30, tzinfo=UTC),
    slug="lavrov-visits-china",
    number="1/2024",
    doi="10.1234/lavrov-5",
    isbn="978-3-16-148410-0",
    cover="abcdefgh23",
    images=(
        ManuscriptImage(
            key="abcdefgh23", file="field.png", digest="0a", alt={"sv": "Ett fält", "en": "A field"},
            credit="SCEEUS", licence="CC BY 4.0", focus=(30, 40),
        ),
        ManuscriptImage(key="jkmnpqrs45", file="line.png", decorative=True),
    ),
    attachments=(ManuscriptFile(file="report.pdf", label="The report, designed", digest="0b"),),
    related=("0f8fad5b-d9cb-469f-a165-70867728950e",),
    translation_of="7c9e6679-7425-40de-944b-e07fc1f90ae7",
    note="For colleagues only.\n\nAsk Ann about the figures.",
    uid="16fd2706-8baf-433b-82eb-8c7fada847da",
    body="First paragraph.[^1]\n\n---\n\nSecond, with å, Ж and 😀.\n\n[^1]: A note.\n",
    extra_fields={"layout": "post", "weights": [1, 2.5, None, True, date(2024, 4, 9), "no"]},
)  # fmt: skip
DIGEST = "2ca92322177e96538c8aa200bd207f05bfc73229a425eb833083b24f6273e379"

UNCOUNTED = {"related": (), "note": "x", "uid": "x", "extra_fields": {}, "images": ()}
COUNTED = {
    **{item.name: "x" for item in fields(Manuscript) if item.type is str and item.name not in UNCOUNTED},
    "bylines": (), "key_points": ("x",), "tags": ("x",), "published_at": datetime(2025, 1, 1, tzinfo=UTC),
    "attachments": (),
}  # fmt: skip


def front(fields_as_typed: str) -> Manuscript:
    return loads(f"---\n{fields_as_typed}\n---\n", source="piece.md")


def test_the_golden_file_is_what_is_written():
    assert dumps(SAMPLE) == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_file_is_read_back_whole():
    assert loads(GOLDEN.read_text(encoding="utf-8")) == SAMPLE


@settings(max_examples=300, deadline=None)
@given(MANUSCRIPTS)
def test_every_field_survives_both_ways(text):
    back = loads(dumps(text))

    assert back == text
    assert (dumps(back), back.digest) == (dumps(text), text.digest)


@pytest.mark.parametrize("text", AWKWARD)
def test_a_text_that_yaml_might_take_for_something_else_survives_everywhere(text):
    output = text.replace("\r\n", "\n").replace("\r", "\n")
    publication = Manuscript(
        title=text,
        tags=(text,),
        bylines=(ManuscriptByline(author=text),),
        extra_fields={text: [output, {output: output}]},
    )

    assert loads(dumps(publication)) == publication


@given(TEXT)
def test_other_programs_read_the_same_texts(text):
    written = dumps(Manuscript(title=text, tags=(text,)))

    other = yaml.safe_load(written.removeprefix("---\n").removesuffix("---\n"))

    assert (other["title"], other["tags"]) == (loads(written).title, [loads(written).title])


@settings(deadline=None)
@given(st.text(SIGNS) | st.text("\n-a \t#:", max_size=30))
def test_any_body_survives_to_the_last_blank_line(body):
    text = body.replace("\r\n", "\n").replace("\r", "\n")

    assert loads(dumps(Manuscript(body=body))).body == text


@pytest.mark.parametrize(
    "body", ["", "\n", "\n\nText\n\n", "---\ntitle: x\n---", "\ttab", "\x85\u2028", "\ufeffText", "   "]
)
def test_a_body_is_carried_as_it_is(body):
    assert loads(dumps(Manuscript(body=body))).body == body


def test_a_body_that_stands_right_below_the_front_matter_begins_there():
    assert loads("---\ntitle: T\n---\nText\n").body == "Text"


def test_the_digest_of_a_publication_stays_what_it_is_from_version_to_version():
    assert replace(SAMPLE, doi="", isbn="").digest == DIGEST


@pytest.mark.parametrize("name", COUNTED)
def test_what_readers_would_see_counts_in_the_digest(name):
    assert replace(SAMPLE, **{name: COUNTED[name]}).digest != SAMPLE.digest


@pytest.mark.parametrize("name", UNCOUNTED)
def test_what_publishing_does_not_touch_does_not_count(name):
    assert replace(SAMPLE, **{name: UNCOUNTED[name]}).digest == SAMPLE.digest


def test_every_field_is_either_counted_or_not():
    assert set(COUNTED) | set(UNCOUNTED) == {item.name for item in fields(Manuscript)}


@pytest.mark.parametrize(
    ("change", "counts"), [({"author": "x"}, True), ({"role": "with"}, True), ({"name": "x"}, False)]
)
def test_of_a_byline_the_author_and_the_role_count(change, counts):
    first, *others = SAMPLE.bylines
    changed = replace(SAMPLE, bylines=(replace(first, **change), *others))

    assert (changed.digest != SAMPLE.digest) is counts


@pytest.mark.parametrize("change", [{"file": "x.pdf"}, {"label": "x"}, {"digest": "x"}])
def test_everything_about_an_attachment_counts(change):
    changed = replace(SAMPLE, attachments=(replace(SAMPLE.attachments[0], **change),))

    assert changed.digest != SAMPLE.digest


def test_the_same_moment_in_another_zone_is_the_same_publication():
    moved = replace(SAMPLE, published_at=SAMPLE.published_at.astimezone(ZoneInfo("Asia/Tbilisi")))

    assert (moved, moved.digest, dumps(moved)) == (SAMPLE, SAMPLE.digest, dumps(SAMPLE))


def test_newlines_of_all_systems_are_one_in_every_text():
    text = Manuscript(
        body="a\r\nb\rc", key_points=["a\r\nb"], bylines=[ManuscriptByline(author="a", name="b\rc")]
    )

    assert (text.body, text.key_points, text.bylines[0].name) == ("a\nb\nc", ("a\nb",), "b\nc")


def test_the_second_half_past_two_of_an_autumn_night_differs_from_the_first():
    night = datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
    first, second = (Manuscript(published_at=night.replace(fold=fold)) for fold in (0, 1))

    assert [loads(dumps(text)) for text in (first, second)] == [first, second]
    assert first != second


def test_an_alternative_text_that_is_empty_is_none():
    assert ManuscriptImage(key="a", alt={"en": "", "sv": "Ett fält"}) == ManuscriptImage(
        key="a", alt={"sv": "Ett fält"}
    )


def test_a_moment_without_a_zone_is_no_moment():
    with pytest.raises(ManuscriptError, match="zone"):
        Manuscript(published_at=datetime(2024, 4, 9))


@pytest.mark.parametrize("before", ["\ufeff", "\n\n", "\ufeff\n  \n"])
def test_marks_and_blank_lines_before_the_front_matter_are_passed_over(before):
    assert loads(f"{before}---\r\ntitle: T\r\n---\r\n\r\nBody\r\n") == Manuscript(title="T", body="Body")


def test_front_matter_without_fields_is_an_empty_publication():
    assert loads("---\n---\n") == loads("---\n# nothing yet\n---\n") == Manuscript()


@pytest.mark.parametrize("title", ["no", "1.0", "2024-04-09", "2024-13-45", "null", "0x1F", "12:30", "="])
def test_what_looks_like_another_type_stays_text(title):
    assert front(f"title: {title}").title == title


@pytest.mark.parametrize(
    ("typed", "kept"), [("12:30", "12:30"), ("0042", "0042"), ("no", "no"), ("2024-13-45", "2024-13-45")]
)
def test_unknown_fields_are_kept_as_they_were_typed(typed, kept):
    text = front(f"no: {typed}\nflag: true\nempty:")

    assert text.extra_fields == {"no": kept, "flag": True, "empty": None}
    assert loads(dumps(text)) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2024-04-09", "2024-04-09T00:00:00+02:00"),
        ("2024-01-09 10:15", "2024-01-09T10:15:00+01:00"),
        ("2024-04-09T10:15:00Z", "2024-04-09T10:15:00+00:00"),
        ("2024-04-09 10:15:00 +0300", "2024-04-09T10:15:00+03:00"),
    ],
)
@pytest.mark.parametrize("name", ["published_at", "date"])
def test_a_date_without_a_zone_is_that_of_stockholm(name, typed, meant):
    assert front(f"{name}: {typed}").published_at.isoformat() == meant


def test_dates_are_written_as_clocks_in_stockholm_show_them():
    text = Manuscript(published_at=datetime(2024, 1, 9, 10, 15, tzinfo=timezone(timedelta(hours=5))))

    assert "published_at: 2024-01-09 06:15:00+01:00\n" in dumps(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Just text.", "no front matter. Begin"),
        ("---\ntitle: open\n", "no front matter. Begin"),
        ("---\ntitle: T\nsummary: 'open\n---\n", "line 4: this is not YAML"),
        ("\n\n---\ntitle: One: two\n---\n", "line 4: .*quotes around a text that holds a colon"),
        ("---\ntags:\n\t- a\n---\n", "line 3: .*spaces, not with tabs"),
        ("---\ntitle: a\ntitle: b\n---\n", "line 3: “title” stands twice"),
        ("---\nx:\n  a: 1\n  a: 2\n---\n", "line 4: “a” stands twice"),
        ("---\ndate: 2024-04-09\npublished_at: 2024-04-09\n---\n", "line 3: “published_at” stands twice"),
        ("---\ntitle: &a b\n---\n", "line 2: .*needs quotes"),
        ("---\nx: !!python/name:os.system x\n---\n", "line 2: .*needs quotes"),
        ("---\ntitle: \x07\n---\n", "line 2: a character here is no text"),
        ("---\ntitle: \"\\ud800\"\n---\n", "line 2: a character here is no text"),
        ("---\ntitle: \"\\U99999999\"\n---\n", "line 2: an escape"),
        ("---\ntitle: T\n---\n\na\0\n", "line 5: a character here is no text"),
        (f"---\nx: {'[' * 5000}\n---\n", "nested too deeply"),
        ("---\n- a\n---\n", "line 2: the front matter must be fields"),
        ("---\n[a]: b\n---\n", "line 2: the name of a field must be text"),
        ("---\ntitle: [a]\n---\n", "line 2: “title” must be text"),
        ("---\ntags: a, b\n---\n", "line 2: “tags” must be a list"),
        ("---\ntags:\n  - a\n  - b: c\n---\n", "line 4: “tags” must be text"),
        ("---\nbylines: [ann]\n---\n", "line 2: an entry of “bylines” must be fields"),
        ("---\nbylines: [{who: a}]\n---\n", "“who”; it may have author, name, role"),
        ("---\nimages: [{file: a}]\n---\n", "not complete: it needs “key”"),
        ("---\nimages: [{key: a, alt: b}]\n---\n", "“images.alt” must be fields"),
        ("---\nimages: [{key: a, decorative: perhaps}]\n---\n", "“images.decorative” must be true or false"),
        ("---\nimages: [{key: a, focus: [50]}]\n---\n", "“images.focus” must be two numbers"),
        ("---\nimages: [{key: a, focus: [50, 101]}]\n---\n", "“images.focus” must be two numbers"),
        ("---\npublished_at: soon\n---\n", "“soon” is not a date such as"),
        ("---\ndate: 9999-12-31\n---\n", "is not a date such as"),
        ("---\nformat: 2\n---\n", "newer version"),
        ("---\nformat: new\n---\n", "must be a number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence_with_the_file_and_line(text, said):
    with pytest.raises(ManuscriptError, match=said) as refusal:
        loads(text, source="piece.md")

    assert str(refusal.value).startswith("piece.md")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text("\n :-[]{}'\"\\|>&*!#%ax\x85\u2028", max_size=40))
def test_whatever_stands_in_front_matter_is_read_or_refused(text):
    try:
        read_back = front(text)
    except ManuscriptError as refusal:
        assert "piece.md" in str(refusal)
    else:
        assert loads(dumps(read_back)) == read_back


@pytest.mark.parametrize("wrong", ["\ud800", "a\0b"])
@pytest.mark.parametrize("place", ["title", "body", "tags", "extra_fields"])
def test_what_is_no_text_is_refused(place, wrong):
    value = {"tags": (wrong,), "extra_fields": {"x": [wrong]}}.get(place, wrong)

    with pytest.raises(ManuscriptError, match="no text"):
        dumps(Manuscript(**{place: value}))


@pytest.mark.parametrize(
    "value",
    [
        (1, 2),
        {1},
        b"x",
        object(),
        pytest.param(10**5000, id="long number"),
        datetime(1800, 1, 1, tzinfo=ZoneInfo("Europe/Stockholm")),
    ],
)
def test_an_unknown_field_that_would_not_come_back_is_refused(value):
    with pytest.raises(ManuscriptError, match="cannot be written"):
        dumps(Manuscript(extra_fields={"x": value}))


def test_no_line_within_the_front_matter_looks_like_its_end():
    lines = dumps(Manuscript(summary="---", note="a\n---\nb", extra_fields={"x": "a\n\n"})).split("\n")

    assert [line for line in lines if line.rstrip() in ("---", "...")] == ["---", "---"]


@pytest.mark.parametrize("name", ["title", "format", "date"])
def test_an_unknown_field_cannot_have_a_known_name(name):
    with pytest.raises(ManuscriptError, match=name):
        dumps(Manuscript(extra_fields={name: "x"}))


def test_a_field_that_refers_to_itself_is_refused():
    ring = []
    ring.append(ring)

    with pytest.raises(ManuscriptError, match="cannot be written"):
        dumps(Manuscript(extra_fields={"x": ring}))


def test_a_folder_comes_back_with_its_files(tmp_path):
    files = {"field.png": b"png", "report.pdf": b"pdf"}

    text, result = read(write(SAMPLE, tmp_path / "archive" / "piece", files))

    assert text == SAMPLE
    assert {name: path.read_bytes() for name, path in result.items()} == files


def test_a_single_file_is_read_with_the_files_beside_it(tmp_path):
    (tmp_path / "piece.md").write_text(dumps(SAMPLE), encoding="utf-8")
    (tmp_path / "report.pdf").write_bytes(b"pdf")

    assert read(tmp_path / "piece.md") == (SAMPLE, {"report.pdf": tmp_path / "report.pdf"})


def test_writing_again_replaces_the_folder(tmp_path):
    write(SAMPLE, tmp_path / "piece", {"old.txt": b""})

    write(SAMPLE, tmp_path / "piece")

    assert [path.name for path in (tmp_path / "piece").iterdir()] == ["index.md"]
    assert [path.name for path in tmp_path.iterdir()] == ["piece"]


def test_others_may_read_what_is_written(tmp_path):
    (tmp_path / "made").mkdir()

    assert write(SAMPLE, tmp_path / "piece").stat().st_mode == (tmp_path / "made").stat().st_mode


@pytest.mark.parametrize(
    "others", [["notes.txt"], ["photos/one.jpg"], ["piece/index.md"], ["index.md", "piece/index.md"]]
)
def test_a_folder_of_other_things_is_not_replaced(tmp_path, others):
    for name in others:
        (tmp_path / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / name).write_text("kept")

    with pytest.raises(ManuscriptError, match="choose a new folder"):
        write(SAMPLE, tmp_path / "folder")

    assert (tmp_path / "folder" / others[-1]).read_text() == "kept"


def test_what_cannot_be_written_leaves_the_former_folder_alone(tmp_path):
    write(SAMPLE, tmp_path / "piece", {"old.txt": b"old"})

    with pytest.raises(TypeError):
        write(SAMPLE, tmp_path / "piece", {"new.txt": "no bytes"})

    assert (tmp_path / "piece" / "old.txt").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["piece"]


def test_a_folder_that_cannot_be_put_in_place_leaves_the_former_one(tmp_path, monkeypatch):
    write(SAMPLE, tmp_path / "piece", {"old.txt": b"old"})
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if (path / "new.txt").exists():
            raise OSError("disk full")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="disk full"):
        write(SAMPLE, tmp_path / "piece", {"new.txt": b"new"})

    assert sorted(path.name for path in (tmp_path / "piece").iterdir()) == ["index.md", "old.txt"]


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/b",
        "a\\b",
        "\\a",
        "/etc/passwd",
        ".hidden",
        "..",
        "",
        "index.md",
        "INDEX.md",
        "a\0b",
        "a\nb",
        "å" * 130,
    ],
)
def test_a_file_name_that_leaves_the_folder_is_refused(tmp_path, name):
    with pytest.raises(ManuscriptError, match="cannot be the name"):
        write(SAMPLE, tmp_path / "piece", {name: b""})

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../secret.txt", "link.txt", "folder", "index.md"])
def test_only_files_that_stand_beside_the_text_are_found(tmp_path, name):
    (tmp_path / "secret.txt").write_text("secret")
    folder = write(replace(SAMPLE, attachments=(ManuscriptFile(file=name),)), tmp_path / "piece")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "folder").mkdir()

    assert read(folder)[1] == {}


def test_a_missing_text_is_named(tmp_path):
    with pytest.raises(ManuscriptError, match=rf"{tmp_path.name}{os.sep}index.md: cannot be read"):
        read(tmp_path)


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path):
    (tmp_path / "piece.md").write_bytes("---\ntitle: Östersjön\n---\n".encode("latin-1"))

    with pytest.raises(ManuscriptError, match=r"piece.md, line 2: not UTF-8. Save it as UTF-8"):
        read(tmp_path / "piece.md")
