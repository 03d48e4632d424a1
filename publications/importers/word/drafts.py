"""Create drafts from Word files, and merge later files with the changes of editors since.

A file is read completely before anything is stored, so that a refused file leaves nothing behind. The draft and the
original are stored in one transaction.
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
from publications.publication_fields import WORD_FIELDS

from ..intake import IncomingFiles, import_manuscript, store_images
from ..markdown import image_key
from ..report import ImportRefused
from ..site_names import SiteNames, match_names
from .note_labels import align_note_labels
from .reader import TrackedChangesPolicy, WordDocument, WordReadOptions, read_word
from .tracked_changes import MAX_REPORTED_CHANGES, TrackedChangeKind

MAX_FILE_NAME_CHARACTERS = 200
TEXT_CHANGES = {TrackedChangeKind.INSERTION, TrackedChangeKind.DELETION, TrackedChangeKind.MOVE}
"""Changes of text. Changes of format need no decision, because pages have their own format."""


def read_word_file(
    content: bytes,
    filename: str,
    *,
    language: str = "",
    kind: str = "quick-comment",
    tracked: TrackedChangesPolicy = TrackedChangesPolicy.ACCEPT,
) -> WordDocument:
    """Read a Word file, with the library keys of its images.

    Args:
        filename: the name of the upload, for the title of a text without one.
        language: the language of the text; "" detects it.
        kind: the slug of the kind of the publication.
        tracked: whether tracked changes are accepted or rejected.

    Raises:
        ImportRefused: the file is empty, damaged, too large or not a Word file.
    """
    word = read_word(content, filename, WordReadOptions(_library_key, tracked, language, kind))
    if word.is_empty:
        raise ImportRefused(_("There is nothing in the file: no text and no picture. Is it the right one?"))
    return word


def _library_key(digest: str) -> str:
    """Return the key of an image in the library with the same content, otherwise a new key."""
    image = Image.objects.filter(original__startswith=f"{digest[:2]}/{digest}.").order_by("pk").first()
    return image.key if image else image_key(digest, settings.SECRET_KEY.encode())


@transaction.atomic
def import_word(word: WordDocument, content: bytes, filename: str, *, by) -> WordFile:
    """Create a draft from a Word file that was read, with the authors in it that the site knows.

    Args:
        word: the result of `read_word_file`.
        content: the file, which is stored as the original.
        filename: the name of the upload.
        by: the user in the revision and the record of the file.

    Returns:
        The record of the file, with its publication and report.

    Raises:
        IntakeRefused: the kind or language is unknown.
    """
    site_names = SiteNames()
    authors = [match.author for match in match_names(word.names, site_names) if match.author]
    bylines = tuple(
        manuscript.ManuscriptByline(author=author.slug, name=author.name) for author in dict.fromkeys(authors)
    )
    text = replace(word.manuscript, bylines=bylines)
    report = import_manuscript(
        text, _incoming_files(word), by=by, why=RevisionReason.WORD, site_names=site_names
    )
    row = _create_row(report.publication, word, text, content, filename, by=by, messages=report.messages)
    _apply_annotations(row, word)
    _store_original(row, content)
    return row


@transaction.atomic
def store_pending_version(
    publication: Publication, word: WordDocument, content: bytes, filename: str, *, by
) -> WordFile:
    """Store a later version of a Word file for an editor to decide on; the draft does not change yet.

    Its notes get the labels of the previous file. An earlier undecided version is discarded.

    Args:
        publication: whose draft the file updates.
        word: the result of `read_word_file`.
        content: the file, which is stored as the original.
        filename: the name of the upload.
        by: the user in the record of the file.

    Returns:
        The undecided record of the file.
    """
    for pending in publication.word_files.undecided():
        discard_version(pending)
    current = manuscript_of(publication)
    previous = _previous_manuscript(publication)
    body = align_note_labels(word.manuscript.body, (previous or current).body, taken=[current.body])
    text = replace(word.manuscript, body=body)
    row = _create_row(publication, word, text, content, filename, by=by, is_undecided=True)
    _store_original(row, content)
    return row


def conflict_field_name(conflict: FieldConflict) -> str:
    """Return the name of the form field for a conflict, which changes when either side does."""
    sides = "\0".join((conflict.key, conflict.incoming))
    return f"answer-{hashlib.blake2s(sides.encode(), digest_size=8).hexdigest()}"


def merge_version(row: WordFile, answers: Mapping[str, str]) -> FieldMerge:
    """Merge the draft with an undecided file.

    Args:
        row: the record of the file.
        answers: choices for conflicts by `conflict_field_name`.

    Returns:
        The merged fields and the undecided conflicts.
    """
    stored, previous = manuscript_of(row.publication), _previous_manuscript(row.publication)
    base = _texts(previous) if previous else _shared_texts(stored, row.manuscript)
    return _merge(base, stored, row.manuscript, answers)


def _merge(
    base: Mapping[str, object], stored: Manuscript, incoming: Manuscript, answers: Mapping[str, str]
) -> FieldMerge:
    return merge_fields(
        WORD_FIELDS, BaseValues(base), _texts(stored), _texts(incoming),
        choose=lambda conflict: answers.get(conflict_field_name(conflict), ""),
    )  # fmt: skip


def _texts(text: Manuscript) -> dict[str, object]:
    """Return the fields from a Word file, each as one text; key points become its paragraphs."""
    values = {field.name: getattr(text, field.name) for field in WORD_FIELDS}
    return {name: value if isinstance(value, str) else "\n\n".join(value) for name, value in values.items()}


def _previous_manuscript(publication: Publication) -> Manuscript | None:
    """Return the manuscript of the last accepted file, or None."""
    accepted = publication.word_files.accepted().first()
    return accepted.manuscript if accepted else None


def _shared_texts(stored: Manuscript, incoming: Manuscript) -> dict[str, object]:
    """Return the paragraphs that both texts share, as the base for a draft without an earlier Word file."""
    texts, others = _texts(stored), _texts(incoming)
    return {name: shared_paragraphs(text, others[name]) for name, text in texts.items()}


@transaction.atomic
def accept_version(row: WordFile, word: WordDocument, texts: Mapping[str, object], *, by) -> None:
    """Store the merged texts in the draft and accept the file.

    Args:
        row: the record of the undecided file.
        word: the same file, read again for its images.
        texts: the merged fields.
        by: the user in the revision.
    """
    store_images(word.manuscript, _incoming_files(word), SiteNames())
    store_merged(row.publication, texts, by=by)
    row.is_undecided = False
    row.added_at = timezone.now()
    row.save()
    row.publication.word_files.accepted().exclude(pk=row.pk).filter(
        tracked_changes=TrackedChangesState.OPEN
    ).update(tracked_changes=TrackedChangesState.ACCEPTED)
    _apply_annotations(row, word)


def merge_without_changes(row: WordFile, answers: Mapping[str, str]) -> tuple[FieldMerge, WordDocument]:
    """Read the file again with its tracked changes rejected, and merge that text into the draft.

    Args:
        row: the record of the file.
        answers: choices for conflicts by `conflict_field_name`.

    Returns:
        The merged fields with undecided conflicts, and the file as read.

    Raises:
        ImportRefused: the file cannot be read.
        FileNotFoundError: the original is missing.
    """
    base = row.manuscript
    word = read_word_file(
        row.content, row.filename, language=base.language, tracked=TrackedChangesPolicy.REJECT
    )
    body = align_note_labels(word.manuscript.body, base.body, taken=[row.publication.body])
    word.manuscript = replace(word.manuscript, body=body)
    return _merge(_texts(base), manuscript_of(row.publication), word.manuscript, answers), word


@transaction.atomic
def accept_changes(row: WordFile) -> None:
    """Mark the tracked changes as accepted; the draft contains them already."""
    _close_changes(row, TrackedChangesState.ACCEPTED)


@transaction.atomic
def reject_changes(row: WordFile, word: WordDocument, texts: Mapping[str, object], *, by) -> None:
    """Store the draft without the tracked changes.

    Args:
        row: the record of the file.
        word: the file, read without the changes.
        texts: the merged fields.
        by: the user in the revision.
    """
    store_images(word.manuscript, _incoming_files(word), SiteNames())
    store_merged(row.publication, texts, by=by)
    row.text = manuscript.dumps(word.manuscript)
    _close_changes(row, TrackedChangesState.REJECTED)


def _close_changes(row: WordFile, tracked: TrackedChangesState) -> None:
    row.tracked_changes = tracked
    row.save()
    _set_open_changes(row.publication, 0)


def store_merged(publication: Publication, texts: Mapping[str, object], *, by) -> None:
    """Write merged texts to the draft and store a revision."""
    texts = {name: text.strip("\n") for name, text in texts.items()}
    points = [point for point in texts["key_points"].split("\n\n") if point.strip()]
    content = {**texts, "title": " ".join(texts["title"].split()), "key_points": "\n".join(points)}
    lengths = {field.name: field.max_length for field in WORD_FIELDS}
    write_draft(publication, {name: text[: lengths[name]] for name, text in content.items()})
    Revision.objects.create_from(publication, by=by, reason=RevisionReason.WORD)


def discard_version(row: WordFile) -> None:
    """Delete the record of an undecided file."""
    row.delete()


def _create_row(
    publication: Publication,
    word: WordDocument,
    text: Manuscript,
    content: bytes,
    filename: str,
    *,
    by,
    **values,
) -> WordFile:
    is_open = any(change.kind in TEXT_CHANGES for change in word.changes)
    return WordFile.objects.create(
        publication=publication,
        filename=PurePath(filename.replace("\\", "/")).name[-MAX_FILE_NAME_CHARACTERS:] or "word.docx",
        size=len(content),
        text=manuscript.dumps(text),
        report=build_report(word, values.pop("messages", [])),
        tracked_changes=TrackedChangesState.OPEN if is_open else TrackedChangesState.NONE,
        added_by=by,
        **values,
    )


def build_report(word: WordDocument, messages: list[str]) -> dict:
    """Return the report on a file as plain values for JSON."""
    return {
        "counts": {name: [count.found, count.kept] for name, count in word.counts.items()},
        "words": [word.coverage.total, len(word.coverage.missing)],
        "names": list(word.names),
        "creator": word.creator,
        "changes": [[change.kind, change.by, change.text] for change in word.changes[:MAX_REPORTED_CHANGES]],
        "change_counts": {
            kind: sum(change.kind == kind for change in word.changes) for kind in TrackedChangeKind
        },
        "lines": [[note.kind, note.text] for note in word.notes] + [["dropped", text] for text in messages],
        "comments": len(word.comments),
    }


def _apply_annotations(row: WordFile, word: WordDocument) -> None:
    """Add the comments of an accepted file to the draft, and set the number of its undecided changes."""
    count = sum(change.kind in TEXT_CHANGES for change in word.changes)
    _set_open_changes(row.publication, count if row.tracked_changes == TrackedChangesState.OPEN else 0)
    existing = set(row.publication.draft_comments.values_list("author_name", "text", "passage"))
    start = row.publication.draft_comments.count()
    DraftComment.objects.bulk_create(
        DraftComment(
            publication=row.publication, author_name=comment.by, text=comment.text, passage=comment.passage,
            created_at=_comment_datetime(comment.at), is_resolved=comment.is_resolved, position=position,
        )
        for position, comment in enumerate(word.comments, start=start)
        if (comment.by, comment.text, comment.passage) not in existing
    )  # fmt: skip


def _comment_datetime(text: str) -> datetime | None:
    """Return the time of a comment, which has no zone, in the zone of the site."""
    return timezone.make_aware(datetime.fromisoformat(text)) if text else None


def _set_open_changes(publication: Publication, count: int) -> None:
    publication.undecided_changes = count
    Publication.objects.filter(pk=publication.pk).update(undecided_changes=count)


def _incoming_files(word: WordDocument) -> IncomingFiles:
    """Return the images of a file; their sizes are rendered on demand, since forty images take half a minute."""
    return IncomingFiles(contents=word.files, facts=word.facts, renditions_at_once=False)


def _store_original(row: WordFile, content: bytes) -> None:
    row.original = store_original(content, "docx")
    row.save(update_fields=["original"])
