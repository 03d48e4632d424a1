"""The ways to narrow a list as readers see them: what each is called, and its values."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from publications.models import NARROWINGS, Author, Edition, Kind, Tag
from publications.presentation import tongue


@dataclass(frozen=True)
class Filter:
    """What the list says of one of the ways to narrow it.

    `words` names the values; `followed` gives what `feeds_for` takes, where the pieces of one value have a feed.
    """

    label: str
    every: str
    words: Callable[[list[str]], dict[str, str]]
    followed: Callable[[str], dict[str, object]] = lambda value: {}
    newest_first: bool = False


def _kinds(values: list[str]) -> dict[str, str]:
    return {kind.slug: kind.worded("name") for kind in Kind.objects.filter(slug__in=values)}


def _tags(values: list[str]) -> dict[str, str]:
    return {tag.slug: tag.label for tag in Tag.objects.filter(slug__in=values)}


def _authors(values: list[str]) -> dict[str, str]:
    return dict(Author.objects.known().filter(slug__in=values).values_list("slug", "name"))


def _tag_filter(label: str, every: str) -> Filter:
    return Filter(
        label,
        every,
        words=_tags,
        followed=lambda value: {"tag": Tag.objects.filter(slug=value).first()},
    )


FILTERS = {
    "kind": Filter(
        _("Type"),
        _("All types"),
        words=_kinds,
        followed=lambda value: {"kind": Kind.objects.filter(slug=value).first()},
    ),
    "topic": _tag_filter(_("Topic"), _("All topics")),
    "country": _tag_filter(_("Country"), _("All countries")),
    "series": _tag_filter(_("Series"), _("All series")),
    "author": Filter(
        _("Author"),
        _("All authors"),
        words=_authors,
        followed=lambda value: {"author": Author.objects.known().filter(slug=value).first()},
    ),
    "year": Filter(
        _("Year"),
        _("All years"),
        words=lambda values: {value: value for value in values},
        newest_first=True,
    ),
    "language": Filter(
        _("Language"),
        _("All languages"),
        words=lambda values: {code: tongue(code) for code in values},
        followed=lambda value: {"language": value},
    ),
}


def is_known(name: str, value: str) -> bool:
    """A topic, author or kind is public only through a live edition: any other is as if it were not there."""
    asked = NARROWINGS[name]
    return asked.accepts(value) and asked.narrow(Edition.objects.live(), value).exists()
