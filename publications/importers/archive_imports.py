"""Run the stored imports of archives: one process at a time, killable at any moment; the next goes on.

`manage.py run_imports` does so. The desk starts it when an import is requested, and a timer each minute, which takes
up those whose process was killed. An import is a run of `run_import`, which continues after an interruption and changes
nothing when it is repeated, so that a run starts from the beginning. One that is deleted ends after its batch. The undo
of an import is a run of the same kind (`archive_import_undo`).
"""

import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications.locales import LOCALES
from publications.models import ArchiveImport, ArchiveImportState, ArchiveImportTask
from publications.site_lock import hold_process_lock
from publications.slugs import slugify

from .archive import unpack_archive
from .archive_import_rules import add_choices, add_page_rules, load_earlier_texts
from .archive_import_undo import undo_import
from .batches import STORED
from .check_state import add_state, read_marks
from .held_notes import add_held_notes
from .imported_file import ImportRefused
from .mapping import ImportMapping
from .options import ImportOptions, InvalidOptions
from .report import FileOutcome, FileReport
from .report_page import build_report_page
from .run import run_import
from .sources import MARKDOWN, OLD_SITE, find_source

LOCK_FILE, UNPACKED_FOLDER = "import-lock", "import"  # in SITE_DATA
ADVISORY_LOCK = 7_306_211
"""The key of the lock on PostgreSQL, where several servers may share the database."""
MAX_TEXTS = 500
"""A check stores so many before those who want to save give up waiting (`LOCK_TIMEOUT` in `sceeus.service_urls`)."""
MAX_STARTS = 3
"""How many processes may start a run without storing anything: whatever kills each of them must not do so for ever."""
logger = logging.getLogger(__name__)


class ImportStopped(Exception):
    """Raised between two batches of an import that somebody has stopped."""


def permissions_of(task: str, *, publish: bool = False) -> tuple[str, ...]:
    """Return the permissions that a task takes: to request it, and until its run has ended."""
    if task == ArchiveImportTask.UNDO:
        return "add_archiveimport", "publish_publication", "delete_publication"
    if task == ArchiveImportTask.IMPORT and publish:
        return "add_archiveimport", "publish_publication"
    return ("add_archiveimport",)


def runner_lock() -> AbstractContextManager[bool]:
    """Return a context that gives whether this process may run imports: while no other does."""
    return hold_process_lock(LOCK_FILE, key=ADVISORY_LOCK)


def is_running() -> bool:
    """Return whether a process runs imports now."""
    with runner_lock() as is_free:
        return not is_free


def start_runner() -> None:
    """Start `manage.py run_imports` as a process of its own. It loads, then lowers its priority: readers first.

    One that cannot be started is logged: the timer runs the import.
    """
    manage = str(settings.BASE_DIR / "manage.py")
    command = [sys.executable, manage, "run_imports", "--low-priority", "--verbosity=0"]
    try:
        subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    except OSError:
        logger.exception("The process of an import could not be started.")


def run_unfinished() -> int:
    """Run all imports that wait, and those whose process was killed. The caller holds `runner_lock`.

    Returns:
        The number of runs.
    """
    runs = 0
    shutil.rmtree(_unpacked_folder(), ignore_errors=True)  # of a killed run, whose import may be deleted
    while job := ArchiveImport.objects.unfinished().first():
        run_archive_import(job)
        runs += 1
    return runs


def run_archive_import(job: ArchiveImport) -> None:
    """Rehearse or import an archive, or undo its import; store the report or why it failed."""
    job.store(state=ArchiveImportState.RUNNING, starts=job.starts + 1, done=0)
    with override(job.options.get("report_language", LOCALES[0])):
        try:
            _check_start(job)
            job.store(report=_run(job), state=ArchiveImportState.DONE)
        except ImportStopped:
            job.store(state=ArchiveImportState.STOPPED)
        except (ImportRefused, InvalidOptions) as error:
            job.store(state=ArchiveImportState.FAILED, error=str(error))
        except Exception as error:  # one import must not keep the others from being run
            logger.exception("An import failed.")
            job.store(state=ArchiveImportState.FAILED, error=_describe_failure(job, error))


def _describe_failure(job: ArchiveImport, error: Exception) -> str:
    """Return what an unexpected error means for an import. Its cause is named where it is one that people can mend."""
    message = (
        _("Undoing failed: %(error)s. What is taken back so far stays so; it can be repeated.")
        if job.is_undo
        else _("The import failed: %(error)s. What it has imported so far stays; it can be repeated.")
    )
    if not isinstance(error, OSError):
        return message % {"error": type(error).__name__}
    text = error.strerror or str(error)
    reason = text if text and "/" not in text else type(error).__name__  # without places on the server
    cause = _("the server cannot read or write a file (%s)") % reason
    remedy = _(
        "If it fails again, the archive may be damaged, or the disk of the server full: unpack the archive on your "
        "computer to see whether it is whole, and let whoever runs the server look."
    )
    return f"{message % {'error': cause}} {remedy}"


