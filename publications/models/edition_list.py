"""The live editions of a list, newest first: their number, and their primary keys a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import QuerySet
from django.utils import timezone

from .edition_rows import edition_lookup
from .facet_counts import count_editions
from .facets import Filters, select_by_facets
from .prepared_queries import DATETIME, TEXT, PreparedQuery


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

    def __getitem__(self, rows: slice) -> list[int]:
        """Return the keys of these rows. It takes slices alone, as a single row is never needed."""
        query = _newest_keys(tuple(sorted(self.filters)), in_locale=bool(self.locale))
        return query.flat_list(rows, locale=self.locale, now=timezone.now(), **self.filters)


def newest_live(locale: str | None, filters: Filters, now: datetime) -> QuerySet:
    """Return the live ones of `select_by_facets`, editions or their rows, of a locale (None: all), newest first."""
    live = select_by_facets(filters).live(now)
    return (live.for_locale(locale, now) if locale else live).newest_first()


@cache
def _newest_keys(names: tuple[str, ...], *, in_locale: bool) -> PreparedQuery:
    """Return the query for facets with these names."""

    def build_queryset(locale: str, now: datetime, **filters: str) -> QuerySet:
        newest = newest_live(locale if in_locale else None, filters, now)
        return newest.values_list(edition_lookup(newest))

    return PreparedQuery(build_queryset, locale=TEXT, now=DATETIME, **dict.fromkeys(names, TEXT))
