"""SQLite: an FTS5 table, ranked by bm25. Terms come ready made, so the tokenizer only splits at spaces.

The rowid is the position of the edition (`index_position`), as FTS5 reads matches in the order of rowids alone: so the
newest are read without the others. Rows of a release before have the primary key, until the index is rebuilt and if its
server still runs after that.

The facet keys of editions are in the column `marks` of the table `publications_filed`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import chain, repeat

from django.db import connection

from ..expressions import AllOf, AnyOf, Expression, Phrase, Term, Without, with_terms
from .rows import EDITION_ID_BITS, PEOPLE, SUMMARY, TEXT, TITLE, TOPICS, Hit, IndexRow, index_position

IDS_QUERY = "SELECT value AS id FROM json_each(%s)"
"""Primary keys given as one parameter, as rows."""

EDITION_INDEX_HINT = "INDEXED BY edition_found"
"""For joins with editions: without it SQLite reads whole rows, which contain the texts."""

_EDITION_ID = f"(s.rowid & {2**EDITION_ID_BITS - 1})"
_RANK = f"bm25(publications_search, {TITLE}, {SUMMARY}, {PEOPLE}, {TOPICS}, {TEXT}, 0)"
_MATCHED = f"""
FROM publications_search AS s CROSS JOIN publications_edition AS e {EDITION_INDEX_HINT} ON e.id = {_EDITION_ID}
LEFT JOIN publications_filed AS facet_keys ON facet_keys.edition_id = e.id
WHERE publications_search MATCH %s AND e.visible_from <= %s AND e.visible_until > %s
ORDER BY s.rowid DESC LIMIT %s
"""
_COLUMNS = (
    "{score}, e.published_at || '', e.id, e.language, e.translation_group, COALESCE(facet_keys.marks, '')"
)
"""Joined to a text, a date stays as stored, which sorts as well and costs less."""
_FIND = f"SELECT {_COLUMNS} {_MATCHED}"
_COUNT = f"SELECT count(*), count(DISTINCT translation_group) FROM (SELECT e.translation_group {_MATCHED})"  # noqa: S608
_SCORE = f"""
SELECT {_EDITION_ID}, -{_RANK} FROM publications_search AS s
WHERE publications_search MATCH %s AND s.rowid BETWEEN %s AND %s AND {_EDITION_ID} IN ({IDS_QUERY})
ORDER BY s.rowid DESC
"""  # noqa: S608 (no value from outside; in the order of the index each row is scored as it is read)
_PUBLISHED_AT = f"""
SELECT id, published_at || '' FROM publications_edition {EDITION_INDEX_HINT} WHERE id IN ({IDS_QUERY})
"""  # noqa: S608
PAGES_PER_MERGE = 1000
_STORE = """
INSERT INTO publications_search (rowid, title, summary, people, topics, text, marks)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_STORE_FACET_KEYS = "INSERT OR REPLACE INTO publications_filed (edition_id, marks) VALUES (%s, %s)"


def bind_ids(ids: Iterable[int]) -> str:
    """Return primary keys as the parameter of IDS_QUERY."""
    return json.dumps(list(ids))


def store(rows: Sequence[IndexRow]) -> None:
    """Insert rows of editions that have none."""
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, sorted(map(_row_params, rows)))  # each smaller rowid starts a segment
        cursor.executemany(_STORE_FACET_KEYS, [(row.edition_id, row.facet_keys) for row in rows])


def _row_params(row: IndexRow) -> tuple[object, ...]:
    return row.position, *map(" ".join, row.parts)


def _rowids(edition_ids: Sequence[int]) -> list[int]:
    """Return the rowids that rows of these editions may have."""
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED_AT, [bind_ids(edition_ids)])
        positions = [_position(published_at, edition_id) for edition_id, published_at in cursor.fetchall()]
    return [*positions, *edition_ids]


def _position(published_at: str, edition_id: int) -> int:
    return index_position(date.fromisoformat(published_at[:10]), edition_id)


