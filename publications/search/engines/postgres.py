"""PostgreSQL: one tsvector an edition under a GIN index, ranked by ts_rank. Terms come ready made.

Vectors lie outside their rows, and PostgreSQL does not count what it costs to read them one by one: asked for many
words, or for a single piece, it would rather look through all of them than ask the index. So it is told that each row
it looks at is dear (`publications_by_the_index` is always true), and is not let go through them in order ("+ 0").
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import connection

from ..query import AllOf, AnyOf, Expression, Phrase, Term, Without, any_of, beside, leaves
from .rows import PEOPLE, SUMMARY, TEXT, TITLE, Hit, IndexRow

LISTED = "SELECT unnest(%s::bigint[]) AS id"
"""Numbers given as one parameter, as rows."""

BESIDE_TEXTS = ""
"""Texts lie outside the rows."""

LETTERS = "ABCCDD"  # the weights of the parts of a row; what PostgreSQL calls D is the least
LAST_PLACE = 16383
MOST_PLACES = 255
APART = 8  # places between the parts of a row, so that no phrase reaches across

_WEIGHTS = f"{{{TEXT / TITLE}, {PEOPLE / TITLE}, {SUMMARY / TITLE}, 1}}"
_WEIGHT = f"ts_rank('{_WEIGHTS}', found.vector, %s::tsquery)"
_NEARER = "CASE WHEN found.vector @@ %s::tsquery THEN 2 ELSE 1 END"
_FIND = """
SELECT found.edition_id, {weight}, found.language, found.translation_group, found.published_at, found.marks
FROM (
    SELECT s.edition_id, s.vector, s.marks, live.language, live.translation_group, live.published_at
    FROM publications_search AS s JOIN publications_edition AS live ON live.id = s.edition_id
    WHERE s.vector @@ %s::tsquery AND publications_by_the_index(s.edition_id)
        AND live.visible_from <= %s AND live.visible_until > %s
    ORDER BY s.edition_id + 0 DESC LIMIT %s
) AS found
"""
_DIFFERING = """
SELECT asked.id FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS asked (id, vector, marks)
LEFT JOIN publications_search AS there ON there.edition_id = asked.id
WHERE there.vector IS DISTINCT FROM asked.vector::tsvector OR there.marks IS DISTINCT FROM asked.marks
"""


def listed(numbers: Iterable[int]) -> list[int]:
    return list(numbers)


def store(rows: Sequence[IndexRow]) -> None:
    """Add rows of editions that are not there."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO publications_search (edition_id, vector, marks) VALUES (%s, %s::tsvector, %s)",
            [(row.edition, vector(row), row.filed) for row in rows],
        )


def remove(editions: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM publications_search WHERE edition_id IN ({LISTED})", [listed(editions)])  # noqa: S608


def purge() -> None:
    """Removed rows are overwritten in the course of PostgreSQL's own upkeep, like every row of every table."""


def stored(editions: Iterable[int] | None = None) -> set[int]:
    """Which of these editions have a row; all that have one where none are named."""
    where, values = ("", []) if editions is None else (f" WHERE edition_id IN ({LISTED})", [listed(editions)])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT edition_id FROM publications_search{where}", values)  # noqa: S608
        return {number for (number,) in cursor.fetchall()}


def comparison() -> Callable[[Sequence[IndexRow]], set[int]]:
    """What tells which of some rows the index holds otherwise, or not at all."""

    def differing(rows: Sequence[IndexRow]) -> set[int]:
        parts = [row.edition for row in rows], [vector(row) for row in rows], [row.filed for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(_DIFFERING, parts)
            return {number for (number,) in cursor.fetchall()}

    return differing


def find(
    expression: Expression, nearer: Expression | None, *, marks: Sequence[str], now: datetime, most: int
) -> list[Hit]:
    """The live editions that fit and bear the marks, the last stored first, and no more than `most`.

    What is `nearer` besides raises their scores.
    """
    weighed = [written(any_of(list(leaves(expression))))]
    weight = _WEIGHT
    if nearer:
        weight, weighed = f"{_WEIGHT} * {_NEARER}", [*weighed, written(nearer)]
    values = [*weighed, written(beside(expression, marks)), now, now, most]
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(weight=weight), values)
        return list(map(Hit._make, cursor.fetchall()))


def marked(mark: str) -> set[int]:
    """The editions, live or not, that bear a mark."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT edition_id FROM publications_search WHERE vector @@ %s::tsquery", [f"'{mark}'"]
        )
        return {number for (number,) in cursor.fetchall()}


def vector(row: IndexRow) -> str:
    """The row as PostgreSQL reads a tsvector: each term with its places, and the weight of each."""
    places: dict[str, list[str]] = {}
    for term, place in _places(row):
        places.setdefault(term, []).append(place)
    return " ".join(f"'{term}':{','.join(there[:MOST_PLACES])}" for term, there in places.items())


def _places(row: IndexRow) -> Iterator[tuple[str, str]]:
    place = 0
    for letter, part in zip(LETTERS, row.parts, strict=True):
        for term in part:
            place += 1
            yield term, f"{min(place, LAST_PLACE)}{letter}"
        place += APART


def written(expression: Expression) -> str:
    """As a tsquery. Every term stands in quotation marks: none holds any."""
    match expression:
        case Term(text, begins):
            return f"'{text}':*" if begins else f"'{text}'"
        case Phrase(terms):
            return "(" + " <-> ".join(f"'{term}'" for term in terms) + ")"
        case AnyOf(parts):
            return f"({' | '.join(map(written, parts))})"
        case AllOf(parts):
            return f"({' & '.join(map(written, parts))})"
        case Without(wanted, unwanted):
            return f"({written(wanted)} & !{written(unwanted)})"
