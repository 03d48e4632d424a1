"""How a whole site is read from its database, and restored into it: in one transaction, in little memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

TRANSACTION_LIMITS = ["idle_in_transaction_session_timeout", "transaction_timeout"]


@contextmanager
def without_memory_map() -> Iterator[None]:
    """Read the file of SQLite without mapping it into memory, where most of it would stay while all rows are read."""
    if connection.vendor != "sqlite":
        yield
        return
    size = _set_memory_map(0)
    try:
        yield
    finally:
        _set_memory_map(size)


def _set_memory_map(size: int) -> int:
    """Set how many bytes of the file may be mapped, and return how many were before; a database in memory has none."""
    with connection.cursor() as cursor:
        row = cursor.execute("PRAGMA mmap_size").fetchone()
        cursor.execute(f"PRAGMA mmap_size = {size}")
    return row[0] if row else 0


@contextmanager
def one_database_state() -> Iterator[None]:
    """Read all that follows in one state of the database, without a lock that writers would wait for.

    However long it takes: limits of the database for transactions are for those of the site.
    """
    if connection.in_atomic_block:
        keep_transaction_open()
        yield
    elif connection.vendor == "sqlite":  # a transaction of Django would take the lock of writers
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            keep_transaction_open()
            yield


def keep_transaction_open() -> None:
    """Let PostgreSQL not end this transaction because it is idle, as while files are written, or takes long."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config(name, '0', true) FROM pg_settings WHERE name = ANY(%s)",
                [TRANSACTION_LIMITS],
            )
