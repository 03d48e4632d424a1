"""Files that are attached to a publication: which are taken, and under which name."""

import codecs
from pathlib import PurePath

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from publications.preflight import has_structure
from publications.slugs import slugify

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


def check_attachment(file: UploadedFile) -> None:
    """Check an uploaded file by its size, its suffix, and whether its content is what the suffix says.

    Raises:
        ValidationError: it cannot be attached; the message is for the editor.
    """
    suffix = PurePath(file.name).suffix.lstrip(".").lower()
    if suffix not in ATTACHMENT_TYPES:
        raise forms.ValidationError(
            _("Only these can be attached: %s.") % ", ".join(sorted(ATTACHMENT_TYPES))
        )
    if file.size > MAX_ATTACHMENT_BYTES:
        raise forms.ValidationError(_("The file is larger than 40 MB. Make it smaller, please."))
    _check_content(file.read(), suffix)
    file.seek(0)


def _check_content(content: bytes, suffix: str) -> None:
    if not _has_signature(content, suffix):
        text = _("The file is called %(type)s, but is not one.")
        raise forms.ValidationError(text, params={"type": suffix.upper()})
    if suffix == "pdf" and not has_structure(content):
        raise forms.ValidationError(
            _("The file begins like a PDF, but cannot be opened: it is damaged, or not all of it was saved.")
        )


def _has_signature(content: bytes, suffix: str) -> bool:
    if suffix == "pdf":
        return content.startswith(b"%PDF-")
    if suffix in ARCHIVE_MARKS:
        return content.startswith(ARCHIVE_BEGINNINGS) and ARCHIVE_MARKS[suffix] in content
    return b"\0" not in content or content.startswith(UTF_16_MARKS)


def normalize_filename(name: str) -> str:
    """Return a name of a file as it is part of an address."""
    path = PurePath(name)
    return f"{slugify(path.stem) or 'file'}{path.suffix.lower()}"
