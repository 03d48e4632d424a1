"""Lanes: what waits for Django, each kind in threads of its own, so that none is held up by another.

Each thread keeps one connection to the database; those who wait for it have none.
"""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import NamedTuple

from .keys import Environ, is_of_the_desk, may_take_long
from .places import Places


class Pools(NamedTuple):
    """The threads of a process in which Django works."""

    pages: Executor
    strangers: Executor
    slow: Executor
    others: Executor
    door: Executor

    @classmethod
    def of(cls, render_threads: int, *, slow: int) -> "Pools":
        """So many for pages, and a part of that for what else is asked for; threads start once there is work."""
        half, quarter = max(1, render_threads // 2), max(1, render_threads // 4)
        counts = cls(pages=render_threads, strangers=quarter, slow=slow, others=half, door=quarter)
        return cls(*(ThreadPoolExecutor(n, name) for name, n in zip(cls._fields, counts, strict=True)))


class Lane(NamedTuple):
    """Threads, and how many may wait for them. Where a lane `rests`, a thread does so after each answer as long as that
    took: whoever floods it has half a core at most.
    """

    pool: Executor
    places: Places
    rests: bool = False


class Lanes:
    """Of so many `readers`, of whom each holds a thread of the server, strangers leave a sixteenth to stored pages,
    pages that are known, and the desk. Those who are signed in there share the threads of known pages.
    """

    def __init__(self, pools: Pools, readers: int, is_signed_in: Callable[[Environ], bool]) -> None:
        self._is_signed_in = is_signed_in
        self._signed_in = Lane(pools.pages, Places(readers // 8))  # its key says not that a session goes on
        self.known = Lane(pools.pages, Places(readers))
        self.new = Lane(pools.strangers, Places(readers // 4, together=readers // 2), rests=True)
        self._slow = Lane(pools.slow, Places(readers // 8))
        self._others = Lane(pools.others, Places(readers // 8))
        self._door = Lane(pools.door, Places(readers // 16), rests=True)

    def of_unkept(self, environ: Environ) -> Lane:
        """For what is never kept: those who are signed in at the desk wait as readers of known pages do."""
        if is_of_the_desk(environ):
            return self._signed_in if self._is_signed_in(environ) else self._door
        return self._slow if may_take_long(environ) else self._others
