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
from .edition_rows import EditionRow
from .facets import FACETS, Facet, FacetChoice, Filters, Key, facet_of, filter_listed, select_for_list
from .kind import Kind
from .prepared_queries import DATETIME, INTEGERS, TEXT, InList, PreparedQuery
from .site_version import cached_for_version
from .tag import Tag


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
        return value in map(str, count_by_facet(facet.name, None, {}))
    return bool(_any_live.values_list(now=timezone.now(), **{facet.name: value}))


def has_own_page(row: Author | Tag, kind: Kind) -> bool:
    """Return whether a tag or an author of a live publication of a kind has a page, which a pen name never has.

    Of publications that stand in no list alone, nobody has one.
    """
    if isinstance(row, Author) and row.is_pseudonymous:
        return False
    return kind.is_listed or is_public(facet_of(row), row.slug)


def live_choices(facet: Facet, locale: str | None, filters: Filters) -> list[FacetChoice]:
    """Return the choices among the live editions of a locale (None: all) that pass the filters, unordered."""
    counts = count_by_facet(facet.name, locale, filters)
    return facet.build_choices({key: live.count for key, live in counts.items()})


def count_editions(locale: str | None, filters: Filters) -> int:
    """Return the number of live editions of a locale (None: all) that pass the filters."""
    return sum(count for *_keys, count, _newest in _count(Edition, locale, filters))


def count_by_facet(name: str, locale: str | None, filters: Filters) -> dict[Key, LiveCount]:
    """Return these counts by the keys of a facet, and of the other facets with the same column."""
    facet = FACETS[name]
    model = facet.rows or Edition
    position = _columns_of(model).index(facet.column)
    counts: dict[Key, LiveCount] = {}
    for *keys, count, newest in _count(model, locale, filters):
        if total := counts.get(keys[position]):
            count, newest = total.count + count, max(total.newest, newest)
        counts[keys[position]] = LiveCount(count, newest)
    return counts


def count_tags(locale: str | None, filters: Filters) -> dict[Key, LiveCount]:
    """Return these counts by the primary keys of tags, of all kinds."""
    return count_by_facet("topic", locale, filters)


def count_authors(locale: str | None, filters: Filters) -> dict[Key, LiveCount]:
    """Return these counts by the primary keys of authors, without pen names."""
    counts = count_by_facet("author", locale, filters)
    pen_names = cached_for_version("pen names", _pen_names)
    return {pk: live for pk, live in counts.items() if pk not in pen_names}


def top_counts(
    counts: dict[Key, LiveCount], count: int, rank: Callable[[LiveCount], Any]
) -> dict[Key, LiveCount]:
    """Return the `count` entries with the highest ranks, and those with the same rank as the last."""
    ranks = sorted(map(rank, counts.values()), reverse=True)[:count]
    return {key: live for key, live in counts.items() if rank(live) >= ranks[-1]}


def _columns_of(model: type[Edition] | type[EditionRow]) -> tuple[str, ...]:
    """Return the columns of a model that have the keys of facets."""
    return tuple(dict.fromkeys(facet.column for facet in FACETS.values() if (facet.rows or Edition) is model))


def _count(model: type[Edition] | type[EditionRow], locale: str | None, filters: Filters) -> list[tuple]:
    """Return the keys of all facets of a model, with the number of its live rows that have them and the newest date.

    Rows of editions hidden in the locale are left out. Where none is hidden, one cached count serves all locales.
    """
    hidden = _hidden_editions(locale) if locale else []

    def count() -> list[tuple]:
        return _count_query(model).values_list(now=timezone.now(), hidden=hidden or None, **filters)

    return cached_for_version((model, locale if hidden else None, *sorted(filters.items())), count)


@cache
def _count_query(model: type[Edition] | type[EditionRow]) -> PreparedQuery:
    columns = _columns_of(model)

    def build_queryset(now: datetime, hidden: list[int] | None = None, **filters: str) -> QuerySet:
        rows = select_for_list(filters) if model is Edition else filter_listed(model.objects.all(), filters)
        live = rows.live(now)
        shown = live.exclude(InList(F(live.edition_lookup), hidden)) if hidden else live
        return (
            shown.order_by(*columns)
            .values_list(*columns)
            .annotate(count=Count("*"), newest=Max("published_at"))
        )

    return PreparedQuery(build_queryset, now=DATETIME, hidden=INTEGERS)


def _pen_names() -> set[int]:
    return set(Author.objects.filter(is_pseudonymous=True).values_list("pk", flat=True))


def _hidden_editions(locale: str) -> list[int]:
    return cached_for_version(
        ("hidden editions", locale),
        lambda: _hidden_in_locale.flat_list(locale=locale, at=timezone.now()),
    )


_hidden_in_locale = PreparedQuery(
    lambda locale, at: Edition.objects.hidden_in_locale(locale, at).only("pk"), locale=TEXT, at=DATETIME
)
_any_live = PreparedQuery(
    lambda now, **filters: select_for_list(filters).live(now).order_by().values_list("pk")[:1], now=DATETIME
)
