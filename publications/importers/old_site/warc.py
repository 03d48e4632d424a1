"""WARC files as a copy of a site (ISO 28500), as Heritrix, wget, Browsertrix and `save_old_site` write them.

The records are listed in one pass; a body is read again from its offset when it is needed, so that a copy of any size
takes little memory. `warcio` reads the format. A file that was packed as a whole has no offsets, and is unpacked first.
"""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import brotli
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused
from .addresses import resolve_address
from .content_types import guess_type, parse_content_type
from .site_copy import CopiedResource, SiteCopy

WARC_SUFFIXES = (".warc", ".warc.gz")
READ_ERRORS = (ArchiveLoadFailed, AttributeError, EOFError, OSError, ValueError)
"""What warcio raises for a file that is none, or ends within the head of a record (AttributeError)."""
UNSUPPORTED_ENCODINGS = ("zstd", "compress")
CHUNK_BYTES = 65_536
PADDING = b"\0\r\n \t"
MAX_PADDING_BYTES = 65_536
MAX_UNPACKED_BYTES = 500_000_000
"""Of all files of a copy that are packed as a whole."""
GZIP_BEGINNING, ZIP_BEGINNING = b"\x1f\x8b", b"PK\x03\x04"


def is_warc(path: Path) -> bool:
    return path.name.lower().endswith(WARC_SUFFIXES) and path.is_file()


class _PackedAsAWhole(Exception):
    """A file whose records are not compressed one by one (`gzip site.warc`), as the format demands."""


@dataclass(kw_only=True)
class WarcCopy(SiteCopy):
    """The responses in WARC files.

    Args:
        folder: what is unpacked; it is deleted with the copy.
    """

    folder: TemporaryDirectory = field(default_factory=lambda: TemporaryDirectory(prefix="old-site-"))

    def read_body(self, resource: CopiedResource, limit: int | None = None) -> bytes:
        try:
            with resource.path.open("rb") as file:
                file.seek(resource.offset)
                record = next(iter(ArchiveIterator(file)))
                return _read_content(record, limit)
        except (*READ_ERRORS, StopIteration, brotli.error) as error:
            raise OSError(str(error)) from error


def open_warc_copy(paths: Sequence[Path], site: str = "") -> WarcCopy:
    """Return the site in these WARC files.

    Args:
        site: the address of the site, if the files hold several; "" takes the host with most pages.

    Raises:
        ImportRefused: they hold no page.
    """
    copy = WarcCopy()
    resources: list[CopiedResource] = []
    for path in paths:
        resources += _list_resources(path, copy)
    copy.keep_main_site(_resolve_revisits(resources, copy), site)
    if not any(copy.pages):
        message = _("“%s” holds no page of HTML. Give the WARC files of a crawl of the old site.")
        if reasons := [reason for path in paths if (reason := _explain_unreadable(path))]:
            raise ImportRefused(" ".join(reasons[:3]))
        if copy.damaged:
            message = _("“%s” is no WARC file, or a damaged one. Save the old site again.")
        raise ImportRefused(message % ", ".join(path.name for path in paths[:3]))
    return copy


def _explain_unreadable(path: Path) -> str:
    """Return why a file holds no records, if its beginning says so, or ""."""
    try:
        with path.open("rb") as file:
            beginning = file.read(CHUNK_BYTES)
        if beginning.startswith(GZIP_BEGINNING):
            with gzip.open(path) as packed:
                beginning = packed.read(len(ZIP_BEGINNING))
    except (EOFError, OSError, zlib.error):
        return (
            _("“%s” is damaged: it ends at its beginning. Copy it, or save the old site, again.") % path.name
        )
    if not beginning:
        return _("“%s” is empty. Copy it, or save the old site, again.") % path.name
    if beginning.startswith(ZIP_BEGINNING):
        return (
            _("“%s” is a .zip archive under another name. Unpack it, and give the WARC files in it.")
            % path.name
        )
    return ""


def _read_content(record: ArcWarcRecord, limit: int | None) -> bytes:
    """Return the decoded body of a response, or its first `limit` bytes. Raises OSError for an unknown encoding."""
    encoding = (record.http_headers.get_header("Content-Encoding", "") if record.http_headers else "").lower()
    if encoding in UNSUPPORTED_ENCODINGS:
        raise OSError(
            _("it is compressed as “%s”, which cannot be read: save the old site again with save_old_site")
            % encoding
        )
    if encoding != "br":
        return record.content_stream().read(limit)
    record.http_headers.remove_header("Content-Encoding")  # warcio cannot read this release of Brotli
    return _decode_brotli(record.content_stream(), limit)


