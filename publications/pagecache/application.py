"""The entrance: what is stored is answered here, all else by Django."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from http import HTTPStatus

from publications.languages import TREES

from .keys import Environ, Key, Parameters, key_of
from .rendering import LARGEST, Answer, Application, Renderer
from .shelf import Shelf
from .stored import IDENTITY, SHOWN_STALE, Stored, coding_for, matches
from .watch import Watch

KEPT = {200, 301, 302, 308, 404, 410}
SHARE_OF_STRANGERS = 8  # the part of the memory for unknown addresses and for what readers typed or chose
NEVER_OUT = {(f"/{tree}/", "") for tree in TREES}
MARK = ("Cache-Status", "pages; hit")
OWN_MARK = ("Cache-Status", "pages; fwd=miss; stored")
READ_BY_DJANGO = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_ACCEPT_ENCODING", "HTTP_COOKIE")
UNCHANGED = "304 Not Modified"


class PageCache:
    """Django with its whole answers kept in memory. `most_bytes` bounds them in each process.

    `parameters` says which parameters of a query the page of a path reads; `compressible` which media types
    gain by being compressed; `pool` has the threads in which Django works.
    """

    def __init__(
        self,
        application: Application,
        *,
        watch: Watch,
        most_bytes: int,
        parameters: Parameters,
        compressible: frozenset[str],
        pool: Executor,
    ) -> None:
        self.watch, self._parameters, self._compressible = watch, parameters, compressible
        strangers = most_bytes // SHARE_OF_STRANGERS
        self.pages = Shelf(most_bytes - strangers, stays=NEVER_OUT.__contains__)
        self.strangers = Shelf(strangers)
        self._renderer = Renderer(application, pool)

    def __call__(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        key = key_of(environ, self._parameters)
        if key is None:
            answer = self._renderer.render(environ)
            start_response(answer.status, answer.headers)
            return answer.parts
        shelf = self.strangers if key[1] else self.pages
        stored, epoch = shelf.get(key) or self.strangers.get(key), self.watch.epoch()
        if stored is not None and epoch is not None and stored.mark is epoch.mark:
            return self._send(stored, key, environ, start_response)
        return self._make(key, stored, epoch, environ, start_response)

    def _make(self, key: Key, stored: Stored | None, epoch, environ: Environ, start_response: Callable):
        """An answer made anew; where that fails, the stored one, as long as it shows nothing that was taken back."""
        old = stored if stored is not None and self._may_be_shown(stored) else None
        if epoch is None and old is not None:
            return self._send(old, key, environ, start_response, SHOWN_STALE)
        asked = {name: value for name, value in environ.items() if name not in READ_BY_DJANGO}
        asked |= {"QUERY_STRING": key[1], "REQUEST_METHOD": "GET"}
        if epoch is None:
            made = self._renderer.render(asked)
        else:
            made = self._renderer.render_once(
                key, asked, epoch, lambda answer: self._keep(key, answer, epoch)
            )
        if isinstance(made, Stored):
            return self._send(made, key, environ, start_response, OWN_MARK)
        if made.code >= 500 and old is not None:
            return self._send(old, key, environ, start_response, SHOWN_STALE)
        return _pass_on(made, environ, start_response)

    def _may_be_shown(self, stored: Stored) -> bool:
        known = self.watch.trusted
        return known is not None and known.shows_nothing_taken(stored.generation, stored.ends, time.time())

    def _keep(self, key: Key, answer: Answer, epoch) -> Stored | Answer:
        """The answer on its shelf, or as it is where it is not one to be kept."""
        headers = {name.lower(): value for name, value in answer.headers}
        if not _may_be_kept(answer, headers):
            return answer
        media_type = headers.get("content-type", "").partition(";")[0]
        compressible = media_type in self._compressible
        stored = Stored(answer.status, answer.headers, answer.body, epoch, compressible=compressible)
        shelf = self._shelf_for(stored, key)
        (self.pages if shelf is self.strangers else self.strangers).drop(key)
        shelf.put(key, stored)
        return stored

    def _send(self, stored: Stored, key: Key, environ: Environ, start_response: Callable, mark=MARK):
        held = environ.get("HTTP_IF_NONE_MATCH")
        if held is not None and stored.code == HTTPStatus.OK and matches(held, stored.etag):
            start_response(UNCHANGED, [*stored.unchanged, mark])
            return []
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING", "")) if stored.is_text else IDENTITY
        (headers, body), grown = stored.form(coding)
        if grown:
            self._shelf_for(stored, key).grown(stored, grown)
        start_response(stored.status, [*headers, mark])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    def _shelf_for(self, stored: Stored, key: Key) -> Shelf:
        return self.strangers if key[1] or stored.code >= 400 else self.pages


def _may_be_kept(answer: Answer, headers: dict[str, str]) -> bool:
    """Whole, small, the same for everyone, and known to be so."""
    return (
        answer.body is not None
        and answer.code in KEPT
        and len(answer.body) <= LARGEST
        and "set-cookie" not in headers
        and "no-store" not in headers.get("cache-control", "")
        and headers.get("vary", "").lower() in ("", "accept-encoding")
    )


def _pass_on(answer: Answer, environ: Environ, start_response: Callable) -> Iterable[bytes]:
    start_response(answer.status, answer.headers)
    if environ["REQUEST_METHOD"] != "HEAD":
        return answer.parts
    close = getattr(answer.stream, "close", None)
    if close:
        close()
    return []
