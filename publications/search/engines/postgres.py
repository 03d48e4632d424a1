"""PostgreSQL: one tsvector per edition under a GIN index, ranked by ts_rank. Terms come ready made.

A row has the `vector` that is searched and a `ranked_vector`, a fifth as long, that matches are ranked by: the terms of
everything but the text, and those that the text repeats. The column `marks` has the facet keys.

Vectors are stored outside their rows (TOAST), and the planner does not count the cost of reading them one by one: for
many words it would scan the table instead of the index. `publications_by_the_index` is always true but declared
expensive.

Each part of a query that must match is a condition of its own: the index then looks up the others only where the
rarest one matches. It tests a single condition with all parts for every edition that has any of its terms. Matches are
sorted before they are joined with editions ("OFFSET 0" keeps the planner from joining first), so that no more windows
are read than the limit needs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import connection

from ..expressions import (
    AllOf,
    AnyOf,
    Expression,
    Phrase,
    Term,
    Without,
    any_of,
    conjuncts,
    included_terms,
    with_terms,
)
from .rows import PEOPLE, SUMMARY, TEXT, TITLE, Hit, IndexRow

IDS_QUERY = "SELECT unnest(%s::bigint[]) AS id"
EDITION_INDEX_HINT = ""  # none needed: PostgreSQL stores long texts outside the rows

WEIGHT_LABELS = "ABCCDD"  # of the parts of a row; D is the lowest
MAX_POSITION = 16383
MAX_POSITIONS_PER_TERM = 255
LEAST_SCORE = 0.03  # of a match in the text alone, which near words double
MIN_REPEATS = 3  # of a term in the text, for its place in the ranked vector
PART_GAP = 8  # positions between the parts of a row, so that no phrase reaches across

_WEIGHTS = f"{{{TEXT / TITLE}, {PEOPLE / TITLE}, {SUMMARY / TITLE}, 1}}"
_SCORE = f"({LEAST_SCORE} + ts_rank('{_WEIGHTS}', matched.ranked_vector, %s::tsquery))"
_PROXIMITY = "CASE WHEN matched.vector @@ %s::tsquery THEN 2 ELSE 1 END"
_FIND = """
SELECT {score}, published_at, edition_id, language, translation_group, marks, date_position
FROM (
    SELECT s.*, live.language, live.translation_group, live.published_at
    FROM (
        SELECT * FROM publications_search
        WHERE {conditions} AND publications_by_the_index(edition_id)
        ORDER BY date_position DESC OFFSET 0
    ) AS s JOIN publications_edition AS live ON live.id = s.edition_id
    WHERE live.visible_from <= %s AND live.visible_until > %s
    ORDER BY s.date_position DESC LIMIT %s
) AS matched
"""
_COUNT = """
SELECT count(*), count(DISTINCT translation_group)
FROM (
    SELECT live.translation_group
    FROM (
        SELECT edition_id FROM publications_search
        WHERE {conditions} AND publications_by_the_index(edition_id) OFFSET 0
    ) AS s JOIN publications_edition AS live ON live.id = s.edition_id
    WHERE live.visible_from <= %s AND live.visible_until > %s LIMIT %s
) AS matched
"""
_STORE = """
INSERT INTO publications_search (edition_id, date_position, vector, ranked_vector, marks)
VALUES (%s, %s, %s::tsvector, %s::tsvector, %s)
"""
_DIFFERING = """
SELECT expected.id
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[])
    AS expected (id, date_position, vector, ranked_vector, marks)
LEFT JOIN publications_search AS stored ON stored.edition_id = expected.id
WHERE stored.date_position IS DISTINCT FROM expected.date_position
    OR stored.vector IS DISTINCT FROM expected.vector::tsvector
    OR stored.ranked_vector IS DISTINCT FROM expected.ranked_vector::tsvector
    OR stored.marks IS DISTINCT FROM expected.marks
"""


def bind_ids(ids: Iterable[int]) -> list[int]:
    return list(ids)


def store(rows: Sequence[IndexRow]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, map(_row_params, rows))


def _row_params(row: IndexRow) -> tuple[object, ...]:
    return row.edition_id, row.date_position, render_vector(row), render_ranked_vector(row), row.facet_keys


def remove(edition_ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM publications_search WHERE edition_id IN ({IDS_QUERY})",  # noqa: S608
            [bind_ids(edition_ids)],
        )


def purge() -> None:
    """Do nothing: PostgreSQL's vacuum overwrites removed rows."""


