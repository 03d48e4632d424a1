"""Merge later versions of a Word file, and its rejected changes, into a draft that editors have changed since."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from publications import actions
from publications.diff import BaseValues, FieldConflict, FieldMerge, merge_fields, shared_paragraphs
from publications.draft_content import write_draft
from publications.manuscript import Manuscript
from publications.manuscript import dumps as dump_manuscript
from publications.models import (
    Publication,
    RevisionReason,
    TrackedChangesState,
    WordFile,
    manuscript_of,
)
from publications.publication_fields import MAX_LENGTHS, WORD_FIELDS

from ..import_cache import ImportCache
from ..manuscript_files import store_images
from .drafts import (
    apply_annotations,
    create_word_file,
    files_of,
    read_word_file,
    set_open_changes,
    store_original_of,
)
from .note_labels import align_note_labels
from .reader import TrackedChangesPolicy, WordDocument


@transaction.atomic
def store_pending_version(
    publication: Publication, document: WordDocument, content: bytes, filename: str, *, by
) -> WordFile:
    """Store a later version of a Word file for an editor to decide on; the draft does not change yet.

    Its notes get the labels of the previous file. An earlier undecided version is discarded.

    Args:
        publication: whose draft the file updates.
        document: the result of `read_word_file`.
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
    body = align_note_labels(
        document.manuscript.body, (previous or current).body, reserved_texts=[current.body]
    )
    manuscript = replace(document.manuscript, body=body)
    word_file = create_word_file(
        publication, document, manuscript, content, filename, by=by, is_undecided=True
    )
    store_original_of(word_file, content)
    return word_file


def conflict_field_name(conflict: FieldConflict) -> str:
    """Return the name of the form field for a conflict, which changes when either side does."""
    sides = "\0".join((conflict.key, conflict.incoming))
    return f"answer-{hashlib.blake2s(sides.encode(), digest_size=8).hexdigest()}"


def merge_version(word_file: WordFile, answers: Mapping[str, str]) -> FieldMerge:
    """Merge the draft with an undecided file.

    Args:
        word_file: the record of the file.
        answers: choices for conflicts by `conflict_field_name`.

    Returns:
        The merged fields and the undecided conflicts.
    """
    stored, previous = manuscript_of(word_file.publication), _previous_manuscript(word_file.publication)
    base = _texts(previous) if previous else _shared_texts(stored, word_file.manuscript)
    return _merge(base, stored, word_file.manuscript, answers)


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
def accept_version(word_file: WordFile, document: WordDocument, texts: Mapping[str, object], *, by) -> None:
    """Store the merged texts in the draft and accept the file.

    Args:
        word_file: the record of the undecided file.
        document: the same file, read again for its images.
        texts: the merged fields.
        by: the user in the revision.
    """
    store_images(document.manuscript, files_of(document), ImportCache())
    store_merged(word_file.publication, texts, by=by)
    word_file.is_undecided = False
    word_file.added_at = timezone.now()
    word_file.save()
    word_file.publication.word_files.accepted().exclude(pk=word_file.pk).filter(
        tracked_changes=TrackedChangesState.OPEN
    ).update(tracked_changes=TrackedChangesState.ACCEPTED)
    apply_annotations(word_file, document)


def merge_rejecting_changes(
    word_file: WordFile, answers: Mapping[str, str]
) -> tuple[FieldMerge, WordDocument]:
    """Read the file again with its tracked changes rejected, and merge that text into the draft.

    Args:
        word_file: the record of the file.
        answers: choices for conflicts by `conflict_field_name`.

    Returns:
        The merged fields with undecided conflicts, and the file as read.

    Raises:
        ImportRefused: the file cannot be read.
        FileNotFoundError: the original is missing.
    """
    base = word_file.manuscript
    document = read_word_file(
        word_file.content,
        word_file.filename,
        language=base.language,
        tracked_changes=TrackedChangesPolicy.REJECT,
    )
    body = align_note_labels(document.manuscript.body, base.body, reserved_texts=[word_file.publication.body])
    document.manuscript = replace(document.manuscript, body=body)
    return _merge(_texts(base), manuscript_of(word_file.publication), document.manuscript, answers), document


@transaction.atomic
def accept_changes(word_file: WordFile) -> None:
    """Mark the tracked changes as accepted; the draft contains them already."""
    _close_changes(word_file, TrackedChangesState.ACCEPTED)


@transaction.atomic
def reject_changes(word_file: WordFile, document: WordDocument, texts: Mapping[str, object], *, by) -> None:
    """Store the draft without the tracked changes.

    Args:
        word_file: the record of the file.
        document: the file, read without the changes.
        texts: the merged fields.
        by: the user in the revision.
    """
    store_images(document.manuscript, files_of(document), ImportCache())
    store_merged(word_file.publication, texts, by=by)
    word_file.text = dump_manuscript(document.manuscript)
    _close_changes(word_file, TrackedChangesState.REJECTED)


def _close_changes(word_file: WordFile, tracked_changes: TrackedChangesState) -> None:
    word_file.tracked_changes = tracked_changes
    word_file.save()
    set_open_changes(word_file.publication, 0)


def store_merged(publication: Publication, texts: Mapping[str, object], *, by) -> None:
    """Write merged texts to the draft and store a revision."""
    texts = {name: text.strip("\n") for name, text in texts.items()}
    points = [point for point in texts["key_points"].split("\n\n") if point.strip()]
    title = " ".join(texts["title"].split())[: MAX_LENGTHS["title"]]
    write_draft(publication, {**texts, "title": title, "key_points": "\n".join(points)})
    actions.store_revision(publication, by=by, reason=RevisionReason.WORD)


def discard_version(word_file: WordFile) -> None:
    """Delete the record of an undecided file."""
    word_file.delete()
