"""Imports by the command `import_publications`: recorded as those of the desk are, to be listed and undone there.

An import of the same folder or file again has the same row, so that its undo takes back what all runs have made. The
desk may undo or delete that row while a run goes on: the run ends then, before it stores its next batch.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from publications.locales import current_locale
from publications.models import SOURCE_PATH, ArchiveImport, ArchiveImportState, ArchiveImportTask

from .archive_imports import name_places, record_files
from .held_notes import add_held_notes
from .imported_file import ImportRefused
from .options import ImportOptions, ProgressCallback
from .report import FileReport, ImportReport
from .report_page import build_report_page
from .run import run_import


class RowChanged(Exception):
    """Raised in a run whose row another process has changed. No `ValueError`, which would refuse a text alone."""


def run_command_import(options: ImportOptions, source: Path) -> ImportReport:
    """Run an import and record it. A dry run is not recorded, nor is an import that was refused before its first text.

    Args:
        source: the folder or file that the command names, which may be an archive that is unpacked.

    Returns:
        The report on all files.

    Raises:
        InvalidOptions: as `run_import`.
        ImportRefused: as `run_import`; or what the command has imported from there is being undone at the desk, or was
            undone, deleted or imported by another run while this one went on.
    """
    if options.dry_run:
        return run_import(options)
    options.validate()
    columns = _columns_of(options, source)
    job = _find_or_create(columns, source)
    recorded = replace(
        options,
        archive_import=job.pk,
        record_batch=partial(_record_batch, job),
        progress=partial(_record_progress, job, columns, options.progress),
    )
    try:
        report = run_import(recorded)
        _store(job, **columns | {"state": ArchiveImportState.DONE, "report": _build_report(report, job)})
    except RowChanged as error:
        raise ImportRefused(_explain_change(job)) from error
    except BaseException:
        _delete_if_empty(job)
        raise
    return report


def _columns_of(options: ImportOptions, source: Path) -> dict:
    """Return what a run stores in its row with each batch: the import is stopped until it is done."""
    return {
        "options": {
            SOURCE_PATH: _decode(source.resolve()),
            "publish": options.publish,
            "report_language": current_locale(get_language()),
        },
        "requested_by": options.by,
        "task": ArchiveImportTask.IMPORT,
        "state": ArchiveImportState.STOPPED,
        "starts": 0,
        "error": "",
        "is_stop_requested": False,
    }


def _find_or_create(columns: dict, source: Path) -> ArchiveImport:
    """Return the row of a source: one that is there as it is, until the first batch is stored."""
    path = source.resolve()
    job = ArchiveImport.objects.of_source(_decode(path))
    if not job:
        filename = (_decode(path.name) or str(path))[-200:]
        with transaction.atomic():
            return ArchiveImport.objects.create(archive="", filename=filename, size=0, **columns)
    if job.is_unfinished:
        raise ImportRefused(_explain_change(job))
    return job


def _decode(path: Path | str) -> str:
    """Return a path, or a name, as text that a database stores."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _record_batch(job: ArchiveImport, files: Sequence[FileReport]) -> None:
    """Record a batch in its transaction, which is rolled back if another process has changed the row."""
    if not job.as_read().select_for_update().exists():
        raise RowChanged
    record_files(job, files)


def _record_progress(
    job: ArchiveImport, columns: dict, progress: ProgressCallback, done: int, total: int
) -> None:
    """Show and store how far a run is. The report of an earlier run stays until this one is done."""
    progress(done, total)
    report = {"report": {}} if job.is_undo else {}
    _store(job, done=done, total=total, **columns, **report)


@transaction.atomic
def _store(job: ArchiveImport, *, options: dict, **columns: object) -> None:
    """Store the row of a run, with the options that the desk has added to it, unless another process has changed it."""
    stored = job.as_read().select_for_update().defer("report", "earlier_report").first()
    if not stored:
        raise RowChanged
    job.store(options=stored.options | options, **columns)


def _explain_change(job: ArchiveImport) -> str:
    """Return what another process has done to the row of a run, and what to do now."""
    stored = ArchiveImport.objects.filter(pk=job.pk).first()
    if not stored:
        message = _(
            "The import of “%(file)s” was deleted at the desk while this command ran, by hand or because something "
            "was redacted: the command has ended. What it has imported stays. Run it again to go on."
        )
    elif stored.is_unfinished:
        message = _("The import of “%(file)s” is being undone at the desk. Wait until that has ended.")
    elif stored.is_undo:
        message = _(
            "The import of “%(file)s” was undone at the desk while this command ran: the command has ended. Run it "
            "again to import the texts again."
        )
    else:
        message = _(
            "Another run of this command imports “%(file)s” at the same time: this one has ended. Run it again when "
            "the other is done."
        )
    return message % {"file": job.filename}


def _build_report(report: ImportReport, job: ArchiveImport) -> dict:
    """Return the report for the page. The list of authors is named by its place beside others, not on the server.

    All other places in it are those in the source, beside which addresses of the old site may look like paths here.
    """
    page = add_held_notes(build_report_page(report), job.import_report)
    if not report.author_list:
        return page
    names = {name: page[name] for name in ("author_list", "author_list_problem")}
    return page | name_places(names, report.author_list.parent, "")


def _delete_if_empty(job: ArchiveImport) -> None:
    """Delete the row of an import that has made nothing, unless another process has changed it."""
    with transaction.atomic():
        is_stopped = {"task": ArchiveImportTask.IMPORT, "state": ArchiveImportState.STOPPED}
        stored = job.as_read().filter(**is_stopped).select_for_update().first()
        if stored and not (
            stored.report or stored.kept_addresses.exists() or stored.imported_publications.exists()
        ):
            stored.delete()
