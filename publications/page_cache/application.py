"""The WSGI application: stored responses are sent from here, all others are rendered by Django."""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from http import HTTPStatus

from publications.compression import IDENTITY, choose_coding
from publications.locales import LOCALES
from publications.models import SiteState
from publications.slugs import normalize_request_path

from .keys import Environ, Key, Parameters, anonymous_request, cache_key, is_slow, is_verification
from .pools import (
    DOWNLOAD_SLOTS,
    MAX_CACHED_BODY,
    RENDER_TIMEOUT,
    NoFreeSlot,
    RenderedResponse,
    Slots,
    WorkerPool,
)
from .store import CachedResponse, Header, PageStore
from .watcher import SiteStateWatcher

CACHED_STATUSES = {200, 301, 302, 308, 404, 410}
SECOND_STORE_FRACTION = 8  # an eighth of the memory is for errors, redirects and URLs with a query
PINNED_KEYS = frozenset((f"/{locale}/", "") for locale in LOCALES)
CACHE_STATUS_HIT = ("Cache-Status", "pages; hit")
CACHE_STATUS_STORED = ("Cache-Status", "pages; fwd=miss; stored")
CACHE_STATUS_STALE = ("Cache-Status", "pages; hit; detail=stale")
PLAIN_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Retry-After", "30"),
]
BUSY_RESPONSE = RenderedResponse(
    "503 Service Unavailable",
    [*PLAIN_HEADERS, ("Connection", "close")],  # pipelined requests of the same client take no slot
    b"This takes too long just now. Please try again in half a minute.\n",
)
ERROR_RESPONSE = RenderedResponse(
    "500 Internal Server Error", PLAIN_HEADERS, b"Something failed. Please try again in half a minute.\n"
)
NOT_MODIFIED = "304 Not Modified"
UNKNOWN_STATE_TIMEOUT = 3  # seconds that a reader waits for a page while the site state is unknown
CHUNK = 64 * 1024
StartResponse = Callable[[str, list[Header]], object]
logger = logging.getLogger(__name__)


