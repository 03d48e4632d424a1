"""Places for readers who wait for Django: fewer than there are threads, so that stored pages always find one."""

from threading import BoundedSemaphore

READERS = 64
"""Threads of a process, each of which has one reader. At most half of them wait for pages that nobody has asked for
before, however many strangers come; who finds no place is told at once to come again."""


class Places:
    """So many may be inside at a time. Raises TimeoutError at once where none is free."""

    def __init__(self, count: int) -> None:
        self._free = BoundedSemaphore(max(1, count))

    def __enter__(self) -> None:
        if not self._free.acquire(blocking=False):
            raise TimeoutError("All places are taken.")

    def __exit__(self, *_error: object) -> None:
        self._free.release()
