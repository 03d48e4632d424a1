"""What alerts are about: conditions as they are chosen, stored, shown and matched with an edition."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from publications.locales import LOCALES, localized_path
from publications.models import FACETS, Author, EditionWithRows, Facet, Redirect, Tag

from .models import Condition


class RowPage(NamedTuple):
    """The page of a row that readers choose: its URL name, and the column of redirects to it."""

    page: str
    column: str


PAGES = {Tag: RowPage("topic", "tag"), Author: RowPage("author", "author")}


@dataclass(frozen=True)
class Choice:
    """What a reader has chosen: editions with these values of facets and this search, or one publication.

    Attributes:
        filters: values by the names of facets; all are needed.
        query: a search of the site.
        publication: the primary key of a publication, whose changes alone are of interest.
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    publication: int | None = None

    @property
    def digest(self) -> str:
        """What tells it apart: the same for the same choice, in whatever order and spelling of spaces it was made."""
        parts = [sorted(self.filters.items()), " ".join(self.query.split()).casefold(), self.publication]
        return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    def store(self) -> Condition:
        """Return the row of the choice, which all who make it share."""
        values = {"filters": dict(self.filters), "query": self.query, "publication_id": self.publication}
        condition, _is_new = Condition.objects.get_or_create(digest=self.digest, defaults=values)
        return condition


def has_filters(edition: EditionWithRows, filters: Mapping[str, str]) -> bool:
    """Return whether an edition has all these values of facets."""
    return all(value in FACETS[name].values_of(edition) for name, value in filters.items() if name in FACETS)


def find_value(facet: Facet, value: str) -> Any:
    """Return the row with this value of a facet, or the value itself without a model; None if there is none.

    A topic or an author whose address has changed is found by the former one.
    """
    return facet.find(value) or _find_renamed(facet, value)


def _find_renamed(facet: Facet, value: str) -> Tag | Author | None:
    kind = PAGES.get(facet.model)
    if not kind:
        return None
    paths = [
        Redirect.normalize_path(localized_path(locale, f"publications:{kind.page}", slug=value))
        for locale in LOCALES
    ]
    redirects = Redirect.objects.without_query().filter(path__in=paths).select_related(kind.column)
    rows = (getattr(redirect, kind.column) for redirect in redirects)
    return next((row for row in rows if row and facet.includes(row)), None)
