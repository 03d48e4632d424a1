"""A number in a file that every process of this machine has in its memory: it moves when a deed is stored."""

import fcntl
import io
import logging
import mmap
import os
import platform
from functools import cache
from pathlib import Path

from django.conf import settings

from . import bell

BYTES = 8
BOOT = Path("/proc/sys/kernel/random/boot_id")
logger = logging.getLogger(__name__)


def advance() -> None:
    """Tell all processes, of other machines too, that something public has changed. Called once that is stored.

    Where the file cannot be written, they learn of it from the database within a second.
    """
    name = b""
    try:
        with _opened() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            moved = int.from_bytes(os.pread(file.fileno(), BYTES, 0)) + 1
            os.pwrite(file.fileno(), moved.to_bytes(BYTES), 0)
            name = _name_of(file)
    except OSError:
        logger.warning("The counter of changes in %s could not be moved.", settings.SITE_DATA, exc_info=True)
    bell.ring(name)


class Counter:
    """The counter as this process has it in its memory; where it cannot be had, one that stands still.

    All processes that see one counter move know it by one `name`; that of one which stands still is empty.
    """

    def __init__(self) -> None:
        self._mapped, self._inode, self.name = self._map()

    def value(self) -> bytes:
        return self._mapped[:BYTES]

    def renew(self) -> None:
        """Map the file anew, where another has taken its place, as after a backup was restored."""
        try:
            there = _path().stat().st_ino
        except OSError:
            return
        if there != self._inode:
            self._mapped, self._inode, self.name = self._map()

    def _map(self) -> tuple[mmap.mmap | bytes, int, bytes]:
        try:
            with _opened() as file:
                mapped = mmap.mmap(file.fileno(), BYTES, access=mmap.ACCESS_READ)
                return mapped, os.fstat(file.fileno()).st_ino, _name_of(file)
        except OSError:
            logger.warning("There is no counter of changes in %s.", settings.SITE_DATA, exc_info=True)
            return bytes(BYTES), 0, b""


def _name_of(file: io.FileIO) -> bytes:
    """Which file of which machine it is: where both are the same, memory is shared."""
    found = os.fstat(file.fileno())
    return f"{_machine()}:{found.st_dev}:{found.st_ino}".encode()


@cache
def _machine() -> str:
    """The machine since it was started, or its host name where the system does not number its starts."""
    try:
        return BOOT.read_text("ascii").strip()
    except OSError:
        return platform.node()


def _path() -> Path:
    return Path(settings.SITE_DATA) / "changes"


def _opened() -> io.FileIO:
    file = io.FileIO(os.open(_path(), os.O_RDWR | os.O_CREAT, 0o600), "r+")
    if os.fstat(file.fileno()).st_size < BYTES:
        os.ftruncate(file.fileno(), BYTES)
    return file
