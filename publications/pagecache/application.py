"""The entrance: what is stored is answered here, all else by Django."""

import logging
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus

from publications.languages import TREES
from publications.models import Epoch

from .keys import Environ, Key, Parameters, alone, key_of, keys_of_links
from .lanes import Lane, Lanes, Pools
from .places import READERS, NoPlace
from .rendering import LARGEST, PATIENCE, Answer, Application, Renderer
from .shelf import Shelf
from .stored import IDENTITY, SHOWN_STALE, Header, Headers, Stored, coding_for
from .watch import Watch

KEPT = {200, 301, 302, 308, 404, 410}
SHARE_OF_STRANGERS = 8  # the part of the memory for unknown addresses and for what readers typed or chose
NEVER_OUT = {(f"/{tree}/", "") for tree in TREES}
MARK = ("Cache-Status", "pages; hit")
OWN_MARK = ("Cache-Status", "pages; fwd=miss; stored")
PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), ("Retry-After", "30")]
TOO_SLOW = Answer(
    "503 Service Unavailable", PLAIN, b"This takes too long just now. Please try again in half a minute.\n"
)
FAILED = Answer("500 Internal Server Error", PLAIN, b"Something failed. Please try again in half a minute.\n")
UNCHANGED = "304 Not Modified"
Start = Callable[[str, Headers], object]
logger = logging.getLogger(__name__)


class PageCache:
    """Django with its whole answers kept in memory. `most_bytes` bounds them in each process.

    `parameters` says which parameters of a query the page of a path reads; `compressible` which media types
    gain by being compressed; `is_signed_in` who is at the desk by right; `pools` have the threads in which Django
    works. `readers` is how many threads the server calls it with.
    """

    def __init__(
        self,
        application: Application,
        *,
        watch: Watch,
        most_bytes: int,
        parameters: Parameters,
        compressible: frozenset[str],
        pools: Pools,
        is_signed_in: Callable[[Environ], bool],
        readers: int = READERS,
    ) -> None:
        self.watch, self._parameters, self._compressible = watch, parameters, compressible
        share = most_bytes // SHARE_OF_STRANGERS
        self.pages = Shelf(most_bytes - share, stays=NEVER_OUT.__contains__)
        self.strangers = Shelf(share)
        self._renderer = Renderer(application)
        self._lanes = Lanes(pools, readers, is_signed_in)
        self._led_to: dict[Key, frozenset[Key]] = dict.fromkeys(NEVER_OUT, frozenset())

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        key = key_of(environ, self._parameters)
        if key is None:
            answer = self._unkept(environ)
            start_response(answer.status, answer.headers)
            return answer.parts
        stored = (self.strangers if key[1] else self.pages).get(key) or self.strangers.get(key)
        epoch = self.watch.epoch()
        if stored is not None and epoch is not None and stored.mark is epoch.mark:
            return self._send(stored, MARK, key, environ, start_response)
        made, mark = self._made_or_old(key, stored, epoch, environ)
        if isinstance(made, Stored):
            return self._send(made, mark, key, environ, start_response)
        return _pass_on(made, environ, start_response)

    def _unkept(self, environ: Environ) -> Answer:
        """What is not kept, as the desk, files, forms and whatever strangers make up."""
        lane = self._lanes.of_unkept(environ)
        try:
            with lane.places.at(None):
                return self._renderer.render(environ, lane)
        except NoPlace:
            return TOO_SLOW

    def _made_or_old(
        self, key: Key, stored: Stored | None, epoch: Epoch | None, environ: Environ
    ) -> tuple[Stored | Answer, Header]:
        """An answer made anew; where that fails, the stored one, as long as it shows nothing that was taken back."""
        if epoch is None and self._may_be_shown(stored):
            return stored, SHOWN_STALE
        lane = self._lanes.known if stored is not None or self._is_known(key) else self._lanes.new
        made = self._made(key, epoch, environ, lane)
        if isinstance(made, Answer) and made.code >= 500 and self._may_be_shown(stored):
            return stored, SHOWN_STALE
        return made, OWN_MARK

    def _is_known(self, key: Key) -> bool:
        """Whether no stranger has made it up: the home pages, and what they lead to, as news that many ask for."""
        return key in NEVER_OUT or any(key in keys for keys in self._led_to.values())

    def _made(self, key: Key, epoch: Epoch | None, environ: Environ, lane: Lane) -> Stored | Answer:
        try:
            with lane.places.at(key):
                return self._waited_for(key, epoch, alone(environ, key), lane)
        except TimeoutError:
            return TOO_SLOW
        except Exception:
            logger.exception("The page of %s could not be made.", key[0])
            return FAILED

    def _waited_for(self, key: Key, epoch: Epoch | None, asked: Environ, lane: Lane) -> Stored | Answer:
        if epoch is None:
            return self._renderer.render(asked, lane, PATIENCE)
        made, is_first = self._renderer.render_once(
            key, asked, epoch, lambda answer: self._keep(key, answer, epoch), lane
        )
        if isinstance(made, Answer) and made.body is None and not is_first:
            return self._renderer.render(asked, lane, PATIENCE)  # what can be read once is for one reader
        return made

    def _may_be_shown(self, stored: Stored | None) -> bool:
        known = self.watch.trusted
        if stored is None or known is None:
            return False
        return known.shows_nothing_taken(stored.serial, stored.since, stored.ends, time.time())

    def _keep(self, key: Key, answer: Answer, epoch: Epoch) -> Stored | Answer:
        """The answer on its shelf, or as it is where it is not one to be kept."""
        headers = {name.lower(): value for name, value in answer.headers}
        if not _may_be_kept(answer, headers):
            return answer
        media_type = headers.get("content-type", "").partition(";")[0]
        compressible = media_type in self._compressible
        stored = Stored(answer.status, answer.headers, answer.body, epoch, compressible=compressible)
        if key in NEVER_OUT:
            self._led_to[key] = keys_of_links(answer.body)
        shelf = self._shelf_for(stored, key)
        (self.pages if shelf is self.strangers else self.strangers).drop(key)
        shelf.put(key, stored)
        return stored

    def _send(
        self, stored: Stored, mark: Header, key: Key, environ: Environ, start_response: Start
    ) -> Iterable[bytes]:
        if stored.is_held(environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")):
            start_response(UNCHANGED, [*stored.unchanged, mark])
            return []
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING", "")) if stored.is_text else IDENTITY
        (headers, body), grown = stored.form(coding)
        if grown:
            self._shelf_for(stored, key).grown(key, stored, grown)
        start_response(stored.status, [*headers, mark])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    def _shelf_for(self, stored: Stored, key: Key) -> Shelf:
        is_page = stored.code == HTTPStatus.OK and not key[1]
        return self.pages if is_page else self.strangers


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
