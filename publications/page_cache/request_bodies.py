"""Request bodies are read whole and within limits before Django runs.

The server passes a request on when its headers are complete and reads the body in the thread that reads from it, for as
long as the client takes. So a body is read only on paths that accept one, and while the request holds a slot; without a
free slot the response is 503. A truncated body reaches no form; a body without a length is refused, as truncation could
not be noticed.
"""

import tempfile
import time
from collections.abc import Callable, Iterable
from typing import BinaryIO

from publications.reserved_disk_space import is_disk_full_error

from .keys import Environ, is_desk, is_verification, max_body_bytes, without_body
from .pools import (
    DESK_FORM_SLOTS,
    FORM_SLOTS,
    UPLOAD_SLOTS,
    VERIFY_BODY_SLOTS,
    Application,
    NoFreeSlot,
    Slots,
)

CHUNK = 64 * 1024
MAX_BODY_IN_MEMORY = 5 * 1024 * 1024  # bytes; a larger body is in a temporary file
MAX_BUFFERED_BODY = 2 * 1024 * 1024
"""Bytes up to which proxies buffer a body (see `deploy/`); larger ones may stall."""
MAX_PUBLIC_SECONDS = 30
"""Seconds in which the body of a public form has to arrive, and those that its length takes at `MIN_PUBLIC_RATE`.

A read that waits cannot be interrupted, so this ends bodies that come in drops. nginx holds back those that stop (see
`deploy/`); without it they keep the slots of their own form."""
MIN_PUBLIC_RATE = 100_000
"""Bytes a second that a slow line of a reader sends, who gives a PDF of 10 MB to be verified."""
MAX_LENGTH_DIGITS = 18
HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Connection", "close"),
]


class BodyRefused(Exception):
    """Raised for a body that is not read to its end. Has the status, text and headers of the response."""

    def __init__(self, status: str, text: str, *headers: tuple[str, str]) -> None:
        super().__init__(status)
        self.status, self.text, self.headers = status, text, [*HEADERS, *headers]


class RequestBodies:
    """A WSGI application that passes requests on with their whole body, or without any."""

    def __init__(
        self,
        application: Application,
        *,
        upload_slots: int = UPLOAD_SLOTS,
        desk_form_slots: int = DESK_FORM_SLOTS,
        form_slots: int = FORM_SLOTS,
        verify_slots: int = VERIFY_BODY_SLOTS,
    ) -> None:
        self._application = application
        self._upload_slots, self._desk_form_slots = Slots(upload_slots), Slots(desk_form_slots)
        self._form_slots, self._verify_slots = Slots(form_slots), Slots(verify_slots)

    def __call__(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        if not _has_body(environ):
            return self._application(environ, start_response)
        try:
            environ = self._read(environ)
        except BodyRefused as refusal:
            start_response(refusal.status, refusal.headers)
            return [f"{refusal.text}\n".encode()]
        return self._application(environ, start_response)

    def _read(self, environ: Environ) -> Environ:
        """Return the request with its body in a file, or without it if the path accepts none.

        Raises:
            BodyRefused: the body is too long, of unknown length, broken off, has no slot, or takes too long.
        """
        limit, length = max_body_bytes(environ), _content_length(environ)
        if not limit:
            return without_body(environ)
        if length is None:
            raise BodyRefused(
                "411 Length Required", "The length of what you send must be said (Content-Length)."
            )
        if length > limit and is_desk(environ):
            return {**environ, "wsgi.input": without_body(environ)["wsgi.input"]}  # Django shows a 413 page
        if length > limit:
            raise BodyRefused("413 Content Too Large", f"This address takes no more than {limit} bytes.")
        seconds = None if is_desk(environ) else MAX_PUBLIC_SECONDS + length / MIN_PUBLIC_RATE
        try:
            with self._slots_for(environ, length):
                return {**environ, "wsgi.input": _read_whole(environ["wsgi.input"], length, seconds)}
        except NoFreeSlot as error:
            text = "Too much is being sent just now. Nothing of yours was read; please send it again soon."
            raise BodyRefused("503 Service Unavailable", text, ("Retry-After", "10")) from error
        except OSError as error:
            if not is_disk_full_error(error):
                raise
            text = "The disk of the server is full. Nothing of what you sent was stored."
            raise BodyRefused("507 Insufficient Storage", text) from error

    def _slots_for(self, environ: Environ, length: int) -> Slots:
        """Return the slots of the request; stalled uploads take none from signing in, saving and withdrawing."""
        if is_verification(environ):
            return self._verify_slots
        if not is_desk(environ):
            return self._form_slots
        return self._upload_slots if length > MAX_BUFFERED_BODY else self._desk_form_slots


def _has_body(environ: Environ) -> bool:
    return environ.get("CONTENT_LENGTH", "") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def _content_length(environ: Environ) -> int | None:
    header = str(environ.get("CONTENT_LENGTH", ""))
    if "HTTP_TRANSFER_ENCODING" in environ or not (header.isascii() and header.isdigit()):
        return None
    return int(header[:MAX_LENGTH_DIGITS])


def _read_whole(body: BinaryIO, length: int, seconds: float | None) -> BinaryIO:
    """Return the whole body in a temporary file.

    Raises:
        BodyRefused: the body is shorter than its Content-Length, or takes longer than these seconds.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    file, remaining = tempfile.SpooledTemporaryFile(MAX_BODY_IN_MEMORY), length  # noqa: SIM115 (it lives as long as the request)
    while remaining:
        if deadline is not None and time.monotonic() > deadline:
            raise BodyRefused(
                "408 Request Timeout", "What you send takes too long. Nothing of it was stored."
            )
        chunk = body.read(min(CHUNK, remaining))
        if not chunk:
            raise BodyRefused("400 Bad Request", "What you send broke off. Nothing of it was stored.")
        file.write(chunk)
        remaining -= len(chunk)
    file.seek(0)
    return file
