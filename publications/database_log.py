"""Empty the log of an SQLite database, in which the bytes of deleted rows stay."""

from pathlib import Path

from django.db import connection


def empty_database_log() -> bool:
    """Move what the log has into the file of the database, and empty it; return whether it is empty.

    The file has no bytes of deleted rows (`secure_delete`), but the log has the pages as they were before, until it is
    written anew from its start. While others read, it stays as it is, and the next run tries again: nobody waits.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block or not _has_log():
        return True
    with connection.cursor() as cursor:
        timeout = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {timeout}")
    return not is_busy


def _has_log() -> bool:
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return log.is_file() and log.stat().st_size > 0
