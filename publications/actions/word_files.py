"""What a redaction takes out of Word files and remarks: the passage in what is told of them, and the file itself.

A file of an author cannot be rewritten, so one that holds the passage anywhere, in a header or a deleted line, is
given up: it is deleted from the private store unless something else has the same bytes.
"""

from django.db import transaction

from publications import manuscript
from publications.markup import Redaction
from publications.models import Attachment, EditionAttachment, Publication, WordFile, originals
from publications.ooxml import InvalidWordFile, all_text

from .redacted_values import redact_file_name, redact_value


def redact_word_files(piece: Publication, redaction: Redaction) -> bool:
    """Redact a passage in the Word originals and comments of a publication; return whether it stood in any."""
    touched = [_redact_file(row, redaction) for row in piece.word_files.all()]
    touched += [_redact_remark(remark, redaction) for remark in piece.draft_comments.all()]
    return any(touched)


def _redact_file(row: WordFile, redaction: Redaction) -> bool:
    values = {
        "text": manuscript.dumps(redact_value(manuscript.loads(row.text), redaction)),
        "report": redact_value(row.report, redaction),
        "filename": redact_file_name(row.filename, redaction),
    }
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if not changed and not _stands_in_original(row, redaction):
        return False
    if row.original:
        redaction.files.add(row.filename)
    for name, value in changed.items():
        setattr(row, name, value)
    name, row.original = row.original, ""
    row.save()
    transaction.on_commit(lambda: _delete(name))  # a redaction that is refused in the end deletes nothing
    return True


def _stands_in_original(row: WordFile, redaction: Redaction) -> bool:
    try:
        words = all_text(row.content)
    except (FileNotFoundError, InvalidWordFile):
        return False
    return redaction.is_in(words)


def _delete(name: str) -> None:
    holders = (WordFile, Attachment, EditionAttachment)
    if name and not any(model.objects.filter(original=name).exists() for model in holders):
        originals().delete(name)


def _redact_remark(remark, redaction: Redaction) -> bool:
    names = ("author_name", "passage", "text")
    changed = {
        name: value
        for name in names
        if (value := redaction.redact_text(getattr(remark, name))) != getattr(remark, name)
    }
    if changed:
        type(remark).objects.filter(pk=remark.pk).update(**changed)
    return bool(changed)
