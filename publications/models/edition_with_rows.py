"""An edition with all its rows, and the dates and corrections in its history.

Pages, records, PDFs, feeds, the API and the search index all read editions through `EditionWithRows`, in a number of
queries that does not depend on how many editions or rows there are.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, takewhile
from typing import Self

from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone

from .edition import Change, Edition
from .edition_rows import EditionAttachment, EditionByline, EditionTag
from .image import Image
from .prepared_queries import DATETIME, INTEGER, TEXT, PreparedQuery
from .tag import Tag

ROWS = ("bylines", "tags", "images", "attachments", "translations", "history")
"""Relations of an edition that are read with it."""
JOINS = ("kind", "series_number", "cover", "uid", "portraits")
"""Relations that are joined in the same query: `uid` of the publication, `portraits` of the authors."""
TRANSLATION_COLUMNS = ("translation_group", "language", "locale", "slug", "title", "publication")
HISTORY_COLUMNS = (
    "publication_id", "locale", "slug", "number", "change", "change_note", "published_at",
    "visible_from", "visible_until", "end_reason", "restored_from_id", "digest",
)  # fmt: skip
ANNOUNCED_CHANGES = (Change.CORRECTION, Change.UPDATE)
"""Changes that are announced to readers."""
DATED_CHANGES = (Change.FIRST, Change.UPDATE)
"""Changes that set the date that readers see."""


@dataclass(kw_only=True)
class EditionWithRows:
    """An edition, stored or not, with all rows that are shown with it.

    Attributes:
        bylines: in their order, each with its author and the author's portrait.
        translations: the live editions of the same group in other languages, without their text columns.
        history: the readable editions of the publication, oldest first, without their text columns.
    """

    edition: Edition
    bylines: Sequence[EditionByline] = ()
    tags: Sequence[Tag] = ()
    images: Sequence[Image] = ()
    attachments: Sequence[EditionAttachment] = ()
    translations: Sequence[Edition] = ()
    history: Sequence[Edition] = ()

    @classmethod
    def get(cls, edition: Edition) -> Self:
        """Return a stored edition with all its rows, in six queries."""
        return cls(
            edition=edition,
            bylines=_bylines(edition=edition.pk),
            tags=_tags(edition=edition.pk),
            images=_images(edition=edition.pk),
            attachments=_attachments(edition=edition.pk),
            translations=translations_of(edition),
            history=readable_editions(ever_public_editions(edition.publication_id)),
        )

    @classmethod
    def get_many(
        cls,
        editions: QuerySet[Edition],
        *,
        rows: Container[str] = ROWS,
        joins: Container[str] = JOINS,
    ) -> list[Self]:
        """Return the editions of a queryset, in its order, with the named rows: at most one query for each name.

        Args:
            editions: the queryset also says which columns are read (`without_texts()`, `defer()`).
            rows: names from ROWS; the others stay empty.
            joins: names from JOINS; the others are not joined.
        """
        prefetched = [lookup for name, lookup in _prefetches(joins).items() if name in rows]
        joined = [name for name in ("kind", "series_number", "cover") if name in joins]
        queryset = editions.select_related(*joined) if joined else editions
        if "uid" in joins:
            queryset = queryset.annotate(uid=F("publication__uid"))
        loaded = list(queryset.prefetch_related(*prefetched))
        translations = _translations_by_group(loaded) if "translations" in rows else {}
        histories = _histories(loaded) if "history" in rows else {}
        return [
            cls(
                edition=edition,
                bylines=list(edition.bylines.all()) if "bylines" in rows else (),
                tags=[row.tag for row in edition.tag_rows.all()] if "tags" in rows else (),
                images=list(edition.images.all()) if "images" in rows else (),
                attachments=list(edition.attachments.all()) if "attachments" in rows else (),
                translations=[
                    other
                    for other in translations.get(edition.translation_group, ())
                    if _is_translation(other, edition)
                ],
                history=histories.get(edition.publication_id, ()),
            )
            for edition in loaded
        ]

    def with_translations(self) -> Self:
        """Return a copy with the translations that are live now, for an edition that is not stored."""
        return replace(self, translations=translations_of(self.edition))

    @property
    def history_so_far(self) -> list[Edition]:
        """The readable editions up to this one."""
        return [edition for edition in self.history if edition.number <= self.edition.number]

    @property
    def first_published_at(self) -> datetime:
        """The date of the publication before any update moved it."""
        return first_published_at(self.history_so_far) or self.edition.published_at

    @property
    def last_announced_at(self) -> datetime | None:
        """When the last correction or update up to this edition was announced, or None."""
        return last_announced_at(self.history_so_far)

    @property
    def corrections(self) -> list[Edition]:
        """The corrections with a note, up to this edition."""
        return corrections_of(self.history_so_far)


def ever_public_editions(publication_pk: int) -> list[Edition]:
    """Return all editions of a publication that are or were public, oldest first, without their text columns."""
    return _ever_public(publication=publication_pk, now=timezone.now())


def ever_public_editions_by_publication(publication_pks: Iterable[int]) -> dict[int, list[Edition]]:
    """Return the same for many publications, by primary key, in one query."""
    queryset = Edition.objects.ever_public().filter(publication__in=publication_pks)
    editions = queryset.order_by("publication_id", "number").only(*HISTORY_COLUMNS)
    return {pk: list(group) for pk, group in groupby(editions, key=lambda edition: edition.publication_id)}


def readable_editions(editions: Iterable[Edition]) -> list[Edition]:
    """Return those of `ever_public_editions` whose text is served at their permanent address."""
    return [edition for edition in editions if not edition.is_withdrawn_or_undone]


def translations_of(edition: Edition) -> list[Edition]:
    """Return the live editions of its group in other languages, without their text columns, in one query."""
    return _translations(
        translation_group=edition.translation_group,
        publication=edition.publication_id,
        language=edition.language,
        now=timezone.now(),
    )


def first_published_at(editions: Sequence[Edition]) -> datetime | None:
    """Return the date of the last edition before the first update, or None without editions."""
    before = list(takewhile(lambda edition: edition.change != Change.UPDATE, editions))
    return (before or editions[:1])[-1].published_at if editions else None


def announced_at(edition: Edition) -> datetime:
    """Return when an edition is announced: its start, or its date if that is an earlier day.

    Only first editions and updates have an earlier date, as imported texts do.
    """
    date, start = edition.published_at, edition.visible_from
    sets_date = edition.change in DATED_CHANGES and not edition.restored_from_id
    return date if sets_date and timezone.localdate(date) < timezone.localdate(start) else start


def last_announced_at(editions: Iterable[Edition]) -> datetime | None:
    """Return when the last correction or update was announced, or None."""
    return max(
        (announced_at(edition) for edition in editions if edition.change in ANNOUNCED_CHANGES), default=None
    )


def corrections_of(editions: Iterable[Edition]) -> list[Edition]:
    """Return the corrections that have a note."""
    return [edition for edition in editions if edition.change == Change.CORRECTION and edition.change_note]


def _translations_by_group(editions: Iterable[Edition]) -> dict[int, list[Edition]]:
    live = Edition.objects.live().filter(
        translation_group__in=[edition.translation_group for edition in editions]
    )
    groups: dict[int, list[Edition]] = {}
    for edition in _translation_columns(live):
        groups.setdefault(edition.translation_group, []).append(edition)
    return groups


def _is_translation(other: Edition, edition: Edition) -> bool:
    return other.publication_id != edition.publication_id and other.language != edition.language


def _histories(editions: Iterable[Edition]) -> dict[int, list[Edition]]:
    histories = ever_public_editions_by_publication([edition.publication_id for edition in editions])
    return {publication: readable_editions(history) for publication, history in histories.items()}


def _translation_columns(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    ordered = editions.order_by("language", "pk").annotate(uid=F("publication__uid"))
    return ordered.only(*TRANSLATION_COLUMNS)


def _prefetches(joins: Container[str]) -> dict[str, str | Prefetch]:
    author = "author__portrait" if "portraits" in joins else "author"
    return {
        "bylines": Prefetch("bylines", EditionByline.objects.select_related(author)),
        "tags": Prefetch("tag_rows", EditionTag.objects.select_related("tag")),
        "images": "images",
        "attachments": "attachments",
    }


_bylines = PreparedQuery(
    lambda edition: EditionByline.objects.filter(edition=edition).select_related("author__portrait"),
    edition=INTEGER,
)
_tags = PreparedQuery(lambda edition: Tag.objects.filter(published__edition=edition), edition=INTEGER)
_images = PreparedQuery(lambda edition: Image.objects.filter(editions=edition), edition=INTEGER)
_attachments = PreparedQuery(
    lambda edition: EditionAttachment.objects.filter(edition=edition), edition=INTEGER
)
_translations = PreparedQuery(
    lambda translation_group, publication, language, now: _translation_columns(
        Edition.objects.live(now)
        .filter(translation_group=translation_group)
        .exclude(publication=publication)
        .exclude(language=language)
    ),
    translation_group=INTEGER,
    publication=INTEGER,
    language=TEXT,
    now=DATETIME,
)
_ever_public = PreparedQuery(
    lambda publication, now: (
        Edition.objects.ever_public(now)
        .filter(publication=publication)
        .order_by("number")
        .only(*HISTORY_COLUMNS)
    ),
    publication=INTEGER,
    now=DATETIME,
)
