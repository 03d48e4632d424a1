"""Responses with the bytes of a file: whole, a range of it, or 304 (RFC 9110, sections 13 and 14)."""

import hashlib
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import BinaryIO, NamedTuple, Self

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

MAX_DIGITS = 18
BYTE_RANGE = re.compile(
    rf"\s*bytes\s*=\s*([0-9]{{0,{MAX_DIGITS}}})-([0-9]{{0,{MAX_DIGITS}}})\s*", re.IGNORECASE
)


class FileContent(NamedTuple):
    """Bytes to send.

    Attributes:
        digest: identifies the content, for the ETag.
        size: in bytes.
        open_range: returns the bytes from a start to a stop.
    """

    digest: str
    size: int
    open_range: Callable[[int, int], bytes | BinaryIO]

    @classmethod
    def of(cls, content: bytes, digest: str = "") -> Self:
        """Return the content for bytes in memory; without a digest their SHA-256 is used."""
        digest = digest or hashlib.sha256(content).hexdigest()
        return cls(digest, len(content), lambda start, stop: content[start:stop])

    @property
    def etag(self) -> str:
        return f'"{self.digest[:32]}"'


class UnsatisfiableRange(Exception):
    """The range starts after the last byte."""


def file_response(request: HttpRequest, content: FileContent, media_type: str) -> HttpResponseBase:
    """Return 200 with the file, 206 with the requested range, 304, or 416.

    A request for several ranges gets the whole file, which a server may send (RFC 9110, section 14.2).
    """
    response = get_conditional_response(request, etag=content.etag) or _send(request, content, media_type)
    response.headers["ETag"] = content.etag
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _send(request: HttpRequest, content: FileContent, media_type: str) -> HttpResponseBase:
    try:
        byte_range = _requested_range(request, content)
    except UnsatisfiableRange:
        headers = {"Content-Range": f"bytes */{content.size}"}
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    start, stop = byte_range or (0, content.size)
    is_empty = request.method == "HEAD" or start == stop
    body = b"" if is_empty else content.open_range(start, stop)
    response_class = HttpResponse if isinstance(body, bytes) else FileResponse
    response = response_class(body, content_type=media_type)
    response.headers["Content-Length"] = str(stop - start)
    if byte_range:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    return response


def _requested_range(request: HttpRequest, content: FileContent) -> tuple[int, int] | None:
    """Return the range to send, or None to send the whole file. A stale `If-Range` also gives None."""
    condition = request.headers.get("If-Range", content.etag)
    if request.method != "GET" or condition != content.etag:
        return None
    return parse_range(request.headers.get("Range", ""), content.size)


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the range of a Range header as (start, stop), or None if the header is to be ignored.

    Raises:
        UnsatisfiableRange: the file has no byte of it.
    """
    match = BYTE_RANGE.fullmatch(header)
    if not match or match[1] == match[2] == "":
        return None
    first, last = match.groups()
    if not first:  # "bytes=-500": the last 500 bytes
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), int(last or size) + 1
        if last and stop <= start:
            return None
    if start >= size:
        raise UnsatisfiableRange
    return start, min(stop, size)
