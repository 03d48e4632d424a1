"""How many live texts there are of each kind, on each topic, by each author: counted once in an epoch.

The rows of an edition carry its window and its language, so each question is one pass over one index, and what it finds
is grouped by numbers: their names are read for those alone that a page shows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from .authors import Author
from .edition import Edition
from .edition_rows import EditionByline, EditionTag, Listed
from .epoch import once
from .narrowing import key_of, narrowed

Asked = Mapping[str, str]
"""What a list is narrowed to, by the names of NARROWINGS."""


@dataclass(frozen=True)
class Pieces:
    """How many, and the date of the newest."""

    pieces: int
    newest: datetime


@dataclass(frozen=True)
class Sort:
    """Editions that no filter by a column tells apart, and how many they are."""

    kind: int
    year: int
    language: str
    pieces: int


def counted(tree: str | None, asked: Asked) -> list[Sort]:
    """The live texts that a list of the tree (or of all) shows when it is so narrowed."""

    def count() -> list[Sort]:
        shown = narrowed(_shown(Edition, tree), asked).order_by("kind", "year", "language")
        return [Sort(*row) for row in shown.values_list("kind", "year", "language").annotate(Count("pk"))]

    return once(("editions", tree, *sorted(asked.items())), count)


def counted_on_tags(tree: str | None, asked: Asked) -> dict[int, Pieces]:
    """The same by the tags that they stand on."""
    return _told(EditionTag, "tag", tree, asked)


def counted_by_authors(tree: str | None, asked: Asked) -> dict[int, Pieces]:
    """The same by the authors who sign them, without pen names."""
    found = _told(EditionByline, "author", tree, asked)
    hidden = once(
        "pen names", lambda: set(Author.objects.filter(pseudonymous=True).values_list("pk", flat=True))
    )
    return {key: each for key, each in found.items() if key not in hidden}


def foremost(found: dict[int, Pieces], most: int, rank: Callable[[Pieces], Any]) -> dict[int, Pieces]:
    """Those with the highest ranks, so many and the equals of the last: who tells them from each other knows how."""
    ranks = sorted((rank(each) for each in found.values()), reverse=True)[:most]
    return {key: each for key, each in found.items() if rank(each) >= ranks[-1]}


def _told(rows: type[Listed], of: str, tree: str | None, asked: Asked) -> dict[int, Pieces]:
    def count() -> dict[int, Pieces]:
        shown = narrowed(_shown(rows, tree), asked).order_by(of).values_list(of)
        found = shown.annotate(Count("pk"), Max("published_at"))
        return {key: Pieces(pieces, newest) for key, pieces, newest in found}

    return once((of, tree, *sorted(asked.items())), count)


def _shown(rows: type[Edition] | type[Listed], tree: str | None) -> QuerySet:
    """Those of live editions, without the texts that lists of the tree leave out."""
    now = timezone.now()
    live = rows.objects.live(now)
    if tree is None:
        return live
    left_out = {f"{key_of(live)}__in": Edition.objects.left_out(tree, now).values("pk")}
    return live.exclude(~Q(language=tree), **left_out)