def _decode_brotli(stream: IO[bytes], limit: int | None) -> bytes:
    """Return the content of a stream, or its first `limit` bytes. Raises brotli.error, EOFError."""
    decompressor, content = brotli.Decompressor(), bytearray()
    while limit is None or len(content) < limit:
        block = stream.read(CHUNK_BYTES) if decompressor.can_accept_more_data() else b""
        decoded = decompressor.process(block, output_buffer_limit=CHUNK_BYTES)
        content += decoded
        if decompressor.is_finished():
            break
        if not block and not decoded:
            raise EOFError("Brotli")
    return bytes(content[:limit])


def _list_resources(path: Path, copy: WarcCopy) -> list[CopiedResource]:
    """Return the responses of a file; one that ends within a record is read up to there."""
    resources: list[CopiedResource] = []
    try:
        is_whole = _read_records(path, resources)
    except _PackedAsAWhole:
        resources.clear()
        is_whole = _read_records(_unpack(path, Path(copy.folder.name)), resources)
    if not is_whole:
        message = _("“%s” ends within a record: what comes after it is missing. Save the old site again.")
        copy.damaged[f"{path.name} ({_('the end')})"] = message % path.name
    return resources


def _unpack(path: Path, folder: Path) -> Path:
    """Return an unpacked copy of a file, up to where it is damaged.

    Raises:
        ImportRefused: it is too large, with those that are in the folder already.
    """
    unpacked = list(folder.iterdir())
    target = folder / f"{len(unpacked)}.warc"
    size = sum(file.stat().st_size for file in unpacked)
    with gzip.open(path) as packed, target.open("wb") as file:
        try:
            while block := packed.read1(CHUNK_BYTES):
                size += file.write(block)
                if size > MAX_UNPACKED_BYTES:
                    message = _(
                        "“%s” is compressed as a whole, not record by record, and too large to be unpacked here. "
                        "Unpack it with gunzip and give the .warc file, or run warcio recompress."
                    )
                    raise ImportRefused(message % path.name)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            pass  # the last record is not whole, which is said
    return target


def _read_records(path: Path, resources: list[CopiedResource]) -> bool:
    """Add the responses of a file, and return whether it is whole."""
    has_records = False
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        try:
            for record in records:
                has_records = True
                resource = _describe_record(record, path, records.get_record_offset())
                records.read_to_end(record)
                if records.next_line and records.reader.decompressor:
                    raise _PackedAsAWhole
                if is_cut_off(record):
                    return False
                resources += [resource] if resource else []
        except ArchiveLoadFailed:
            pass  # what is no record may be padding
        except READ_ERRORS:
            return False
        file.seek(min(records.offset, path.stat().st_size))
        return has_records and _is_padding(file.read(MAX_PADDING_BYTES + 1))


def _is_padding(content: bytes) -> bool:
    """Return whether the end of a file holds nothing: line ends, zeros or an empty member of gzip."""
    if len(content) > MAX_PADDING_BYTES:
        return False
    content = content.lstrip(PADDING)
    try:
        return not content or not gzip.decompress(content)
    except (EOFError, OSError, zlib.error):
        return False


def is_cut_off(record: ArcWarcRecord) -> bool:
    """Whether a record that was read to its end is shorter than its header says."""
    return getattr(record.raw_stream, "limit", 0) > 0


def _describe_record(record: ArcWarcRecord, path: Path, offset: int) -> CopiedResource | None:
    if record.rec_type not in ("response", "revisit", "resource"):
        return None
    address = resolve_address(record.rec_headers.get_header("WARC-Target-URI", "").strip("<>"), "")
    if not address:
        return None
    headers = record.http_headers
    status = _status_of(headers)
    content_type, charset = parse_content_type(
        (headers or record.rec_headers).get_header("Content-Type", "") or ""
    )
    resource = CopiedResource(
        address=address,
        status=status,
        content_type=content_type or guess_type(address),
        charset=charset,
        location=(headers.get_header("Location", "") if headers else "") or "",
        path=path,
        offset=offset,
        size=max(0, record.payload_length),
    )
    if record.rec_type == "revisit":
        if resource.is_redirect:
            return resource  # its own answer is whole: only an empty body was left out
        original = record.rec_headers.get_header("WARC-Refers-To-Target-URI", "") or address
        return replace(resource, path=Path(), location=original)
    return resource


def _status_of(headers) -> int:
    code = headers.get_statuscode() if headers else "200"
    return int(code) if code and code.isdigit() else 200


def _resolve_revisits(resources: list[CopiedResource], copy: SiteCopy) -> list[CopiedResource]:
    """Give records that only refer to an earlier one of the same content its place; name those without one."""
    places = {resource.address: resource for resource in resources if resource.path.name}
    resolved = []
    for resource in resources:
        if resource.path.name:
            resolved.append(resource)
        elif original := places.get(resolve_address(resource.location.strip("<>"), "")):
            resolved.append(replace(original, address=resource.address))
        elif original := places.get(resource.address):
            resolved.append(original)
        else:
            message = _(
                "“%s” is not in the copy: its record refers to one that is missing. Save the old site again."
            )
            copy.damaged[resource.address] = message % resource.address
    return resolved
