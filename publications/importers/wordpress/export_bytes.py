"""The bytes of an export, as XML can hold them.

WordPress writes what its database has: control characters that were pasted into a text, and bytes of an older encoding.
XML allows neither: one of them would end the export there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK_BYTES = 1 << 18
_CONTROL_BYTES = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_NO_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\udc80-\udcff\ufffe\uffff]")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_XML_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding=["']([\w.:-]+)["']""")


@dataclass
class CleanBytes:
    """Reads a part of a file in chunks, without what is no text.

    Args:
        start, length: the part, in bytes; a length of -1 is the rest.
        is_utf8: whether the file says that it is UTF-8; bytes of other encodings are not checked.
        keep_length: whether each is replaced by as many bytes, so that places in the file stay the same. Otherwise
            control characters are left out, and bytes that are not UTF-8 are read as Windows-1252.

    `replaced` is the number of characters and bytes that are no text, `first_replaced` the place of the first, or -1.
    """

    path: Path
    start: int = 0
    length: int = -1
    is_utf8: bool = True
    keep_length: bool = True
    replaced: int = 0
    first_replaced: int = -1

    def __iter__(self) -> Iterator[bytes]:
        place, rest = self.start, b""
        with self.path.open("rb") as file:
            file.seek(self.start)
            for chunk in _read_chunks(file, self.length):
                content = rest + chunk
                end = _end_of_whole_characters(content) if self.is_utf8 else len(content)
                yield self._clean(content[:end], place)
                place, rest = place + end, content[end:]
        if rest:
            yield self._clean(rest, place)

    def _clean(self, content: bytes, place: int) -> bytes:
        if self._is_text(content):
            return content
        encoding = "utf-8" if self.is_utf8 else "latin-1"
        text = content.decode(encoding, "surrogateescape")
        replaced = list(_NO_TEXT.finditer(text))
        if replaced and self.first_replaced < 0:
            before = text[: replaced[0].start()]
            self.first_replaced = place + len(before.encode(encoding, "surrogateescape"))
        self.replaced += len(replaced)
        return _NO_TEXT.sub(_same_length if self.keep_length else _guess, text).encode(encoding)

    def _is_text(self, content: bytes) -> bool:
        """Whether XML can hold it all; faster than a search with a pattern."""
        if len(content.translate(None, _CONTROL_BYTES)) != len(content):
            return False
        if not self.is_utf8:
            return True
        try:
            content.decode()
        except UnicodeDecodeError:
            return False
        return not any(character in content for character in _NONCHARACTERS)


def _same_length(match: re.Match[str]) -> str:
    character = match[0]
    return " " if character < " " else "?" if "\udc80" <= character <= "\udcff" else "???"


def _guess(match: re.Match[str]) -> str:
    if not "\udc80" <= match[0] <= "\udcff":
        return ""
    return match[0].encode("utf-8", "surrogateescape").decode("windows-1252", "replace")


def _read_chunks(file: BinaryIO, length: int) -> Iterator[bytes]:
    while length:
        chunk = file.read(CHUNK_BYTES if length < 0 else min(CHUNK_BYTES, length))
        if not chunk:
            return
        length -= len(chunk) if length > 0 else 0
        yield chunk


def _end_of_whole_characters(content: bytes) -> int:
    """Return the length of UTF-8 without a character that has only started at the end."""
    for back in range(1, min(3, len(content)) + 1):
        byte = content[-back]
        if byte >= 0xC0:
            size = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(content) - back if size > back else len(content)
        if byte < 0x80:
            break
    return len(content)


def read_encoding(head: bytes) -> str:
    """Return the name of the encoding of an XML file from its beginning, in lower case."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[:4] in (b"<\0?\0", b"\0<\0?"):
        return "utf-16"
    match = _XML_ENCODING.match(head.removeprefix(b"\xef\xbb\xbf").lstrip())
    return match[1].decode().lower() if match else "utf-8"


def count_lines(path: Path, place: int) -> int:
    """Return the number of the line that a byte of a file is in."""
    with path.open("rb") as file:
        return 1 + sum(chunk.count(b"\n") for chunk in _read_chunks(file, place))
