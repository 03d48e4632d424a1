"""The ways to narrow a list as readers see them: what each is called, and its values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications.models import (
    NARROWINGS,
    Author,
    Edition,
    Kind,
    Tag,
    TagKind,
    counted_by,
    counted_by_authors,
    counted_on_tags,
    kinds,
    once,
)
from publications.presentation import tongue

Asked = dict[str, str]


class Choice(NamedTuple):
    """A value that live texts have, what readers call it, and how many the texts are."""

    value: str
    label: str
    pieces: int


@dataclass(frozen=True)
class Filter:
    """What the list says of one of the ways to narrow it.

    `words` names the values; `choices` are those among the texts of a tree, or of all, that are asked for otherwise;
    `followed` gives what `feeds_for` takes, where the pieces of one value have a feed.
    """

    label: str
    every: str
    words: Callable[[list[str]], dict[str, str]]
    choices: Callable[[str | None, Asked], list[Choice]]
    followed: Callable[[str], dict[str, object]] = lambda value: {}
    newest_first: bool = False


def _kinds(values: list[str]) -> dict[str, str]:
    return {kind.slug: kind.worded("name") for kind in Kind.objects.filter(slug__in=values)}


def _tags(values: list[str]) -> dict[str, str]:
    return {tag.slug: tag.label for tag in Tag.objects.filter(slug__in=values)}


def _authors(values: list[str]) -> dict[str, str]:
    return dict(Author.objects.known().filter(slug__in=values).values_list("slug", "name"))


def _years(values: list[str]) -> dict[str, str]:
    return {value: value for value in values}


def _languages(values: list[str]) -> dict[str, str]:
    return {code: tongue(code) for code in values}


def _kinds_told(tree: str | None, asked: Asked) -> list[Choice]:
    found = counted_by("kind", tree, asked)
    return [Choice(kind.slug, kind.worded("name"), found[pk]) for pk, kind in kinds().items() if pk in found]


def _tags_told(kind: TagKind, tree: str | None, asked: Asked) -> list[Choice]:
    told = once(
        ("tags told", tree, *sorted(asked.items())), lambda: Tag.objects.told(counted_on_tags(tree, asked))
    )
    return [Choice(tag.slug, tag.label, tag.pieces) for tag in told if tag.kind == kind]


def _authors_told(tree: str | None, asked: Asked) -> list[Choice]:
    found = counted_by_authors(tree, asked)
    named = Author.objects.filter(pk__in=list(found)).values_list("pk", "slug", "name")
    return [Choice(slug, name, found[pk].pieces) for pk, slug, name in named]


def _tag_filter(kind: TagKind, label: str, every: str) -> Filter:
    return Filter(
        label,
        every,
        words=_tags,
        choices=lambda tree, asked: _tags_told(kind, tree, asked),
        followed=lambda value: {"tag": Tag.objects.filter(slug=value).first()},
    )


FILTERS = {
    "kind": Filter(
        _("Type"),
        _("All types"),
        words=_kinds,
        choices=_kinds_told,
        followed=lambda value: {"kind": Kind.objects.filter(slug=value).first()},
    ),
    "topic": _tag_filter(TagKind.THEME, _("Topic"), _("All topics")),
    "country": _tag_filter(TagKind.COUNTRY, _("Country"), _("All countries")),
    "series": _tag_filter(TagKind.SERIES, pgettext_lazy("singular", "Series"), _("All series")),
    "author": Filter(
        _("Author"),
        _("All authors"),
        words=_authors,
        choices=_authors_told,
        followed=lambda value: {"author": Author.objects.known().filter(slug=value).first()},
    ),
    "year": Filter(
        _("Year"),
        _("All years"),
        words=_years,
        choices=lambda tree, asked: [
            Choice(str(year), str(year), pieces) for year, pieces in counted_by("year", tree, asked).items()
        ],
        newest_first=True,
    ),
    "language": Filter(
        _("Language"),
        _("All languages"),
        words=_languages,
        choices=lambda tree, asked: [
            Choice(code, tongue(code), pieces) for code, pieces in counted_by("language", tree, asked).items()
        ],
        followed=lambda value: {"language": value},
    ),
}


def is_known(name: str, value: str) -> bool:
    """A topic, author or kind is public only through a live edition: any other is as if it were not there."""
    asked = NARROWINGS[name]
    return asked.accepts(value) and asked.narrow(Edition.objects.live(), value).exists()
