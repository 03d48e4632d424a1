"""Editions as entries of a feed: one for each piece, in a constant number of queries."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import translation

from publications.languages import tree_of
from publications.models import Edition, EditionByline, EditionWithRows, Image, Role
from publications.presentation import absolute, author_url, in_tree, public_address
from publications.presentation.parts import picture

from .content import content
from .feed import Category, Entry, File, Person, Picture, Text
from .history import Told, newest

NEWEST = 30


def entries_of(editions: QuerySet) -> list[Entry]:
    """The pieces among these live editions with the newest announced changes, newest first."""
    told = newest(editions, NEWEST)
    texts = {rows.edition.publication_id: rows for rows in _with_rows(told)}
    return [_entry(texts[publication], known) for publication, known in told.items() if publication in texts]


def _with_rows(publications: Iterable[int]) -> list[EditionWithRows]:
    live = Edition.objects.live().filter(publication__in=list(publications))
    shown = live.defer("body", "text", "paragraphs")
    return EditionWithRows.get_many(shown, rows=("bylines", "tags", "images", "attachments", "translations"))


def _entry(rows: EditionWithRows, told: Told) -> Entry:
    edition = rows.edition
    with translation.override(edition.tree):
        return Entry(
            id=edition.uid.urn,
            title=edition.title,
            language=edition.language,
            published=told.published,
            updated=told.updated,
            texts=_texts(rows),
            summary=edition.summary,
            content=content(rows, told.corrections),
            categories=_categories(rows),
            files=_files(rows),
            cover=_cover(edition.cover),
            external_url=edition.external_url,
            **_people(rows.bylines),
        )


def _texts(rows: EditionWithRows) -> list[Text]:
    """The piece and its translations, one for each language."""
    texts = {rows.edition.language: rows.edition}
    for other in rows.translations:
        texts.setdefault(other.language, other)
    return [Text(absolute(each.get_absolute_url()), language, each.title) for language, each in texts.items()]


def _files(rows: EditionWithRows) -> list[File]:
    return [
        File(
            absolute(
                in_tree(
                    rows.edition.tree,
                    "publications:attachment",
                    slug=rows.edition.slug,
                    digest=file.digest[:32],
                    filename=file.filename,
                )
            ),
            file.media_type,
            file.label or file.filename,
            file.size,
        )
        for file in rows.attachments
    ]


def _cover(image: Image | None) -> Picture | None:
    if not image:
        return None
    shown = picture(image, public_address)
    return Picture(absolute(shown.src), "image/jpeg", shown.alt)


def _people(bylines: Sequence[EditionByline]) -> dict[str, list[Person]]:
    """Authors by that role, else everyone; others contribute."""
    written = [row for row in bylines if row.role == Role.AUTHOR] or list(bylines)
    return {
        "authors": [_person(row) for row in written],
        "contributors": [_person(row) for row in bylines if row not in written],
    }


def _person(row: EditionByline) -> Person:
    path = author_url(row.author)
    return Person(row.name, absolute(path) if path else "")


def _categories(rows: EditionWithRows) -> list[Category]:
    """The kind and the topics, each by the address of the list it belongs to."""
    edition = rows.edition
    tree = tree_of(edition.language)
    kinds = absolute(in_tree(tree, "publications:list"))
    topics = absolute(in_tree(tree, "publications:topics"))
    tags = sorted(rows.tags, key=lambda tag: tag.label.casefold())
    return [
        Category(edition.kind.slug, kinds, edition.kind.worded("name")),
        *(Category(tag.slug, topics, tag.label) for tag in tags),
    ]