def _check_start(job: ArchiveImport) -> None:
    """Raise ImportStopped or ImportRefused for a run that is not to begin, or not to begin again."""
    _raise_if_stopped(job)
    if job.starts > MAX_STARTS:
        message = (
            _(
                "The process of the undo ended %(count)d times. What is taken back so far stays so; it can go on."
            )
            if job.is_undo
            else _(
                "The process of the import ended %(count)d times before it was done. The server may have too little "
                "memory for these texts: divide the archive."
            )
        )
        raise ImportRefused(message % {"count": MAX_STARTS})


def _raise_if_stopped(job: ArchiveImport) -> None:
    """Raise ImportStopped or ImportRefused if a run is not to go on."""
    going_on = ArchiveImport.objects.filter(pk=job.pk, is_stop_requested=False)
    stored = going_on.select_related("requested_by").defer("report", "earlier_report").first()
    if not stored:
        raise ImportStopped  # requested, or the import is deleted
    user = stored.requested_by
    permissions = permissions_of(job.task, publish=job.options.get("publish", False))
    if not (user and user.is_active and user.has_perms(f"publications.{name}" for name in permissions)):
        raise ImportRefused(_("Whoever requested this may not do it any more. Request it again."))


def _run(job: ArchiveImport) -> dict:
    def progress(done: int, total: int) -> None:
        job.store(done=done, total=total)
        _raise_if_stopped(job)

    if job.is_undo:
        return undo_import(job, progress=progress)
    with _empty_folder() as folder:
        name = slugify(PurePosixPath(job.filename).stem) or "texts"
        with job.open_archive() as file:
            path = unpack_archive(file, folder, name=name)
        try:
            system, source_path = find_source(path)
            add_choices(job, system.find_site_key(source_path))
            options = _build_options(job, path, progress)
            if system is OLD_SITE:
                options = add_page_rules(job, options)
            marks = read_marks()
            report = build_report_page(run_import(options))
        except (ImportRefused, InvalidOptions) as error:
            raise ImportRefused(name_places(str(error), path, job.filename)) from error
        folder = (
            path.name if report["system"] == MARKDOWN.name else ""
        )  # other systems have keys of their own
        report = name_places(report, path, job.filename) | {"folder": folder}
        report = add_held_notes(report, job.earlier_report)
        return add_state(report, marks) if job.is_dry_run else report


def name_places(value: Any, path: Path, filename: str) -> Any:
    """Return a message, or a report, with places in the archive instead of those on the server."""
    if isinstance(value, str):
        return value.replace(f"{path}/", "").replace(str(path), filename)
    if isinstance(value, dict):
        return {key: name_places(item, path, filename) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [name_places(item, path, filename) for item in value]
    return value


@contextmanager
def _empty_folder() -> Iterator[Path]:
    """Yield the folder to unpack into, which only the holder of the lock uses."""
    folder = _unpacked_folder()
    folder.mkdir(mode=0o700)
    try:
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def record_files(job: ArchiveImport, files: Sequence[FileReport]) -> None:
    """Record what a batch has created, updated and published; called in its transaction."""
    job.record(
        [file.publication for file in files if file.outcome is FileOutcome.NEW],
        [file.publication for file in files if file.outcome is FileOutcome.UPDATED],
        [file.edition for file in files if file.edition],
    )


def _record_batch(job: ArchiveImport, files: Sequence[FileReport]) -> None:
    record_files(job, files)
    if any(file.edition or file.outcome in STORED for file in files):
        job.store(starts=0)


def _unpacked_folder() -> Path:
    return Path(settings.SITE_DATA) / UNPACKED_FOLDER


def _build_options(job: ArchiveImport, path: Path, progress) -> ImportOptions:
    """Return the options of a run. Images are looked for in the archive alone, not beside it."""
    chosen = job.options
    authors = (path / chosen["authors"]).resolve() if chosen.get("authors") else None
    if authors and not authors.is_relative_to(path.resolve()):
        raise InvalidOptions(_("The list of authors has to be in the archive."))
    return ImportOptions(
        path=path,
        authors=authors,
        author=chosen.get("author", ""),
        media=(path,),
        boundary=path,
        mapping=ImportMapping.from_names(**(chosen.get("mapping") or {})),
        publish=chosen.get("publish", False),
        dry_run=job.is_dry_run,
        kind=chosen["kind"],
        language=chosen["language"],
        permalink=chosen.get("permalink", ""),
        site=chosen.get("site", ""),
        by=job.requested_by,
        progress=progress,
        record_batch=partial(_record_batch, job),
        max_texts=MAX_TEXTS,
        earlier_texts=load_earlier_texts(chosen.get("earlier_import")),
        archive_import=job.pk,
    )
