"""Thread pools that run Django, and slots that bound how many requests wait for them.

A request that waits for a page, sends a body or downloads a large file holds a thread of the server. All slots together
are fewer than those threads, so that one is always free for stored pages. A request without a slot gets 503 at once.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from publications.models import SiteState, site_state_scope

from .keys import Environ
from .store import Header

Application = Callable[[Environ, Callable], Iterable[bytes]]
SERVER_THREADS = 128
"""Threads of a process of the server, each of which has one request."""

PAGE_SLOTS = 56  # pages and the desk
SLOW_SLOTS = 24  # PDFs, social images, records for harvesters, images and files
VERIFY_SLOTS = 4  # PDFs and texts to verify
VERIFY_THREADS = 2  # that read and compare them
UPLOAD_SLOTS = 6  # large bodies sent to the desk
DESK_FORM_SLOTS = 10  # forms of the desk, which proxies buffer
FORM_SLOTS = 4  # public forms
VERIFY_BODY_SLOTS = 4  # PDFs to verify that are being received
DOWNLOAD_SLOTS = 12  # large files sent to readers
RENDER_TIMEOUT = 30  # seconds that a reader waits for a page
MAX_CACHED_BODY = 2 * 1024 * 1024  # bytes; a larger body is sent in chunks and holds a thread


class NoFreeSlot(TimeoutError):
    """All slots are taken."""


class Slots:
    """A semaphore that does not block: `with slots:` raises NoFreeSlot if none is free."""

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
    """A response of Django: with the whole body, or with a stream that can be read once.

    `publication` is the primary key of the publication whose page it is, if any.
    """

    status: str
    headers: list[Header]
    body: bytes | None
    stream: Iterable[bytes] = ()
    publication: int | None = None

    @property
    def status_code(self) -> int:
        return int(self.status[:3])

    @property
    def is_large(self) -> bool:
        return self.body is None or len(self.body) > MAX_CACHED_BODY


class WorkerPool:
    """Django run by the threads of an executor, each with one database connection.

    Args:
        slots: how many requests may wait for the threads at a time.
    """

    def __init__(self, application: Application, executor: Executor, *, slots: int) -> None:
        self._application, self._executor, self._slots = application, executor, Slots(slots)
        self._futures: dict[object, Future] = {}
        self._lock = threading.Lock()

    def render(self, environ: Environ, timeout: float | None = None) -> RenderedResponse:
        """Return the response to one request, not shared with others.

        Raises:
            NoFreeSlot: too many requests wait already.
            TimeoutError: it takes longer than `timeout`.
        """
        with self._slots:
            future = self._executor.submit(self._call_application, environ, None)
            try:
                return future.result(timeout)
            except TimeoutError:
                future.cancel()
                raise

    def render_in_calling_thread(self, environ: Environ) -> RenderedResponse:
        """Return the response without a pool: for what takes no time and no database."""
        return self._call_application(environ, None)

    def render_once[Result](
        self, key: object, environ: Environ, state: SiteState, store: Callable[[RenderedResponse], Result]
    ) -> tuple[Result, bool]:
        """Return the result of `store(response)`, and whether this request is the first for the key.

        Requests for the same key and site state share one rendering.

        Raises:
            NoFreeSlot: too many requests wait already.
            TimeoutError: it takes longer than a reader waits.
        """
        with self._slots:
            future, is_first = self._submit_once((key, state), environ, state, store)
            return future.result(RENDER_TIMEOUT), is_first

    def _submit_once(
        self, key: object, environ: Environ, state: SiteState, store: Callable
    ) -> tuple[Future, bool]:
        with self._lock:
            if future := self._futures.get(key):
                return future, False
            future = self._executor.submit(lambda: store(self._call_application(environ, state)))
            self._futures[key] = future
        future.add_done_callback(lambda _: self._futures.pop(key))
        return future, True

    def _call_application(self, environ: Environ, state: SiteState | None) -> RenderedResponse:
        status_and_headers: list = []

        def start_response(status: str, headers: list[Header], exc_info: object = None) -> None:
            status_and_headers[:] = [status, list(headers)]

        if state is None:
            response = self._application(environ, start_response)
        else:
            with site_state_scope(state):
                response = self._application(environ, start_response)
        status, headers = status_and_headers
        if getattr(response, "streaming", True) and not _is_small(headers):
            return RenderedResponse(status, headers, None, response)
        try:
            publication = getattr(response, "publication_pk", None)
            return RenderedResponse(status, headers, b"".join(response), publication=publication)
        finally:
            response.close()


def _is_small(headers: list[Header]) -> bool:
    """Return whether the length of a stream is known and small enough to be held in memory."""
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    return bool(lengths) and int(lengths[0]) <= MAX_CACHED_BODY
