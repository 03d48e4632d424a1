"""Cached responses with their compressed bodies, and LRU stores bounded by bytes."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from threading import Lock

from publications.compression import COMPRESS, DECOMPRESS, IDENTITY, MIN_COMPRESSED_BYTES
from publications.models import SiteState

Key = tuple[str, str]
Header = tuple[str, str]
Headers = tuple[Header, ...]
EncodedBody = tuple[Headers, bytes]
OVERHEAD_BYTES = 1_500  # of keys, headers and objects
BYTES_PER_CHARACTER = 4  # at most, of a path or query, in the key and in headers
MAX_RESPONSE_FRACTION = 8  # no response takes more than an eighth of a store
OMITTED_FROM_304 = {"content-type", "content-language", "content-length", "content-security-policy"}
REPLACED_HEADERS = {"content-length", "content-encoding", "etag", "vary"}


class CachedResponse:
    """A response rendered in one state of the site. It is current while its page is the same.

    `bytes` is its size in memory.

    A text is stored in the requested codings only. The plain text is decompressed from one of them when needed, as few
    clients request it and it takes as much memory as all others. Headers are tuples, which the garbage collector does
    not go through: with lists a full collection took 90 ms for 20,000 responses.
    """

    __slots__ = ("_headers", "_lock", "bytes", "encodings", "etag", "is_compressible", "last_modified",
                 "not_modified_headers", "publication", "state_id", "status", "status_code")  # fmt: skip

    def __init__(
        self,
        status: str,
        headers: Iterable[Header],
        body: bytes,
        state: SiteState,
        *,
        compressible: bool,
        publication: int | None = None,
    ) -> None:
        values = {name.lower(): value for name, value in headers}
        self.status, self.status_code = status, int(status[:3])
        self.state_id, self.publication = state.id, publication
        self._lock = Lock()
        self.is_compressible = compressible and len(body) >= MIN_COMPRESSED_BYTES
        self.etag = values.get("etag") or etag_of(body)
        self.last_modified = values.get("last-modified")
        self._headers: Headers = (
            *((name, value) for name, value in headers if name.lower() not in REPLACED_HEADERS),
            ("ETag", self.etag),
            *((("Vary", "Accept-Encoding"),) if compressible else ()),
        )
        self.not_modified_headers = tuple(
            pair for pair in self._headers if pair[0].lower() not in OMITTED_FROM_304
        )
        self.encodings: dict[str, EncodedBody] = {IDENTITY: self._encoded_body(IDENTITY, body)}
        self.bytes = len(body) + OVERHEAD_BYTES + sum(len(name) + len(value) for name, value in self._headers)

    def adopt_state(self, state: SiteState) -> bool:
        """Return whether the page is the same in this state; if so, it counts as rendered in it."""
        if self.state_id is state.id:
            return True
        if not state.is_page_unchanged(self.publication, self.state_id):
            return False
        self.state_id = state.id
        return True

    def encode(self, coding: str) -> tuple[EncodedBody, int]:
        """Return headers and body in this coding, and by how many bytes the response has grown."""
        if encoded := self.encodings.get(coding):
            return encoded, 0
        if coding == IDENTITY:
            return self._encoded_body(IDENTITY, self._decompress()), 0
        with self._lock:
            return self._compress(coding)

    def _compress(self, coding: str) -> tuple[EncodedBody, int]:
        if encoded := self.encodings.get(coding):  # another thread was faster
            return encoded, 0
        compressed = self._encoded_body(coding, COMPRESS[coding](self._decompress()))
        before = sum(len(encoded[1]) for encoded in self.encodings.values())
        self.encodings = {name: encoded for name, encoded in self.encodings.items() if name} | {
            coding: compressed
        }
        return compressed, sum(len(encoded[1]) for encoded in self.encodings.values()) - before

    def is_not_modified(self, if_none_match: str | None, if_modified_since: str | None) -> bool:
        """Return whether a request with these conditional headers gets 304 (RFC 9110, section 13)."""
        if self.status_code != HTTPStatus.OK:
            return False
        if if_none_match is not None:
            return etag_matches(if_none_match, self.etag)
        return if_modified_since is not None and if_modified_since == self.last_modified

    def _decompress(self) -> bytes:
        coding, encoded = next(iter(self.encodings.items()))
        return DECOMPRESS[coding](encoded[1])

    def _encoded_body(self, coding: str, body: bytes) -> EncodedBody:
        encoding = (("Content-Encoding", coding),) if coding else ()
        return (*self._headers, *encoding, ("Content-Length", str(len(body)))), body


class PageStore:
    """An LRU store of responses by key, bounded by bytes.

    `pinned` keys are never evicted; they must be few.
    """

    def __init__(self, max_bytes: int, pinned: frozenset[Key] = frozenset()) -> None:
        self.max_bytes, self.bytes = max_bytes, 0
        self._pinned = pinned
        self._responses: OrderedDict[Key, CachedResponse] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._responses)

    def get(self, key: Key) -> CachedResponse | None:
        """Return the response and mark it as the most recently used."""
        response = self._responses.get(key)
        if response is not None:
            try:  # noqa: SIM105 (a context manager would cost as much as all the rest)
                self._responses.move_to_end(key)
            except KeyError:  # another thread has just evicted it
                pass
        return response

    def set(self, key: Key, response: CachedResponse) -> None:
        """Store the response, unless it would take too large a part of the store."""
        response.bytes += BYTES_PER_CHARACTER * sum(map(len, key))
        with self._lock:
            self._remove(key)
            if response.bytes > self.max_bytes // MAX_RESPONSE_FRACTION:
                return
            self._responses[key] = response
            self.bytes += response.bytes
            self._evict()

    def add_bytes(self, key: Key, response: CachedResponse, count: int) -> None:
        """Add the bytes of a coding made later, if the response is still stored."""
        with self._lock:
            if self._responses.get(key) is not response:
                return
            response.bytes += count
            self.bytes += count
            self._evict()

    def delete(self, key: Key) -> None:
        with self._lock:
            self._remove(key)

    def _remove(self, key: Key) -> None:
        response = self._responses.pop(key, None)
        if response is not None:
            self.bytes -= response.bytes

    def _evict(self) -> None:
        for _ in range(len(self._responses)):
            if self.bytes <= self.max_bytes:
                return
            # `get` moves keys without the lock: an iterator would fail, `popitem` is atomic.
            key, response = self._responses.popitem(last=False)
            if key in self._pinned:
                self._responses[key] = response
            else:
                self.bytes -= response.bytes


def etag_of(body: bytes) -> str:
    """Return a weak ETag, since one text is sent in several codings."""
    return f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def etag_matches(if_none_match: str, etag: str) -> bool:
    """Return whether a value of If-None-Match matches the ETag (weak comparison)."""
    if if_none_match == etag:
        return True
    opaque_tag = etag.removeprefix("W/")
    tags: Sequence[str] = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return opaque_tag in tags or "*" in tags
