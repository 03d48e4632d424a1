"""Whether attached PDFs are accessible to screen readers. A heuristic, not a validation.

A tagged PDF says so in its catalogue (`/MarkInfo`, `/StructTreeRoot`; ISO 32000-2, 14.7 and 14.8), which newer files
keep in compressed object streams.
"""

import re
import zlib
from collections.abc import Iterator

OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm\b.{0,600}?stream\r?\n", re.DOTALL)
STRUCTURE = b"/StructTreeRoot"
ENCRYPTED = b"/Encrypt"
MAX_STREAM_BYTES = 4 * 1024 * 1024
MAX_STREAMS = 2000


def is_pdf(content: bytes) -> bool:
    return content[:1024].lstrip().startswith(b"%PDF-")


def is_tagged(content: bytes) -> bool:
    return any(STRUCTURE in part for part in _searchable_parts(content))


def is_encrypted(content: bytes) -> bool:
    """Return whether a file is encrypted, which may keep screen readers out."""
    return ENCRYPTED in content[:4096] + content[-4096:] or any(
        ENCRYPTED in part for part in _trailers(content)
    )


def _searchable_parts(content: bytes) -> Iterator[bytes]:
    """Yield the file, then its decompressed object streams."""
    yield content
    for count, match in enumerate(OBJECT_STREAM.finditer(content)):
        if count >= MAX_STREAMS:
            return
        try:
            compressed = content[match.end() : match.end() + MAX_STREAM_BYTES]
            yield zlib.decompressobj().decompress(compressed, MAX_STREAM_BYTES)
        except zlib.error:
            continue


def _trailers(content: bytes) -> Iterator[bytes]:
    yield from (
        content[match.start() : match.start() + 1024] for match in re.finditer(rb"\btrailer\b", content)
    )
