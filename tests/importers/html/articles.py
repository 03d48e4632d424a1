"""Articles of an imaginary old site, read with a context of their own."""

from pathlib import Path

from publications.importers.html import SourceArticle, read_article
from publications.importers.image_finder import ImageFinder
from publications.importers.imported_file import ImportedFile
from publications.importers.source import ImportContext, SourceEntry
from publications.importers.source_authors import AuthorList

SITE = "https://old.example"
URL = f"{SITE}/2020/grain/"
UID = "0b6c3b0e-6d5c-5c0b-9a58-5f4d2d0c3a71"


def make_context(media: Path = Path("/nonexistent"), **values) -> ImportContext:
    defaults = {
        "authors": AuthorList({}),
        "image_finder": ImageFinder((media,), {}, b"secret"),
        "addresses": {"/old": "/en/publications/new/", "/?p=7": "/en/publications/seven/"},
        "uids_by_name": {},
        "kinds": frozenset({"report"}),
        "kind": "quick-comment",
        "site": SITE,
    }
    return ImportContext(**defaults | values)


def make_article(html: str, **values) -> SourceArticle:
    entry = SourceEntry(source="2020/grain", uid=UID, language="en", requested_slug="grain", slug="grain")
    return SourceArticle(**{"entry": entry, "title": "Grain exports", "html": html, "url": URL} | values)


def read(html: str, media: Path = Path("/nonexistent"), **values) -> ImportedFile:
    return read_article(make_article(html, **values), make_context(media))


def markdown_of(html: str, media: Path = Path("/nonexistent"), **values) -> str:
    file = read(html, media, **values)
    assert file.manuscript, file.refusal
    return file.manuscript.body


def topics_of(file: ImportedFile) -> set[str]:
    return {note.topic for note in file.notes} - {"summary"}
