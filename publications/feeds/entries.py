"""Feeds and their entries as plain values, which every format renders.

There is one entry for each live publication. `updated` is the time of its last announced change: the first edition, an
update or a correction, not a silent fix. An announced edition that was undone counts when it was undone, so that
everybody who read it gets the text that is live now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.template.loader import render_to_string
from django.utils import translation

from publications.locales import locale_of
from publications.models import (
    ANNOUNCED_CHANGES,
    BylineRole,
    Change,
    Edition,
    EditionByline,
    EditionWithRows,
    EndReason,
    Image,
    ever_public_editions_by_publication,
    first_published_at,
    readable_editions,
)
from publications.presentation import (
    ChangeNote,
    absolute_url,
    absolutize_urls,
    author_url,
    body_html,
    build_change_notes,
    external_link_html,
    localized_path,
    public_image_url,
    responsive_image,
)

FEED_ENTRIES = 30
CHANGED_LATER = Q(change__in=ANNOUNCED_CHANGES) | Q(change=Change.FIRST, end_reason=EndReason.UNDONE)
CHANGED_AT = Case(When(end_reason=EndReason.UNDONE, then=F("visible_until")), default=F("visible_from"))


@dataclass(frozen=True)
class FeedText:
    """A publication or a translation of it. All addresses of feeds are absolute."""

    url: str
    language: str
    title: str


@dataclass(frozen=True)
class FeedFile:
    """An attached file; `size` is in bytes."""

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
    """A person or an organisation; `uri` is "" if they have no page."""

    name: str
    uri: str = ""


@dataclass(frozen=True)
class FeedCategory:
    """A subject: `scheme` is the address of the list that `term` belongs to, `label` is for people."""

    term: str
    scheme: str
    label: str


@dataclass(frozen=True)
class FeedEntry:
    """One publication. Title and summary are plain text, content is HTML with absolute addresses."""

    id: str
    title: str
    language: str
    published_at: datetime
    updated_at: datetime
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
    """A feed, its entries newest first. Its author is used for entries without one."""

    id: str
    url: str
    page: str
    title: str
    subtitle: str
    language: str
    updated_at: datetime
    author: FeedPerson
    entries: list[FeedEntry]


@dataclass(frozen=True)
class AnnouncedChanges:
    """The dates of a publication and its last announced change, and its corrections, newest first."""

    published_at: datetime
    updated_at: datetime
    corrections: list[ChangeNote]


def newest_changes(editions: QuerySet, count: int) -> dict[int, AnnouncedChanges]:
    """Return the publications among live editions with the newest announced changes, in that order: three queries.

    The newest by date and the newest by a later announcement are candidates: the newest by either are among them.
    """
    dated = editions.order_by("-published_at", "-pk").values_list("publication_id", flat=True)[:count]
    changed = Edition.objects.ever_public().filter(CHANGED_LATER).order_by()
    own = changed.filter(publication=OuterRef("publication")).values("publication")
    announced = (
        editions.filter(publication__in=changed.values("publication"))
        .annotate(changed_at=Subquery(own.annotate(changed_at=Max(CHANGED_AT)).values("changed_at")))
        .order_by("-changed_at", "-publication_id")
        .values_list("publication_id", flat=True)[:count]
    )
    changes = _announced_changes({*dated, *announced})
    ordered = sorted(
        changes, key=lambda publication: (changes[publication].updated_at, publication), reverse=True
    )
    return {publication: changes[publication] for publication in ordered[:count]}


def _announced_changes(publications: Iterable[int]) -> dict[int, AnnouncedChanges]:
    return {
        key: _changes_of(started)
        for key, started in ever_public_editions_by_publication(publications).items()
    }


def _changes_of(started: list[Edition]) -> AnnouncedChanges:
    """Return the changes of one publication from its started editions in order."""
    readable = readable_editions(started) or started
    published = first_published_at(readable)
    later = [_changed_at(edition) for edition in started if _is_changed_later(edition)]
    corrections = [
        note for note in build_change_notes(readable) if note.change == Change.CORRECTION and note.note
    ]
    return AnnouncedChanges(published, max([published, readable[-1].published_at, *later]), corrections)


def _is_changed_later(edition: Edition) -> bool:
    return edition.change in ANNOUNCED_CHANGES or (
        edition.change == Change.FIRST and edition.end_reason == EndReason.UNDONE
    )


def _changed_at(edition: Edition) -> datetime:
    return edition.visible_until if edition.end_reason == EndReason.UNDONE else edition.visible_from


def build_entries(editions: QuerySet) -> list[FeedEntry]:
    """Return entries of the FEED_ENTRIES publications among live editions that changed last, newest first."""
    changes = newest_changes(editions, FEED_ENTRIES)
    live = {rows.edition.publication_id: rows for rows in _read_live_editions(changes)}
    return [_build_entry(live[pk], announced) for pk, announced in changes.items() if pk in live]


def _read_live_editions(publications: Iterable[int]) -> list[EditionWithRows]:
    live = Edition.objects.live().filter(publication__in=list(publications))
    editions = live.defer("body", "plain_text", "paragraphs")
    return EditionWithRows.get_many(
        editions, rows=("bylines", "tags", "images", "attachments", "translations")
    )


def _build_entry(rows: EditionWithRows, announced: AnnouncedChanges) -> FeedEntry:
    edition = rows.edition
    with translation.override(edition.locale):
        return FeedEntry(
            id=edition.uid.urn,
            title=edition.title,
            language=edition.language,
            published_at=announced.published_at,
            updated_at=announced.updated_at,
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
    """Return the publication and its translations, one for each language."""
    texts = {rows.edition.language: rows.edition}
    for other in rows.translations:
        texts.setdefault(other.language, other)
    return [
        FeedText(absolute_url(edition.get_absolute_url()), language, edition.title)
        for language, edition in texts.items()
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
    responsive = responsive_image(image, public_image_url)
    return FeedImage(absolute_url(responsive.src), "image/jpeg", responsive.alt)


def _people(bylines: Sequence[EditionByline]) -> dict[str, list[FeedPerson]]:
    """Return those in the role of author, or else all, as authors, and the rest as contributors."""
    authors = [byline for byline in bylines if byline.role == BylineRole.AUTHOR] or list(bylines)
    return {
        "authors": [_person(byline) for byline in authors],
        "contributors": [_person(byline) for byline in bylines if byline not in authors],
    }


def _person(byline: EditionByline) -> FeedPerson:
    path = author_url(byline.author)
    return FeedPerson(byline.name, absolute_url(path) if path else "")


def _categories(rows: EditionWithRows) -> list[FeedCategory]:
    """Return the kind and the topics, with the addresses of the lists they belong to."""
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
    """Return corrections, cover, key points, text and disclaimer as HTML with absolute addresses."""
    edition = rows.edition
    with translation.override(edition.locale):
        html = render_to_string(
            "partials/feed_entry.html",
            {
                "edition": edition,
                "corrections": corrections,
                "cover": responsive_image(edition.cover, public_image_url) if edition.cover else None,
                "external_link": external_link_html(edition),
                "html": body_html(edition, rows.images, public_image_url),
            },
        )
    return absolutize_urls(html.strip(), absolute_url(edition.get_absolute_url()))
