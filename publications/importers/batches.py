"""Import files in batches, each in one transaction that stores drafts, publishes them and adds redirects."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from django.db import DatabaseError, connection, transaction

from publications import actions
from publications.manuscript import Manuscript
from publications.models import Edition, Publication
from publications.reserved_disk_space import is_disk_full_error
from publications.stored_messages import gettext as _
from publications.stored_messages import store_message

from .duplicates import report_duplicates
from .field_changes import list_draft_changes
from .hidden_reasons import explain_hidden
from .import_cache import ImportCache
from .imported_file import ImportedFile, ImportNote, NoteKind
from .manuscript_files import LazyFiles, ManuscriptFiles, add_image_words, describe_other_words
from .manuscripts import ManuscriptRefused, import_manuscripts
from .new_addresses import collect_new_addresses, record_addresses_of_texts
from .note_traces import is_resolved
from .options import ImportOptions
from .pending_drafts import describe_missing
from .publish_files import publish_files
from .reconcile import FileIntent, ImportState, determine_intent, load_import_states
from .redirects import add_redirects, keep_further_addresses
from .report import FileOutcome, FileReport, ImportReport

FIRST_ANALYZE_FILES = 50
STORED = (FileOutcome.NEW, FileOutcome.UPDATED)


@dataclass
class BatchImporter:
    """Imports batches of files; `reports` are those of the files so far, without their texts."""

    options: ImportOptions
    report: ImportReport
    import_cache: ImportCache
    reports: list[FileReport] = field(default_factory=list)
    analyzed_files: int = 0
    """The number of files after which the planner statistics were last updated."""

    def import_batch(self, batch: Sequence[ImportedFile]) -> None:
        """Import a batch in one transaction; if that fails, import each file in a transaction of its own.

        Raises:
            OSError, DatabaseError: the disk is full.
        """
        reported, redirects = len(self.report.files), self.report.redirects
        try:
            with transaction.atomic():
                files = self._import(batch)
        except (DatabaseError, ManuscriptRefused, ValueError, OSError) as error:
            if is_disk_full_error(error):
                raise
            del self.report.files[reported:]
            self.report.redirects = redirects
            self.import_cache.clear()
            if len(batch) > 1:
                for imported in batch:
                    self.import_batch([imported])
                return
            files = [self.refuse(batch[0].source, _describe_failure(error), batch[0].notes)]
        for file in files:
            _release_text(file)
        self.reports += files
        self._analyze_tables()

    def refuse(self, source: str, reason: str, notes: Sequence[ImportNote] = ()) -> FileReport:
        """Add a file that cannot be imported to the report, with the reason, and return its report."""
        file = FileReport(source, FileOutcome.REFUSED, list(notes), imported=ImportedFile(source))
        file.add_note(NoteKind.DROPPED, "refused", reason)
        self.report.files.append(file)
        return file

    def _import(self, batch: Sequence[ImportedFile]) -> list[FileReport]:
        actions.lock_site_version()
        uids = [imported.manuscript.uid for imported in batch if imported.manuscript]
        states = load_import_states(uids)
        files = [self._start_report(imported, states) for imported in batch]
        self._store_drafts(files)
        _add_changes(files, states)
        publish_files(files, self.options)
        if self.options.dry_run and self.options.archive_import:
            report_duplicates(files, self.report)
        with collect_new_addresses(self.report) as new:
            for file in files:
                self.report.redirects += add_redirects(file, by=self.options.by)
            self.report.redirects += keep_further_addresses(
                files, by=self.options.by, archive_import=self.options.archive_import
            )
        if not self.options.dry_run:
            self.options.record_batch(files)
            record_addresses_of_texts(self.options.archive_import, new, files)
        return files

    def _start_report(self, imported: ImportedFile, states: Mapping[str, ImportState]) -> FileReport:
        if imported.manuscript is None:
            return self.refuse(imported.source, imported.refusal, imported.notes)
        state = states.get(imported.manuscript.uid)
        is_changed = state is not None and (state.is_deleted or self._has_changes(imported, state))
        is_other_text = is_changed and state.is_other_text(
            imported.manuscript, is_path_other=bool(self.options.earlier_texts)
        )
        if is_other_text and state.is_deleted:
            state = None
        kept_reason = (
            _describe_kept(state, is_other_text) if state and is_changed and not state.is_deleted else ""
        )
        outcome = _determine_outcome(state, is_changed, kept_reason)
        has_text_of_file = outcome in STORED
        has_text_of_file |= outcome is FileOutcome.UNCHANGED and bool(state and state.is_imported)
        file = _build_file_report(imported, outcome, has_text_of_file=has_text_of_file)
        if kept_reason:
            file.add_note(NoteKind.DROPPED, "kept", kept_reason)
        if state and state.is_imported and not is_other_text:
            file.publication, file.is_edited = state.publication, state.is_edited
            if state.is_deleted:
                message = _("The draft that an import made of this file was deleted: it is a draft again.")
                file.add_note(NoteKind.CHANGED, "restored", message)
        if outcome is FileOutcome.UNCHANGED and has_text_of_file:
            files = self._manuscript_files(file)
            for message in describe_missing(imported.manuscript, files, file.publication, self.import_cache):
                file.add_note(NoteKind.DROPPED, "missing", message)
            self._add_other_words(file)
        if file.publication:
            file.mended = _find_mended(file.notes, state)
        self.report.files.append(file)
        return file

    def _has_changes(self, imported: ImportedFile, state: ImportState) -> bool:
        return state.has_changes(imported.manuscript, self.import_cache, imported.files)

    def _store_drafts(self, files: Sequence[FileReport]) -> None:
        """Store the drafts of new and updated files and report refusals, new guest authors and missing parts."""
        changed = [file for file in files if file.outcome in STORED]
        results = import_manuscripts(
            [(file.imported.manuscript, self._manuscript_files(file), file.publication) for file in changed],
            by=self.options.by,
            import_cache=self.import_cache,
        )
        for file, result in zip(changed, results, strict=True):
            if isinstance(result, ManuscriptRefused):
                file.outcome = FileOutcome.REFUSED
                file.add_note(NoteKind.DROPPED, "refused", str(result))
                continue
            file.publication = result.publication
            for message in result.guest_messages:
                file.add_note(NoteKind.GUESSED, "guest", message)
            for message in result.missing_messages:
                file.add_note(NoteKind.DROPPED, "missing", message)
            self._add_other_words(file)

    def _add_other_words(self, file: FileReport) -> None:
        manuscript, is_hidden = file.imported.manuscript, _hides_image_words(file)
        if not (is_hidden or file.is_edited):
            add_image_words(manuscript, self.import_cache)
        for message in describe_other_words(manuscript, self.import_cache, is_hidden=is_hidden):
            file.add_note(NoteKind.DROPPED, "value", message)

    def _manuscript_files(self, file: FileReport) -> ManuscriptFiles:
        imported = file.imported
        return ManuscriptFiles(
            LazyFiles(imported.files),
            imported.image_properties,
            imported.non_guest_authors,
            make_renditions=False,
            is_dry_run=self.options.dry_run,
            is_hidden=_hides_image_words(file),
        )

    def _analyze_tables(self) -> None:
        """Update the planner statistics of PostgreSQL, whose autovacuum notices growth only minutes later."""
        if len(self.reports) < max(FIRST_ANALYZE_FILES, 2 * self.analyzed_files):
            return
        self.analyzed_files = len(self.reports)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")


def _add_changes(files: Sequence[FileReport], states: Mapping[str, ImportState]) -> None:
    """Add to the reports of updated files what has changed in their drafts."""
    updated = {file.publication.pk: file for file in files if file.outcome is FileOutcome.UPDATED}
    changes = list_draft_changes({pk: states[file.uid].text for pk, file in updated.items()})
    for pk, file in updated.items():
        file.changes = changes.get(pk, [])


def _describe_failure(error: Exception) -> str:
    """Return why a text could not be stored, with the name of a file but not its place on the server."""
    if not isinstance(error, OSError) or not error.filename:
        return str(error)
    return f"{PurePath(os.fsdecode(error.filename)).name}: {error.strerror}"


def _build_file_report(imported: ImportedFile, outcome: FileOutcome, *, has_text_of_file: bool) -> FileReport:
    """Return the report of a file that was read.

    What was changed, guessed and left out holds as long as the text on the site is that of the file, or comes from it
    by edits, which may have mended it or not: in every run.
    """
    manuscript = imported.manuscript
    notes = [note for note in imported.notes if has_text_of_file or note.kind is NoteKind.DROPPED]
    return FileReport(
        imported.source, outcome, notes, [note for note in imported.notes if note not in notes],
        title=manuscript.title, coverage=imported.coverage, uid=manuscript.uid, language=manuscript.language,
        tags=manuscript.tags, address=_address_of(manuscript), related=manuscript.related, imported=imported,
        authors=tuple(byline.author for byline in manuscript.bylines),
        images=tuple(image.key for image in manuscript.images),
    )  # fmt: skip


def _hides_image_words(file: FileReport) -> bool:
    """Whether a text says of its images what readers of the source have not seen."""
    is_hidden = bool(explain_hidden(file)) or determine_intent(file.imported) is FileIntent.FUTURE
    return is_hidden and not file.imported.has_library_words


def _find_mended(notes: Sequence[ImportNote], state: ImportState) -> list[ImportNote]:
    if not state.is_edited:
        return []
    stored = [(note, store_message(note.text)) for note in notes]
    return [note for note, text in stored if is_resolved(note.topic, text, state.publication, state)]


def _address_of(manuscript: Manuscript) -> str:
    locale = Publication(language=manuscript.language).locale
    return Edition(locale=locale, slug=manuscript.slug).get_absolute_url()


def _determine_outcome(state: ImportState | None, is_changed: bool, kept_reason: str) -> FileOutcome:
    if state is None or state.is_deleted:
        return FileOutcome.NEW
    if not is_changed:
        return FileOutcome.UNCHANGED
    return FileOutcome.KEPT if kept_reason else FileOutcome.UPDATED


def _describe_kept(state: ImportState, is_other_text: bool) -> str:
    """Return why a publication is not updated by a changed file, or "" if it is."""
    if is_other_text:
        return _(
            "“%(title)s” was imported from this file before, and this is another text: nothing of the file was taken. "
            "Give the file another name to import it."
        ) % {"title": state.last_import.title}
    if not state.is_edited:
        return ""
    if state.is_imported:
        return _(
            "Edited at the desk since it was last imported: the desk's text stays, the file's was not taken."
        )
    return _(
        "The publication of this uid was made at the desk: it stays as it is there, and nothing of the file was taken."
    )


def _release_text(file: FileReport) -> None:
    """Drop the text of a file to free memory; the rest of the import needs its links only."""
    imported = file.imported
    file.imported = ImportedFile(
        file.source, anchors=imported.anchors, fragment_links=imported.fragment_links
    )
    file.edition = None
    if publication := file.publication:
        file.publication = Publication(pk=publication.pk, uid=publication.uid, title=publication.title)
