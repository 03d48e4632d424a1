"""The ways to narrow the list of publications: those of the list that readers see, by the same names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from publications.languages import NAMES
from publications.models import EditionByline, EditionTag, TagKind


@dataclass(frozen=True)
class Filter:
    """What a value must be, in words and by a test, and which editions it selects."""

    what: str
    example: str
    narrow: Callable[[QuerySet, str], QuerySet]
    accepts: Callable[[str], bool] = lambda value: 0 < len(value) <= 120


def _by_rows(rows: type, column: str, **only: object) -> Callable[[QuerySet, str], QuerySet]:
    return lambda editions, value: editions.filter(
        pk__in=rows.objects.filter(**only, **{column: value}).values("edition")
    )


def _tagged(kind: TagKind) -> Callable[[QuerySet, str], QuerySet]:
    return _by_rows(EditionTag, "tag__slug", tag__kind=kind)


FILTERS = {
    "kind": Filter(
        "the slug of a kind", "quick-comment", lambda editions, slug: editions.filter(kind__slug=slug)
    ),
    "topic": Filter("the slug of a theme", "energy", _tagged(TagKind.THEME)),
    "country": Filter("the slug of a country", "ukraine", _tagged(TagKind.COUNTRY)),
    "series": Filter("the slug of a series or project", "security-papers", _tagged(TagKind.SERIES)),
    "author": Filter(
        "the slug of an author", "ann-berg", _by_rows(EditionByline, "author__slug", author__pseudonymous=False)
    ),
    "year": Filter(
        "a year of four digits",
        "2026",
        lambda editions, year: editions.filter(year=year),
        lambda value: len(value) == 4 and value.isascii() and value.isdecimal(),
    ),
    "language": Filter(
        "the code of a language",
        "en",
        lambda editions, code: editions.filter(language=code),
        NAMES.__contains__,
    ),
}  # fmt: skip


def narrowed(editions: QuerySet, asked: Mapping[str, str]) -> QuerySet:
    for name, value in asked.items():
        editions = FILTERS[name].narrow(editions, value)
    return editions
