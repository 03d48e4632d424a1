"""What alerts are about: conditions as they are chosen, stored, shown and matched with an edition."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from publications.models import FACETS, EditionWithRows

from .models import Condition


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
