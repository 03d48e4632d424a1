"""Files that are attached to a publication: which are taken, and under which name."""

from pathlib import PurePath

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from publications.preflight import has_structure
from publications.slugs import slugify

ATTACHMENT_TYPES = {"pdf", "csv", "txt", "xlsx", "ods", "docx", "odt", "pptx", "zip"}
MAX_ATTACHMENT_BYTES = 40 * 1024 * 1024


def check_attachment(file: UploadedFile) -> None:
    """Check an uploaded file; a PDF by its content too.

    Raises:
        ValidationError: it cannot be attached; the message is for the editor.
    """
    if PurePath(file.name).suffix.lstrip(".").lower() not in ATTACHMENT_TYPES:
        raise forms.ValidationError(
            _("Only these can be attached: %s.") % ", ".join(sorted(ATTACHMENT_TYPES))
        )
    if file.size > MAX_ATTACHMENT_BYTES:
        raise forms.ValidationError(_("The file is larger than 40 MB. Make it smaller, please."))
    if file.name.lower().endswith(".pdf"):
        _check_pdf(file.read())
        file.seek(0)


def _check_pdf(content: bytes) -> None:
    if not content.startswith(b"%PDF-"):
        raise forms.ValidationError(_("The file is called PDF, but is not one."))
    if not has_structure(content):
        raise forms.ValidationError(
            _("The file begins like a PDF, but cannot be opened: it is damaged, or not all of it was saved.")
        )


def normalize_filename(name: str) -> str:
    """Return a name of a file as it is part of an address."""
    path = PurePath(name)
    return f"{slugify(path.stem) or 'file'}{path.suffix.lower()}"
