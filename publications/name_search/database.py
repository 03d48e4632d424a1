"""Search every table of the database, whatever made it, and read the file of an SQLite database as bytes."""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import DatabaseError, connection

from accounts.models import DeskSession

from .matching import NameMatcher, Occurrence

BATCH_ROWS = 200
SESSIONS = DeskSession._meta.db_table
LOCK_SECONDS = 10
"""How long compacting waits for a table of PostgreSQL that others use: whoever reads it then has to wait as well."""
Progress = Callable[[str], None]
"""Called with what is being searched."""


def search_database(matcher: NameMatcher, progress: Progress = lambda _what: None) -> Iterator[Occurrence]:
    """Yield each column of each row that holds a name, also in tables that no model has, such as those of the index.

    Content of sessions is decoded first. What is encrypted or hashed is not readable and not found.
    """
    with connection.cursor() as cursor:
        tables = sorted(info.name for info in connection.introspection.get_table_list(cursor))
    for table in tables:
        progress(f"table {table}")
        yield from _search_table(table, matcher)


def _search_table(table: str, matcher: NameMatcher) -> Iterator[Occurrence]:
    quoted = connection.ops.quote_name(table)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - the name is from the database and quoted
        columns = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(BATCH_ROWS):
            for row in rows:
                key = row[0] if isinstance(row[0], int | str) and len(str(row[0])) < 80 else "?"
                for column, value in zip(columns, row, strict=True):
                    for name in _find_in_value(table, column, value, matcher):
                        yield Occurrence(f"{table}.{column} of row {key}", name)


def _find_in_value(table: str, column: str, value: object, matcher: NameMatcher) -> list[str]:
    if (table, column) == (SESSIONS, "session_data"):
        value = str(DeskSession(session_data=value).get_decoded())
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, bytes):
        return matcher.find_in_bytes(value)
    return matcher.find(value) if isinstance(value, str) else []


def compact_database() -> None:
    """Rewrite the database without what was deleted from it: on SQLite its file and log, on PostgreSQL its tables.

    Raises:
        DatabaseError: others use the database, also only reading it, or the disk has no room for a second copy.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy = cursor.fetchone()[0]
            if is_busy:  # no error of SQLite: the deleted rows are still in the file or its log
                raise DatabaseError("others read the database; try again when nobody does")
        else:
            cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            try:
                cursor.execute("VACUUM FULL")
            finally:
                cursor.execute("RESET lock_timeout")


def database_files() -> list[Path]:
    """Return the file of an SQLite database with its log; none of a server."""
    if connection.vendor != "sqlite":
        return []
    path = Path(connection.settings_dict["NAME"])
    return [file for file in (path, Path(f"{path}-wal")) if file.is_file()]
