"""The live editions of feeds: which publications a feed may list, and the columns of its entries."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Case, Exists, F, Field, Max, OuterRef, Q, QuerySet, When
from django.utils import timezone

from .edition import Change, Edition, EndReason
from .edition_with_rows import ANNOUNCED_CHANGES, EditionWithRows
from .prepared_queries import DATETIME, INTEGER, INTEGERS, TEXT, InList, PreparedQuery
from .teasers import attach_kinds

ENTRY_COLUMNS = (
    "publication", "translation_group", "kind", "language", "locale", "title", "slug", "summary", "key_points", "cover",
    "external_url", "word_count", "html",
)  # fmt: skip
ENTRY_ROWS = ("bylines", "tags", "images", "attachments", "translations")
CHANGED_AT = Case(When(end_reason=EndReason.UNDONE, then=F("visible_until")), default=F("visible_from"))


@dataclass(frozen=True)
class FeedSubject:
    """What a feed is of: the live editions with this value.

    Attributes:
        column: `kind` or `language`, or the key in their rows: `tag_rows__tag`, `bylines__author`; "" for all editions.
        locale: whose editions are listed, one of each translation group; "" for all.
    """

    column: str = ""
    value: str | int = ""
    locale: str = ""

    def has_live_editions(self) -> bool:
        """Return whether there are any, in the locale or not."""
        return bool(_newest(self.column, in_locale=False).values_list(slice(0, 1), **self._params))

    def newest_by_date(self, count: int) -> dict[int, datetime]:
        """Return the publications that are the newest by date, each with its date, in that order."""
        newest = _newest(self.column, in_locale=bool(self.locale))
        return dict(newest.values_list(slice(0, count), **self._params))

    def last_changed(self, count: int, *, since: datetime) -> list[int]:
        """Return the publications that were last corrected, updated or undone since then."""
        changed = _last_changed(self.column, in_locale=bool(self.locale))
        return [pk for (pk,) in changed.values_list(slice(0, count), since=since, **self._params)]

    @property
    def _params(self) -> dict[str, Any]:
        return {"value": self.value, "locale": self.locale, "now": timezone.now()}


def feed_editions(publications: Iterable[int]) -> list[EditionWithRows]:
    """Return the live editions of publications, with the columns and rows of entries of feeds."""
    editions = _editions(publications=publications, now=timezone.now())
    attach_kinds(editions)
    return EditionWithRows.from_editions(editions, rows=ENTRY_ROWS)


@cache
def _newest(column: str, *, in_locale: bool) -> PreparedQuery:
    """Sorted by the columns of the rows that the editions are filtered by: their index is in this order."""
    rows, _separator, _name = column.rpartition("__")
    order = (f"-{rows}__published_at", f"-{rows}__edition_id") if rows else ("-published_at", "-pk")
    return _prepare(
        column,
        in_locale,
        lambda editions, now: editions.order_by(*order).values_list("publication", "published_at"),
    )


@cache
def _last_changed(column: str, *, in_locale: bool) -> PreparedQuery:
    def build_queryset(editions: QuerySet[Edition], now: datetime, since: datetime) -> QuerySet[Edition]:
        announced = Q(change__in=ANNOUNCED_CHANGES, visible_from__gte=since)
        undone = Q(end_reason=EndReason.UNDONE, visible_until__gte=since, visible_until__lte=now)
        is_live = Exists(editions.filter(publication=OuterRef("publication")))
        changes = Edition.objects.ever_public(now).filter(
            announced | undone & ~Q(change=Change.SILENT), is_live
        )
        last = changes.order_by().values("publication").annotate(changed_at=Max(CHANGED_AT))
        return last.order_by("-changed_at", "-publication").values_list("publication")

    return _prepare(column, in_locale, build_queryset, since=DATETIME)


def _prepare(
    column: str, in_locale: bool, build_queryset: Callable[..., QuerySet[Edition]], **fields: Field
) -> PreparedQuery[Edition]:
    """Prepare a queryset that is built from the live editions of a subject."""

    def build(value: object, locale: str, now: datetime, **values: object) -> QuerySet[Edition]:
        live = Edition.objects.live(now).order_by()
        editions = live.for_locale(locale, now) if in_locale else live
        return build_queryset(editions.filter(**{column: value}) if column else editions, now=now, **values)

    value_type = TEXT if column in ("", "language") else INTEGER
    return PreparedQuery(build, value=value_type, locale=TEXT, now=DATETIME, **fields)


_editions = PreparedQuery(
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
