"""Manuscripts of our own come in with their files, and once."""

import hashlib
from pathlib import Path

import pytest

from publications.importers.report import FileOutcome
from publications.manuscript import Manuscript, ManuscriptByline, ManuscriptFile, ManuscriptImage, write
from publications.models import Image, Publication
from tests.blogs import import_blog
from tests.factories import picture_bytes

pytestmark = pytest.mark.django_db

MANUSCRIPT = Manuscript(
    title="A", kind="report", summary="S.", slug="a", bylines=(ManuscriptByline(author="ann", name="Ann"),), cover="abcdefgh23",
    images=(ManuscriptImage(key="abcdefgh23", file="field.png", alt={"en": "A field"}),), body="Text.",
    attachments=(ManuscriptFile(file="report.pdf", label="The report"), ManuscriptFile(file="lost.pdf")),
)  # fmt: skip


def archive(folder: Path, *, picture: bytes | None = None, pdf: bytes = b"pdf", **fields) -> Path:
    files = {"field.png": picture or picture_bytes(), "report.pdf": pdf}
    write(Manuscript(**{**vars(MANUSCRIPT), **fields}), folder / "archive" / "a", files)
    return folder / "archive"


def only(import_report):
    (entry,) = import_report.files
    return entry


def test_it_comes_in_with_its_files_and_brings_no_news_the_next_time(tmp_path):
    entry = only(import_blog(archive(tmp_path)))

    publication = Publication.objects.get()
    assert (publication.cover.filename, publication.attachments.get().label) == ("field.png", "The report")
    assert any("lost.pdf" in line.text for line in entry.notes)
    assert only(import_blog(tmp_path / "archive")).outcome is FileOutcome.UNCHANGED


def test_an_attachment_is_known_by_its_bytes_whatever_is_written_of_it(tmp_path):
    import_blog(archive(tmp_path, attachments=(ManuscriptFile(file="report.pdf", digest="0a"),)))

    assert Publication.objects.get().attachments.get().digest == hashlib.sha256(b"pdf").hexdigest()
    assert only(import_blog(tmp_path / "archive")).outcome is FileOutcome.UNCHANGED


def test_other_bytes_of_an_attachment_and_another_label_are_news(tmp_path):
    import_blog(archive(tmp_path))
    outcomes = [only(import_blog(archive(tmp_path, pdf=b"more"))).outcome]
    named = (ManuscriptFile(file="report.pdf", label="Mended"),)

    outcomes.append(only(import_blog(archive(tmp_path, pdf=b"more", attachments=named))).outcome)

    assert outcomes == [FileOutcome.UPDATED, FileOutcome.UPDATED]
    file = Publication.objects.get().attachments.get()
    assert (file.label, file.size) == ("Mended", 4)


def test_a_picture_that_is_none_is_reported_and_brings_no_news_either(tmp_path):
    entry = only(import_blog(archive(tmp_path, picture=b"no picture")))

    assert not Image.objects.exists() and any("field.png" in line.text for line in entry.notes)
    assert only(import_blog(tmp_path / "archive")).outcome is FileOutcome.UNCHANGED


def test_a_picture_that_arrives_later_is_taken(tmp_path):
    import_blog(archive(tmp_path, picture=b"no picture"))

    import_blog(archive(tmp_path))

    assert Publication.objects.get().cover.filename == "field.png"