def remove(edition_ids: Iterable[int]) -> None:
    ids = list(edition_ids)
    rowids = bind_ids(_rowids(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM publications_search WHERE rowid IN ({IDS_QUERY})", [rowids])  # noqa: S608
        cursor.execute(
            f"DELETE FROM publications_filed WHERE edition_id IN ({IDS_QUERY})",  # noqa: S608
            [bind_ids(ids)],
        )


def purge() -> None:
    """Merge the segments of the index, so that the terms of removed rows leave the file."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO publications_search (publications_search) VALUES ('optimize')")


def merge_segments() -> None:
    """Merge the segments of the index, each of which a search reads, into one. Others can write between its steps."""
    with connection.cursor() as cursor:
        for pages in chain([-PAGES_PER_MERGE], repeat(PAGES_PER_MERGE)):
            changes = _total_changes(cursor)
            cursor.execute(
                "INSERT INTO publications_search (publications_search, rank) VALUES ('merge', %s)", [pages]
            )
            if _total_changes(cursor) - changes < 2:  # as FTS5 defines that nothing was left to merge
                return


def _total_changes(cursor) -> int:
    return cursor.execute("SELECT total_changes()").fetchone()[0]


def indexed_editions(edition_ids: Iterable[int] | None = None) -> set[int]:
    """Return which of these editions, or of all, have a row."""
    where, params = (
        ("", [])
        if edition_ids is None
        else (f" WHERE rowid IN ({IDS_QUERY})", [bind_ids(_rowids(list(edition_ids)))])
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_EDITION_ID} FROM publications_search AS s{where}", params)  # noqa: S608
        return {edition_id for (edition_id,) in cursor.fetchall()}


def row_comparer() -> Callable[[Sequence[IndexRow]], set[int]]:
    """Return a function that returns the editions whose stored row is missing or differs from the given one.

    FTS5 does not store the texts but the positions of their terms. The given rows go into an index like it, in memory,
    and the two are compared.
    """
    stored = _hash_terms("main", "publications_search")
    with connection.cursor() as cursor:
        cursor.execute("SELECT edition_id, marks FROM publications_filed")
        facet_keys = dict(cursor.fetchall())

    def find_differing(rows: Sequence[IndexRow]) -> set[int]:
        expected = _hash_in_memory(rows)
        return {
            row.edition_id
            for row in rows
            if stored[row.position] != expected[row.position]
            or facet_keys.get(row.edition_id) != row.facet_keys
        }

    return find_differing


def _hash_in_memory(rows: Sequence[IndexRow]) -> Counter[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'publications_search'")
        create_table = cursor.fetchone()[0].replace("publications_search", "temp.rebuilt_search", 1)
        cursor.execute(create_table)
        try:
            statement = _STORE.replace("publications_search", "temp.rebuilt_search")
            cursor.executemany(statement, map(_row_params, rows))
            return _hash_terms("temp", "rebuilt_search")
        finally:
            cursor.execute("DROP TABLE temp.rebuilt_search")


def _hash_terms(schema: str, table: str) -> Counter[int]:
    """Return a hash of the terms and positions of each row of an index."""
    hashes: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE VIRTUAL TABLE temp.terms_of_index USING fts5vocab({schema}, {table}, instance)"
        )
        try:
            cursor.execute("SELECT doc, term, col, offset FROM temp.terms_of_index")
            while batch := cursor.fetchmany(10_000):
                for row, term, part, position in batch:
                    hashes[row] ^= hash((term, part, position))
        finally:
            cursor.execute("DROP TABLE temp.terms_of_index")
    return hashes


def find(
    expression: Expression,
    proximity: Expression | None,
    *,
    filter_terms: Sequence[str],
    now: datetime,
    limit: int,
    is_ranked: bool = True,
) -> list[Hit]:
    """Return the live editions that match and have all filter terms, those published last first.

    Args:
        proximity: need not match, but raises the score of the editions where it does.
        is_ranked: whether the scores are needed; without, all are 0.
    """
    at = connection.ops.adapt_datetimefield_value(now)
    match = render_expression(with_terms(expression, filter_terms))
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(score=f"-{_RANK}" if is_ranked else "0"), [match, at, at, limit])
        hits = list(map(Hit._make, cursor.fetchall()))
    return _raise_scores(hits, proximity) if is_ranked and proximity and hits else hits


def count(expression: Expression, *, now: datetime, limit: int) -> tuple[int, int]:
    """Return how many live editions match, `limit` at most, and of how many translation groups they are."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [render_expression(expression), at, at, limit])
        return cursor.fetchone()


def _raise_scores(hits: Sequence[Hit], proximity: Expression) -> list[Hit]:
    """Return the hits with the score doubled where `proximity` matches, and the score of that match added."""
    ids = [hit.edition_id for hit in hits]
    newest, oldest = (_position(hit.published_at, hit.edition_id) for hit in (hits[0], hits[-1]))
    with connection.cursor() as cursor:
        cursor.execute(_SCORE, [render_expression(proximity), oldest, newest, bind_ids(ids)])
        scores = dict(cursor.fetchall())
    return [
        hit._replace(score=2 * hit.score + scores[hit.edition_id]) if hit.edition_id in scores else hit
        for hit in hits
    ]


def render_expression(expression: Expression) -> str:
    """Return an expression in the syntax of FTS5. Terms are quoted; none contains a quotation mark."""
    match expression:
        case Term(text, is_prefix):
            return f'"{text}"*' if is_prefix else f'"{text}"'
        case Phrase(terms):
            return f'"{" ".join(terms)}"'
        case AnyOf(parts):
            return f"({' OR '.join(map(render_expression, parts))})"
        case AllOf(parts):
            return f"({' AND '.join(map(render_expression, parts))})"
        case Without(included, excluded):
            return f"({render_expression(included)} NOT {render_expression(excluded)})"
