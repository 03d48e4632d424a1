"""The entrance: what is stored is answered here, all else by Django."""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from http import HTTPStatus

from publications.languages import TREES
from publications.models import Epoch

from .keys import (
    Environ,
    Key,
    Parameters,
    cache_key,
    is_desk,
    is_file,
    is_made_on_request,
    is_static,
    without_reader,
)
from .pools import (
    DOWNLOAD_SLOTS,
    MAX_WHOLE_BODY,
    WAIT_SECONDS,
    NoFreeSlot,
    Response,
    Slots,
    WorkerPool,
)
from .store import IDENTITY, CachedResponse, Header, Headers, PageStore, coding_for
from .watcher import SiteStateWatcher

CACHED_STATUSES = {200, 301, 302, 308, 404, 410}
SECOND_STORE = 8  # the part of the memory for errors, redirects and whatever has a query
PINNED = frozenset((f"/{tree}/", "") for tree in TREES)
HIT = ("Cache-Status", "pages; hit")
STORED = ("Cache-Status", "pages; fwd=miss; stored")
STALE = ("Cache-Status", "pages; hit; detail=stale")
PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), ("Retry-After", "30")]
BUSY = Response(
    "503 Service Unavailable",
    [*PLAIN, ("Connection", "close")],  # what else the same reader has sent ahead over it asks for no slot
    b"This takes too long just now. Please try again in half a minute.\n",
)
FAILED = Response(
    "500 Internal Server Error", PLAIN, b"Something failed. Please try again in half a minute.\n"
)
UNCHANGED = "304 Not Modified"
UNSURE_SECONDS = 3  # that a reader waits for a page where the database does not even say what is public
CHUNK = 64 * 1024
Start = Callable[[str, Headers], object]
logger = logging.getLogger(__name__)


