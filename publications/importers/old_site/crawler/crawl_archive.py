"""The WARC file of a crawl: answers are appended, each whole; one that was cut off by a kill is removed."""

import fcntl
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import SEEK_END
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO
from zlib import decompressobj
from zlib import error as ZlibError

from django.utils.translation import gettext as _
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from publications.reserved_disk_space import MIN_FREE_BYTES

from ..addresses import host_of
from ..content_types import parse_content_type
from ..site_copy import HTML_TYPES, MAX_PAGE_BYTES
from ..warc import READ_ERRORS, is_cut_off
from .http_fetcher import FetchedResponse

PROGRAM = "save_old_site"
CSS_TYPE = "text/css"
MAX_HEAD_BYTES = 4_096
RECORD_HEAD = re.compile(rb"\s*WARC/1\.\d\r\n(?:[\w-]+: [^\r\n]*\r\n)*?WARC-Record-ID: ")
GZIP = 31
"""What `zlib` calls the format."""


class ArchiveUnusable(Exception):
    """The file cannot be written; the message says why and what helps."""


@dataclass(frozen=True)
class SavedAnswer:
    """An answer in the file; `body` is at most MAX_PAGE_BYTES of a page or style sheet, else empty."""

    address: str
    status: int
    content_type: str
    location: str
    size: int
    body: bytes = b""


@dataclass
class CrawlArchive:
    """A WARC file that is read once and then appended to. Only one process has it open."""

    path: Path
    file: BinaryIO
    size: int = 0
    writer: WARCWriter = field(init=False)

    def __post_init__(self) -> None:
        self.writer = WARCWriter(self.file, gzip=self.path.name.endswith(".gz"))

    @classmethod
    def open(cls, path: Path) -> "CrawlArchive":
        """Open a file, or begin one. Raises ArchiveUnusable."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("r+b" if path.exists() else "x+b")
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = _("Another command is writing “%s”. Wait until it has ended.")
            raise ArchiveUnusable(message % path.name) from error
        except OSError as error:
            message = _("“%(path)s” cannot be written: %(why)s. Name a file in a folder that is there.")
            raise ArchiveUnusable(message % {"path": path, "why": error.strerror}) from error
        return cls(path, file)

    def close(self) -> None:
        """Close the file; another command may then write it."""
        self.file.close()

    def read_answers(self, site: str) -> Iterator[SavedAnswer]:
        """Yield what is saved, and remove what a kill has cut off. A new file gets its head.

        Raises:
            ArchiveUnusable: another program has written the file, it is of another site, or it is damaged before its
                end. It stays as it is.
        """
        end = 0
        is_own = False
        self.file.seek(0)
        records = ArchiveIterator(self.file)
        try:
            for record in records:
                if record.rec_type == "warcinfo":
                    is_own = self._check_head(
                        record.content_stream().read(10_000).decode(errors="replace"), site
                    )
                answer = _read_answer(record) if record.rec_type == "response" else None
                records.read_to_end(record)
                if is_cut_off(record) or not _is_member_whole(records):
                    break
                end = records.get_record_offset() + records.get_record_length()
                if answer:
                    yield answer
        except READ_ERRORS:  # of the last record, which a kill has cut off
            pass
        self._refuse_to_cut(end, is_own=is_own)
        self.file.truncate(end)
        self.file.seek(end)
        if end and not self.writer.gzip:
            self.file.write(b"\r\n\r\n")  # what is between records, and may be cut off too
        self.size = self.file.tell()
        if not end:
            head = {"software": PROGRAM, "format": "WARC File Format 1.1", "isPartOf": site}
            self._write(self.writer.create_warcinfo_record(self.path.name, head))

    def _refuse_to_cut(self, end: int, *, is_own: bool) -> None:
        """Raise ArchiveUnusable if more would be cut off than one record that a kill has left unfinished."""
        size = self.file.seek(0, SEEK_END)
        if size and not is_own:
            message = _("“%s” was not written by this command. Name another file.")
            raise ArchiveUnusable(message % self.path.name)
        if self._has_record_after(end, size):
            message = _(
                "“%(name)s” is damaged at byte %(place)d, and there is more behind it: it stays as it is. Name another "
                "file for the rest, and import both."
            )
            raise ArchiveUnusable(message % {"name": self.path.name, "place": end})

    def _has_record_after(self, end: int, size: int) -> bool:
        """Whether a record begins behind the one that begins at `end`."""
        if size - end <= len(self._mark):
            return False
        with mmap(self.file.fileno(), 0, access=ACCESS_READ) as content:
            place = content.find(self._mark, end + 1)
            while place >= 0:
                if self._is_record(content[place : place + MAX_HEAD_BYTES]):
                    return True
                place = content.find(self._mark, place + 1)
        return False

    def _is_record(self, content: bytes) -> bool:
        """Whether a record of WARC begins with these bytes, which may be ones of the body of another."""
        if self.writer.gzip:
            try:
                content = decompressobj(wbits=GZIP).decompress(content, MAX_HEAD_BYTES)
            except ZlibError:
                return False
        return RECORD_HEAD.match(content) is not None

    @property
    def _mark(self) -> bytes:
        """The first bytes of a record, with the line ends before it."""
        return b"\x1f\x8b\x08" if self.writer.gzip else b"\r\n\r\nWARC/1."

    def _check_head(self, head: str, site: str) -> bool:
        if f"software: {PROGRAM}" not in head:
            return False
        lines = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
        saved = lines.get("isPartOf", "")
        if host_of(saved) != host_of(site):
            message = _("“%(file)s” is the copy of %(site)s. Name another file.")
            raise ArchiveUnusable(message % {"file": self.path.name, "site": saved})
        return True

    def add(self, response: FetchedResponse) -> None:
        """Append an answer. Raises ArchiveUnusable: the disk is full."""
        head = StatusAndHeaders(
            f"{response.status} {response.reason}",
            [*response.headers, ("Content-Length", str(response.size))],
            protocol="HTTP/1.1",
        )
        dated = {"WARC-Date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        record = self.writer.create_warc_record(
            response.address,
            "response",
            payload=response.body,
            length=response.size,
            http_headers=head,
            warc_headers_dict=dated,
        )
        self._write(record, response.size)

    def _write(self, record, size: int = 0) -> None:
        full = _("The disk is full. Make room, then run the same command again: it goes on.")
        if shutil.disk_usage(self.path.parent).free - size < MIN_FREE_BYTES:
            raise ArchiveUnusable(full)
        try:
            self.writer.write_record(record)
            self.file.flush()
        except OSError as error:
            self.file.truncate(self.size)
            raise ArchiveUnusable(full) from error
        self.size = self.file.tell()


def _is_member_whole(records: ArchiveIterator) -> bool:
    """Whether the compressed member of a record that was read has its end."""
    decompressor = records.reader.decompressor
    return decompressor is None or decompressor.eof


def has_links(status: int, content_type: str) -> bool:
    """Whether an answer is a page or style sheet, whose links are followed."""
    return status == 200 and parse_content_type(content_type)[0] in (*HTML_TYPES, CSS_TYPE)


def _read_answer(record) -> SavedAnswer:
    headers = record.http_headers
    content_type = (headers.get_header("Content-Type") or "").lower()
    status = int(headers.get_statuscode())
    return SavedAnswer(
        record.rec_headers.get_header("WARC-Target-URI"),
        status,
        content_type,
        headers.get_header("Location") or "",
        int(record.rec_headers.get_header("Content-Length")),
        record.content_stream().read(MAX_PAGE_BYTES) if has_links(status, content_type) else b"",
    )
