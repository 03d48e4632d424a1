"""Places for readers who wait for Django: fewer than there are threads, so that stored pages always find one."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock

READERS = 128
"""Threads of a process, each of which has one reader. Whoever finds no place is told so at once, and to come again."""


class NoPlace(TimeoutError):
    """All places are taken just now."""


class Places:
    """So many may wait at a time. With `together`, those who wait for the one page that most wait for take one place:
    they and the others may be so many. Raises NoPlace at once where none is free.
    """

    def __init__(self, count: int, together: int = 0) -> None:
        self._count = max(1, count)
        self._together = max(self._count, together)
        self._waiting: Counter[Hashable] = Counter()
        self._lock = Lock()

    @contextmanager
    def at(self, what: Hashable) -> Iterator[None]:
        with self._lock:
            if not self._is_free_at(what):
                raise NoPlace
            self._waiting[what] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[what] -= 1
                if not self._waiting[what]:
                    del self._waiting[what]

    def _is_free_at(self, what: Hashable) -> bool:
        total = self._waiting.total()
        most = max([self._waiting[what] + 1, *self._waiting.values()])
        return total < self._together and total + 1 - most < self._count
