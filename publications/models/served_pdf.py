"""PDFs that readers have been sent: whoever has one learns from its bytes which edition it is of."""

import hashlib

from django.db import models

from .edition import Edition


class ServedPdf(models.Model):
    """The SHA-256 of a PDF of an edition. It is stored before the PDF is sent, and outlives its file.

    A redaction deletes it: nobody is to learn that a PDF with the redacted name is ours."""

    digest = models.CharField(max_length=64, unique=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="served_pdfs")
    served_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest

    @classmethod
    def record(cls, edition: Edition, content: bytes) -> None:
        """Store that this PDF is one of an edition. Raises DatabaseError if it cannot be stored."""
        digest = hashlib.sha256(content).hexdigest()
        if not cls.objects.filter(digest=digest).exists():
            cls.objects.bulk_create([cls(digest=digest, edition=edition)], ignore_conflicts=True)
