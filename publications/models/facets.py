"""Facets: what editions are filtered by, and how many live editions there are of each value.

FACETS is the one table. The list of publications with its filters, feeds and query parameters, the search and its
index, the API with its description, the sets of OAI-PMH and the redirects of renamed topics and authors are all
derived from it.

Counts are made once per state of the site. The rows of an edition carry its window and its language, so each count is
one pass over one index, grouped by primary keys; names are read only for the values that a page shows.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications.locales import LANGUAGE_NAMES, language_label

from .author import Author
from .edition import Edition
from .edition_rows import EditionByline, EditionRow, EditionTag
from .kind import Kind
from .prepared_queries import MOMENT, NUMBERS, TEXT, Among, PreparedQuery
from .site_version import cached_for_version, cached_latest
from .tag import Tag, TagKind
from .teasers import kinds_by_pk

MAX_FACET_VALUE_CHARACTERS = 120

Key = int | str
"""What a column holds of a value: the primary key of a row, or the value itself."""

Chosen = Mapping[str, str]
"""Chosen values by the names of their facets."""


@dataclass(frozen=True)
class LiveCount:
    """A number of live editions, and the date of the newest."""

    count: int
    newest: datetime


class FacetChoice(NamedTuple):
    """A value of a facet in URLs, its label, and the number of editions that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A property that editions are filtered by. Its name is the parameter in URLs.

    Attributes:
        label: what readers call it; `all_label` stands where no value is chosen.
        column: the column of an edition, or of its rows, that holds the key of a value.
        rows: the rows of an edition that hold the keys; None where the edition holds its one key itself.
        model: the model of the values, which have slugs; None where the keys are the values.
        only: attribute values that a row of `model` must have to belong to this facet: `{"kind": THEME}`.
        read: returns the rows of `model` with the given primary keys, with the columns that this class uses.
        label_of: what readers call a row of `model`, or a value, in the language of the page.
        term_prefix: a letter that begins its terms in the search index; facets with the same `rows` share one. With a
            new letter increase `search.VERSION`.
        values: all values there can be; `pattern` is what each looks like. Without either they are slugs.
        description: what a value is, for users of the API, with an `example`.
        feed: the argument of `feeds_for` that takes a value, if its editions have a feed.
        set_label: the name of the OAI-PMH set of a row of `model`, or of a value; None if it makes no sets.
        is_descending: whether the last values come first in lists.
    """

    name: str
    label: str
    all_label: str
    column: str
    term_prefix: str
    description: str
    example: str
    label_of: Callable[[Any], str] = str
    rows: type[EditionRow] | None = None
    model: type[Model] | None = None
    only: Mapping[str, object] = field(default_factory=dict)
    read: Callable[[Collection[Key]], Iterable[Any]] = sorted
    values: Collection[str] = ()
    pattern: str = ""
    feed: str = ""
    set_label: Callable[[Any], str] | None = None
    is_descending: bool = False

    def accepts(self, value: str) -> bool:
        """Return whether a value has the form of one of this facet."""
        if self.values:
            return value in self.values
        if self.pattern:
            return re.fullmatch(self.pattern, value) is not None
        return 0 < len(value) <= MAX_FACET_VALUE_CHARACTERS

    def is_public(self, value: str) -> bool:
        """Return whether a live edition has the value. Other tags, authors and kinds are not public."""
        return self.accepts(value) and self.filter(Edition.objects.live(), value).exists()

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        """Return the editions, or rows of editions, that have the value."""
        conditions = {f"{self.column}__{name}": only for name, only in self.only.items()}
        conditions[f"{self.column}__slug" if self.model else self.column] = value
        if not self.rows:
            return queryset.filter(**conditions)
        editions = self.rows.objects.filter(**conditions).order_by().values("edition")
        return queryset.filter(**{f"{_edition_column(queryset)}__in": editions})

    def find(self, value: str) -> Any:
        """Return the row of `model` with this value as slug, or the value itself without a model; None if invalid."""
        if not self.accepts(value):
            return None
        return self.model._default_manager.filter(slug=value, **self.only).first() if self.model else value

    def find_key(self, value: str) -> Key | None:
        """Return the key of a value in columns and in the search index, or None."""
        row = self.find(value)
        return row.pk if self.model and row else row

    def includes(self, row: Any) -> bool:
        """Return whether a row of `model`, or a value, belongs to this facet."""
        return all(getattr(row, name) == only for name, only in self.only.items())

    def keys_of(self, edition: Edition) -> list[Key]:
        """Return the keys of an edition, including those of other facets with the same rows."""
        return [holder.serializable_value(self.column) for holder in self._holders_of(edition)]

    def values_of(self, edition: Edition) -> list[str]:
        """Return the values of an edition."""
        values = [getattr(holder, self.column) for holder in self._holders_of(edition)]
        return [self.value_of(value) for value in values if self.includes(value)]

    def value_of(self, row: Any) -> str:
        return row.slug if self.model else str(row)

    def rows_among(self, editions: QuerySet) -> list[Any]:
        """Return the rows of `model`, or the values, that any of these editions has."""
        holders = self.rows.objects.filter(edition__in=editions) if self.rows else editions
        keys = set(holders.order_by().values_list(self.column, flat=True).distinct())
        return [row for row in self.read(keys) if self.includes(row)]

    def label_counts(self, counts: Mapping[Key, int]) -> list[FacetChoice]:
        """Return the choices for counts by key; keys of other facets are left out."""
        return [
            FacetChoice(self.value_of(row), self.label_of(row), counts[row.pk if self.model else row])
            for row in self.read(counts)
            if self.includes(row)
        ]

    def _holders_of(self, edition: Edition) -> Iterable[Any]:
        if not self.rows:
            return [edition]
        return getattr(edition, self.rows._meta.get_field("edition").remote_field.get_accessor_name()).all()


def _read_kinds(keys: Collection[Key]) -> list[Kind]:
    return [kind for pk, kind in kinds_by_pk().items() if pk in keys]


def _read_tags(keys: Collection[Key]) -> Iterable[Tag]:
    """Return tags; the facets of a page share one query, as they have the same keys."""
    tags = Tag.objects.defer("introduction_en", "introduction_sv")
    return cached_latest("tags of facets", frozenset(keys), lambda: list(tags.filter(pk__in=list(keys))))


def _read_authors(keys: Collection[Key]) -> Iterable[Any]:
    named = Author.objects.filter(pk__in=list(keys))
    return named.values_list("pk", "slug", "name", "is_pseudonymous", named=True)


def _tag_facet(kind: TagKind, **attributes: Any) -> Facet:
    return Facet(
        column="tag",
        rows=EditionTag,
        model=Tag,
        only={"kind": kind},
        read=_read_tags,
        label_of=lambda tag: tag.label,
        term_prefix="t",
        feed="tag",
        **attributes,
    )


FACETS = {
    facet.name: facet
    for facet in (
        Facet(
            name="kind",
            label=_("Type"),
            all_label=_("All types"),
            column="kind",
            model=Kind,
            read=_read_kinds,
            label_of=lambda kind: kind.get_translation("name"),
            term_prefix="k",
            feed="kind",
            set_label=lambda kind: kind.plural,
            description="the slug of a kind",
            example="quick-comment",
        ),
        _tag_facet(
            TagKind.THEME,
            name="topic",
            label=_("Topic"),
            all_label=_("All topics"),
            description="the slug of a theme",
            example="energy",
        ),
        _tag_facet(
            TagKind.COUNTRY,
            name="country",
            label=_("Country"),
            all_label=_("All countries"),
            description="the slug of a country",
            example="ukraine",
        ),
        _tag_facet(
            TagKind.SERIES,
            name="series",
            label=pgettext_lazy("singular", "Series"),
            all_label=_("All series"),
            description="the slug of a series or project",
            example="security-papers",
        ),
        Facet(
            name="author",
            label=_("Author"),
            all_label=_("All authors"),
            column="author",
            rows=EditionByline,
            model=Author,
            only={"is_pseudonymous": False},
            read=_read_authors,
            label_of=lambda author: author.name,
            term_prefix="a",
            feed="author",
            description="the slug of an author",
            example="ann-berg",
        ),
        Facet(
            name="year",
            label=_("Year"),
            all_label=_("All years"),
            column="year",
            term_prefix="y",
            pattern="[0-9]{4}",
            is_descending=True,
            description="a year of four digits",
            example="2026",
        ),
        Facet(
            name="language",
            label=_("Language"),
            all_label=_("All languages"),
            column="language",
            label_of=language_label,
            term_prefix="l",
            values=LANGUAGE_NAMES,
            feed="language",
            set_label=LANGUAGE_NAMES.__getitem__,
            description="the code of a language",
            example="en",
        ),
    )
}
"""The facets by name, in the order of the fields on the list."""


def facet_of(row: Model) -> Facet:
    """Return the facet of a kind, tag or author."""
    return next(facet for facet in FACETS.values() if facet.model is type(row) and facet.includes(row))


def filter_by(queryset: QuerySet, chosen: Chosen) -> QuerySet:
    """Return the editions, or rows of editions, that have all the chosen values."""
    for name, value in chosen.items():
        queryset = FACETS[name].filter(queryset, value)
    return queryset


def choices(facet: Facet, locale: str | None, chosen: Chosen) -> list[FacetChoice]:
    """Return the choices among the live editions of a locale (None: all) with the chosen values, unordered."""
    counts = _count_by_facet(facet, locale, chosen)
    return facet.label_counts({key: live.count for key, live in counts.items()})


def count_editions(locale: str | None, chosen: Chosen) -> int:
    """Return the number of live editions of a locale (None: all) with the chosen values."""
    return sum(count for *_keys, count, _newest in _count_by_columns(locale, chosen))


def count_by(name: str, locale: str | None, chosen: Chosen) -> dict[Key, LiveCount]:
    """Return these counts by the keys of a facet that is a column of editions, such as kind or year."""
    position = _own_columns().index(FACETS[name].column)
    counts: dict[Key, LiveCount] = {}
    for *keys, count, newest in _count_by_columns(locale, chosen):
        total = counts.get(keys[position], LiveCount(0, newest))
        counts[keys[position]] = LiveCount(total.count + count, max(total.newest, newest))
    return counts


def count_tags(locale: str | None, chosen: Chosen) -> dict[int, LiveCount]:
    """Return these counts by the primary keys of tags, of all kinds."""
    return _count_by_rows(EditionTag, "tag", locale, chosen)


def count_authors(locale: str | None, chosen: Chosen) -> dict[int, LiveCount]:
    """Return these counts by the primary keys of authors, without pen names."""
    counts = _count_by_rows(EditionByline, "author", locale, chosen)
    pen_names = cached_for_version("pen names", _pen_names)
    return {pk: live for pk, live in counts.items() if pk not in pen_names}


def top_counts(
    counts: dict[int, LiveCount], count: int, rank: Callable[[LiveCount], Any]
) -> dict[int, LiveCount]:
    """Return the `count` entries with the highest ranks, and those with the same rank as the last."""
    ranks = sorted(map(rank, counts.values()), reverse=True)[:count]
    return {key: live for key, live in counts.items() if rank(live) >= ranks[-1]}


def _count_by_facet(facet: Facet, locale: str | None, chosen: Chosen) -> dict[Key, LiveCount]:
    if facet.rows:
        return _count_by_rows(facet.rows, facet.column, locale, chosen)
    return count_by(facet.name, locale, chosen)


def _count_by_rows(
    rows: type[EditionRow], column: str, locale: str | None, chosen: Chosen
) -> dict[int, LiveCount]:
    counts = _count(rows, (column,), locale, chosen)
    return {key: LiveCount(count, newest) for key, count, newest in counts}


def _count_by_columns(locale: str | None, chosen: Chosen) -> list[tuple]:
    """Return keys, number and newest date for all facets that are columns of editions, in one query."""
    return _count(Edition, _own_columns(), locale, chosen)


def _own_columns() -> tuple[str, ...]:
    return tuple(facet.column for facet in FACETS.values() if not facet.rows)


def _count(
    model: type[Edition] | type[EditionRow], columns: tuple[str, ...], locale: str | None, chosen: Chosen
) -> list[tuple]:
    """Return the number of live rows and the newest date by these columns, without texts hidden in the locale.

    Where none is hidden, one cached count serves all locales.
    """
    hidden, names = _hidden_texts(locale) if locale else [], tuple(sorted(chosen))

    def count() -> list[tuple]:
        statement = _statement(model, columns, names, bool(hidden))
        return statement.columns(now=timezone.now(), hidden=hidden, **chosen)

    values = ((name, chosen[name]) for name in names)
    return cached_for_version((model, columns, locale if hidden else None, *values), count)


@cache
def _statement(
    model: type[Edition] | type[EditionRow],
    columns: tuple[str, ...],
    names: tuple[str, ...],
    hides_some: bool,
) -> PreparedQuery:
    def make(now: datetime, hidden: list[int], **chosen: str) -> QuerySet:
        live = filter_by(model.objects.live(now), chosen)
        visible = live.exclude(Among(F(_edition_column(live)), hidden)) if hides_some else live
        return visible.order_by(*columns).values_list(*columns).annotate(Count("pk"), Max("published_at"))

    return PreparedQuery(make, now=MOMENT, hidden=NUMBERS, **dict.fromkeys(names, TEXT))


def _edition_column(queryset: QuerySet) -> str:
    return "pk" if queryset.model is Edition else "edition"


def _pen_names() -> set[int]:
    return set(Author.objects.filter(is_pseudonymous=True).values_list("pk", flat=True))


def _hidden_texts(locale: str) -> list[int]:
    return cached_for_version(
        ("hidden texts", locale),
        lambda: [pk for (pk,) in _hidden_in_locale.columns(locale=locale, at=timezone.now())],
    )


_hidden_in_locale = PreparedQuery(
    lambda locale, at: Edition.objects.hidden_in_locale(locale, at).only("pk"), locale=TEXT, at=MOMENT
)
