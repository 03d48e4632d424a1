"""One answer as it is kept: its text, the same compressed, and its headers ready to be sent."""

import gzip
import hashlib
import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from threading import Lock

import brotli

from publications.models import Epoch

Header = tuple[str, str]
Headers = list[Header]
Form = tuple[Headers, list[bytes]]
IDENTITY, GZIP, BROTLI = "", "gzip", "br"
COMPRESS = {
    GZIP: lambda body: gzip.compress(body, 6, mtime=0),
    BROTLI: lambda body: brotli.compress(body, quality=5),
}
DECOMPRESS = {IDENTITY: bytes, GZIP: gzip.decompress, BROTLI: brotli.decompress}
WORTH_COMPRESSING = 200  # bytes
AROUND = 1_500  # bytes that keys, headers and objects take besides the text
NOT_WITH_304 = {"content-type", "content-language", "content-length", "content-security-policy"}
SET_HERE = {"content-length", "content-encoding", "etag", "vary"}
NOT_TAKEN = re.compile(r"q=0(\.0*)?")
SHOWN_STALE = ("Cache-Status", "pages; hit; detail=stale")


class Stored:
    """An answer of one epoch. `bytes` is what it takes in memory.

    A text is kept in the codings that were asked for; the plain text is made again from one of them, since
    few ask for it and it takes as much as all others together.
    """

    __slots__ = ("_headers", "_lock", "bytes", "code", "ends", "etag", "forms", "is_text", "mark", "modified",
                 "serial", "since", "status", "unchanged")  # fmt: skip

    def __init__(
        self, status: str, headers: Headers, body: bytes, epoch: Epoch, *, compressible: bool
    ) -> None:
        given = {name.lower(): value for name, value in headers}
        self.status, self.code = status, int(status[:3])
        self.mark, self.serial = epoch.mark, epoch.serial
        self.since, self.ends = epoch.since, epoch.ends
        self._lock = Lock()
        self.is_text = compressible and len(body) >= WORTH_COMPRESSING
        self.etag, self.modified = given.get("etag") or etag_of(body), given.get("last-modified")
        self._headers = [
            *((name, value) for name, value in headers if name.lower() not in SET_HERE),
            ("ETag", self.etag),
            *([("Vary", "Accept-Encoding")] if compressible else []),
        ]
        self.unchanged = [pair for pair in self._headers if pair[0].lower() not in NOT_WITH_304]
        self.forms: dict[str, Form] = {IDENTITY: self._form(IDENTITY, body)}
        self.bytes = len(body) + AROUND + sum(len(name) + len(value) for name, value in self._headers)

    def form(self, coding: str) -> tuple[Form, int]:
        """The answer in this coding, and by how many bytes it has grown, or shrunk, by making it."""
        if found := self.forms.get(coding):
            return found, 0
        if coding == IDENTITY:
            return self._form(IDENTITY, self._plain()), 0
        with self._lock:
            return self._made(coding)

    def _made(self, coding: str) -> tuple[Form, int]:
        if found := self.forms.get(coding):  # by a reader who came a moment earlier
            return found, 0
        made = self._form(coding, COMPRESS[coding](self._plain()))
        before = sum(len(form[1][0]) for form in self.forms.values())
        self.forms = {kept: form for kept, form in self.forms.items() if kept} | {coding: made}
        return made, sum(len(form[1][0]) for form in self.forms.values()) - before

    def is_held(self, tags: str | None, since: str | None) -> bool:
        """Whether a reader who names these tags, or without any this moment, holds the answer (RFC 9110, 13)."""
        if self.code != HTTPStatus.OK:
            return False
        return matches(tags, self.etag) if tags is not None else since is not None and since == self.modified

    def _plain(self) -> bytes:
        coding, form = next(iter(self.forms.items()))
        return DECOMPRESS[coding](form[1][0])

    def _form(self, coding: str, body: bytes) -> Form:
        coded = [("Content-Encoding", coding)] if coding else []
        return [*self._headers, *coded, ("Content-Length", str(len(body)))], [body]


def etag_of(body: bytes) -> str:
    """Weak, since one text goes out in several codings."""
    return f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def coding_for(accepted: str) -> str:
    """The best coding that a reader takes, by Accept-Encoding (RFC 9110, 12.5.3)."""
    if not accepted:
        return IDENTITY
    taken = set(_taken(accepted.lower().split(",")))
    return BROTLI if BROTLI in taken else GZIP if GZIP in taken else IDENTITY


def _taken(parts: Iterable[str]) -> Iterable[str]:
    for part in parts:
        name, _, parameters = part.partition(";")
        if not parameters or not NOT_TAKEN.fullmatch(parameters.replace(" ", "")):
            yield name.strip()


def matches(held: str, etag: str) -> bool:
    """Whether one of the tags of If-None-Match is that of the answer (weak comparison)."""
    if held == etag:
        return True
    plain = etag.removeprefix("W/")
    tags: Sequence[str] = [tag.strip().removeprefix("W/") for tag in held.split(",")]
    return plain in tags or "*" in tags