class PageCache:
    """Django with its whole responses kept in memory.

    Made-up addresses put out no page, since errors and whatever has a query lie in a second, smaller store; and they
    take no more than half of the slots for pages, the desk no more than a third, made-up style sheets a sixth, and
    what is made on request no more than half of the slow ones, so that known pages, and pictures, find one.

    Args:
        pages: renders pages and the desk.
        slow: makes or fetches what may take long, so that no page waits for it.
        max_bytes: bounds the responses that are kept in this process.
        parameters: which parameters of a query the page of a path reads.
        compressible: media types that gain by being compressed.
        static_paths: small files on the disk, which need no database: they are read at once, without a slot.
        download_slots: how many large bodies may be on their way to readers.
    """

    def __init__(
        self,
        *,
        pages: WorkerPool,
        slow: WorkerPool,
        watcher: SiteStateWatcher,
        max_bytes: int,
        parameters: Parameters,
        compressible: frozenset[str],
        static_paths: Collection[str] = (),
        download_slots: int = DOWNLOAD_SLOTS,
    ) -> None:
        self.watcher, self._parameters, self._compressible = watcher, parameters, compressible
        self._pages, self._slow, self._static_paths = pages, slow, static_paths
        second = max_bytes // SECOND_STORE
        self.pages, self.others = PageStore(max_bytes - second, PINNED), PageStore(second)
        self._known, self._new = Slots(pages.slots.count), Slots(pages.slots.count // 2)
        self._static = Slots(pages.slots.count // 6)
        self._desk, self._made = Slots(pages.slots.count // 3), Slots(slow.slots.count // 2)
        self._downloads = Slots(download_slots)

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        key = cache_key(environ, self._parameters)
        if key is None:
            return self._pass_on(self._uncached(environ), environ, start_response)
        stored = (self.others if key[1] else self.pages).get(key) or self.others.get(key)
        state = self.watcher.state()
        if stored is not None and state is not None and stored.mark is state.mark:
            return self._send(stored, HIT, key, environ, start_response)
        response, status = self._new_or_stale(key, stored, state, environ)
        if isinstance(response, CachedResponse):
            return self._send(response, status, key, environ, start_response)
        return self._pass_on(response, environ, start_response)

    def _uncached(self, environ: Environ) -> Response:
        """What is not kept: the desk, files, what is made on request, forms, and whatever strangers make up."""
        if environ["PATH_INFO"] in self._static_paths:
            return self._pages.render_in_calling_thread(environ)
        try:
            if is_desk(environ):
                with self._desk:
                    return self._pages.render(environ)
            if is_made_on_request(environ):
                with self._made:
                    return self._slow.render(environ)
            if is_file(environ):
                return self._slow.render(environ)
            with self._static if is_static(environ) else self._new:
                return self._pages.render(environ)
        except NoFreeSlot:
            return BUSY

    def _new_or_stale(
        self, key: Key, stored: CachedResponse | None, state: Epoch | None, environ: Environ
    ) -> tuple[CachedResponse | Response, Header]:
        """A response made now; where that fails, the stored one, as long as it shows nothing that was taken back."""
        if state is None and self._may_be_shown(stored):
            return stored, STALE
        response = self._render(key, stored, state, environ)
        if isinstance(response, Response) and response.code >= 500 and self._may_be_shown(stored):
            return stored, STALE
        return response, STORED

    def _render(
        self, key: Key, stored: CachedResponse | None, state: Epoch | None, environ: Environ
    ) -> CachedResponse | Response:
        leaders = self._known if stored is not None or key in PINNED else self._new
        request = without_reader(environ, key)
        try:
            if state is None:
                with leaders:
                    return self._pages.render(request, UNSURE_SECONDS)
            response, is_first = self._pages.render_once(
                key, request, state, lambda response: self._keep(key, response, state), leaders=leaders
            )
            if isinstance(response, Response) and response.body is None and not is_first:
                return self._pages.render(request, WAIT_SECONDS)  # what can be read once is for one reader
            return response
        except TimeoutError:
            return BUSY
        except Exception:
            logger.exception("The page of %s could not be made.", key[0])
            return FAILED

    def _may_be_shown(self, stored: CachedResponse | None) -> bool:
        state = self.watcher.state_of_stale_pages()
        if stored is None or state is None:
            return False
        return state.shows_nothing_taken(stored.serial, stored.since, stored.ends, time.time())

    def _keep(self, key: Key, response: Response, state: Epoch) -> CachedResponse | Response:
        """The response in its store, or as it is where it is not one to be kept."""
        headers = {name.lower(): value for name, value in response.headers}
        if not _may_be_kept(response, headers):
            return response
        media_type = headers.get("content-type", "").partition(";")[0]
        stored = CachedResponse(
            response.status,
            response.headers,
            response.body,
            state,
            compressible=media_type in self._compressible,
        )
        store = self._store_for(stored, key)
        (self.pages if store is self.others else self.others).drop(key)
        store.put(key, stored)
        return stored

    def _send(
        self, stored: CachedResponse, status: Header, key: Key, environ: Environ, start_response: Start
    ) -> Iterable[bytes]:
        if stored.is_held(environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")):
            start_response(UNCHANGED, [*stored.unchanged, status])
            return []
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING", "")) if stored.is_text else IDENTITY
        (headers, body), growth = stored.form(coding)
        if growth:
            self._store_for(stored, key).count_growth(key, stored, growth)
        start_response(stored.status, [*headers, status])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    def _store_for(self, stored: CachedResponse, key: Key) -> PageStore:
        is_page = stored.code == HTTPStatus.OK and not key[1]
        return self.pages if is_page else self.others

    def _pass_on(self, response: Response, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Send what is not kept. A large body holds a slot until the reader has taken it, which may be never."""
        if environ["REQUEST_METHOD"] == "HEAD" or not response.is_large:
            return _send_whole(response, environ, start_response)
        try:
            self._downloads.__enter__()
        except NoFreeSlot:
            _close(response.stream)
            return _send_whole(BUSY, environ, start_response)
        start_response(response.status, response.headers)
        return Download(response, self._downloads)


class Download:
    """A large body in parts. The server closes it when it was taken, or when the reader has gone."""

    def __init__(self, response: Response, slots: Slots) -> None:
        self._response, self._slots = response, slots

    def __iter__(self) -> Iterator[bytes]:
        body = self._response.body
        if body is None:
            return iter(self._response.stream)
        return (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))

    def close(self) -> None:
        self._slots.__exit__()
        _close(self._response.stream)


def _may_be_kept(response: Response, headers: dict[str, str]) -> bool:
    """Whole, small, the same for everyone, and known to be so."""
    return (
        response.body is not None
        and response.code in CACHED_STATUSES
        and len(response.body) <= MAX_WHOLE_BODY
        and "set-cookie" not in headers
        and "no-store" not in headers.get("cache-control", "")
        and headers.get("vary", "").lower() in ("", "accept-encoding")
    )


def _send_whole(response: Response, environ: Environ, start_response: Start) -> Iterable[bytes]:
    start_response(response.status, response.headers)
    if environ["REQUEST_METHOD"] != "HEAD":
        return [response.body or b""]
    _close(response.stream)
    return []


def _close(stream: Iterable[bytes]) -> None:
    close = getattr(stream, "close", None)
    if close:
        close()
