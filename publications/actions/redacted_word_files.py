"""Redact the Word files of a publication.

A Word file is not rewritten: one that contains the passage anywhere, also in a header or a deleted line, is deleted
from the private store, unless another row has the same bytes.
"""

from django.db import transaction

from publications import manuscript
from publications.markup import Redaction
from publications.models import (
    Attachment,
    EditionAttachment,
    Publication,
    WordFile,
    original_storage,
)
from publications.ooxml import InvalidWordFile, all_text

from .redacted_values import redact_file_name, redact_value


def redact_word_files(publication: Publication, redaction: Redaction) -> bool:
    """Redact the Word files of a publication; return whether any contained the passage."""
    changed = [_redact_file(row, redaction) for row in publication.word_files.all()]
    return any(changed)


def _redact_file(row: WordFile, redaction: Redaction) -> bool:
    values = {
        "text": manuscript.dumps(redact_value(manuscript.loads(row.text), redaction)),
        "report": redact_value(row.report, redaction),
        "filename": redact_file_name(row.filename, redaction),
    }
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if not changed and not _is_in_original(row, redaction):
        return False
    if row.original:
        redaction.files.add(row.filename)
    for name, value in changed.items():
        setattr(row, name, value)
    name, row.original = row.original, ""
    row.save()
    transaction.on_commit(lambda: _delete(name))  # not where the redaction is refused later
    return True


def _is_in_original(row: WordFile, redaction: Redaction) -> bool:
    try:
        text = all_text(row.content)
    except (FileNotFoundError, InvalidWordFile):
        return False
    return redaction.is_in(text)


def _delete(name: str) -> None:
    holders = (WordFile, Attachment, EditionAttachment)
    if name and not any(model.objects.filter(original=name).exists() for model in holders):
        original_storage().delete(name)
