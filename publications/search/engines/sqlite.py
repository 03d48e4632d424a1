"""SQLite: a table of FTS5, ranked by bm25. Terms come ready made, so its tokenizer only cuts at blanks."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import connection

from ..query import AllOf, AnyOf, Expression, Phrase, Term, Without, beside
from .rows import PEOPLE, SUMMARY, TEXT, TITLE, TOPICS, Hit, IndexRow

LISTED = "SELECT value AS id FROM json_each(%s)"
"""Numbers given as one parameter, as rows."""

BESIDE_TEXTS = "INDEXED BY edition_found"
"""Said of editions in a join: their rows hold the texts, and would be read whole."""

_RANK = f"bm25(publications_search, {TITLE}, {SUMMARY}, {PEOPLE}, {TOPICS}, {TEXT}, 0)"
_FIND = f"""
SELECT e.id, -{_RANK}, e.language, e.translation_group, e.published_at || '', COALESCE(filed.marks, '')
FROM publications_search AS s CROSS JOIN publications_edition AS e {BESIDE_TEXTS} ON e.id = s.rowid
LEFT JOIN publications_filed AS filed ON filed.edition_id = s.rowid
WHERE publications_search MATCH %s AND e.visible_from <= %s AND e.visible_until > %s
ORDER BY s.rowid DESC LIMIT %s
"""  # noqa: S608 (no value from outside; joined to a text, a date stays as stored, which sorts as well and costs less)
_STORE = """
INSERT INTO publications_search (rowid, title, summary, people, topics, text, marks)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_FILE = "INSERT OR REPLACE INTO publications_filed (edition_id, marks) VALUES (%s, %s)"


def listed(numbers: Iterable[int]) -> str:
    return json.dumps(list(numbers))


def store(rows: Sequence[IndexRow]) -> None:
    """Add rows of editions that are not there."""
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, [(row.edition, *map(" ".join, row.parts)) for row in rows])
        cursor.executemany(_FILE, [(row.edition, row.filed) for row in rows])


def remove(editions: Iterable[int]) -> None:
    numbers = listed(editions)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM publications_search WHERE rowid IN ({LISTED})", [numbers])  # noqa: S608
        cursor.execute(f"DELETE FROM publications_filed WHERE edition_id IN ({LISTED})", [numbers])  # noqa: S608


def purge() -> None:
    """Take out of the file what removed rows leave behind until their part of the index is written anew."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO publications_search (publications_search) VALUES ('optimize')")


def stored(editions: Iterable[int] | None = None) -> set[int]:
    """Which of these editions have a row; all that have one where none are named."""
    where, values = ("", []) if editions is None else (f" WHERE rowid IN ({LISTED})", [listed(editions)])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid FROM publications_search{where}", values)  # noqa: S608
        return {number for (number,) in cursor.fetchall()}


def comparison() -> Callable[[Sequence[IndexRow]], set[int]]:
    """What tells which of some rows the index holds otherwise, or not at all.

    The texts are not kept in the index, but its terms say where they stand; the rows go into an index like it, in
    memory, and the two are compared.
    """
    there = _read_terms("main", "publications_search")
    with connection.cursor() as cursor:
        cursor.execute("SELECT edition_id, marks FROM publications_filed")
        filed = dict(cursor.fetchall())

    def differing(rows: Sequence[IndexRow]) -> set[int]:
        rebuilt = _index_in_memory(rows)
        return {
            row.edition
            for row in rows
            if there[row.edition] != rebuilt[row.edition] or filed.get(row.edition) != row.filed
        }

    return differing


def _index_in_memory(rows: Sequence[IndexRow]) -> Counter[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'publications_search'")
        made = cursor.fetchone()[0].replace("publications_search", "temp.rebuilt_search", 1)
        cursor.execute(made)
        try:
            statement = _STORE.replace("publications_search", "temp.rebuilt_search")
            cursor.executemany(statement, [(row.edition, *map(" ".join, row.parts)) for row in rows])
            return _read_terms("temp", "rebuilt_search")
        finally:
            cursor.execute("DROP TABLE temp.rebuilt_search")


def _read_terms(schema: str, table: str) -> Counter[int]:
    """A number for each row of an index that stands for its terms and their places."""
    found: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE VIRTUAL TABLE temp.terms_of_index USING fts5vocab({schema}, {table}, instance)"
        )
        try:
            cursor.execute("SELECT doc, term, col, offset FROM temp.terms_of_index")
            while some := cursor.fetchmany(10_000):
                for row, term, part, place in some:
                    found[row] ^= hash((term, part, place))
        finally:
            cursor.execute("DROP TABLE temp.terms_of_index")
    return found


def find(
    expression: Expression, nearer: Expression | None, *, marks: Sequence[str], now: datetime, most: int
) -> list[Hit]:
    """The live editions that fit and bear the marks, the last stored first, and no more than `most`.

    What is `nearer` besides raises their scores.
    """
    moment = connection.ops.adapt_datetimefield_value(now)
    sought = AnyOf((expression, AllOf((expression, nearer)))) if nearer else expression
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [written(beside(sought, marks)), moment, moment, most])
        return list(map(Hit._make, cursor.fetchall()))


def marked(mark: str) -> set[int]:
    """The editions, live or not, that bear a mark."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM publications_search WHERE publications_search MATCH %s", [f'"{mark}"']
        )
        return {number for (number,) in cursor.fetchall()}


def written(expression: Expression) -> str:
    """In the words of FTS5. Every term stands in quotation marks: none holds any."""
    match expression:
        case Term(text, begins):
            return f'"{text}"*' if begins else f'"{text}"'
        case Phrase(terms):
            return f'"{" ".join(terms)}"'
        case AnyOf(parts):
            return f"({' OR '.join(map(written, parts))})"
        case AllOf(parts):
            return f"({' AND '.join(map(written, parts))})"
        case Without(wanted, unwanted):
            return f"({written(wanted)} NOT {written(unwanted)})"
