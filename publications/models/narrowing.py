"""The ways to narrow editions, by the names that addresses use: the list of readers and the API share them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from publications.languages import NAMES

from .edition_rows import EditionByline, EditionTag
from .tags import TagKind

LONGEST = 120  # characters of a slug


@dataclass(frozen=True)
class Narrowing:
    """What a value selects, how many editions each value would, and whether a value can be one at all."""

    narrow: Callable[[QuerySet, str], QuerySet]
    count: Callable[[QuerySet], dict[str, int]]
    accepts: Callable[[str], bool] = lambda value: 0 < len(value) <= LONGEST


def narrowed(editions: QuerySet, asked: Mapping[str, str]) -> QuerySet:
    """The editions that all these values select; each name is one of NARROWINGS."""
    for name, value in asked.items():
        editions = NARROWINGS[name].narrow(editions, value)
    return editions


def _by_column(column: str, **rule: Callable[[str], bool]) -> Narrowing:
    return Narrowing(
        lambda editions, value: editions.filter(**{column: value}),
        lambda editions: _counts(editions.order_by().values_list(column)),
        **rule,
    )


def _by_rows(rows: type, column: str, **only: object) -> Narrowing:
    """By what stands in rows of its own, several to an edition."""

    def narrow(editions: QuerySet, value: str) -> QuerySet:
        return editions.filter(pk__in=rows.objects.filter(**only, **{column: value}).values("edition"))

    def count(editions: QuerySet) -> dict[str, int]:
        named = rows.objects.filter(edition__in=editions.order_by().values("pk"), **only)
        return _counts(named.order_by().values_list(column))

    return Narrowing(narrow, count)


def _counts(rows: QuerySet) -> dict[str, int]:
    return {str(value): pieces for value, pieces in rows.annotate(pieces=Count("pk"))}


def _is_year(value: str) -> bool:
    return len(value) == 4 and value.isascii() and value.isdecimal()


NARROWINGS = {
    "kind": _by_column("kind__slug"),
    "topic": _by_rows(EditionTag, "tag__slug", tag__kind=TagKind.THEME),
    "country": _by_rows(EditionTag, "tag__slug", tag__kind=TagKind.COUNTRY),
    "series": _by_rows(EditionTag, "tag__slug", tag__kind=TagKind.SERIES),
    "author": _by_rows(EditionByline, "author__slug", author__pseudonymous=False),
    "year": _by_column("year", accepts=_is_year),
    "language": _by_column("language", accepts=NAMES.__contains__),
}
