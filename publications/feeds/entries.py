"""Editions as entries of a feed: one for each piece, in a constant number of queries."""

from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.utils import translation

from publications.languages import tree_of
from publications.models import Edition, EditionByline, Image, Role
from publications.presentation import absolute, author_url, in_tree, public_address
from publications.presentation.parts import picture

from .content import content
from .feed import Category, Entry, File, Person, Picture, Text
from .history import Told, newest

NEWEST = 30


def entries_of(editions: QuerySet) -> list[Entry]:
    """The pieces among these live editions with the newest announced changes, newest first."""
    told = newest(editions, NEWEST)
    found = {edition.publication_id: edition for edition in _whole(told)}
    kin = _kin(found.values())
    return [
        _entry(found[piece], known, kin.get(found[piece].family, []))
        for piece, known in told.items()
        if piece in found
    ]


def _whole(publications: Iterable[int]) -> QuerySet:
    live = (
        Edition.objects.live().filter(publication__in=list(publications)).annotate(uid=F("publication__uid"))
    )
    rows = ("bylines__author", "tag_rows__tag", "images", "attachments")
    return (
        live.select_related("kind", "cover").prefetch_related(*rows).defer("markdown", "text", "paragraphs")
    )


def _kin(editions: Iterable[Edition]) -> dict[int, list[Edition]]:
    """The live texts of each family."""
    families: dict[int, list[Edition]] = {}
    live = Edition.objects.live().filter(family__in=[edition.family for edition in editions])
    shown = live.order_by("language", "pk").only(
        "family", "language", "tree", "slug", "title", "publication_id"
    )
    for edition in shown:
        families.setdefault(edition.family, []).append(edition)
    return families


def _entry(edition: Edition, told: Told, kin: list[Edition]) -> Entry:
    with translation.override(edition.tree):
        return Entry(
            id=edition.uid.urn,
            title=edition.title,
            language=edition.language,
            published=told.published,
            updated=told.updated,
            texts=_texts(edition, kin),
            summary=edition.summary,
            content=content(edition, told.corrections),
            categories=_categories(edition),
            files=_files(edition),
            cover=_cover(edition.cover),
            external_url=edition.external_url,
            **_people(list(edition.bylines.all())),
        )


def _texts(edition: Edition, kin: list[Edition]) -> list[Text]:
    """The piece and its translations, one for each language."""
    texts = {edition.language: edition}
    for other in kin:
        texts.setdefault(other.language, other)
    return [Text(absolute(each.get_absolute_url()), language, each.title) for language, each in texts.items()]


def _files(edition: Edition) -> list[File]:
    return [
        File(
            absolute(
                in_tree(
                    edition.tree,
                    "publications:attachment",
                    slug=edition.slug,
                    digest=file.digest[:32],
                    filename=file.filename,
                )
            ),
            file.media_type,
            file.label or file.filename,
            file.size,
        )
        for file in edition.attachments.all()
    ]


def _cover(image: Image | None) -> Picture | None:
    if not image:
        return None
    shown = picture(image, public_address)
    return Picture(absolute(shown.src), "image/jpeg", shown.alt)


def _people(bylines: list[EditionByline]) -> dict[str, list[Person]]:
    """Authors by that role, else everyone; others contribute."""
    written = [row for row in bylines if row.role == Role.AUTHOR] or bylines
    return {
        "authors": [_person(row) for row in written],
        "contributors": [_person(row) for row in bylines if row not in written],
    }


def _person(row: EditionByline) -> Person:
    path = author_url(row.author)
    return Person(row.name, absolute(path) if path else "")


def _categories(edition: Edition) -> list[Category]:
    """The kind and the topics, each by the address of the list it belongs to."""
    tree = tree_of(edition.language)
    kinds = absolute(in_tree(tree, "publications:list"))
    topics = absolute(in_tree(tree, "publications:topics"))
    tags = sorted((row.tag for row in edition.tag_rows.all()), key=lambda tag: tag.label.casefold())
    return [
        Category(edition.kind.slug, kinds, edition.kind.worded("name")),
        *(Category(tag.slug, topics, tag.label) for tag in tags),
    ]
