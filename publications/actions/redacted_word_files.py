"""Redact the Word files of a publication.

A Word file is not rewritten: one that contains the passage anywhere, also in a header or a deleted line, is deleted
from the private store, unless another row has the same bytes.
"""

import re
from typing import Any

from publications import manuscript
from publications.markup import Redaction
from publications.models import Publication, WordFile
from publications.ooxml import InvalidWordFile, all_text

from .redacted_files import delete_unused_original, is_in_file_name, is_in_original
from .redacted_values import redact_file_name, redact_value

FILE_NAME = re.compile(r"[^\s“”\"/]+\.\w{2,5}\b")
"""The name of a file in a sentence, which may spell a name as an address does."""


def redact_word_files(publication: Publication, redaction: Redaction) -> bool:
    """Redact the Word files of a publication; return whether any contained the passage."""
    changed = [_redact_file(row, redaction) for row in publication.word_files.all()]
    return any(changed)


def _redact_file(row: WordFile, redaction: Redaction) -> bool:
    values = {
        "text": manuscript.dumps(redact_value(manuscript.loads(row.text), redaction)),
        "report": _redact_report(row.report, redaction),
        "filename": redact_file_name(row.filename, redaction),
    }
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    is_held = bool(changed.keys() - {"filename"}) or is_in_file_name(row.filename, redaction)
    is_held = is_held or _is_in_original(row, redaction)
    if not changed and not is_held:
        return False
    if row.original and is_held:
        redaction.files.add(row.filename)
        delete_unused_original(row.original)
        row.original = ""
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()
    return True


def _redact_report(report: dict, redaction: Redaction) -> dict:
    """Return the report of a file, redacted; the kind of a line or tracked change, its first item, stays."""
    redacted = redact_value(report, redaction)
    for name in ("lines", "changes"):
        if name in report:
            redacted[name] = [
                [kind, *(redact_message(item, redaction) for item in items)] for kind, *items in report[name]
            ]
    return redacted


def redact_message(stored: Any, redaction: Redaction) -> Any:
    """Return a message of `publications.stored_messages` with its values and parts redacted, whatever their names.

    Its msgid stays: a text of this site, which is in the catalogue by its exact words.
    """
    if isinstance(stored, str):
        text = FILE_NAME.sub(lambda name: redact_file_name(name[0], redaction), stored)
        return redaction.redact_text(text)
    if not isinstance(stored, dict):
        return stored
    return stored | {
        name: _redact_items(stored[name], redaction) for name in ("values", "parts") if name in stored
    }


def _redact_items(items: Any, redaction: Redaction) -> Any:
    if isinstance(items, dict):
        return {name: redact_message(item, redaction) for name, item in items.items()}
    return [redact_message(item, redaction) for item in items] if items else items


def _is_in_original(row: WordFile, redaction: Redaction) -> bool:
    if redaction.searches_files:
        return bool(row.original) and is_in_original(row.original, row.filename, redaction)
    try:
        text = all_text(row.content)
    except (FileNotFoundError, InvalidWordFile):
        return False
    return redaction.is_in(text)
