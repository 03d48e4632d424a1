"""A name is found in every column, file and format in which the site can hold it."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import brotli
import pytest
import typst
from django.apps import apps
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pixels
from PIL.PngImagePlugin import PngInfo

from publications import actions
from publications.name_search import (
    NameMatcher,
    Searched,
    search_database,
    search_folder,
    search_path,
    search_storage,
)
from publications.sessions import SessionStore
from tests.corruptions import drop_guards
from tests.factories import make_author, make_live
from tests.word_files import docx, p

NAME = "Vera Åkerholm"
MATCHER = NameMatcher([NAME])
NOT_SEARCHED = {"django_migrations"}


def found_in(name: str, content: bytes, folder: Path) -> tuple[list[str], Searched]:
    (folder / name).write_bytes(content)
    searched = Searched()
    return [found.place for found in search_folder(folder, MATCHER, searched)], searched


@pytest.mark.parametrize(
    "text",
    [
        NAME, "VERA ÅKERHOLM", "vera a\u030akerholm", "Vera\u00adÅker\u00adholm"[:4] + " Åker\u00adholm", "Vera\n  Åkerholms",
        "*Vera* Åkerholm", "Vera&nbsp;&Aring;kerholm", "/en/people/vera-akerholm/", "/en/people/vera-%C3%A5kerholm.pdf",
        "see vera_akerholm.docx", json.dumps({"by": NAME}), json.dumps([["slug", {NAME: 1}]]),
    ],
)  # fmt: skip
def test_a_name_is_found_in_every_spelling(text):
    assert MATCHER.find(text) == [NAME]


@pytest.mark.parametrize(
    "text", ["", "Vera", "Åkerholm", "Vera and Åkerholm", "Severa Åkerholm", '["', "[" * 5000 + "\\"]
)
def test_other_words_are_not_the_name(text):
    assert MATCHER.find(text) == []


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_a_name_is_found_in_bytes_of_any_format(before, after, encoding):
    content = f" {NAME} ".encode(encoding)
    assert MATCHER.find_in_bytes(
        before.encode("utf-8", "ignore") + b"\0" + content + after.encode("utf-8", "ignore")
    )


def test_names_are_named_in_the_order_given():
    matcher = NameMatcher(["Holm", "Vera", "Vera", " "])
    assert matcher.find("Vera Holm") == ["Holm", "Vera"]


# Files


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def picture(format: str) -> bytes:
    stream = io.BytesIO()
    pixels, options = Pixels.new("RGB", (4, 4)), {}
    if format == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("Author", NAME, zip=True)
    else:
        exif = pixels.getexif()
        exif[0x013B] = NAME.encode()
        options["exif"] = exif.tobytes()
    pixels.save(stream, format, **options)
    return stream.getvalue()


def pdf_with(text: str) -> bytes:
    return typst.compile(text.encode())


FILES = {
    "page.html": b"<p>Vera <b>&#197;ker</b>holm</p>",
    "record.json": json.dumps({"author": NAME}).encode(),
    "feed.xml.gz": gzip.compress(f"<name>{NAME}</name>".encode()),
    "page.html.br": brotli.compress(b"<p>Vera &Aring;kerholm</p>"),
    "archive.zip": zipped(a=zipped(b=NAME.encode())),
    "word.docx": docx(p("By Vera Åker", "holm, of Minsk.")),
    "text.pdf": pdf_with(f"By {NAME}, of Minsk."),
    "divided.pdf": pdf_with("#set page(width: 4cm)\nIt was said in Minsk by Vera Åkerholm herself."),
    "titled.pdf": pdf_with(f'#set document(title: "{NAME}")\nNothing.'),
    "attached.pdf": pdf_with(f'#pdf.attach("a.txt", bytes("{NAME}"))\nNothing.'),
    "picture.png": picture("PNG"),
    "picture.jpg": picture("JPEG"),
    "picture.webp": picture("WEBP"),
    "unknown.bin": b"\xff\x00" + NAME.encode("utf-16-le"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_name_is_found_in_each_format(name, tmp_path):
    places, searched = found_in(name, FILES[name], tmp_path)

    assert places and not searched.unread


def test_the_name_of_a_file_and_of_a_member_count(tmp_path):
    places, _searched = found_in("vera-akerholm.txt", b"", tmp_path)
    assert len(places) == 1
    places, _searched = found_in("a.zip", zipped(**{"Vera Åkerholm.txt": b""}), tmp_path)
    assert any("its name" in place for place in places)


def flipped(content: bytes) -> bytes:
    """Damaged in the middle, as a disk damages files."""
    middle = len(content) // 2
    return (
        content[:middle] + bytes(255 - byte for byte in content[middle : middle + 9]) + content[middle + 9 :]
    )


@pytest.mark.parametrize(
    "name", [name for name in FILES if name.endswith((".zip", ".docx", ".gz", ".pdf", ".png"))]
)
@pytest.mark.parametrize("damage", [flipped, lambda content: content[: len(content) // 2]])
def test_a_damaged_file_does_not_end_the_search(name, damage, tmp_path):
    found_in(f"damaged {name}", damage(FILES[name]), tmp_path)
    places, _searched = found_in("whole.txt", NAME.encode(), tmp_path)

    assert any("whole.txt" in place for place in places)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4 and nothing more",
        b"PK\x03\x04 and nothing more",
        b"\x89PNG and nothing more",
        b"age-encryption.org/v1\n",
    ],
)
def test_what_cannot_be_read_is_listed(content, tmp_path):
    places, searched = found_in("a.bin", content, tmp_path)

    assert not places and len(searched.unread) == 1


def test_pictures_are_listed_as_nobody_reads_their_lettering(tmp_path):
    _places, searched = found_in("a.png", picture("PNG"), tmp_path)
    assert len(searched.pictures) == 1


def test_a_large_file_is_read_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("publications.name_search.files.MAX_MEMBER_BYTES", 10)
    monkeypatch.setattr("publications.name_search.files.CHUNK_BYTES", 8)
    file = tmp_path / "large"
    file.write_bytes(b"x" * 13 + f" {NAME} ".encode() + b"x" * 99)

    assert list(search_path(file, "large", MATCHER, Searched()))


def test_a_large_original_is_read_in_parts(tmp_path, monkeypatch):
    """Attachments have hundreds of megabytes, in a folder or in a bucket."""
    monkeypatch.setattr("publications.name_search.files.MAX_MEMBER_BYTES", 10)
    monkeypatch.setattr("publications.name_search.files.CHUNK_BYTES", 8)
    sizes, storage = [], FileSystemStorage(tmp_path)
    (tmp_path / "large").write_bytes(b"x" * 13 + f" {NAME} ".encode() + b"x" * 99)
    (tmp_path / "small").write_bytes(b"x" * 9)

    class ReadInParts(File):
        def read(self, size=-1):
            sizes.append(size if size >= 0 else self.size)
            return self.file.read(size)

    monkeypatch.setattr(storage, "open", lambda name: ReadInParts((tmp_path / name).open("rb")))
    searched = Searched()

    assert [found.place for found in search_storage(storage, MATCHER, searched)] == ["uploaded files: large"]
    assert searched.files == 2 and max(sizes) < 10


# The database


def text_columns() -> list[tuple[type[models.Model], models.Field]]:
    return [
        (model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField | models.JSONField)
        or (isinstance(field, models.CharField) and (field.max_length or 99) >= 40 and not field.choices)
    ]


@pytest.mark.django_db
def test_a_name_is_found_in_every_table_that_holds_text(constraints_restored):
    """A row of each table is written past its model, since a name may get anywhere by a fault."""
    author = make_author("Somebody")
    make_live(authors=[author])
    drop_guards()
    tables = {info.name for info in connection.introspection.get_table_list(connection.cursor())}
    checked = 0
    for model, field in text_columns():
        row = model._base_manager.order_by("pk").first() if model._meta.db_table in tables else None
        if row is None or field.primary_key or model._meta.db_table in NOT_SEARCHED:
            continue
        value = {"a": [NAME]} if isinstance(field, models.JSONField) else NAME
        before = getattr(row, field.attname)
        with connection.constraint_checks_disabled():
            model._base_manager.filter(pk=row.pk).update(**{field.attname: value})
            places = [found.place for found in search_database(MATCHER)]
            model._base_manager.filter(pk=row.pk).update(**{field.attname: before})
        assert f"{model._meta.db_table}.{field.column} of row {row.pk}" in places, (model, field)
        checked += 1
    assert checked > 60


@pytest.mark.django_db
def test_the_content_of_sessions_is_decoded():
    session = SessionStore()
    session["typed"] = {"title": NAME}
    session.save()

    assert [found.place.split(".")[0] for found in search_database(MATCHER)] == ["accounts_desksession"]


# The command


@pytest.mark.django_db
def test_the_command_finds_a_published_name_and_nothing_after_its_redaction(tmp_path, settings, capsys):
    settings.SITE_DATA = tmp_path / "site"
    settings.SITE_DATA.mkdir()
    live = make_live(title="Grain", body=f"{NAME} said it. [Link](https://example.org/vera-akerholm)")

    with pytest.raises(CommandError, match="Found in") as error:
        call_command("find_name", NAME, "--without-site")
    assert error.value.returncode == 3
    listed = capsys.readouterr().out
    assert "publications_edition.body of row" in listed and "publications_revision.manuscript" in listed

    actions.redact(live.publication, NAME, by=None)
    actions.redact(live.publication, "Link", by=None)
    call_command("find_name", NAME, "--without-site")
    assert "Found nowhere." in capsys.readouterr().out


@pytest.mark.django_db
def test_the_help_of_the_command_says_what_rendering_changes():
    from publications.management.commands.find_name import Command

    assert "Nothing is changed" not in Command.help and "stores PDFs" in Command.help


@pytest.mark.parametrize("names", [[""], ["ab"], ["Vera Holm", "."]])
def test_names_that_are_too_short_are_refused(names):
    with pytest.raises(CommandError, match="three letters"):
        call_command("find_name", *names)


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("find_name", NAME, "--also", str(tmp_path / "none"))
