"""Files that are attached to publications: which are taken, and under which name."""

import codecs
from collections.abc import Callable
from pathlib import PurePath

from publications.slugs import slugify
from publications.stored_messages import gettext as _

ARCHIVE_MARKS = {
    "docx": b"word/",
    "xlsx": b"xl/",
    "pptx": b"ppt/",
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "zip": b"",
}
"""Suffixes of ZIP archives, and the name of an entry, or the media type, that each kind has as plain bytes."""
ATTACHMENT_TYPES = {"pdf", "csv", "txt", *ARCHIVE_MARKS}
MAX_ATTACHMENT_BYTES = 40 * 1024 * 1024
ARCHIVE_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")  # the second is of an empty archive
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnsuitableAttachment(ValueError):
    """A file that cannot be attached; the message is for the editor."""


def check_attachment(name: str, size: int, read: Callable[[], bytes]) -> bytes:
    """Return the content of a file, checked by its size, its suffix, and whether it is what the suffix says.

    Args:
        read: returns the content; not called for a file that is too large or of another type.

    Raises:
        UnsuitableAttachment: it cannot be attached.
    """
    suffix = PurePath(name).suffix.lstrip(".").lower()
    if suffix not in ATTACHMENT_TYPES:
        raise UnsuitableAttachment(_("Only these can be attached: %s.") % ", ".join(sorted(ATTACHMENT_TYPES)))
    if size > MAX_ATTACHMENT_BYTES:
        raise UnsuitableAttachment(_("The file is larger than 40 MB. Make it smaller, please."))
    content = read()
    if not _has_signature(content, suffix):
        message = _("The file is called %(type)s, but is not one.")
        raise UnsuitableAttachment(message % {"type": suffix.upper()})
    if suffix == "pdf" and not _has_structure(content):
        raise UnsuitableAttachment(
            _("The file begins like a PDF, but cannot be opened: it is damaged, or not all of it was saved.")
        )
    return content


def _has_signature(content: bytes, suffix: str) -> bool:
    if suffix == "pdf":
        return content.startswith(b"%PDF-")
    if suffix in ARCHIVE_MARKS:
        return content.startswith(ARCHIVE_BEGINNINGS) and ARCHIVE_MARKS[suffix] in content
    return b"\0" not in content or content.startswith(UTF_16_MARKS)


def _has_structure(content: bytes) -> bool:
    """Return whether a PDF has what every reader needs: the offset of its cross-reference table, and its root.

    Without them the file is truncated, or no PDF (ISO 32000-2, 7.5.5).
    """
    return b"startxref" in content and b"/Root" in content


def normalize_filename(name: str) -> str:
    """Return a name of a file as it is part of an address."""
    path = PurePath(name)
    return f"{slugify(path.stem) or 'file'}{path.suffix.lower()}"
