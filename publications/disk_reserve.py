"""A reserve of disk space, so that publications can be withdrawn and redacted on a full disk.

A file of random bytes (no file system can store them in less) lies beside the database. What must work on a full disk
is wrapped in `with_disk_reserve`: where the disk refuses it, the file is removed and the function runs once more.
"""

import errno
import fcntl
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from . import durable_files

SPARE_BYTES = 256 * 1024  # left free when the reserve is made: for the session, and what else is stored
CHUNK_BYTES = 1024 * 1024
FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
SQLITE_MAY_BE_FULL = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
POSTGRESQL_DISK_FULL = "53100"
BUCKET_FULL = 507  # Insufficient Storage
DISK_FULL_REMEDY = (
    "The disk is full, or the quota of this user is used up (df -h, quota). What was stored before is as it was. "
    "Free some space."
)

log = logging.getLogger(__name__)


def is_disk_full(error: BaseException | None) -> bool:
    """Return whether an error, or a cause of it, says that the disk or the quota of the user is full."""
    return any(_says_full(cause) for cause in _chain(error))


def with_disk_reserve[**P, T](function: Callable[P, T]) -> Callable[P, T]:
    """Run a function once more with the reserve released, where the disk is full.

    The function must have stored nothing when it raises, as one transaction does. Afterwards the reserve is made
    again as far as there is room.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if not is_disk_full(error):
                raise
            log.error("The disk is full: the reserve in %s is released. %s", settings.DISK_RESERVE, error)
        release_disk_reserve()
        try:
            return function(*args, **kwargs)
        finally:
            keep_disk_reserve()

    return run


def release_disk_reserve() -> None:
    """Remove the reserve, so that its space is free."""
    path = Path(settings.DISK_RESERVE)
    try:
        os.truncate(path, 0)  # some file systems free what is unlinked only later
        path.unlink(missing_ok=True)
        durable_files.sync_folder(path.parent)
    except OSError as error:  # another process was first, or what follows fails as it did before
        log.warning("The reserve could not be released: %s", error)


def keep_disk_reserve() -> None:
    """Create or enlarge the reserve as far as there is space."""
    path = Path(settings.DISK_RESERVE)
    try:
        if _size(path) < settings.DISK_RESERVE_BYTES:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                _grow(file, shutil.disk_usage(path.parent).free - SPARE_BYTES)
    except OSError as error:
        log.warning("The reserve for a full disk could not be made: %s", error)


def _grow(file: BinaryIO, room: int) -> None:
    count = min(settings.DISK_RESERVE_BYTES - os.fstat(file.fileno()).st_size, room)
    for start in range(0, count, CHUNK_BYTES):
        file.write(os.urandom(min(CHUNK_BYTES, count - start)))
    file.flush()
    os.fsync(file.fileno())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL_ERRORS
    if getattr(error, "sqlstate", None) == POSTGRESQL_DISK_FULL or _status_of_bucket(error) == BUCKET_FULL:
        return True
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code (https://sqlite.org/rescode.html)
    return code == sqlite3.SQLITE_FULL or (code in SQLITE_MAY_BE_FULL and _has_no_room())


def _status_of_bucket(error: BaseException) -> int | None:
    """The HTTP status in an error of botocore, of which an installation without a bucket has no package."""
    response = getattr(error, "response", None)
    return response.get("ResponseMetadata", {}).get("HTTPStatusCode") if isinstance(response, dict) else None


def _has_no_room() -> bool:
    """Whether the disk of the database is full: SQLite says so in its own words only of some of its files."""
    try:
        return shutil.disk_usage(Path(settings.DISK_RESERVE).parent).free < CHUNK_BYTES
    except OSError:
        return False
