"""The ways to narrow a list: what each is called in the address, selects by, counts, and says."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from publications.languages import NAMES
from publications.models import Author, Edition, EditionByline, EditionTag, Kind, Tag, TagKind
from publications.presentation import tongue

Counted = dict[str, int]


@dataclass(frozen=True)
class Filter:
    """One filter; each part is a function, so that a list asks all of them alike.

    `followed` gives what `feeds_for` takes, where the pieces of one value have a feed.
    """

    label: str
    every: str
    narrow: Callable[[QuerySet, str], QuerySet]
    count: Callable[[QuerySet], Counted]
    words: Callable[[list[str]], dict[str, str]]
    accepts: Callable[[str], bool] = bool
    followed: Callable[[str], dict[str, object]] = lambda value: {}
    newest_first: bool = False


def _by_column(column: str) -> dict[str, Callable]:
    return {
        "narrow": lambda editions, value: editions.filter(**{column: value}),
        "count": lambda editions: _counts(editions.order_by().values_list(column)),
    }


def _by_rows(rows: type, column: str, **only: object) -> dict[str, Callable]:
    """By what stands in rows of its own, several to an edition."""

    def narrow(editions: QuerySet, value: str) -> QuerySet:
        return editions.filter(pk__in=rows.objects.filter(**only, **{column: value}).values("edition"))

    def count(editions: QuerySet) -> Counted:
        named = rows.objects.filter(edition__in=editions.order_by().values("pk"), **only)
        return _counts(named.order_by().values_list(column))

    return {"narrow": narrow, "count": count}


def _counts(rows: QuerySet) -> Counted:
    return {str(value): pieces for value, pieces in rows.annotate(pieces=Count("pk"))}


def _kinds(values: list[str]) -> dict[str, str]:
    return {kind.slug: kind.worded("name") for kind in Kind.objects.filter(slug__in=values)}


def _tags(values: list[str]) -> dict[str, str]:
    return {tag.slug: tag.label for tag in Tag.objects.filter(slug__in=values)}


def _authors(values: list[str]) -> dict[str, str]:
    return dict(Author.objects.known().filter(slug__in=values).values_list("slug", "name"))


def _tag_filter(label: str, every: str, kind: TagKind) -> Filter:
    return Filter(
        label,
        every,
        **_by_rows(EditionTag, "tag__slug", tag__kind=kind),
        words=_tags,
        followed=lambda value: {"tag": Tag.objects.filter(slug=value).first()},
    )


FILTERS = {
    "kind": Filter(
        _("Type"),
        _("All types"),
        **_by_column("kind__slug"),
        words=_kinds,
        followed=lambda value: {"kind": Kind.objects.filter(slug=value).first()},
    ),
    "topic": _tag_filter(_("Topic"), _("All topics"), TagKind.THEME),
    "country": _tag_filter(_("Country"), _("All countries"), TagKind.COUNTRY),
    "series": _tag_filter(_("Series"), _("All series"), TagKind.SERIES),
    "author": Filter(
        _("Author"),
        _("All authors"),
        **_by_rows(EditionByline, "author__slug", author__pseudonymous=False),
        words=_authors,
        followed=lambda value: {"author": Author.objects.known().filter(slug=value).first()},
    ),
    "year": Filter(
        _("Year"),
        _("All years"),
        **_by_column("year"),
        words=lambda values: {value: value for value in values},
        accepts=lambda value: value.isascii() and value.isdecimal() and len(value) == 4,
        newest_first=True,
    ),
    "language": Filter(
        _("Language"),
        _("All languages"),
        **_by_column("language"),
        words=lambda values: {code: tongue(code) for code in values},
        accepts=NAMES.__contains__,
        followed=lambda value: {"language": value},
    ),
}


def is_known(name: str, value: str) -> bool:
    """A topic, author or kind is public only through a live edition: any other is as if it were not there."""
    asked = FILTERS[name]
    return asked.accepts(value) and asked.narrow(Edition.objects.live(), value).exists()
