"""Places for readers who wait for Django: fewer than there are threads, so that stored pages always find one."""

from threading import BoundedSemaphore

READERS = 64
"""Threads of a process, each of which has one reader. However many strangers come, at most half wait for pages that
nobody has asked for before, and three eighths for what is never kept, the desk apart. Who finds no place is told so at
once, and to come again."""


class NoPlace(TimeoutError):
    """All places are taken just now."""


class Places:
    """So many may be inside at a time. Raises NoPlace at once where none is free."""

    def __init__(self, count: int) -> None:
        self._free = BoundedSemaphore(max(1, count))

    def __enter__(self) -> None:
        if not self._free.acquire(blocking=False):
            raise NoPlace

    def __exit__(self, *_error: object) -> None:
        self._free.release()
