"""Word files become drafts, and later ones are merged with what editors have made of the draft meanwhile.

Files are read before anything is stored, so that a file that is refused leaves nothing behind; what is then
stored, the original last, is stored together or not at all.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import manuscript
from publications.diff import BaseValues, FieldConflict, FieldMerge, merge_fields, shared_paragraphs
from publications.draft_content import write_draft
from publications.manuscript import Manuscript
from publications.models import (
    DraftComment,
    Image,
    Publication,
    Revision,
    RevisionReason,
    TrackedChangesState,
    WordFile,
    manuscript_of,
    store_original,
)
from publications.publication_fields import FROM_WORD

from ..intake import IncomingFiles, import_manuscript, store_images
from ..markdown import image_key
from ..report import ImportRefused
from ..site_names import SiteNames, match_names
from .note_labels import align_note_labels
from .reader import TrackedChangesPolicy, WordDocument, WordReadOptions, read_word
from .tracked_changes import MAX_REPORTED_CHANGES, TrackedChangeKind

LONGEST_NAME = 200
DECIDED = {TrackedChangeKind.INSERTION, TrackedChangeKind.DELETION, TrackedChangeKind.MOVE}
"""Changes of words. A change of form alone needs no decision: pages have a form of their own."""


def read_word_file(
    content: bytes,
    filename: str,
    *,
    language: str = "",
    kind: str = "quick-comment",
    tracked: TrackedChangesPolicy = TrackedChangesPolicy.ACCEPT,
) -> WordDocument:
    """Read a Word file, with its pictures by their keys in the library. Raises ImportRefused, also if it is blank."""
    word = read_word(content, filename, WordReadOptions(_picture_name, tracked, language, kind))
    if word.is_empty:
        raise ImportRefused(_("There is nothing in the file: no text and no picture. Is it the right one?"))
    return word


def _picture_name(digest: str) -> str:
    """The key of a picture: that of the library where it has the same bytes."""
    known = Image.objects.filter(original__startswith=f"{digest[:2]}/{digest}.").order_by("pk").first()
    return known.key if known else image_key(digest, settings.SECRET_KEY.encode())


@transaction.atomic
def import_word(word: WordDocument, content: bytes, filename: str, *, by) -> WordFile:
    """Make a draft of a Word file that has been read, with its authors as far as the site knows them."""
    site_names = SiteNames()
    known = [each.author for each in match_names(word.names, site_names) if each.author]
    lines = tuple(
        manuscript.ManuscriptByline(author=author.slug, name=author.name) for author in dict.fromkeys(known)
    )
    text = replace(word.manuscript, bylines=lines)
    report = import_manuscript(text, _bundle(word), by=by, why=RevisionReason.WORD, site_names=site_names)
    row = _row(report.publication, word, text, content, filename, by=by, told=report.messages)
    _take(row, word)
    _keep(row, content)
    return row


@transaction.atomic
def offer_version(piece: Publication, word: WordDocument, content: bytes, filename: str, *, by) -> WordFile:
    """Keep the next file of an author beside the draft; nothing of the draft changes yet.

    Its notes are labelled as they were in the file before. An earlier file that still waits is given up for it.
    """
    for waiting in piece.word_files.undecided():
        discard_version(waiting)
    ours = manuscript_of(piece)
    before = _before(piece)
    body = align_note_labels(word.manuscript.body, (before or ours).body, taken=[ours.body])
    text = replace(word.manuscript, body=body)
    row = _row(piece, word, text, content, filename, by=by, is_undecided=True)
    _keep(row, content)
    return row


def answer_key(conflict: FieldConflict) -> str:
    """Return what the answer to a conflict is called in a form. Where either side changes, it is another."""
    sides = "\0".join((conflict.key, conflict.incoming))
    return f"answer-{hashlib.blake2s(sides.encode(), digest_size=8).hexdigest()}"


def merge_version(row: WordFile, answers: Mapping[str, str]) -> FieldMerge:
    """Merge the draft with a file that waits.

    Args:
        answers: what was chosen for conflicts, by `answer_key`.
    """
    stored, before = manuscript_of(row.publication), _before(row.publication)
    base = _texts(before) if before else _shared(stored, row.manuscript)
    return _merge(base, stored, row.manuscript, answers)


def _merge(
    base: Mapping[str, object], stored: Manuscript, incoming: Manuscript, answers: Mapping[str, str]
) -> FieldMerge:
    return merge_fields(
        FROM_WORD, BaseValues(base), _texts(stored), _texts(incoming),
        choose=lambda conflict: answers.get(answer_key(conflict), ""),
    )  # fmt: skip


def _texts(text: Manuscript) -> dict[str, object]:
    """Return the fields that a Word file brings, each as one text: key points are paragraphs of it."""
    values = {field.name: getattr(text, field.name) for field in FROM_WORD}
    return {name: value if isinstance(value, str) else "\n\n".join(value) for name, value in values.items()}


def _before(piece: Publication) -> Manuscript | None:
    """What the author had sent before."""
    last = piece.word_files.accepted().first()
    return last.manuscript if last else None


def _shared(stored: Manuscript, incoming: Manuscript) -> dict[str, object]:
    """What both texts have, where the draft was not made from a Word file: what either has besides is then its own."""
    texts, others = _texts(stored), _texts(incoming)
    return {name: shared_paragraphs(text, others[name]) for name, text in texts.items()}


@transaction.atomic
def accept_version(row: WordFile, word: WordDocument, texts: Mapping[str, object], *, by) -> None:
    """The merged text becomes the draft; `word` is the file that waited, read again for its pictures."""
    store_images(word.manuscript, _bundle(word), SiteNames())
    write(row.publication, texts, by=by)
    row.is_undecided = False
    row.added_at = timezone.now()
    row.save()
    row.publication.word_files.accepted().exclude(pk=row.pk).filter(
        tracked_changes=TrackedChangesState.OPEN
    ).update(tracked_changes=TrackedChangesState.ACCEPTED)
    _take(row, word)


def merge_without_changes(row: WordFile, answers: Mapping[str, str]) -> tuple[FieldMerge, WordDocument]:
    """Merge the draft with its file as it is without its tracked changes. Raises ImportRefused, FileNotFoundError."""
    base = row.manuscript
    word = read_word_file(
        row.content, row.filename, language=base.language, tracked=TrackedChangesPolicy.REJECT
    )
    body = align_note_labels(word.manuscript.body, base.body, taken=[row.publication.body])
    word.manuscript = replace(word.manuscript, body=body)
    return _merge(_texts(base), manuscript_of(row.publication), word.manuscript, answers), word


@transaction.atomic
def accept_changes(row: WordFile) -> None:
    """The draft has the changes already: they are settled."""
    _settle(row, TrackedChangesState.ACCEPTED)


@transaction.atomic
def reject_changes(row: WordFile, word: WordDocument, texts: Mapping[str, object], *, by) -> None:
    """The draft without the changes; `word` is the file as it was read without them."""
    store_images(word.manuscript, _bundle(word), SiteNames())
    write(row.publication, texts, by=by)
    row.text = manuscript.dumps(word.manuscript)
    _settle(row, TrackedChangesState.REJECTED)


def _settle(row: WordFile, tracked: TrackedChangesState) -> None:
    row.tracked_changes = tracked
    row.save()
    _set_open_changes(row.publication, 0)


def write(piece: Publication, texts: Mapping[str, object], *, by) -> None:
    """Put merged texts into the draft and keep a revision."""
    texts = {name: text.strip("\n") for name, text in texts.items()}
    points = [point for point in texts["key_points"].split("\n\n") if point.strip()]
    content = {**texts, "title": " ".join(texts["title"].split()), "key_points": "\n".join(points)}
    lengths = {field.name: field.max_length for field in FROM_WORD}
    write_draft(piece, {name: text[: lengths[name]] for name, text in content.items()})
    Revision.objects.create_from(piece, by=by, why=RevisionReason.WORD)


def discard_version(row: WordFile) -> None:
    """Give up a file that waited."""
    row.delete()


def _row(
    piece: Publication, word: WordDocument, text: Manuscript, content: bytes, filename: str, *, by, **more
) -> WordFile:
    is_open = any(change.kind in DECIDED for change in word.changes)
    return WordFile.objects.create(
        publication=piece,
        filename=PurePath(filename.replace("\\", "/")).name[-LONGEST_NAME:] or "word.docx",
        size=len(content),
        text=manuscript.dumps(text),
        report=report_of(word, more.pop("told", [])),
        tracked_changes=TrackedChangesState.OPEN if is_open else TrackedChangesState.NONE,
        added_by=by,
        **more,
    )


def report_of(word: WordDocument, told: list[str]) -> dict:
    """What is told of a file, as plain values."""
    return {
        "counts": {name: [count.found, count.kept] for name, count in word.counts.items()},
        "words": [word.coverage.total, len(word.coverage.missing)],
        "names": list(word.names),
        "creator": word.creator,
        "changes": [[change.kind, change.by, change.text] for change in word.changes[:MAX_REPORTED_CHANGES]],
        "change_counts": {
            kind: sum(change.kind == kind for change in word.changes) for kind in TrackedChangeKind
        },
        "lines": [[note.kind, note.text] for note in word.notes] + [["dropped", text] for text in told],
        "comments": len(word.comments),
    }


def _take(row: WordFile, word: WordDocument) -> None:
    """What stands beside the draft of a file that has been taken: comments, and changes to be decided."""
    count = sum(change.kind in DECIDED for change in word.changes)
    _set_open_changes(row.publication, count if row.tracked_changes == TrackedChangesState.OPEN else 0)
    there = set(row.publication.draft_comments.values_list("author_name", "text", "passage"))
    start = row.publication.draft_comments.count()
    DraftComment.objects.bulk_create(
        DraftComment(
            publication=row.publication, author_name=each.by, text=each.text, passage=each.passage,
            created_at=_parse_comment_time(each.at), is_resolved=each.is_settled, position=place,
        )
        for place, each in enumerate(word.comments, start=start)
        if (each.by, each.text, each.passage) not in there
    )  # fmt: skip


def _parse_comment_time(text: str) -> datetime | None:
    """Word notes the clock of whoever wrote; the nearest we know is our own."""
    return timezone.make_aware(datetime.fromisoformat(text)) if text else None


def _set_open_changes(piece: Publication, count: int) -> None:
    piece.undecided_changes = count
    Publication.objects.filter(pk=piece.pk).update(undecided_changes=count)


def _bundle(word: WordDocument) -> IncomingFiles:
    """Renditions are made when a page first asks for them: forty pictures would be half a minute."""
    return IncomingFiles(contents=word.files, facts=word.facts, renditions_at_once=False)


def _keep(row: WordFile, content: bytes) -> None:
    row.original = store_original(content, "docx")
    row.save(update_fields=["original"])
