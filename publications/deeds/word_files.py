"""What a redaction takes out of Word files and remarks: the passage in what is told of them, and the file itself.

A file of an author cannot be rewritten, so one that holds the passage anywhere, in a header or a deleted line, is
given up: it is deleted from the private store unless something else has the same bytes.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from publications import manuscript
from publications.importers import Refusal, docx
from publications.models import Attachment, EditionAttachment, Publication, WordFile, originals

Blackened = Callable[[Any], Any]


def redact_word_files(piece: Publication, blackened: Blackened) -> bool:
    """Take the passage out of all files and remarks of a piece; says whether it stood in any."""
    touched = [_redact_file(row, blackened) for row in piece.word_files.all()]
    touched += [_redact_remark(remark, blackened) for remark in piece.remarks.all()]
    return any(touched)


def _redact_file(row: WordFile, blackened: Blackened) -> bool:
    text = manuscript.dumps(blackened(manuscript.loads(row.text)))
    values = {"text": text, "report": blackened(row.report), "filename": blackened(row.filename)}
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if not changed and not _stands_in_original(row, blackened):
        return False
    for name, value in changed.items():
        setattr(row, name, value)
    name, row.original = row.original, ""
    row.save()
    transaction.on_commit(lambda: _delete(name))  # a redaction that is refused in the end deletes nothing
    return True


def _stands_in_original(row: WordFile, blackened: Blackened) -> bool:
    try:
        words = docx.all_words(row.content)
    except (FileNotFoundError, Refusal):
        return False
    return blackened(words) != words


def _delete(name: str) -> None:
    holders = (WordFile, Attachment, EditionAttachment)
    if name and not any(model.objects.filter(original=name).exists() for model in holders):
        originals().delete(name)


def _redact_remark(remark, blackened: Blackened) -> bool:
    names = ("by_name", "passage", "text")
    changed = {
        name: value for name in names if (value := blackened(getattr(remark, name))) != getattr(remark, name)
    }
    if changed:
        type(remark).objects.filter(pk=remark.pk).update(**changed)
    return bool(changed)
