"""The locks of which one process of a site has each, held as another process does."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from publications.site_lock import hold_process_lock


@contextmanager
def hold_lock_elsewhere(name: str, *, key: int) -> Iterator[None]:
    """Hold the lock: on PostgreSQL by another connection, on SQLite by another handle of its file."""
    if connection.vendor != "postgresql":
        with hold_process_lock(name, key=key):
            yield
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [key])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
    finally:
        other.close()
