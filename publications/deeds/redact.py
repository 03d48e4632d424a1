"""redact: take a name or a passage out everywhere, in every edition, the working copy and its history."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications import prose
from publications.models import DeedKind, Edition, EditionByline, Publication, Revision, Why

from .compose import carried_paragraphs, rendered
from .ground import Refused, begin, locked

TEXTS = ("title", "summary", "key_points", "note", "end_note")
SHORTEST = 3


@transaction.atomic
def redact(publication: Publication, passage: str, *, by, why: str = "", mark: str | None = None) -> int:
    """Replace the passage by a mark in all that was kept of the piece; says in how many editions.

    The mark is "[redacted]" in the language of each text, unless one is given (it may be empty where
    the law or someone's safety asks for it). The passage itself is not written into the audit line.
    Raises ClockBehind, or Refused where the passage is too short or stands nowhere.
    """
    piece = locked(publication)
    if len(passage.strip()) < SHORTEST:
        raise Refused(_("The passage is too short to be taken out safely: give at least three characters."))
    deed = begin(by=by, publication=piece)
    mark = _mark(piece.language) if mark is None else mark
    editions = [edition for edition in piece.editions.all() if _redact_edition(edition, passage, mark)]
    in_copy = _redact_working_copy(piece, passage, mark, by)
    if not editions and not in_copy:
        raise Refused(_("The passage stands nowhere in this publication."))
    deed.tell(
        DeedKind.REDACT, piece.title, publication=piece, editions=[each.number for each in editions], why=why
    )
    publication.refresh_from_db()
    return len(editions)


def _mark(language: str) -> str:
    with override(language):
        return _("[redacted]")


def _redact_edition(edition: Edition, passage: str, mark: str) -> bool:
    bylines = [
        row
        for row in edition.bylines.all()
        if _redact_fields(row, ("name", "title", "affiliation"), passage, mark)
    ]
    EditionByline.objects.bulk_update(bylines, ["name", "title", "affiliation"])
    touched = _redact_fields(edition, (*TEXTS, "markdown"), passage, mark)
    if touched:
        text = prose.render(edition.markdown, language=edition.language, carried=carried_paragraphs(edition))
        for name, value in rendered(text).items():
            setattr(edition, name, value)
    if touched or bylines:
        edition.redactions += 1
        edition.save()
    return bool(touched or bylines)


def _redact_working_copy(piece: Publication, passage: str, mark: str, by) -> bool:
    touched = _redact_fields(piece, ("title", "summary", "key_points", "body", "note"), passage, mark)
    for revision in piece.revisions.filter(manuscript__contains=passage):
        revision.manuscript = revision.manuscript.replace(passage, mark)
        revision.save(update_fields=["manuscript"])
        touched = True
    if touched:
        piece.save()
        Revision.objects.keep(piece, by=by, why=Why.REDACTED)
    return touched


def _redact_fields(row, fields: tuple[str, ...], passage: str, mark: str) -> bool:
    """Replace the passage in these fields of a row that is not stored yet; says whether it was there."""
    found = [name for name in fields if passage in getattr(row, name)]
    for name in found:
        setattr(row, name, getattr(row, name).replace(passage, mark))
    return bool(found)
