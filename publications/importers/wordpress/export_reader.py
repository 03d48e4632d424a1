"""Read exports of WordPress (WXR 1.0 to 1.2) as a stream: what the site has, then one item at a time.

WXR is RSS with further elements: <https://github.com/WordPress/wordpress-develop/blob/trunk/src/wp-admin/includes/export.php>.
Elements are known by the prefixes that WordPress writes, so that one that a plugin has not declared is no error. A
document type and entities are refused. Nothing of an item is held after the next one is read.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused
from .export_bytes import CleanBytes, count_lines, read_encoding
from .export_item import ExportItem
from .item_builder import ItemBuilder

HEAD_BYTES = 20_000
MAX_TAG_BYTES = 4_000_000
"""A tag or comment of this length has no end: the parser would read it from its beginning again with every chunk."""
VERSION = "wp:wxr_version"
ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1"}
"""Encodings that expat knows and in which a byte of ASCII is that character."""
VERSIONS = ("1.0", "1.1", "1.2")
PAST_END = {
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
}
"""Codes of errors at the end of a file whose elements have not ended."""


class ExportDamaged(ImportRefused):
    """A file that is not whole: what was read before is, and the message says from which line on it is not."""


class ExportReader:
    """Reads one file. `site` and `groups` are complete for an item when the item is.

    Args:
        path: a file that is an export.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        self.path = path
        self.is_page = head.lstrip().lower().startswith((b"<!doctype html", b"<html"))
        self.start = max(head.find(b"<?xml"), 0)  # before it are blank lines or warnings of the server
        self.encoding = read_encoding(head[self.start :])
        self.is_utf8 = self.encoding in ("utf-8", "utf8", "us-ascii", "ascii")
        self.content = CleanBytes(path, start=self.start, is_utf8=self.is_utf8)
        self.builder = ItemBuilder(path.name, "utf-8", self.start)

    @property
    def site(self) -> dict[str, str]:
        return self.builder.site

    @property
    def groups(self) -> list[tuple[str, dict[str, str]]]:
        return self.builder.groups

    def read_items(self) -> Iterator[ExportItem]:
        """Yield the items of the file in order.

        Raises:
            ImportRefused: it is no export.
            ExportDamaged: it is not whole. The items before were yielded.
        """
        if self.is_page:
            raise self._describe_other_file()
        if self.encoding not in ENCODINGS:
            message = _("“%(file)s” is in the encoding %(encoding)s. Save it as UTF-8, then try again.")
            raise ImportRefused(message % {"file": self.path.name, "encoding": self.encoding})
        builder = self.builder = ItemBuilder(self.path.name, self.encoding, self.start)
        try:
            read_bytes = 0
            for chunk in self.content:
                builder.parser.Parse(chunk, False)
                read_bytes += len(chunk)
                if read_bytes - builder.parser.CurrentByteIndex > MAX_TAG_BYTES:
                    raise self._describe_damage(builder.parser.CurrentLineNumber)
                self._check_version()
                yield from builder.take_items()
            builder.parser.Parse(b"", True)
        except expat.ExpatError as error:
            if self.site.get(VERSION):
                yield from builder.take_items()
            if not builder.is_complete:
                raise self._describe_damage(error.lineno, is_end=error.code in PAST_END) from error
        self._check_version(is_whole=True)

    def read_item(self, start: int, length: int) -> tuple[ExportItem, CleanBytes]:
        """Return an item by its place, with its bytes, which say what of them was no text."""
        content = CleanBytes(self.path, start=start, length=length, is_utf8=self.is_utf8, keep_length=False)
        builder = ItemBuilder(self.path.name, self.encoding, start)
        builder.prefixes = self.builder.prefixes
        for chunk in (b"<rss><channel>", *content, b"</item>"):
            builder.parser.Parse(chunk, False)
        return next(builder.take_items()), content

    def _check_version(self, *, is_whole: bool = False) -> None:
        """Raise ImportRefused if a text comes before the version of the format, or the version is not known."""
        version = self.site.get(VERSION)
        if version is None and (self.builder.items or is_whole):
            raise self._describe_other_file()
        if version is not None and version not in VERSIONS:
            message = _(
                "“%(file)s” has version %(version)s of the format; those that are read are %(known)s."
            )
            values = {"file": self.path.name, "version": version or "–", "known": ", ".join(VERSIONS)}
            raise ImportRefused(message % values)

    def _describe_damage(self, line: int, *, is_end: bool = False) -> ImportRefused:
        if VERSION not in self.site:
            return self._describe_other_file()
        first_line = count_lines(self.path, self.start) - 1
        values = {
            "file": self.path.name,
            "line": first_line + line,
            "item": first_line + (self.builder.line_of_item or line),
        }
        if is_end:
            return ExportDamaged(
                _(
                    "“%(file)s” ends in line %(line)d, in the middle of the export: what is before line %(item)d is "
                    "read, nothing after it. Export again, or copy the file again."
                )
                % values
            )
        return ExportDamaged(
            _(
                "“%(file)s” is damaged in line %(line)d: what is before line %(item)d is read, nothing after it. "
                "Export again; if the fault stays, mend that line."
            )
            % values
        )

    def _describe_other_file(self) -> ImportRefused:
        with self.path.open("rb") as file:
            head = file.read(HEAD_BYTES).lower()
        if b"<html" in head or b"<!doctype html" in head:
            message = _(
                "“%s” is a page (HTML) and no export of WordPress: sign in there, open Tools, Export, and save the "
                "file that it offers."
            )
        elif b"wordpress.org/export" in head:
            message = _(
                "“%s” does not say its version (wp:wxr_version) before its first text: it was cut off or changed. "
                "Export again."
            )
        elif b"<rss" in head or b"<feed" in head:
            message = _(
                "“%s” is a feed with some texts and no export of WordPress: make one there with Tools, Export."
            )
        else:
            message = _("“%s” is no export of WordPress: make one there with Tools, Export.")
        return ImportRefused(message % self.path.name)


def describe_replaced(path: Path, content: CleanBytes) -> str:
    """Return a note on characters and bytes that were no text, or ""."""
    if not content.replaced:
        return ""
    values = {"count": content.replaced, "line": count_lines(path, content.first_replaced), "file": path.name}
    return _("Characters that are no text in “%(file)s”, the first in line %(line)d: %(count)d.") % values


def is_export(path: Path) -> bool:
    """Whether a file is RSS with the namespace of exports of WordPress."""
    if path.suffix.lower() != ".xml":
        return False
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    head = head.replace(b"\0", b"")  # of UTF-16, which the reader refuses by its name
    return b"<rss" in head and b"wordpress.org/export" in head
