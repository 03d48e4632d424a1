"""A number in a file that every process of this machine has in its memory: it moves when a deed is stored."""

import fcntl
import logging
import mmap
import os
from pathlib import Path

from django.conf import settings

BYTES = 8
logger = logging.getLogger(__name__)


def advance() -> None:
    """Tell all processes that something public has changed. Called once that is stored.

    Where the file cannot be written, they learn of it from the database within half a second.
    """
    try:
        with _opened() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            moved = int.from_bytes(os.pread(file.fileno(), BYTES, 0)) + 1
            os.pwrite(file.fileno(), moved.to_bytes(BYTES), 0)
    except OSError:
        logger.warning("The counter of changes in %s could not be moved.", settings.SITE_DATA, exc_info=True)


def counter() -> mmap.mmap | bytes:
    """The counter as bytes that change by themselves; bytes that never change where it cannot be had."""
    try:
        with _opened() as file:
            return mmap.mmap(file.fileno(), BYTES, access=mmap.ACCESS_READ)
    except OSError:
        logger.warning("There is no counter of changes in %s.", settings.SITE_DATA, exc_info=True)
        return bytes(BYTES)


def _opened():
    path = Path(settings.SITE_DATA) / "changes"
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
    if os.fstat(file.fileno()).st_size < BYTES:
        os.ftruncate(file.fileno(), BYTES)
    return file
