"""Pools of threads in which Django works, and slots that bound how many requests wait for them.

A thread of the server is held by whoever waits for a page, sends a body or takes a large file. All slots together are
fewer than those threads, so that stored pages always find one. Whoever finds no slot is answered 503 at once.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from publications.models import SiteState, site_state_scope

from .keys import Environ
from .store import Headers

Application = Callable[[Environ, Callable], Iterable[bytes]]
SERVER_THREADS = 128
"""Threads of a process of the server, each of which has one request."""

PAGE_SLOTS = 56  # pages and the desk
SLOW_SLOTS = 32  # PDFs, social images, records for harvesters, images and files
UPLOAD_SLOTS = 6  # large bodies that are on their way to the desk
DESK_FORM_SLOTS = 10  # its forms, which proxies pass on once they are there
FORM_SLOTS = 4  # forms that need no account
DOWNLOAD_SLOTS = 12  # large files that are on their way to readers
RENDER_TIMEOUT = 30  # seconds that a reader waits for a page
MAX_CACHED_BODY = 2 * 1024 * 1024  # bytes; a larger one is sent in parts, by a thread that is held so long


class NoFreeSlot(TimeoutError):
    """All slots are taken just now."""


class Slots:
    """So many at a time: `with slots:` raises NoFreeSlot at once where none is free."""

    def __init__(self, count: int) -> None:
        self._semaphore = threading.BoundedSemaphore(count)

    def acquire(self) -> None:
        if not self._semaphore.acquire(blocking=False):
            raise NoFreeSlot

    def release(self) -> None:
        self._semaphore.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


@dataclass(frozen=True)
class RenderedResponse:
    """What Django answered: the whole body, or one that is still to be read and can be read once."""

    status: str
    headers: Headers
    body: bytes | None
    stream: Iterable[bytes] = ()

    @property
    def code(self) -> int:
        return int(self.status[:3])

    @property
    def is_large(self) -> bool:
        return self.body is None or len(self.body) > MAX_CACHED_BODY


class WorkerPool:
    """Django behind threads of its own, each with one connection to the database.

    Args:
        executor: has the threads.
        slots: how many requests may wait for them at a time.
    """

    def __init__(self, application: Application, executor: Executor, *, slots: int) -> None:
        self._application, self._executor, self._slots = application, executor, Slots(slots)
        self._under_way: dict[object, Future] = {}
        self._lock = threading.Lock()

    def render(self, environ: Environ, timeout: float | None = None) -> RenderedResponse:
        """Return the response to one request, whoever else asks.

        Raises:
            NoFreeSlot: too many wait already.
            TimeoutError: it takes longer than `timeout`.
        """
        with self._slots:
            future = self._executor.submit(self._respond, environ, None)
            try:
                return future.result(timeout)
            except TimeoutError:
                future.cancel()
                raise

    def render_in_calling_thread(self, environ: Environ) -> RenderedResponse:
        """Return the response, rendered in the thread that asks: for what takes no time and no database."""
        return self._respond(environ, None)

    def render_once[Result](
        self, key: object, environ: Environ, state: SiteState, keep: Callable[[RenderedResponse], Result]
    ) -> tuple[Result, bool]:
        """Return what `keep` makes of the response, and whether this request is the first: all that ask for the key in
        this state of the site while it is rendered get the same.

        Raises:
            NoFreeSlot: too many wait already.
            TimeoutError: it takes longer than a reader waits.
        """
        with self._slots:
            future, is_first = self._join((key, state), environ, state, keep)
            return future.result(RENDER_TIMEOUT), is_first

    def _join(
        self, shared: object, environ: Environ, state: SiteState, keep: Callable
    ) -> tuple[Future, bool]:
        with self._lock:
            if future := self._under_way.get(shared):
                return future, False
            future = self._executor.submit(lambda: keep(self._respond(environ, state)))
            self._under_way[shared] = future
        future.add_done_callback(lambda _: self._under_way.pop(shared))
        return future, True

    def _respond(self, environ: Environ, state: SiteState | None) -> RenderedResponse:
        started: list = []

        def start_response(status: str, headers: Headers, exc_info: object = None) -> None:
            started[:] = [status, list(headers)]

        if state is None:
            stream = self._application(environ, start_response)
        else:
            with site_state_scope(state):
                stream = self._application(environ, start_response)
        if getattr(stream, "streaming", True) and not _is_small(started[1]):
            return RenderedResponse(*started, None, stream)
        try:
            return RenderedResponse(*started, b"".join(stream))
        finally:
            stream.close()


def _is_small(headers: Headers) -> bool:
    """Whether a stream is of a known size that may be held in memory, so that no thread waits for its reader."""
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    return bool(lengths) and int(lengths[0]) <= MAX_CACHED_BODY
