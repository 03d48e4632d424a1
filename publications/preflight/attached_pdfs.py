"""Whether attached PDFs can be read by screen readers. A look into the file, not a validation.

A tagged PDF says so in its catalogue (`/MarkInfo`, `/StructTreeRoot`; ISO 32000-2, 14.7 and 14.8), which newer files
keep in compressed object streams.
"""

import re
import zlib
from collections.abc import Iterator

STREAM = re.compile(rb"/Type\s*/ObjStm\b.{0,600}?stream\r?\n", re.DOTALL)
STRUCTURE = b"/StructTreeRoot"
ENCRYPTED = b"/Encrypt"
MAX_STREAM_BYTES = 4 * 1024 * 1024
MAX_STREAMS = 2000


def is_pdf(content: bytes) -> bool:
    return content[:1024].lstrip().startswith(b"%PDF-")


def has_structure(content: bytes) -> bool:
    """Whether a file has what every PDF reader begins with: where its table of objects is, and which is its root.

    A file that begins like a PDF without them was cut off on its way, or is none (ISO 32000-2, 7.5.5).
    """
    return b"startxref" in content and b"/Root" in content


def is_tagged(content: bytes) -> bool:
    return any(STRUCTURE in part for part in _parts(content))


def is_locked(content: bytes) -> bool:
    """Encrypted: no reader can tell what is in it, and screen readers may be kept out."""
    return ENCRYPTED in content[:4096] + content[-4096:] or any(
        ENCRYPTED in part for part in _trailers(content)
    )


def _parts(content: bytes) -> Iterator[bytes]:
    """The file itself, then what is packed in its object streams."""
    yield content
    for count, match in enumerate(STREAM.finditer(content)):
        if count >= MAX_STREAMS:
            return
        try:
            packed = content[match.end() : match.end() + MAX_STREAM_BYTES]
            yield zlib.decompressobj().decompress(packed, MAX_STREAM_BYTES)
        except zlib.error:
            continue


def _trailers(content: bytes) -> Iterator[bytes]:
    yield from (
        content[match.start() : match.start() + 1024] for match in re.finditer(rb"\btrailer\b", content)
    )
