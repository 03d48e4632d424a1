"""Typeset PDFs and social images with typst from plain values. The package does not use the database.

`document` defines the values and the data for the templates `pdf.typ` and `social_image.typ`, which is text and never
code; `blocks` and `inline` convert stored HTML to that data; `typst` runs each job in a separate process
(`typst_worker`) with limits of time and memory; `text` extracts the text of a PDF of anybody in another.
"""

from .document import (
    CreditedName,
    CreditGroup,
    Notice,
    PdfDocument,
    PdfImage,
    PdfLabels,
    PdfSection,
    SocialImage,
    TypesettingError,
)
from .text import UnreadablePdf, extract_pdf_text
from .typst import document_digest, typeset_pdf, typeset_social_image

__all__ = [
    "CreditGroup",
    "CreditedName",
    "Notice",
    "PdfDocument",
    "PdfImage",
    "PdfLabels",
    "PdfSection",
    "SocialImage",
    "TypesettingError",
    "UnreadablePdf",
    "document_digest",
    "extract_pdf_text",
    "typeset_pdf",
    "typeset_social_image",
]
