"""Write the whole site into a folder that people and programs can read without it."""

from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from publications import archive
from publications.management.option_types import add_output_folder, foreign_files_error, make_output_folder
from publications.management.progress import show_progress
from publications.models import Edition
from publications.renditions import RenderingBusy, RenderingFailed
from publications.reserved_disk_space import is_disk_full_error
from publications.views.downloads import get_edition_pdf

MAX_REPORTED = 20
MAX_ATTEMPTS = 3


class Command(BaseCommand):
    help = (
        "Write the whole site into FOLDER, as files that can be read without this program: each publication as "
        "text and as a page, every published edition, uploaded files, authors, topics, pages, settings, "
        "redirects, comments, earlier versions and the audit trail. Open FOLDER/index.html to read, "
        "FOLDER/README.txt to learn what is where. The folder is a BagIt bag (RFC 8493) with checksums; "
        "“manage.py restore FOLDER” fills an empty site from it, on SQLite or PostgreSQL. Passwords, e-mail "
        "addresses and secret links stay out, and accounts are names only, so that this is no backup "
        "(deploy/backup makes one). It is private all the same: drafts are in it. Run again, it writes only what "
        "has changed. It may be stopped with Ctrl-C: until all new files are there the last archive stays as it "
        "was, and without manifest-sha256.txt a folder is not complete. An uploaded file that is missing or "
        "damaged is named at the end, and the command then exits with 1, as when something was redacted while it ran."
    )

    def add_arguments(self, parser) -> None:
        add_output_folder(parser)
        parser.add_argument(
            "--pdf", action="store_true", help="add the PDF of each readable edition, which takes long"
        )

    def handle(self, *args, folder: Path, **options) -> None:
        make_output_folder(folder)
        progress = partial(show_progress, self.stdout, is_shown=options["verbosity"] > 0)
        try:
            report = archive.write_archive(
                folder, render_pdf=_render_pdf if options["pdf"] else None, progress=progress
            )
        except archive.NotAnArchive as error:
            raise foreign_files_error(folder) from error
        except archive.FolderInUse as error:
            raise CommandError(
                f"Another command writes “{folder}” now, or restores a site from it. Wait until it has ended, or "
                "give another folder."
            ) from error
        except OSError as error:
            reason = (
                "The disk is full"
                if is_disk_full_error(error)
                else f"“{folder}” cannot be written: {error.strerror}"
            )
            raise CommandError(f"{reason}. {_state_of(folder)} Mend that and run it again.") from error
        except KeyboardInterrupt as error:
            raise CommandError(f"Broken off. {_state_of(folder)} Run it again to finish.") from error
        if options["verbosity"] > 0:
            self.stdout.write(
                f"{folder} is complete: {report.files} files, {report.written} written now, {report.removed} removed."
            )
        for title in report.without_pdf[:MAX_REPORTED]:
            self.stderr.write(
                f"No PDF of {title}: it could not be made, and the log of the application says why, or the text has "
                "changed since, and the next run makes it."
            )
        for name in report.missing[:MAX_REPORTED]:
            self.stderr.write(
                f"The uploaded file {name} is missing or damaged; “manage.py verify” says what it is of."
            )
        if report.has_redacted_text:
            raise CommandError(
                "While the archive was written, something was redacted or a name removed: it may still be in it. Run "
                "this again, which takes it out.",
                returncode=1,
            )
        if report.missing:
            raise CommandError(f"Uploaded files that the archive lacks: {len(report.missing)}.", returncode=1)


def _state_of(folder: Path) -> str:
    if archive.is_complete(folder):
        return "The archive that was there is as it was, and complete."
    return "The archive is not complete."


def _render_pdf(edition: Edition) -> bytes | None:
    with translation.override(edition.locale):
        for _attempt in range(MAX_ATTEMPTS):
            try:
                return get_edition_pdf(edition).content
            except RenderingBusy:  # or its text has changed while it was made
                edition.refresh_from_db()
            except RenderingFailed:
                break
    return None
