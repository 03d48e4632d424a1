"""Decode what files hold to text: text in several encodings, markup, PDFs, metadata of pictures."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import ExifTags, Image, IptcImagePlugin
from pypdf import PdfReader
from pypdf.generic import IndirectObject, StreamObject, TextStringObject

from publications.html_tree import INLINE

CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
"""Bytes that stand in no text, whatever its encoding: a file with one is of another format."""
_OFFICE = "r t rPr proofErr bookmarkStart bookmarkEnd lastRenderedPageBreak tspan"
_TAGS = "|".join(sorted([*INLINE, "font", "tt", "big", "wbr", *_OFFICE.split()]))
INLINE_MARKUP = re.compile(
    r"<!--.{0,4000}?-->"
    r"|<(?P<prefix>\w+:)?rPr\b[^<>]*(?<!/)>.{0,4000}?</(?P=prefix)?rPr>"
    rf"|</?(?:\w+:)?(?:{_TAGS})(?=[\s/>])[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
"""Markup that divides no word: inline elements of HTML, runs of Office files with their properties, comments."""
LINE_END = re.compile("(?<=([^\\W\\d_]))[-\u00ad\u2010][ \t]*\n[ \t]*(?=([^\\W\\d_]))")
"""A hyphen at the end of a line, with the letters beside it."""
USER_COMMENT = b"ASCII\0\0\0"


def decode_text(content: bytes) -> str | None:
    """Return text in UTF-8, in UTF-16 with a byte order mark, or in Western Latin letters; None for other bytes."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        if b"\0" not in content:
            return content.decode("utf-8")
    except UnicodeDecodeError:
        if not CONTROL.search(content):
            return content.decode("cp1252", "replace")
    return None


def divide_markup(text: str) -> list[str]:
    """Return HTML or XML without the markup that divides no word, and that markup, whose attributes hold texts too."""
    inline = (match[0] for match in INLINE_MARKUP.finditer(text))
    return [INLINE_MARKUP.sub("", text), "\n".join(inline)]


def join_lines(text: str) -> str:
    """Return the lines of a page as one, words put together that a hyphen divides, but not “Anna-Holm”."""

    def join(match: re.Match[str]) -> str:
        is_name = match[1].islower() and match[2].isupper()
        return "-" if is_name else ""

    return LINE_END.sub(join, text).replace("\n", " ")


@dataclass
class PdfTexts:
    """What a PDF holds.

    Attributes:
        pages: the text of its pages, divided into lines.
        texts: metadata, and with `all_strings` every string in it, as of annotations, bookmarks and forms.
        pictures: the bytes of the pictures in it, with their metadata.
        files: the attachments in it, by name.
        unread: the number of objects that could not be read; with `all_strings` alone.
    """

    pages: str
    texts: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    unread: int = 0


def read_pdf(content: bytes, *, all_strings: bool) -> PdfTexts:
    """Return what a PDF holds, decompressed. One that is damaged may raise any error of the library."""
    reader = PdfReader(io.BytesIO(content))
    found = PdfTexts("\n".join(page.extract_text() for page in reader.pages))
    found.texts += [str(value) for value in (reader.metadata or {}).values()]
    if reader.xmp_metadata:
        found.texts.append(reader.xmp_metadata.stream.get_data().decode("utf-8", "replace"))
    found.files += [(name, data) for name, parts in reader.attachments.items() for data in parts]
    if all_strings:
        _read_objects(reader, found)
    return found


def _read_objects(reader: PdfReader, found: PdfTexts) -> None:
    """Add the strings of all objects, and the pictures; the strings of content streams are parts of words."""
    numbers = {number for numbers in reader.xref.values() for number in numbers} | set(reader.xref_objStm)
    for number in sorted(numbers):
        try:
            value = reader.get_object(IndirectObject(number, 0, reader))
            found.texts += _strings_in(value)
            if isinstance(value, StreamObject) and value.get("/Subtype") == "/Image":
                found.pictures.append(value._data)
        except (
            Exception
        ):  # a damaged object fails anywhere in the library, and may be one that no page refers to
            found.unread += 1


def _strings_in(value: object) -> Iterator[str]:
    """Yield the strings in an object of a PDF, but not in those that it refers to."""
    if isinstance(value, TextStringObject):
        yield value
    elif isinstance(value, dict):
        for item in dict.values(value):  # as stored, where the method of pypdf follows references
            yield from _strings_in(item)
    elif isinstance(value, list):
        for item in list.__iter__(value):
            yield from _strings_in(item)


def read_picture(content: bytes) -> tuple[list[str], list[bytes]]:
    """Return the metadata of a picture (EXIF, XMP, IPTC, comments, text chunks) as texts and as other bytes.

    Raises:
        OSError, ValueError, SyntaxError, DecompressionBombError: it is no whole picture.
    """
    texts: list[str] = []
    others: list[bytes] = []
    with Image.open(io.BytesIO(content)) as picture:
        exif = picture.getexif()
        values = [picture.info, exif, *map(exif.get_ifd, ExifTags.IFD), IptcImagePlugin.getiptcinfo(picture)]
        for value in _flatten(values):
            if isinstance(value, bytes):
                text = decode_text(value.removeprefix(USER_COMMENT).strip(b"\0"))
                others.append(value)
            else:
                text = _repair_encoding(value)
                texts.append(value)
            texts += [text] if text else []
    return texts, others


def _flatten(value: object) -> Iterator[str | bytes]:
    if isinstance(value, str | bytes):
        yield value
    elif hasattr(value, "values"):
        for item in value.values():
            yield from _flatten(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _flatten(item)


def _repair_encoding(value: str) -> str:
    """Return a text in UTF-8 that Pillow has read as Latin-1, as it reads all texts of EXIF; "" for any other."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return ""
