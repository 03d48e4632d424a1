"""PDFs that readers have been sent: whoever has one learns from its bytes which edition it is of."""

import hashlib
from collections.abc import Iterable
from typing import Self

from django.db import models, transaction

from .edition import Edition


class ServedPdfQuerySet(models.QuerySet):
    def of_content(self, content: bytes) -> Self:
        return self.filter(digest=hashlib.sha256(content).hexdigest())


class ServedPdf(models.Model):
    """The SHA-256 of a PDF of an edition. It is stored when the PDF is rendered, before anybody is sent it.

    It outlives the file. A redaction deletes it: nobody is to learn that a PDF with the redacted name is ours. Press
    copies are not recorded: each is of one person, and most are of no edition."""

    digest = models.CharField(max_length=64, unique=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="served_pdfs")
    served_at = models.DateTimeField(auto_now_add=True)

    objects = ServedPdfQuerySet.as_manager()

    def __str__(self) -> str:
        return self.digest

    @classmethod
    def record(cls, edition: Edition, content: bytes) -> None:
        """Store that this PDF is one of an edition. Raises DatabaseError if it cannot be stored."""
        row = cls(digest=hashlib.sha256(content).hexdigest(), edition=edition)
        cls.objects.bulk_create([row], ignore_conflicts=True)

    @classmethod
    def forget(cls, editions: Iterable[Edition | int]) -> None:
        """Delete the records of redacted editions: now, and after the commit those of PDFs rendered until then."""
        records = cls.objects.filter(edition__in=editions)
        records.delete()
        transaction.on_commit(records.all().delete)
