"""Send the bytes of a file: whole, in part, or not again to a reader who holds them (RFC 9110, 13 and 14)."""

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
    """Bytes that can be sent: what names exactly these, how many they are, and how a part of them is opened."""

    digest: str
    size: int
    open_range: Callable[[int, int], bytes | BinaryIO]

    @classmethod
    def of(cls, content: bytes, digest: str = "") -> Self:
        """Bytes in memory, under their own digest unless another names them."""
        digest = digest or hashlib.sha256(content).hexdigest()
        return cls(digest, len(content), lambda start, stop: content[start:stop])

    @property
    def etag(self) -> str:
        return f'"{self.digest[:32]}"'


class UnsatisfiableRange(Exception):
    """The range begins after the last byte."""


def file_response(request: HttpRequest, content: FileContent, media_type: str) -> HttpResponseBase:
    """Return the file as 200, the range that is asked for as 206, 304 to a reader who holds the file, or 416.

    Of several ranges the whole file is sent, as a server may answer (RFC 9110, 14.2).
    """
    response = get_conditional_response(request, etag=content.etag) or _send(request, content, media_type)
    response.headers["ETag"] = content.etag
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _send(request: HttpRequest, content: FileContent, media_type: str) -> HttpResponseBase:
    try:
        found = _wanted_range(request, content)
    except UnsatisfiableRange:
        headers = {"Content-Range": f"bytes */{content.size}"}
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    start, stop = found or (0, content.size)
    is_empty = request.method == "HEAD" or start == stop
    body = b"" if is_empty else content.open_range(start, stop)
    kind = HttpResponse if isinstance(body, bytes) else FileResponse
    response = kind(body, content_type=media_type)
    response.headers["Content-Length"] = str(stop - start)
    if found:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    return response


def _wanted_range(request: HttpRequest, content: FileContent) -> tuple[int, int] | None:
    """The range to send; none for the whole file, also where the reader holds a part of another (If-Range)."""
    condition = request.headers.get("If-Range", content.etag)
    if request.method != "GET" or condition != content.etag:
        return None
    return parse_range(request.headers.get("Range", ""), content.size)


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the range of a Range header as (start, stop), or None where it is to be ignored.

    Raises:
        UnsatisfiableRange: the file has no byte of it.
    """
    found = BYTE_RANGE.fullmatch(header)
    if not found or found[1] == found[2] == "":
        return None
    if not found[1]:  # the last so many bytes
        start, stop = max(size - int(found[2]), 0), size
    else:
        start, stop = int(found[1]), int(found[2] or size) + 1
        if found[2] and stop <= start:
            return None
    if start >= size:
        raise UnsatisfiableRange
    return start, min(stop, size)
