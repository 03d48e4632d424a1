"""Counts of live editions: in all, and for each value of a facet.

Counts are cached for the site version. The rows of an edition have its window and its language, so each count is one
pass over one index, grouped by primary keys; names are read only for the values that a page shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Count, F, Max, QuerySet
from django.utils import timezone

from .author import Author
from .edition import Edition
from .edition_rows import EditionByline, EditionRow, EditionTag, edition_lookup
from .facets import FACETS, Facet, FacetChoice, Filters, Key, filter_by_facets, select_by_facets
from .prepared_queries import DATETIME, INTEGERS, TEXT, InList, PreparedQuery
from .site_version import cached_for_version


@dataclass(frozen=True)
class LiveCount:
    """A number of live editions, and the date of the newest."""

    count: int
    newest: datetime


def is_public(facet: Facet, value: str) -> bool:
    """Return whether a live edition has the value. Other tags, authors and kinds are not public."""
    if not facet.accepts(value):
        return False
    if not facet.model:
        return value in map(str, count_by_column(facet.name, None, {}))
    return bool(_live_with_value(facet.name).values_list(value=value, now=timezone.now()))


def live_choices(facet: Facet, locale: str | None, filters: Filters) -> list[FacetChoice]:
    """Return the choices among the live editions of a locale (None: all) that pass the filters, unordered."""
    if facet.rows:
        counts = _count_by_rows(facet.rows, facet.column, locale, filters)
    else:
        counts = count_by_column(facet.name, locale, filters)
    return facet.build_choices({key: live.count for key, live in counts.items()})


def count_editions(locale: str | None, filters: Filters) -> int:
    """Return the number of live editions of a locale (None: all) that pass the filters."""
    return sum(count for *_keys, count, _newest in _count_by_all_columns(locale, filters))


def count_by_column(name: str, locale: str | None, filters: Filters) -> dict[Key, LiveCount]:
    """Return these counts by the keys of a facet that is a column of editions, such as kind or year."""
    position = _facet_columns().index(FACETS[name].column)
    counts: dict[Key, LiveCount] = {}
    for *keys, count, newest in _count_by_all_columns(locale, filters):
        total = counts.get(keys[position], LiveCount(0, newest))
        counts[keys[position]] = LiveCount(total.count + count, max(total.newest, newest))
    return counts


def count_tags(locale: str | None, filters: Filters) -> dict[int, LiveCount]:
    """Return these counts by the primary keys of tags, of all kinds."""
    return _count_by_rows(EditionTag, "tag", locale, filters)


def count_authors(locale: str | None, filters: Filters) -> dict[int, LiveCount]:
    """Return these counts by the primary keys of authors, without pen names."""
    counts = _count_by_rows(EditionByline, "author", locale, filters)
    pen_names = cached_for_version("pen names", _pen_names)
    return {pk: live for pk, live in counts.items() if pk not in pen_names}


def top_counts(
    counts: dict[int, LiveCount], count: int, rank: Callable[[LiveCount], Any]
) -> dict[int, LiveCount]:
    """Return the `count` entries with the highest ranks, and those with the same rank as the last."""
    ranks = sorted(map(rank, counts.values()), reverse=True)[:count]
    return {key: live for key, live in counts.items() if rank(live) >= ranks[-1]}


def _count_by_rows(
    rows: type[EditionRow], column: str, locale: str | None, filters: Filters
) -> dict[int, LiveCount]:
    counts = _count(rows, (column,), locale, filters)
    return {key: LiveCount(count, newest) for key, count, newest in counts}


def _count_by_all_columns(locale: str | None, filters: Filters) -> list[tuple]:
    """Return keys, number and newest date for all facets that are columns of editions, in one query."""
    return _count(Edition, _facet_columns(), locale, filters)


def _facet_columns() -> tuple[str, ...]:
    return tuple(facet.column for facet in FACETS.values() if not facet.rows)


def _count(
    model: type[Edition] | type[EditionRow], columns: tuple[str, ...], locale: str | None, filters: Filters
) -> list[tuple]:
    """Return the number of live rows and the newest date by these columns, without editions hidden in the locale.

    Where none is hidden, one cached count serves all locales.
    """
    hidden = _hidden_editions(locale) if locale else []
    names = tuple(sorted(filters))

    def count() -> list[tuple]:
        query = _count_query(model, columns, names, excludes_hidden=bool(hidden))
        return query.values_list(now=timezone.now(), hidden=hidden, **filters)

    values = ((name, filters[name]) for name in names)
    return cached_for_version((model, columns, locale if hidden else None, *values), count)


@cache
def _count_query(
    model: type[Edition] | type[EditionRow],
    columns: tuple[str, ...],
    names: tuple[str, ...],
    *,
    excludes_hidden: bool,
) -> PreparedQuery:
    def build_queryset(now: datetime, hidden: list[int], **filters: str) -> QuerySet:
        selected = select_by_facets(filters) if model is Edition else filter_by_facets(model.objects, filters)
        queryset = selected.live(now)
        if excludes_hidden:
            queryset = queryset.exclude(InList(F(edition_lookup(queryset)), hidden))
        return (
            queryset.order_by(*columns)
            .values_list(*columns)
            .annotate(count=Count("*"), newest=Max("published_at"))
        )

    return PreparedQuery(build_queryset, now=DATETIME, hidden=INTEGERS, **dict.fromkeys(names, TEXT))


@cache
def _live_with_value(name: str) -> PreparedQuery:
    def build_queryset(value: str, now: datetime) -> QuerySet:
        return select_by_facets({name: value}).live(now).order_by().values_list("pk")[:1]

    return PreparedQuery(build_queryset, value=TEXT, now=DATETIME)


def _pen_names() -> set[int]:
    return set(Author.objects.filter(is_pseudonymous=True).values_list("pk", flat=True))


def _hidden_editions(locale: str) -> list[int]:
    return cached_for_version(
        ("hidden editions", locale),
        lambda: [pk for (pk,) in _hidden_in_locale.values_list(locale=locale, at=timezone.now())],
    )


_hidden_in_locale = PreparedQuery(
    lambda locale, at: Edition.objects.hidden_in_locale(locale, at).only("pk"), locale=TEXT, at=DATETIME
)
