"""Content codings of responses: gzip and Brotli, and which of them a client accepts."""

import gzip
import re
from collections.abc import Iterable

import brotli

IDENTITY, GZIP, BROTLI = "", "gzip", "br"
MIN_COMPRESSED_BYTES = 200  # shorter texts are sent as they are
SMALL_BODY, SMALL_WINDOW, LARGE_WINDOW = 64 * 1024, 16, 22  # bytes, and windows as powers of two (RFC 7932)
ZERO_QUALITY = re.compile(r"q=0(\.0*)?")


def compress_brotli(body: bytes) -> bytes:
    """Compress with a window that fits the body: preparing the largest one takes as long as compressing a page."""
    window = SMALL_WINDOW if len(body) <= SMALL_BODY else LARGE_WINDOW
    return brotli.compress(body, quality=5, lgwin=window)


COMPRESS = {GZIP: lambda body: gzip.compress(body, 6, mtime=0), BROTLI: compress_brotli}
DECOMPRESS = {IDENTITY: bytes, GZIP: gzip.decompress, BROTLI: brotli.decompress}


def choose_coding(accept_encoding: str) -> str:
    """Return the best coding for a value of Accept-Encoding (RFC 9110, section 12.5.3)."""
    if not accept_encoding:
        return IDENTITY
    codings = set(_accepted_codings(accept_encoding.lower().split(",")))
    return BROTLI if BROTLI in codings else GZIP if GZIP in codings else IDENTITY


def _accepted_codings(parts: Iterable[str]) -> Iterable[str]:
    for part in parts:
        name, _, parameters = part.partition(";")
        if not parameters or not ZERO_QUALITY.fullmatch(parameters.replace(" ", "")):
            yield name.strip()
