"""The live editions of a list, newest first: their number, their keys a page at a time, and their publications.

Feeds have those of a list that changed last, with the columns and rows of their entries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, When
from django.utils import timezone

from .edition import NOTICE_COLUMNS, Change, Edition
from .edition_queryset import EndReason, ListQuerySet
from .edition_with_rows import ANNOUNCED_CHANGES, EditionWithRows
from .facet_counts import count_editions
from .facets import Filters, select_for_list
from .kind import attach_kinds
from .prepared_queries import DATETIME, INTEGERS, TEXT, InList, PreparedQuery

CHANGED_AT = Case(When(end_reason=EndReason.UNDONE, then=F("visible_until")), default=F("visible_from"))
ENTRY_COLUMNS = (
    "publication", "translation_group", "kind", "language", "locale", "title", "slug", "summary", "key_points", "cover",
    "external_url", "word_count", "html", *NOTICE_COLUMNS,
)  # fmt: skip
ENTRY_ROWS = ("bylines", "tags", "images", "attachments", "translations")


@dataclass(frozen=True)
class EditionList:
    """The primary keys of live editions, newest first, for a paginator: with a length, and in slices.

    Only keys are read, from an index: a late page does not read the rows before it.

    Attributes:
        locale: whose editions are listed; None for all.
        filters: the facets that they have.
    """

    locale: str | None
    filters: Filters

    def __len__(self) -> int:
        return count_editions(self.locale, self.filters)

    def __getitem__(self, limits: slice) -> list[int]:
        """Return the keys within limits. It takes slices alone, as a single key is never needed."""
        return _newest.flat_list(limits, locale=self.locale, now=timezone.now(), **self.filters)

    def newest_publications(self, count: int) -> dict[int, datetime]:
        """Return the publications that are the newest by date, each with its date, in that order."""
        keys = self[:count]
        dates = {key: (publication, date) for key, publication, date in _dates.values_list(pks=keys)}
        return dict(dates[key] for key in keys if key in dates)

    def changed_publications(self, count: int, *, since: datetime) -> list[int]:
        """Return the publications that were last corrected, updated or undone since then, the last first."""
        values = {"locale": self.locale, "now": timezone.now(), "since": since}
        return _changed_publications.flat_list(slice(count), **values, **self.filters)


def later_change_at(edition: Edition) -> datetime | None:
    """Return when readers learned that an edition changed or was undone; None if it is a first one or a silent fix."""
    is_undone = edition.end_reason == EndReason.UNDONE
    if edition.change in ANNOUNCED_CHANGES or (edition.change == Change.FIRST and is_undone):
        return edition.visible_until if is_undone else edition.visible_from
    return None


def feed_editions(publications: Iterable[int]) -> list[EditionWithRows]:
    """Return the live editions of publications, with the columns and rows of entries of feeds."""
    editions = _feed_editions(publications=publications, now=timezone.now())
    attach_kinds(editions)
    return EditionWithRows.from_editions(editions, rows=ENTRY_ROWS)


def _live_rows(now: datetime, locale: str | None = None, **filters: str) -> ListQuerySet:
    return select_for_list(filters).live(now).for_locale(locale, now)


def _build_newest(**values: Any) -> QuerySet:
    rows = _live_rows(**values)
    return rows.newest_first().values_list(rows.edition_lookup)


def _build_changed_publications(now: datetime, since: datetime, **values: Any) -> QuerySet:
    announced = Q(change__in=ANNOUNCED_CHANGES, visible_from__gte=since)
    undone = Q(end_reason=EndReason.UNDONE, visible_until__gte=since, visible_until__lte=now)
    rows = _live_rows(now, **values).order_by()
    is_live = Exists(rows.filter(**{rows.publication_lookup: OuterRef("publication")}))
    changes = Edition.objects.ever_public(now).filter(announced | undone & ~Q(change=Change.SILENT), is_live)
    last = changes.order_by().values("publication").annotate(changed_at=Max(CHANGED_AT))
    return last.order_by("-changed_at", "-publication").values_list("publication")


_newest = PreparedQuery(_build_newest, now=DATETIME, locale=TEXT)
_changed_publications = PreparedQuery(_build_changed_publications, now=DATETIME, since=DATETIME, locale=TEXT)
_dates = PreparedQuery(
    lambda pks: (
        Edition.objects.filter(InList(F("pk"), pks))
        .order_by()
        .values_list("pk", "publication", "published_at")
    ),
    pks=INTEGERS,
)
_feed_editions = PreparedQuery(
    lambda publications, now: (
        Edition.objects.live(now)
        .filter(InList(F("publication"), publications))
        .order_by()
        .select_related("cover")
        .annotate(uid=F("publication__uid"))
        .only(*ENTRY_COLUMNS)
    ),
    publications=INTEGERS,
    now=DATETIME,
)
