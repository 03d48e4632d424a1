"""Locks on files of a site, and on folders. The system releases the lock of a process that ends: none is ever stale.

One is on the site in use: every process that opens its database holds it until it ends. `deploy/restore` takes it
exclusively, so that it never runs beside a server, a command or a shell, and none can start while it runs.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection

LOCK_FILE = "in-use"


class FolderInUse(Exception):
    """Another process writes or reads the folder."""


_lock_handles: dict[Path, int] = {}


def hold_site_lock(connection=None, **_signal) -> None:
    """Take the lock, shared with all other processes of the site. Receiver of `connection_created`.

    Raises:
        django.db.OperationalError: the site is being restored; pages answer as if the database could not be reached.
    """
    path = Path(settings.SITE_DATA) / LOCK_FILE
    if path in _lock_handles:
        return
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # a full disk or a read-only folder: the site is served without the lock
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        if connection:
            connection.close()
        raise OperationalError("The site is being restored: see deploy/restore.") from error
    os.set_inheritable(handle, True)  # `serve` becomes the server by exec
    _lock_handles[path] = handle


@contextmanager
def hold_process_lock(name: str, *, key: int) -> Iterator[bool]:
    """Yield whether this process has a lock that one process of the site at a time can have. It ends with the process.

    Args:
        name: the file in SITE_DATA that is locked on SQLite, whose processes are on one machine.
        key: that of the advisory lock on PostgreSQL, where processes of several machines share the database.
    """
    if connection.vendor != "postgresql":
        with _hold_file_lock(name) as is_free:
            yield is_free
        return
    is_free = _call_lock_function("pg_try_advisory_lock", key)
    try:
        yield is_free
    finally:
        if is_free:
            _call_lock_function("pg_advisory_unlock", key)


def lock_until_commit(key: int) -> None:
    """Wait until no other transaction has a lock, and hold it to the end of this one.

    On SQLite transactions that write run one after another anyway (`BEGIN IMMEDIATE`).

    Args:
        key: of 64 bits, with a sign.
    """
    if connection.vendor == "postgresql":
        _call_lock_function("pg_advisory_xact_lock", key)


def _call_lock_function(name: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}(%s)", [key])
        return cursor.fetchone()[0]


@contextmanager
def _hold_file_lock(name: str) -> Iterator[bool]:
    with (Path(settings.SITE_DATA) / name).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def hold_folder_lock(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock on a folder that exists; no file in it is needed, so that a folder which is only readable will do.

    A file system without locks is used without one.

    Args:
        shared: to read it: others may do so too, and nobody may write.

    Raises:
        FolderInUse: another process holds it.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise FolderInUse(folder) from error
    except OSError:
        pass
    try:
        yield
    finally:
        os.close(handle)
