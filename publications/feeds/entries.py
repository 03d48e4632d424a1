"""Feeds and their entries as plain values, which every format renders; entries are made of live editions.

There is one entry for each publication. Its date of change is that of the last announced one: the first publication, an
update or a correction; a silent fix moves nothing. An announced edition that was undone counts at the moment it was:
whoever read it is owed the text that stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.template.loader import render_to_string
from django.utils import translation

from publications.locales import locale_of
from publications.models import (
    BylineRole,
    Change,
    Edition,
    EditionByline,
    EditionWithRows,
    EndReason,
    Image,
    first_published_at,
    readable_editions,
    started_editions_by_publication,
)
from publications.presentation import absolute_url, author_url, localized_path, public_address
from publications.presentation.history import ChangeNote, notes_of
from publications.presentation.images import body_html, responsive_image
from publications.presentation.links import external_link_html, with_whole_addresses

FEED_ENTRIES = 30
LATER = (Change.CORRECTION, Change.UPDATE)
ANNOUNCED_LATER = Q(change__in=LATER) | Q(change=Change.FIRST, end_reason=EndReason.UNDONE)
MOMENT = Case(When(end_reason=EndReason.UNDONE, then=F("visible_until")), default=F("visible_from"))


@dataclass(frozen=True)
class FeedText:
    """A publication or a translation of it. `url` is absolute, as all addresses here."""

    url: str
    language: str
    title: str


@dataclass(frozen=True)
class FeedFile:
    """An attached file, its size in bytes."""

    url: str
    media_type: str
    title: str
    size: int


@dataclass(frozen=True)
class FeedImage:
    """The cover in one size."""

    url: str
    media_type: str
    alt: str = ""


@dataclass(frozen=True)
class FeedPerson:
    """A person or an organisation; `uri` is empty if they have no page."""

    name: str
    uri: str = ""


@dataclass(frozen=True)
class FeedCategory:
    """A subject: `scheme` says which list `term` belongs to, `label` is for people."""

    term: str
    scheme: str
    label: str


@dataclass(frozen=True)
class FeedEntry:
    """One publication. Titles and summary are text; content is HTML that stands by itself."""

    id: str
    title: str
    language: str
    published: datetime
    updated: datetime
    texts: list[FeedText]
    """The publication first, then its translations, one for each language."""
    summary: str
    content: str
    authors: list[FeedPerson] = field(default_factory=list)
    contributors: list[FeedPerson] = field(default_factory=list)
    categories: list[FeedCategory] = field(default_factory=list)
    files: list[FeedFile] = field(default_factory=list)
    cover: FeedImage | None = None
    external_url: str = ""
    """The address of the text, if that is on another site."""

    @property
    def url(self) -> str:
        return self.texts[0].url


@dataclass(frozen=True)
class Feed:
    """A feed, its entries newest first. Its author stands for entries that name none."""

    id: str
    url: str
    page: str
    title: str
    subtitle: str
    language: str
    updated: datetime
    author: FeedPerson
    entries: list[FeedEntry]


@dataclass(frozen=True)
class AnnouncedChanges:
    """When readers were told of a publication and of its changes; corrections newest first."""

    published: datetime
    updated: datetime
    corrections: list[ChangeNote]


def newest_changes(editions: QuerySet, count: int) -> dict[int, AnnouncedChanges]:
    """Return the publications among live editions whose changes were announced last, in that order: three queries.

    The newest by date and the newest by a later announcement are enough to choose from: whatever is among the
    newest by either is among one of them.
    """
    dated = editions.order_by("-published_at", "-pk").values_list("publication_id", flat=True)[:count]
    later = Edition.objects.started().filter(ANNOUNCED_LATER).order_by()
    own = later.filter(publication=OuterRef("publication")).values("publication")
    announced = (
        editions.filter(publication__in=later.values("publication"))
        .annotate(moment=Subquery(own.annotate(moment=Max(MOMENT)).values("moment")))
        .order_by("-moment", "-publication_id")
        .values_list("publication_id", flat=True)[:count]
    )
    changes = _announced_changes({*dated, *announced})
    ordered = sorted(
        changes, key=lambda publication: (changes[publication].updated, publication), reverse=True
    )
    return {publication: changes[publication] for publication in ordered[:count]}


def _announced_changes(publications: Iterable[int]) -> dict[int, AnnouncedChanges]:
    return {
        key: _changes_of(started) for key, started in started_editions_by_publication(publications).items()
    }


def _changes_of(started: list[Edition]) -> AnnouncedChanges:
    """The changes of one publication, by its started editions in their order."""
    standing = readable_editions(started) or started
    published = first_published_at(standing)
    later = [_announced_at(edition) for edition in started if _is_announced_later(edition)]
    corrections = [note for note in notes_of(standing) if note.change == Change.CORRECTION and note.note]
    return AnnouncedChanges(published, max([published, standing[-1].published_at, *later]), corrections)


def _is_announced_later(edition: Edition) -> bool:
    return edition.change in LATER or (
        edition.change == Change.FIRST and edition.end_reason == EndReason.UNDONE
    )


def _announced_at(edition: Edition) -> datetime:
    return edition.visible_until if edition.end_reason == EndReason.UNDONE else edition.visible_from


def build_entries(editions: QuerySet) -> list[FeedEntry]:
    """Return entries of the FEED_ENTRIES publications among these live editions that changed last, newest first."""
    changes = newest_changes(editions, FEED_ENTRIES)
    live = {rows.edition.publication_id: rows for rows in _live_editions(changes)}
    return [_entry(live[pk], announced) for pk, announced in changes.items() if pk in live]


def _live_editions(publications: Iterable[int]) -> list[EditionWithRows]:
    live = Edition.objects.live().filter(publication__in=list(publications))
    shown = live.defer("body", "plain_text", "paragraphs")
    return EditionWithRows.get_many(shown, rows=("bylines", "tags", "images", "attachments", "translations"))


def _entry(rows: EditionWithRows, announced: AnnouncedChanges) -> FeedEntry:
    edition = rows.edition
    with translation.override(edition.locale):
        return FeedEntry(
            id=edition.uid.urn,
            title=edition.title,
            language=edition.language,
            published=announced.published,
            updated=announced.updated,
            texts=_texts(rows),
            summary=edition.summary,
            content=_content(rows, announced.corrections),
            categories=_categories(rows),
            files=_files(rows),
            cover=_cover(edition.cover),
            external_url=edition.external_url,
            **_people(rows.bylines),
        )


def _texts(rows: EditionWithRows) -> list[FeedText]:
    """The publication and its translations, one for each language."""
    texts = {rows.edition.language: rows.edition}
    for other in rows.translations:
        texts.setdefault(other.language, other)
    return [
        FeedText(absolute_url(each.get_absolute_url()), language, each.title)
        for language, each in texts.items()
    ]


def _files(rows: EditionWithRows) -> list[FeedFile]:
    return [
        FeedFile(
            absolute_url(
                localized_path(
                    rows.edition.locale,
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


def _cover(image: Image | None) -> FeedImage | None:
    if not image:
        return None
    shown = responsive_image(image, public_address)
    return FeedImage(absolute_url(shown.src), "image/jpeg", shown.alt)


def _people(bylines: Sequence[EditionByline]) -> dict[str, list[FeedPerson]]:
    """Authors by that role, else everyone; others contribute."""
    written = [row for row in bylines if row.role == BylineRole.AUTHOR] or list(bylines)
    return {
        "authors": [_person(row) for row in written],
        "contributors": [_person(row) for row in bylines if row not in written],
    }


def _person(row: EditionByline) -> FeedPerson:
    path = author_url(row.author)
    return FeedPerson(row.name, absolute_url(path) if path else "")


def _categories(rows: EditionWithRows) -> list[FeedCategory]:
    """The kind and the topics, each by the address of the list it belongs to."""
    edition = rows.edition
    locale = locale_of(edition.language)
    kinds = absolute_url(localized_path(locale, "publications:list"))
    topics = absolute_url(localized_path(locale, "publications:topics"))
    tags = sorted(rows.tags, key=lambda tag: tag.label.casefold())
    return [
        FeedCategory(edition.kind.slug, kinds, edition.kind.get_translation("name")),
        *(FeedCategory(tag.slug, topics, tag.label) for tag in tags),
    ]


def _content(rows: EditionWithRows, corrections: list[ChangeNote]) -> str:
    """Notes of corrections, cover, key points, text and disclaimer as HTML with absolute addresses."""
    edition = rows.edition
    with translation.override(edition.locale):
        shown = render_to_string(
            "partials/feed_entry.html",
            {
                "edition": edition,
                "corrections": corrections,
                "cover": responsive_image(edition.cover, public_address) if edition.cover else None,
                "external_link": external_link_html(edition),
                "html": body_html(edition, rows.images, public_address),
            },
        )
    return with_whole_addresses(shown.strip(), absolute_url(edition.get_absolute_url()))
