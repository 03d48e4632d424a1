"""Entries of feeds, read from live editions.

There is one entry for each live publication. `updated` is the time of its last announced change: the first edition, an
update or a correction, not a silent fix. An announced edition that was undone counts when it was undone, so that
everybody who read it gets the text that is live now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation

from publications.locales import locale_of
from publications.models import (
    BylineRole,
    Change,
    Edition,
    EditionByline,
    EditionList,
    EditionWithRows,
    Image,
    Kind,
    ever_public_editions_by_publication,
    feed_editions,
    first_published_at,
    has_own_page,
    issue_editions,
    later_change_at,
    readable_editions,
)
from publications.presentation import (
    ChangeNote,
    absolute_url,
    absolutize_urls,
    author_url,
    body_html,
    build_change_notes,
    build_teasers,
    editorial_notice_context,
    external_link_html,
    localized_path,
    public_image_url,
    responsive_image,
)

from .feed import FeedCategory, FeedEntry, FeedFile, FeedImage, FeedPerson, LanguageVersion

FEED_ENTRIES = 30
CORRECTING_CHANGES = (Change.CORRECTION, Change.LIFTED)
"""Changes whose notes come before the content; those of a retraction or concern are its notice."""


@dataclass(frozen=True)
class AnnouncedChanges:
    """The dates of a publication and its last announced change, and its corrections, newest first."""

    published_at: datetime
    updated_at: datetime
    corrections: list[ChangeNote]


def read_newest_changes(editions: EditionList, count: int) -> dict[int, AnnouncedChanges]:
    """Return the publications of a list with the newest announced changes, in that order: four queries.

    The newest by date are candidates, and, if there may be more, those changed since the last of them.
    """
    newest = editions.newest_publications(count)
    candidates = set(newest)
    if len(newest) == count:
        candidates.update(editions.changed_publications(count, since=min(newest.values())))
    changes = _announced_changes(candidates)
    ordered = sorted(changes, key=lambda pk: (changes[pk].updated_at, pk), reverse=True)
    return {pk: changes[pk] for pk in ordered[:count]}


def _announced_changes(publication_ids: Iterable[int]) -> dict[int, AnnouncedChanges]:
    editions_by_publication = ever_public_editions_by_publication(publication_ids)
    return {pk: _changes_of(editions) for pk, editions in editions_by_publication.items()}


def _changes_of(editions: list[Edition]) -> AnnouncedChanges:
    """Return the changes of one publication from its editions that are or were public, in order."""
    readable = readable_editions(editions) or editions
    published_at = first_published_at(readable)
    later_changes = [changed_at for edition in editions if (changed_at := later_change_at(edition))]
    corrections = [
        note for note in build_change_notes(readable) if note.change in CORRECTING_CHANGES and note.note
    ]
    updated_at = max([published_at, readable[-1].published_at, *later_changes])
    return AnnouncedChanges(published_at, updated_at, corrections)


def build_entries(editions: EditionList) -> list[FeedEntry]:
    """Return entries of the FEED_ENTRIES publications of a list that changed last, newest first."""
    changes = read_newest_changes(editions, FEED_ENTRIES)
    live = {
        edition_with_rows.edition.publication_id: edition_with_rows
        for edition_with_rows in feed_editions(changes)
    }
    issues = issue_editions(pk for pk, rows in live.items() if rows.edition.kind.is_newsletter)
    return [
        _build_entry(live[pk], change, issues.get(pk, ())) for pk, change in changes.items() if pk in live
    ]


def _build_entry(
    edition_with_rows: EditionWithRows, changes: AnnouncedChanges, issue: Sequence[Edition]
) -> FeedEntry:
    edition = edition_with_rows.edition
    with translation.override(edition.locale):
        return FeedEntry(
            id=edition.uid.urn,
            title=edition.marked_title,
            language=edition.language,
            published_at=changes.published_at,
            updated_at=changes.updated_at,
            language_versions=_language_versions(edition_with_rows),
            summary=edition.summary,
            content=_content(edition_with_rows, changes.corrections, issue),
            categories=_categories(edition_with_rows),
            files=_files(edition_with_rows),
            cover=_cover(edition.cover),
            external_url=edition.external_url,
            **_people(edition_with_rows),
        )


def _language_versions(edition_with_rows: EditionWithRows) -> list[LanguageVersion]:
    """Return the publication and its translations, one for each language."""
    editions = {edition_with_rows.edition.language: edition_with_rows.edition}
    for other in edition_with_rows.translations:
        editions.setdefault(other.language, other)
    return [
        LanguageVersion(absolute_url(edition.get_absolute_url()), language, edition.marked_title)
        for language, edition in editions.items()
    ]


def _files(edition_with_rows: EditionWithRows) -> list[FeedFile]:
    return [
        FeedFile(
            absolute_url(
                localized_path(
                    edition_with_rows.edition.locale,
                    "publications:attachment",
                    slug=edition_with_rows.edition.slug,
                    digest=file.digest[:32],
                    filename=file.filename,
                )
            ),
            file.media_type,
            edition_with_rows.marked_label(file),
            file.size,
        )
        for file in edition_with_rows.attachments
    ]


def _cover(image: Image | None) -> FeedImage | None:
    if not image:
        return None
    responsive = responsive_image(image, public_image_url)
    return FeedImage(absolute_url(responsive.src), "image/jpeg", responsive.alt)


def _people(edition_with_rows: EditionWithRows) -> dict[str, list[FeedPerson]]:
    """Return those in the role of author, or else all, as authors, and the rest as contributors."""
    bylines, kind = edition_with_rows.bylines, edition_with_rows.edition.kind
    authors = [byline for byline in bylines if byline.role == BylineRole.AUTHOR] or list(bylines)
    return {
        "authors": [_person(byline, kind) for byline in authors],
        "contributors": [_person(byline, kind) for byline in bylines if byline not in authors],
    }


def _person(byline: EditionByline, kind: Kind) -> FeedPerson:
    path = author_url(byline.author) if has_own_page(byline.author, kind) else ""
    return FeedPerson(byline.name, absolute_url(path) if path else "")


def _categories(edition_with_rows: EditionWithRows) -> list[FeedCategory]:
    """Return the kind and the topics, with the addresses of the lists they belong to."""
    edition = edition_with_rows.edition
    locale = locale_of(edition.language)
    kinds = absolute_url(localized_path(locale, "publications:list"))
    topics = absolute_url(localized_path(locale, "publications:topics"))
    tags = sorted(edition_with_rows.tags, key=lambda tag: tag.label.casefold())
    return [
        FeedCategory(edition.kind.slug, kinds, edition.kind.get_translation("name")),
        *(FeedCategory(tag.slug, topics, tag.label) for tag in tags),
    ]


def _content(
    edition_with_rows: EditionWithRows, corrections: list[ChangeNote], issue: Sequence[Edition]
) -> str:
    """Return corrections, cover, key points, text, disclaimer and what an issue has as HTML with absolute addresses."""
    edition = edition_with_rows.edition
    html = render_to_string(
        "partials/feed_entry.html",
        {
            "edition": edition,
            "corrections": corrections,
            **editorial_notice_context(edition_with_rows),
            "cover": responsive_image(edition.cover, public_image_url) if edition.cover else None,
            "external_link": external_link_html(edition),
            "issue_items": build_teasers(issue) if issue else (),
            "html": body_html(edition, edition_with_rows.images, public_image_url),
        },
    )
    return absolutize_urls(html.strip(), absolute_url(edition.get_absolute_url()))
