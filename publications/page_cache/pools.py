"""Threads in which Django works, and slots that bound how many requests wait for them or hold a thread of the server.

A thread of the server is held by whoever waits for a page, sends a body or takes a large file. All slots together are
fewer than those threads, so that stored pages always find one. Whoever finds no slot is answered 503 at once.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from publications.models import Epoch, within

from .keys import Environ
from .store import Headers

Application = Callable[[Environ, Callable], Iterable[bytes]]
SERVER_THREADS = 128
"""Threads of a process of the server, each of which has one request."""

PAGE_SLOTS = 56  # pages and the desk
SLOW_SLOTS = 32  # PDFs, social images, records for harvesters, pictures and files
UPLOAD_SLOTS = 6  # large bodies that are on their way to the desk
DESK_FORM_SLOTS = 10  # its forms, which proxies pass on once they are there
FORM_SLOTS = 4  # forms that need no account
DOWNLOAD_SLOTS = 12  # large files that are on their way to readers
WAIT_SECONDS = 30  # that a reader waits for a page
MAX_WHOLE_BODY = 2 * 1024 * 1024  # bytes; a larger one is sent in parts, by a thread that is held so long


class NoFreeSlot(TimeoutError):
    """All slots are taken just now."""


class Slots:
    """So many at a time: `with slots:` raises NoFreeSlot at once where none is free."""

    def __init__(self, count: int) -> None:
        self.count, self._semaphore = count, threading.BoundedSemaphore(count)

    def __enter__(self) -> None:
        if not self._semaphore.acquire(blocking=False):
            raise NoFreeSlot

    def __exit__(self, *error: object) -> None:
        self._semaphore.release()


@dataclass(frozen=True)
class Response:
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
        return self.body is None or len(self.body) > MAX_WHOLE_BODY


class WorkerPool:
    """Django behind threads of its own, each with one connection to the database, and so many requests at a time."""

    def __init__(self, application: Application, executor: Executor, slots: int) -> None:
        self._application, self._executor, self.slots = application, executor, Slots(slots)
        self._under_way: dict[object, Future] = {}
        self._lock = threading.Lock()

    @classmethod
    def of_pages(cls, application: Application, *, threads: int) -> Self:
        """For pages and the desk. Threads start once there is work for them."""
        return cls(application, ThreadPoolExecutor(threads, "pages"), PAGE_SLOTS)

    @classmethod
    def of_slow(cls, application: Application, *, threads: int) -> Self:
        """For what takes long, so that no page waits for it."""
        return cls(application, ThreadPoolExecutor(threads, "slow"), SLOW_SLOTS)

    def render(self, environ: Environ, patience: float | None = None) -> Response:
        """Return the response to one request, whoever else asks.

        Raises:
            NoFreeSlot: too many wait already.
            TimeoutError: it takes longer than `patience`.
        """
        with self.slots:
            return self._executor.submit(self._respond, environ, None).result(patience)

    def render_in_calling_thread(self, environ: Environ) -> Response:
        """Return the response, made in the thread that asks: for what is soon made without the database."""
        return self._respond(environ, None)

    def render_once(
        self,
        key: object,
        environ: Environ,
        state: Epoch,
        keep: Callable[[Response], object],
        *,
        leaders: Slots,
    ) -> tuple[object, bool]:
        """Return what `keep` makes of the response, and whether this request was the first: all that ask for the key in
        this state of the site while it is rendered get the same.

        Args:
            leaders: bounds how many renderings may be under way.

        Raises:
            NoFreeSlot: too many wait already.
            TimeoutError: it takes longer than a reader waits.
        """
        with self.slots:
            future, is_first = self._join((key, state), environ, state, keep, leaders)
            return future.result(WAIT_SECONDS), is_first

    def _join(self, shared, environ, state, keep, leaders: Slots) -> tuple[Future, bool]:
        with self._lock:
            if future := self._under_way.get(shared):
                return future, False
            leaders.__enter__()
            future = self._under_way[shared] = Future()
        try:
            self._executor.submit(self._lead, future, shared, environ, state, keep, leaders)
        except RuntimeError as error:  # the pool is being shut down
            self._end(shared, leaders)
            future.set_exception(error)
        return future, True

    def _lead(self, future: Future, shared, environ, state, keep, leaders: Slots) -> None:
        try:
            result, error = keep(self._respond(environ, state)), None
        except BaseException as raised:  # whoever waits gets it
            result, error = None, raised
        self._end(shared, leaders)
        if error:
            future.set_exception(error)
        else:
            future.set_result(result)

    def _end(self, shared: object, leaders: Slots) -> None:
        """Whoever asks from here on begins anew."""
        with self._lock:
            del self._under_way[shared]
        leaders.__exit__()

    def _respond(self, environ: Environ, state: Epoch | None) -> Response:
        started: list = []

        def start_response(status: str, headers: Headers, exc_info: object = None) -> None:
            started[:] = [status, list(headers)]

        if state is None:
            stream = self._application(environ, start_response)
        else:
            with within(state):
                stream = self._application(environ, start_response)
        if getattr(stream, "streaming", True) and not _is_small(started[1]):
            return Response(*started, None, stream)
        try:
            return Response(*started, b"".join(stream))
        finally:
            stream.close()


def _is_small(headers: Headers) -> bool:
    """Whether a stream is of a known size that may be held in memory, so that no thread waits for its reader."""
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    return bool(lengths) and int(lengths[0]) <= MAX_WHOLE_BODY
