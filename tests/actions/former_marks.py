"""Redactions with the marks that former versions took, which may be any text or none: their audit entries remain."""

from django.db import transaction

from publications.actions.redact import redact_publication
from publications.markup import Redaction
from publications.models import Publication


@transaction.atomic
def redact_with_former_mark(publication: Publication, passage: str, mark: str, *, by=None) -> None:
    redact_publication(publication, Redaction(passage, mark), by=by, reason="")
