"""SQLite: an FTS5 table, ranked by bm25. Terms come ready made, so the tokenizer only splits at spaces.

FTS5 reads matches in the order of their rowids alone. So the rowid is the `date_position` of the row, the last bits of
which are the primary key of the edition: the newest are read without the others. FTS5 stores nothing but terms. The
table `publications_filed` has the `date_position` of each edition and, in the column `marks`, its facet keys.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, repeat

from django.db import connection

from ..expressions import AllOf, AnyOf, Expression, Phrase, Term, Without, with_terms
from .rows import EDITION_ID_BITS, PEOPLE, SUMMARY, TEXT, TITLE, TOPICS, Hit, IndexRow

IDS_QUERY = "SELECT value AS id FROM json_each(%s)"
EDITION_INDEX_HINT = "INDEXED BY edition_found"  # without it SQLite reads whole rows, which contain the texts
PAGES_PER_MERGE = 1000

_BM25 = f"bm25(publications_search, {TITLE}, {SUMMARY}, {PEOPLE}, {TOPICS}, {TEXT}, 0)"
_MATCHES = f"""
FROM publications_search AS s
CROSS JOIN publications_edition AS e {EDITION_INDEX_HINT} ON e.id = (s.rowid & {2**EDITION_ID_BITS - 1})
LEFT JOIN publications_filed AS filed ON filed.edition_id = e.id
WHERE publications_search MATCH %s AND e.visible_from <= %s AND e.visible_until > %s
ORDER BY s.rowid DESC LIMIT %s
"""
_HIT = (
    "{score}, e.published_at || '', e.id, e.language, e.translation_group, COALESCE(filed.marks, ''), s.rowid"
)
"""The columns of a Hit. Joined to a text, a date stays as stored, which sorts as well and costs less."""
_FIND = f"SELECT {_HIT} {_MATCHES}"
_COUNT = f"SELECT count(*), count(DISTINCT translation_group) FROM (SELECT e.translation_group {_MATCHES})"  # noqa: S608
_SCORE = f"""
SELECT rowid, -{_BM25} FROM publications_search
WHERE publications_search MATCH %s AND rowid BETWEEN %s AND %s AND +rowid IN ({IDS_QUERY})
ORDER BY rowid DESC
"""  # noqa: S608 (no value from outside; in the order of the index each row is scored as it is read)
_STORE = """
INSERT OR REPLACE INTO publications_search (rowid, title, summary, people, topics, text, marks)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
"""It replaces a row of which only the half in `publications_filed` was removed, as by the code of earlier releases."""
_STORE_POSITION = (
    "INSERT OR REPLACE INTO publications_filed (edition_id, date_position, marks) VALUES (%s, %s, %s)"
)
_REMOVE = f"""
DELETE FROM publications_search WHERE rowid IN (
    SELECT date_position FROM publications_filed WHERE edition_id IN ({IDS_QUERY}) UNION ALL {IDS_QUERY}
)
"""  # noqa: S608 (the rowid of rows that the code of earlier releases stored is the primary key)


def bind_ids(ids: Iterable[int]) -> str:
    return json.dumps(list(ids))


def store(rows: Sequence[IndexRow]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, sorted(map(_row_params, rows)))  # each smaller rowid starts a segment
        cursor.executemany(
            _STORE_POSITION, [(row.edition_id, row.date_position, row.facet_keys) for row in rows]
        )


def _row_params(row: IndexRow) -> tuple[object, ...]:
    return row.date_position, *map(" ".join, row.parts)


def remove(edition_ids: Iterable[int]) -> None:
    ids = bind_ids(edition_ids)
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE, [ids, ids])
        cursor.execute(f"DELETE FROM publications_filed WHERE edition_id IN ({IDS_QUERY})", [ids])  # noqa: S608


def purge() -> None:
    """Merge all segments, as those of removed rows are left in the file until then."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO publications_search (publications_search) VALUES ('optimize')")


def merge_segments() -> None:
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
    where, params = (
        ("", []) if edition_ids is None else (f" WHERE edition_id IN ({IDS_QUERY})", [bind_ids(edition_ids)])
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT edition_id FROM publications_filed{where}", params)  # noqa: S608
        return {edition_id for (edition_id,) in cursor.fetchall()}


def find_differing(batches: Iterable[Sequence[IndexRow]]) -> set[int]:
    """Compare the positions of terms, as FTS5 stores no texts: the given rows go into an index in memory."""
    stored = _hash_terms("main", "publications_search")
    with connection.cursor() as cursor:
        cursor.execute("SELECT edition_id, date_position, marks FROM publications_filed")
        filed = {edition_id: columns for edition_id, *columns in cursor.fetchall()}
    differing: set[int] = set()
    for rows in batches:
        expected = _hash_in_memory(rows)
        differing |= {
            row.edition_id
            for row in rows
            if stored[row.date_position] != expected[row.date_position]
            or filed.get(row.edition_id) != [row.date_position, row.facet_keys]
        }
    return differing


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
    """Return a hash of the terms and positions of each row of an index, by rowid."""
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
    at = connection.ops.adapt_datetimefield_value(now)
    match = render_expression(with_terms(expression, filter_terms))
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(score=f"-{_BM25}" if is_ranked else "0"), [match, at, at, limit])
        hits = list(map(Hit._make, cursor.fetchall()))
    return _raise_scores(hits, proximity) if is_ranked and proximity and hits else hits


def _raise_scores(hits: Sequence[Hit], proximity: Expression) -> list[Hit]:
    """Return the hits with the score doubled where `proximity` matches, and the score of that match added."""
    positions = [hit.date_position for hit in hits]
    with connection.cursor() as cursor:
        params = [render_expression(proximity), positions[-1], positions[0], bind_ids(positions)]
        cursor.execute(_SCORE, params)
        scores = dict(cursor.fetchall())
    return [
        hit._replace(score=2 * hit.score + scores[hit.date_position]) if hit.date_position in scores else hit
        for hit in hits
    ]


def count(expression: Expression, *, now: datetime, limit: int) -> tuple[int, int]:
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [render_expression(expression), at, at, limit])
        return cursor.fetchone()


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
