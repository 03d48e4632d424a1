"""Publish the texts of a batch that may be public, and report why the others are not."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from publications import actions, snapshot
from publications.models import Edition
from publications.stored_messages import gettext as _
from publications.stored_messages import join_messages

from .field_changes import list_reader_changes
from .hidden_reasons import describe_still_public, explain_hidden, store_hidden_reasons
from .imported_file import NOT_PUBLIC, STILL_PUBLIC, NoteKind
from .options import ImportOptions
from .reconcile import (
    INTENT_REFUSALS,
    FileIntent,
    PublicationState,
    determine_intent,
    load_publication_states,
    may_publish,
)
from .report import FileOutcome, FileReport


def publish_files(files: Sequence[FileReport], options: ImportOptions) -> None:
    """Publish the publications of a batch that may be public.

    Args:
        files: reports of files; what is published and what was public is set, and the reasons against it are added as
            notes.
        options: whether to publish, and by whom.
    """
    stored = [file for file in files if file.publication and file.outcome is not FileOutcome.REFUSED]
    states = load_publication_states({file.publication.pk: file.is_edited for file in stored})
    for file in stored:
        state = states[file.publication.pk]
        file.was_public, file.was_withdrawn = state.is_live, state.was_withdrawn
    store_hidden_reasons(stored, states)
    ready = [file for file in stored if _should_publish(file, states[file.publication.pk], options)]
    live = {file.publication.pk: states[file.publication.pk].live_digest for file in ready if file.was_public}
    changes = list_reader_changes(live)
    results = actions.publish_many(
        [file.publication for file in ready],
        by=options.by,
        prerendered=_rendered_texts(ready),
        until_by_pk=_expiry_dates(ready, states),
        defer_similarity=True,
        without_approval="import",  # it was approved where it comes from
        was_public_elsewhere=True,
    )
    for file, result in zip(ready, results, strict=True):
        file.is_published = isinstance(result, Edition)
        file.edition = result if file.is_published else None
        file.reader_changes = changes.get(file.publication.pk, []) if file.is_published else []
        if isinstance(result, actions.ActionRefused):
            for reason in result.reasons:
                file.add_note(NoteKind.DROPPED, "held", _("Not published: %s") % reason)


def _should_publish(file: FileReport, state: PublicationState, options: ImportOptions) -> bool:
    intent = determine_intent(file.imported)
    is_allowed, reason = may_publish(state.stage, intent, is_publishing=options.publish)
    if reason:
        file.add_note(NoteKind.DROPPED, "held", _explain_draft(file, reason))
    if state.is_live:
        _report_still_public(file, state)
    return is_allowed


def _explain_draft(file: FileReport, reason: str) -> str:
    """Return why a text waits: what says that it is a draft, if that is what it waits for."""
    why = _explain_draft_flag(file) if reason == INTENT_REFUSALS[FileIntent.DRAFT] else ""
    return _("Not published: %s") % why if why else reason


def _explain_draft_flag(file: FileReport) -> str:
    """Return what of a source says that a text is a draft, or ""."""
    reasons = [note.text for note in file.imported.notes if note.topic == NOT_PUBLIC]
    return join_messages(*reasons) if reasons else ""


def _report_still_public(file: FileReport, state: PublicationState) -> None:
    """Report if a file says that its live publication is a draft or ends."""
    if file.imported.is_draft and (reason := explain_hidden(file)):
        file.add_note(NoteKind.DROPPED, STILL_PUBLIC, describe_still_public(reason))
    expires_at = file.imported.expires_at
    if expires_at and state.visible_until != expires_at:
        message = _(
            "The file says that it ends on %s, but it is public without that end: set it at the desk."
        )
        file.add_note(NoteKind.DROPPED, STILL_PUBLIC, message % expires_at.date().isoformat())


def _expiry_dates(files: Sequence[FileReport], states: Mapping[int, PublicationState]) -> dict[int, datetime]:
    """Return the ends of publications by primary key: as set at the desk, otherwise as in the file."""
    expiry_dates = {
        file.publication.pk: states[file.publication.pk].visible_until or file.imported.expires_at
        for file in files
    }
    return {pk: end for pk, end in expiry_dates.items() if end}


def _rendered_texts(files: Sequence[FileReport]) -> snapshot.PrerenderedTexts:
    """Return the texts that were rendered by the reader, by language and Markdown."""
    texts = [(file.imported.manuscript, file.imported.rendered) for file in files]
    return {(manuscript.language, manuscript.body): rendered for manuscript, rendered in texts if rendered}
