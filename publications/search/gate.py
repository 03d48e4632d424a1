"""The gate: few searches at a time in each process, so that a flood of them leaves every other page its threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_A_TIME = 2
PATIENCE = 1.0  # seconds that a search waits for its turn

_room = threading.BoundedSemaphore(AT_A_TIME)


class Busy(Exception):
    """Others are searching; asking again in a few seconds will help."""


@contextmanager
def gate() -> Iterator[None]:
    """Wait for a turn. Raises Busy where none comes."""
    if not _room.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _room.release()
