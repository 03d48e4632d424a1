"""Disk space that is reserved by a file, so that publications can be withdrawn and redacted on a full disk.

The file holds random bytes, which no file system can compress, and is stored beside the database. A function decorated
with `retry_with_reserved_space` runs again after the file has been removed, if it fails because the disk is full.
"""

import errno
import fcntl
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from . import durable_files

FREE_BYTES = 256 * 1024  # left free beside the reserved space: for the session and other small writes
MIN_FREE_BYTES = 500 * 1024 * 1024
"""What imports leave free on the disk, for everybody else."""
CHUNK_BYTES = 1024 * 1024
DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
SQLITE_IO_ERRORS = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
POSTGRESQL_DISK_FULL = "53100"
DISK_FULL_REMEDY = (
    "The disk is full, or the quota of this user is used up (df -h, quota). What was stored before is as it was. "
    "Free some space."
)

logger = logging.getLogger(__name__)


def is_disk_full_error(error: BaseException | None) -> bool:
    """Return whether the disk or the quota of the user is full according to an error or one of its causes."""
    return any(_means_disk_full(cause) for cause in _chain(error))


def retry_with_reserved_space[**P, T](function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function to run a second time, with the reserved space released, if the disk is full.

    The function must have stored nothing when it raises, as is true of one transaction. Afterwards the space is
    reserved again, as far as there is room.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if not is_disk_full_error(error):
                raise
            logger.error(
                "The disk is full: the space reserved by %s is released. %s",
                settings.RESERVED_SPACE_FILE,
                error,
            )
        release_reserved_space()
        try:
            return function(*args, **kwargs)
        finally:
            reserve_disk_space()

    return wrapper


def release_reserved_space() -> None:
    """Remove the file that reserves space."""
    path = Path(settings.RESERVED_SPACE_FILE)
    try:
        os.truncate(path, 0)  # some file systems free what is unlinked only later
        path.unlink(missing_ok=True)
        durable_files.sync_folder(path.parent)
    except OSError as error:  # another process was first, or what follows fails as it did before
        logger.warning("The reserved disk space could not be released: %s", error)


def reserve_disk_space() -> None:
    """Create or extend the file that reserves space, as far as there is room."""
    path = Path(settings.RESERVED_SPACE_FILE)
    try:
        if _size(path) < settings.RESERVED_SPACE_BYTES:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                _extend(file, shutil.disk_usage(path.parent).free - FREE_BYTES)
    except OSError as error:
        logger.warning("Disk space for a full disk could not be reserved: %s", error)


def _extend(file: BinaryIO, max_bytes: int) -> None:
    count = min(settings.RESERVED_SPACE_BYTES - os.fstat(file.fileno()).st_size, max_bytes)
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


def _means_disk_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in DISK_FULL_ERRNOS
    if (
        getattr(error, "sqlstate", None) == POSTGRESQL_DISK_FULL
        or _http_status(error) == HTTPStatus.INSUFFICIENT_STORAGE
    ):
        return True
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code (https://sqlite.org/rescode.html)
    return code == sqlite3.SQLITE_FULL or (code in SQLITE_IO_ERRORS and _is_disk_full())


def _http_status(error: BaseException) -> int | None:
    """Return the HTTP status of an error of botocore (which only sites with a bucket install), or None."""
    response = getattr(error, "response", None)
    return response.get("ResponseMetadata", {}).get("HTTPStatusCode") if isinstance(response, dict) else None


def _is_disk_full() -> bool:
    """Return whether the disk of the database is full; for some files SQLite reports only an I/O error."""
    try:
        return shutil.disk_usage(Path(settings.RESERVED_SPACE_FILE).parent).free < CHUNK_BYTES
    except OSError:
        return False
