"""PDFs and social images, typeset by typst from plain values. Knows no database.

`document` says what they are made from and what data the templates `pdf.typ` and `social_image.typ` read, as text and
never as code; `blocks` and `inline` read stored HTML into that data; `typst` runs each job in a process of its own
(`typst_worker`), within bounds of time and memory.
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
    "document_digest",
    "typeset_pdf",
    "typeset_social_image",
]