def merge_segments() -> None:
    """Do nothing: this index has no segments."""


def indexed_editions(edition_ids: Iterable[int] | None = None) -> set[int]:
    where, params = (
        ("", []) if edition_ids is None else (f" WHERE edition_id IN ({IDS_QUERY})", [bind_ids(edition_ids)])
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT edition_id FROM publications_search{where}", params)  # noqa: S608
        return {edition_id for (edition_id,) in cursor.fetchall()}


def find_differing(batches: Iterable[Sequence[IndexRow]]) -> set[int]:
    differing: set[int] = set()
    for rows in batches:
        columns = [list(column) for column in zip(*map(_row_params, rows), strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_DIFFERING, columns)
            differing |= {edition_id for (edition_id,) in cursor.fetchall()}
    return differing


def find(
    expression: Expression,
    proximity: Expression | None,
    *,
    filter_terms: Sequence[str],
    now: datetime,
    limit: int,
    is_ranked: bool = True,
) -> list[Hit]:
    """Where `proximity` matches, the score is doubled."""
    score, params = "0", []
    if is_ranked:
        score, params = _SCORE, [any_of(list(included_terms(expression)))]
    if is_ranked and proximity:
        score, params = f"{_SCORE} * {_PROXIMITY}", [*params, proximity]
    conditions = conjuncts(with_terms(expression, filter_terms))
    statement = _FIND.format(score=score, conditions=_match_all(conditions))
    tsqueries = map(render_expression, [*params, *conditions])
    with connection.cursor() as cursor:
        cursor.execute(statement, [*tsqueries, now, now, limit])
        return list(map(Hit._make, cursor.fetchall()))


def count(expression: Expression, *, now: datetime, limit: int) -> tuple[int, int]:
    conditions = conjuncts(expression)
    statement = _COUNT.format(conditions=_match_all(conditions))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*map(render_expression, conditions), now, now, limit])
        return cursor.fetchone()


def _match_all(conditions: Sequence[Expression]) -> str:
    return " AND ".join(["vector @@ %s::tsquery"] * len(conditions))


def render_vector(row: IndexRow) -> str:
    """Return the row as PostgreSQL reads a tsvector: each term with its positions, each with its weight."""
    return _render_positions(_positions_by_term(row))


def render_ranked_vector(row: IndexRow) -> str:
    """Return the same without the terms that only the text has, and less than MIN_REPEATS times."""
    ranked = {
        term: positions
        for term, positions in _positions_by_term(row).items()
        if len(positions) >= MIN_REPEATS or not positions[0].endswith(WEIGHT_LABELS[-1])
    }
    return _render_positions(ranked)


def _render_positions(positions_by_term: Mapping[str, Sequence[str]]) -> str:
    return " ".join(
        f"'{term}':{','.join(positions[:MAX_POSITIONS_PER_TERM])}"
        for term, positions in positions_by_term.items()
    )


def _positions_by_term(row: IndexRow) -> dict[str, list[str]]:
    positions: dict[str, list[str]] = {}
    for term, position in _term_positions(row):
        positions.setdefault(term, []).append(position)
    return positions


def _term_positions(row: IndexRow) -> Iterator[tuple[str, str]]:
    position = 0
    for label, part in zip(WEIGHT_LABELS, row.parts, strict=True):
        for term in part:
            position += 1
            yield term, f"{min(position, MAX_POSITION)}{label}"
        position += PART_GAP


def render_expression(expression: Expression) -> str:
    """Return an expression as a tsquery. Terms are quoted; none contains a quotation mark."""
    match expression:
        case Term(text, is_prefix):
            return f"'{text}':*" if is_prefix else f"'{text}'"
        case Phrase(terms):
            return "(" + " <-> ".join(f"'{term}'" for term in terms) + ")"
        case AnyOf(parts):
            return f"({' | '.join(map(render_expression, parts))})"
        case AllOf(parts):
            return f"({' & '.join(map(render_expression, parts))})"
        case Without(included, excluded):
            return f"({render_expression(included)} & !{render_expression(excluded)})"
