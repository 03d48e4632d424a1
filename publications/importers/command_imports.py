"""Imports by the command `import_publications`: recorded as those of the desk are, to be listed and undone there.

An import of the same folder or file again has the same row, so that its undo takes back what all runs have made.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from publications.locales import current_locale
from publications.models import SOURCE_PATH, ArchiveImport, ArchiveImportState, ArchiveImportTask

from .archive_imports import name_places, record_files
from .imported_file import ImportRefused
from .left_ticks import TICKED
from .options import ImportOptions, ProgressCallback
from .report import ImportReport
from .report_page import build_report_page
from .run import run_import


def run_command_import(options: ImportOptions, source: Path) -> ImportReport:
    """Run an import and record it. A dry run is not recorded, nor is an import that was refused before its first text.

    Args:
        source: the folder or file that the command names, which may be an archive that is unpacked.

    Returns:
        The report on all files.

    Raises:
        InvalidOptions: as `run_import`.
        ImportRefused: as `run_import`; or what the command has imported from there is being undone at the desk.
    """
    if options.dry_run:
        return run_import(options)
    job = _find_or_create(options, source)
    recorded = replace(
        options,
        archive_import=job.pk,
        record_batch=partial(record_files, job),
        progress=partial(_record_progress, job, options.progress),
    )
    try:
        report = run_import(recorded)
        _check_not_undone(job)
    except BaseException:
        _delete_if_empty(job)
        raise
    path = options.path.resolve()
    job.store(
        task=ArchiveImportTask.IMPORT,
        state=ArchiveImportState.DONE,
        report=name_places(build_report_page(report), path, job.filename),
    )
    return report


def _find_or_create(options: ImportOptions, source: Path) -> ArchiveImport:
    """Return the row of a source, with the options of this run."""
    path = source.resolve()
    columns = {
        "options": {
            SOURCE_PATH: str(path),
            "publish": options.publish,
            "report_language": current_locale(get_language()),
        },
        "requested_by": options.by,
    }
    job = ArchiveImport.objects.of_source(str(path))
    if not job:
        columns |= {"task": ArchiveImportTask.IMPORT, "state": ArchiveImportState.STOPPED}
        filename = (path.name or str(path))[-200:]
        return ArchiveImport.objects.create(archive="", filename=filename, size=0, **columns)
    _check_not_undone(job)
    columns["options"] |= {TICKED: job.options.get(TICKED, [])}
    job.store(**columns)
    return job


def _check_not_undone(job: ArchiveImport) -> None:
    """Raise ImportRefused while an undo of the import waits or runs."""
    if ArchiveImport.objects.unfinished().filter(pk=job.pk).exists():
        message = _("The import of “%(file)s” is being undone at the desk. Wait until that has ended.")
        raise ImportRefused(message % {"file": job.filename})


def _record_progress(job: ArchiveImport, progress: ProgressCallback, done: int, total: int) -> None:
    """Show and store how far a run is. The report of an earlier run stays until this one is done."""
    progress(done, total)
    _check_not_undone(job)
    report = {"report": {}} if job.is_undo else {}
    is_stopped = {"task": ArchiveImportTask.IMPORT, "state": ArchiveImportState.STOPPED}
    job.store(done=done, total=total, **is_stopped, **report)


def _delete_if_empty(job: ArchiveImport) -> None:
    """Delete the row of an import that has made nothing."""
    if not (job.report or job.kept_addresses.exists() or job.imported_publications.exists()):
        ArchiveImport.objects.filter(pk=job.pk).delete()