class PageCache:
    """A cache of whole responses in front of Django.

    Invented URLs evict no page: errors and URLs with a query are kept in a second, smaller store. Limits per client are
    left to the reverse proxy (`deploy/`).

    Args:
        page_pool: renders pages and the desk.
        slow_pool: renders what may take long (PDFs, files, harvests), so that no page waits for it.
        verify_pool: reads and compares PDFs and texts of anybody, so that nothing else waits for them.
        max_bytes: bytes of responses that are stored in this process.
        parameters: returns the query parameters that the page of a path reads.
        compressible: media types that are compressed.
        slow_extensions: extensions of PDFs and social images, such as ".pdf".
        static_paths: paths of static files, which are read without a slot.
        download_slots: how many large bodies may be sent at a time.
    """

    def __init__(
        self,
        *,
        page_pool: WorkerPool,
        slow_pool: WorkerPool,
        verify_pool: WorkerPool,
        watcher: SiteStateWatcher,
        max_bytes: int,
        parameters: Parameters,
        compressible: frozenset[str],
        slow_extensions: tuple[str, ...],
        static_paths: Collection[str] = (),
        download_slots: int = DOWNLOAD_SLOTS,
    ) -> None:
        self.watcher, self._parameters, self._compressible = watcher, parameters, compressible
        self._slow_extensions = slow_extensions
        self._page_pool, self._slow_pool, self._verify_pool = page_pool, slow_pool, verify_pool
        self._static_paths = static_paths
        second_bytes = max_bytes // SECOND_STORE_FRACTION
        self.page_store = PageStore(max_bytes - second_bytes, PINNED_KEYS)
        self.second_store = PageStore(second_bytes)
        self._downloads = Slots(download_slots)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        key = cache_key(environ, self._parameters, self._slow_extensions, self._find_stored_query)
        if key is None:
            return self._send_uncached(self._render_uncached(environ), environ, start_response)
        stored = self.page_store.get(key) or self.second_store.get(key)
        state = self.watcher.state()
        if stored is not None and state is not None and stored.adopt_state(state):
            return self._send(stored, CACHE_STATUS_HIT, key, environ, start_response)
        response, status = self._render_or_stale(key, stored, state, environ)
        if isinstance(response, CachedResponse):
            return self._send(response, status, key, environ, start_response)
        return self._send_uncached(response, environ, start_response)

    def _find_stored_query(self, path: str, query: str) -> str:
        """Return the query of the old address that a request is for, or ""."""
        state = self.watcher.state() or self.watcher.state_for_stale_pages()
        redirects = state.query_redirects if state else None
        if not redirects or not redirects.names:
            return ""
        return redirects.find(normalize_request_path(path), query, self._parameters)

    def _render_uncached(self, environ: Environ) -> RenderedResponse:
        """Render what is never stored: the desk, files, PDFs, social images and forms."""
        if environ["PATH_INFO"] in self._static_paths:
            return self._page_pool.render_in_calling_thread(environ)
        try:
            return self._pool_for(environ).render(environ)
        except NoFreeSlot:
            return BUSY_RESPONSE

    def _pool_for(self, environ: Environ) -> WorkerPool:
        if is_verification(environ):
            return self._verify_pool
        return self._slow_pool if is_slow(environ, self._slow_extensions) else self._page_pool

    def _render_or_stale(
        self, key: Key, stored: CachedResponse | None, state: SiteState | None, environ: Environ
    ) -> tuple[CachedResponse | RenderedResponse, Header]:
        """Render the response; if that fails, return the stored one unless it shows withdrawn content."""
        if state is None and self._may_be_shown_stale(stored):
            return stored, CACHE_STATUS_STALE
        response = self._render(key, state, environ)
        if (
            isinstance(response, RenderedResponse)
            and response.status_code >= 500
            and self._may_be_shown_stale(stored)
        ):
            return stored, CACHE_STATUS_STALE
        return response, CACHE_STATUS_STORED

    def _render(
        self, key: Key, state: SiteState | None, environ: Environ
    ) -> CachedResponse | RenderedResponse:
        request = anonymous_request(environ, key)
        try:
            if state is None:
                return self._page_pool.render(request, UNKNOWN_STATE_TIMEOUT)
            response, is_first = self._page_pool.render_once(
                key, request, state, lambda response: self._store(key, response, state)
            )
            if isinstance(response, RenderedResponse) and response.body is None and not is_first:
                return self._page_pool.render(request, RENDER_TIMEOUT)  # a stream can be read only once
            return response
        except TimeoutError:
            return BUSY_RESPONSE
        except Exception:
            logger.exception("The page of %s could not be rendered.", key[0])
            return ERROR_RESPONSE

    def _may_be_shown_stale(self, stored: CachedResponse | None) -> bool:
        state = self.watcher.state_for_stale_pages()
        if stored is None or state is None:
            return False
        return state.can_serve_stale(stored.state_id, time.time())

    def _store(
        self, key: Key, response: RenderedResponse, state: SiteState
    ) -> CachedResponse | RenderedResponse:
        """Store the response, or return it unchanged if it cannot be cached."""
        headers = {name.lower(): value for name, value in response.headers}
        if not _is_cacheable(response, headers):
            return response
        media_type = headers.get("content-type", "").partition(";")[0]
        stored = CachedResponse(
            response.status,
            response.headers,
            response.body,
            state,
            compressible=media_type in self._compressible,
            publication=response.publication,
        )
        store = self._store_for(stored, key)
        (self.page_store if store is self.second_store else self.second_store).delete(key)
        store.set(key, stored)
        return stored

    def _send(
        self,
        stored: CachedResponse,
        status: Header,
        key: Key,
        environ: Environ,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        if stored.is_not_modified(environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")):
            start_response(NOT_MODIFIED, [*stored.not_modified_headers, status])
            return []
        coding = (
            choose_coding(environ.get("HTTP_ACCEPT_ENCODING", "")) if stored.is_compressible else IDENTITY
        )
        (headers, body), growth = stored.encode(coding)
        if growth:
            self._store_for(stored, key).add_bytes(key, stored, growth)
        start_response(stored.status, [*headers, status])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _store_for(self, stored: CachedResponse, key: Key) -> PageStore:
        is_page = stored.status_code == HTTPStatus.OK and not key[1]
        return self.page_store if is_page else self.second_store

    def _send_uncached(
        self, response: RenderedResponse, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Send a response that is not stored. A large body holds a slot until it is sent or the client has gone."""
        if environ["REQUEST_METHOD"] == "HEAD" or not response.is_large:
            return _send_whole(response, environ, start_response)
        try:
            self._downloads.acquire()
        except NoFreeSlot:
            _close(response.stream)
            return _send_whole(BUSY_RESPONSE, environ, start_response)
        start_response(response.status, response.headers)
        return Download(response, self._downloads)


class Download:
    """A large body in chunks. The server closes it when it is sent or the client has gone."""

    def __init__(self, response: RenderedResponse, slots: Slots) -> None:
        self._response, self._slots = response, slots

    def __iter__(self) -> Iterator[bytes]:
        body = self._response.body
        if body is None:
            return iter(self._response.stream)
        return (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))

    def close(self) -> None:
        self._slots.release()
        _close(self._response.stream)


def _is_cacheable(response: RenderedResponse, headers: dict[str, str]) -> bool:
    """Return whether the response is small and the same for everyone."""
    return (
        response.body is not None
        and response.status_code in CACHED_STATUSES
        and len(response.body) <= MAX_CACHED_BODY
        and "set-cookie" not in headers
        and "no-store" not in headers.get("cache-control", "")
        and headers.get("vary", "").lower() in ("", "accept-encoding")
    )


def _send_whole(
    response: RenderedResponse, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    start_response(response.status, response.headers)
    if environ["REQUEST_METHOD"] != "HEAD":
        return [response.body or b""]
    _close(response.stream)
    return []


def _close(stream: Iterable[bytes]) -> None:
    close = getattr(stream, "close", None)
    if close:
        close()
