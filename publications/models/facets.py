"""Facets: what editions are filtered by.

FACETS is the one table, from which these are derived: lists with their filters, feeds and query parameters, the search
and its index, the API and its description, the sets of OAI-PMH, the redirects of renamed topics and authors.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications.locales import LANGUAGE_NAMES, language_label

from .author import Author
from .edition import Edition
from .edition_queryset import EditionQuerySet, ListQuerySet
from .edition_rows import EditionByline, EditionRow, EditionRowQuerySet, EditionTag
from .edition_with_rows import EditionWithRows
from .kind import Kind, kinds_by_pk
from .site_version import cached_for_version
from .tag import Tag, TagKind

MAX_FACET_VALUE_CHARACTERS = 120
KIND = "kind"
"""The facet whose values also have the publications of kinds that do not stand in lists."""

Key = int | str
"""The primary key of a row, or a value that has no row, such as a year."""

Filters = Mapping[str, str]
"""Values that editions must have, by the names of their facets."""


class FacetChoice(NamedTuple):
    """A value of a facet in URLs, its label, and the number of editions that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A property that editions are filtered by. Its name is the parameter in URLs.

    Attributes:
        label: what readers call it; `all_label` is shown where no value is chosen.
        column: the column of an edition, or of its rows, that contains the key of a value.
        rows: the model of rows of an edition with this column; None if it is a column of the edition.
        model: the model of the values, which have slugs; None where the keys are the values.
        limit_choices_to: attribute values that a row of `model` must have to belong to this facet: `{"kind": THEME}`.
        rows_of: returns the rows of `model`, or the values, that an edition has.
        get_values: returns the rows of `model` with these primary keys, with the columns used here; else the keys.
        label_of: what readers call a row of `model`, or a value, in the language of the page.
        term_prefix: the first letter of its terms in the search index; facets with the same `rows` share one. With a
            new letter increase `search.VERSION`.
        values: all values there can be; `pattern` is what each looks like. Without either they are slugs.
        description: what a value is, for users of the API, with an `example`.
        feed_argument: the argument of `feeds_for` that takes a value, if its editions have a feed.
        set_label: the name of the OAI-PMH set of a row of `model`, or of a value; None if it has no sets.
        is_descending: whether the last values come first in lists.
        has_alerts: whether readers can subscribe to what is published with a value.
    """

    name: str
    label: str
    all_label: str
    column: str
    term_prefix: str
    description: str
    example: str
    rows_of: Callable[[EditionWithRows], Iterable[Any]]
    label_of: Callable[[Any], str] = str
    rows: type[EditionRow] | None = None
    model: type[Model] | None = None
    limit_choices_to: Mapping[str, object] = field(default_factory=dict)
    get_values: Callable[[Collection[Key]], Iterable[Any]] = sorted
    values: Collection[str] = ()
    pattern: str = ""
    feed_argument: str = ""
    set_label: Callable[[Any], str] | None = None
    is_descending: bool = False
    has_alerts: bool = True

    def accepts(self, value: str) -> bool:
        """Return whether a value has the form of one of this facet."""
        if self.values:
            return value in self.values
        if self.pattern:
            return re.fullmatch(self.pattern, value) is not None
        return 0 < len(value) <= MAX_FACET_VALUE_CHARACTERS

    def filter[L: ListQuerySet](self, queryset: L, value: str) -> L:
        """Return those of a queryset that have the value."""
        if not self.rows:
            return queryset.filter(**self._conditions(value))
        editions = self.rows_with(value).order_by().values("edition")
        return queryset.filter(**{f"{queryset.edition_lookup}__in": editions})

    def rows_with(self, value: str) -> EditionRowQuerySet:
        """Return the rows of `rows` that have the value, one for each edition."""
        return self.rows.objects.filter(**self._conditions(value))

    def _conditions(self, value: str) -> dict[str, object]:
        limits = {f"{self.column}__{name}": limit for name, limit in self.limit_choices_to.items()}
        return {**limits, f"{self.column}__slug" if self.model else self.column: value}

    def find(self, value: str) -> Any:
        """Return the row of `model` with this value as slug, or the value itself without a model; None if invalid."""
        if not self.accepts(value):
            return None
        if not self.model:
            return value
        return self.model._default_manager.filter(slug=value, **self.limit_choices_to).first()

    def find_key(self, value: str) -> Key | None:
        """Return the key of a value in columns and in the search index, or None."""
        row = self.find(value)
        return row.pk if self.model and row else row

    def includes(self, row: Any) -> bool:
        """Return whether a row of `model`, or a value, belongs to this facet."""
        return all(getattr(row, name) == limit for name, limit in self.limit_choices_to.items())

    def keys_of(self, edition: EditionWithRows) -> list[Key]:
        """Return the keys of an edition, including those of other facets with the same rows."""
        return [row.pk if self.model else row for row in self.rows_of(edition)]

    def values_of(self, edition: EditionWithRows) -> list[str]:
        """Return the values of an edition."""
        return [self.value_of(row) for row in self.rows_of(edition) if self.includes(row)]

    def value_of(self, row: Any) -> str:
        return row.slug if self.model else str(row)

    def values_used_by(self, editions: QuerySet) -> list[Any]:
        """Return the rows of `model`, or the values, that any of these editions has."""
        queryset = self.rows.objects.filter(edition__in=editions) if self.rows else editions
        keys = set(queryset.order_by().values_list(self.column, flat=True).distinct())
        return [row for row in self.get_values(keys) if self.includes(row)]

    def build_choices(self, counts: Mapping[Key, int]) -> list[FacetChoice]:
        """Return the choices for counts by key; keys of other facets are left out."""
        return [
            FacetChoice(self.value_of(row), self.label_of(row), counts[row.pk if self.model else row])
            for row in self.get_values(counts)
            if self.includes(row)
        ]


def _get_kinds(keys: Collection[Key]) -> list[Kind]:
    return [kind for pk, kind in kinds_by_pk().items() if pk in keys]


def _get_tags(keys: Collection[Key]) -> list[Tag]:
    queryset = Tag.objects.defer("introduction_en", "introduction_sv")
    return [tag for tag in cached_for_version("tags of facets", lambda: list(queryset)) if tag.pk in keys]


def _get_authors(keys: Collection[Key]) -> list[Any]:
    rows = Author.objects.values_list("pk", "slug", "name", "is_pseudonymous", named=True)
    return [row for row in cached_for_version("authors of facets", lambda: list(rows)) if row.pk in keys]


def _tag_facet(kind: TagKind, **attributes: Any) -> Facet:
    return Facet(
        column="tag",
        rows=EditionTag,
        model=Tag,
        rows_of=lambda edition_with_rows: edition_with_rows.tags,
        limit_choices_to={"kind": kind},
        get_values=_get_tags,
        label_of=lambda tag: tag.label,
        term_prefix="t",
        feed_argument="tag",
        **attributes,
    )


FACETS = {
    facet.name: facet
    for facet in (
        Facet(
            name=KIND,
            label=_("Type"),
            all_label=_("All types"),
            column="kind",
            model=Kind,
            rows_of=lambda edition_with_rows: [edition_with_rows.edition.kind],
            get_values=_get_kinds,
            label_of=lambda kind: kind.get_translation("name"),
            term_prefix="k",
            feed_argument="kind",
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
            rows_of=lambda edition_with_rows: [byline.author for byline in edition_with_rows.bylines],
            limit_choices_to={"is_pseudonymous": False},
            get_values=_get_authors,
            label_of=lambda author: author.name,
            term_prefix="a",
            feed_argument="author",
            description="the slug of an author",
            example="ann-berg",
        ),
        Facet(
            name="year",
            label=_("Year"),
            all_label=_("All years"),
            column="year",
            rows_of=lambda edition_with_rows: [edition_with_rows.edition.year],
            term_prefix="y",
            pattern="[0-9]{4}",
            is_descending=True,
            has_alerts=False,
            description="a year of four digits",
            example="2026",
        ),
        Facet(
            name="language",
            label=_("Language"),
            all_label=_("All languages"),
            column="language",
            rows_of=lambda edition_with_rows: [edition_with_rows.edition.language],
            label_of=language_label,
            term_prefix="l",
            values=LANGUAGE_NAMES,
            feed_argument="language",
            set_label=LANGUAGE_NAMES.__getitem__,
            description="the code of a language",
            example="en",
        ),
    )
}
"""The facets by name, in the order of the fields on the list."""


def facet_of(row: Model) -> Facet:
    """Return the facet of a kind, tag or author. Raises ValueError for a pseudonymous author, who has none."""
    for facet in FACETS.values():
        if facet.model is type(row) and facet.includes(row):
            return facet
    raise ValueError(f"{type(row).__name__} {row.pk} belongs to no facet.")


def filter_by_facets[L: ListQuerySet](queryset: L, filters: Filters) -> L:
    """Return those of a queryset that have all these values."""
    for name, value in filters.items():
        queryset = FACETS[name].filter(queryset, value)
    return queryset


def filter_listed[L: ListQuerySet](queryset: L, filters: Filters) -> L:
    """Return the same as `filter_by_facets`, of kinds that stand in lists, unless a kind is among the values."""
    filtered = filter_by_facets(queryset, filters)
    return filtered if KIND in filters else filtered.listed()


def filter_by_facets_and_dates(editions: EditionQuerySet, filters: Filters) -> EditionQuerySet:
    """Return the same editions, found faster in the order of dates: a year is also a range of these."""
    filtered = filter_by_facets(editions, filters)
    return filtered.published_in(int(filters["year"])) if "year" in filters else filtered


def select_for_list(filters: Filters) -> ListQuerySet:
    """Return what a list of the editions with all these values is read from, one row for each edition.

    These are the tags or bylines with the value of a facet that has such `rows`, whose index is in the order of lists;
    else editions. Both have the columns and the methods that lists use.
    """
    with_rows = next((facet for facet in FACETS.values() if facet.name in filters and facet.rows), None)
    if not with_rows:
        return filter_listed(Edition.objects.all(), filters)
    others = {name: value for name, value in filters.items() if name != with_rows.name}
    return filter_listed(with_rows.rows_with(filters[with_rows.name]), others)
