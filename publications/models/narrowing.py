"""The ways to narrow editions, by the names that addresses use: the list of readers and the API share them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from publications.languages import NAMES

from .edition import Edition
from .edition_rows import EditionByline, EditionTag, Listed
from .tags import TagKind

MAX_SLUG_LENGTH = 120


@dataclass(frozen=True)
class Narrowing:
    """What a value selects, of editions or of the rows that come with them, and whether a value can be one at all."""

    narrow: Callable[[QuerySet, str], QuerySet]
    accepts: Callable[[str], bool] = lambda value: 0 < len(value) <= MAX_SLUG_LENGTH


def narrowed(rows: QuerySet, asked: Mapping[str, str]) -> QuerySet:
    """The editions, or rows of theirs, that all these values select; each name is one of NARROWINGS."""
    for name, value in asked.items():
        rows = NARROWINGS[name].narrow(rows, value)
    return rows


def key_of(rows: QuerySet) -> str:
    """What names the edition in them."""
    return "pk" if rows.model is Edition else "edition"


def _by_column(column: str, **rule: Callable[[str], bool]) -> Narrowing:
    return Narrowing(lambda rows, value: rows.filter(**{column: value}), **rule)


def _by_rows(named: type[Listed], column: str, **only: object) -> Narrowing:
    """By what stands in rows of its own, several to an edition."""

    def narrow(rows: QuerySet, value: str) -> QuerySet:
        editions = named.objects.filter(**only, **{column: value}).order_by().values("edition")
        return rows.filter(**{f"{key_of(rows)}__in": editions})

    return Narrowing(narrow)


def _is_year(value: str) -> bool:
    return len(value) == 4 and value.isascii() and value.isdecimal()


BY_TAGS = {TagKind.THEME: "topic", TagKind.COUNTRY: "country", TagKind.SERIES: "series"}
"""The name of the one that selects by tags of a kind."""

NARROWINGS = {
    "kind": _by_column("kind__slug"),
    "topic": _by_rows(EditionTag, "tag__slug", tag__kind=TagKind.THEME),
    "country": _by_rows(EditionTag, "tag__slug", tag__kind=TagKind.COUNTRY),
    "series": _by_rows(EditionTag, "tag__slug", tag__kind=TagKind.SERIES),
    "author": _by_rows(EditionByline, "author__slug", author__pseudonymous=False),
    "year": _by_column("year", accepts=_is_year),
    "language": _by_column("language", accepts=NAMES.__contains__),
}
