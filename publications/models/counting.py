"""How many live texts there are of each kind, on each topic, by each author: counted once in an epoch.

The rows of an edition carry its window and its language, so each question is one pass over one index, and what it finds
is grouped by numbers: their names are read for those alone that a page shows.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Count, F, Max, QuerySet
from django.utils import timezone

from .authors import Author
from .edition import Edition
from .edition_rows import EditionByline, EditionTag, Listed
from .epoch import once
from .narrowing import key_of, narrowed
from .prepared import MOMENT, NUMBERS, TEXT, Among, Prepared

Asked = Mapping[str, str]
"""What a list is narrowed to, by the names of NARROWINGS."""


Rows = type[Edition] | type[Listed]


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
    newest: datetime


def counted(tree: str | None, asked: Asked) -> list[Sort]:
    """The live texts that a list of the tree (or of all) shows when it is so narrowed."""
    return _once(
        Edition, ("kind", "year", "language"), tree, asked, lambda found: [Sort(*row) for row in found]
    )


def counted_by(column: str, tree: str | None, asked: Asked) -> Counter:
    """How many of them there are by their kind, year or language."""
    found: Counter = Counter()
    for each in counted(tree, asked):
        found[getattr(each, column)] += each.pieces
    return found


def counted_on_tags(tree: str | None, asked: Asked) -> dict[int, Pieces]:
    """The same by the tags that they stand on."""
    return _once(EditionTag, ("tag",), tree, asked, _by_number)


def counted_by_authors(tree: str | None, asked: Asked) -> dict[int, Pieces]:
    """The same by the authors who sign them, without pen names."""
    found, hidden = _once(EditionByline, ("author",), tree, asked, _by_number), once("pen names", _pen_names)
    return {key: each for key, each in found.items() if key not in hidden}


def foremost(found: dict[int, Pieces], most: int, rank: Callable[[Pieces], Any]) -> dict[int, Pieces]:
    """Those with the highest ranks, so many and the equals of the last: who tells them from each other knows how."""
    ranks = sorted((rank(each) for each in found.values()), reverse=True)[:most]
    return {key: each for key, each in found.items() if rank(each) >= ranks[-1]}


def _once[T](
    rows: Rows, of: tuple[str, ...], tree: str | None, asked: Asked, told: Callable[[list[tuple]], T]
) -> T:
    """How many of these live rows, and the date of the newest, there are of each sort; without the texts that lists
    of the tree leave out. While they leave out none, one count is for all trees.
    """
    left_out, names = _left_out(tree) if tree else [], tuple(sorted(asked))

    def count() -> T:
        statement = _count(rows, of, names, bool(left_out))
        return told(statement.columns(now=timezone.now(), left_out=left_out, **asked))

    return once((of, tree if left_out else None, *((name, asked[name]) for name in names)), count)


def _by_number(found: list[tuple]) -> dict[int, Pieces]:
    return {key: Pieces(*row) for key, *row in found}


def _pen_names() -> set[int]:
    return set(Author.objects.filter(pseudonymous=True).values_list("pk", flat=True))


@cache
def _count(rows: Rows, of: tuple[str, ...], names: tuple[str, ...], leaves_out: bool) -> Prepared:
    """Its statement, for what is asked by these names."""

    def make(now: datetime, left_out: list[int], **asked: str) -> QuerySet:
        live = narrowed(rows.objects.live(now), asked)
        shown = live.exclude(Among(F(key_of(live)), left_out)) if leaves_out else live
        return shown.order_by(*of).values_list(*of).annotate(Count("pk"), Max("published_at"))

    return Prepared(make, now=MOMENT, left_out=NUMBERS, **dict.fromkeys(names, TEXT))


def _left_out(tree: str) -> list[int]:
    return once(("left out", tree), lambda: [pk for (pk,) in _others.columns(tree=tree, at=timezone.now())])


_others = Prepared(lambda tree, at: Edition.objects.left_out(tree, at).only("pk"), tree=TEXT, at=MOMENT)
