"""Write the public site as static files."""

import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from publications import exporters
from publications.management.option_types import (
    MAX_PROCESSES,
    add_output_folder,
    foreign_files_error,
    make_output_folder,
    names_own_machine,
    non_empty_path,
    whole_number,
)
from publications.page_cache import SiteStateWatcher
from publications.reserved_disk_space import DISK_FULL_REMEDY, is_disk_full_error
from publications.site_lock import FolderInUse, hold_folder_lock

MAX_REPORTED = 20
POLL_SECONDS = 0.5
POLLS_BEFORE_RETRY = 20  # after a failed run


class Command(BaseCommand):
    help = (
        "Write the whole public site into FOLDER as static files: pages, feeds, images, styles, each text with a "
        "compressed copy (.gz, .br) beside it. A web server can then serve these files and pass all other "
        "requests to the application (deploy/ has such configurations for nginx and Caddy). Only what has changed "
        "is written; what readers may no longer see is removed first. Links between pages that lead nowhere are "
        "listed, and make the command end with 1. It may be stopped with Ctrl-C and run again."
    )

    def add_arguments(self, parser) -> None:
        add_output_folder(parser)
        parser.add_argument(
            "--with-pdf",
            action="store_true",
            help="write PDFs and social images of all pages too, which takes long",
        )
        add_output_folder(
            parser,
            "--portable",
            metavar="COPY",
            help="write a copy into another folder too, whose links work under any host name and without a server",
        )
        parser.add_argument(
            "--zip",
            metavar="FILE",
            type=non_empty_path,
            help="write that copy into one archive too",
        )
        parser.add_argument(
            "--topic",
            metavar="SLUG",
            help="copy one topic, country or series only: its page first, its publications, and their authors",
        )
        parser.add_argument(
            "--with-files",
            action="store_true",
            help="put the files of publications into the copies too",
        )
        parser.add_argument(
            "--processes",
            type=whole_number(0, MAX_PROCESSES),
            default=0,
            help="how many processes work at a time (0: one for each core)",
        )
        parser.add_argument(
            "--watch",
            action="store_true",
            help="stay, and bring the folder up to date whenever the site changes",
        )

    def handle(self, *args, **options) -> None:
        _refuse_nested(options["folder"], options["portable"], options["zip"])
        if (options["topic"] or options["with_files"]) and not (options["portable"] or options["zip"]):
            raise CommandError(
                "--topic and --with-files are about a copy: give --portable COPY, --zip FILE or both."
            )
        if options["zip"] and options["zip"].is_dir():
            raise CommandError(f"“{options['zip']}” is a folder. Name a file for the archive.")
        for folder in filter(
            None, (options["folder"], options["portable"], options["zip"] and options["zip"].parent)
        ):
            make_output_folder(folder)
        try:
            if options["topic"]:
                exporters.find_topic(options["topic"])  # before the crawl, which takes long
            for folder in filter(None, (options["folder"], options["portable"])):
                exporters.MirrorFolder(folder)  # refuses one that holds other files
            broken = self._watch(options) if options["watch"] else self._run_once(options)
        except exporters.SiteUnavailable as error:
            raise CommandError(
                f"{error}. What could be written is; run it again when the site is well."
            ) from error
        except FolderInUse as error:
            raise CommandError(
                f"{_describe_use(error)} Wait until it has ended, or give another folder."
            ) from error
        except exporters.NotAMirror as error:
            raise foreign_files_error(error.args[0]) from error
        except exporters.UnknownTopic as error:
            slug, topics = error.args
            raise CommandError(
                f"No live publication has the topic “{slug}”. Topics are: {', '.join(topics) or 'none'}."
            ) from error
        except KeyboardInterrupt as error:
            raise CommandError("Broken off. What is written is whole; run it again to finish.") from error
        if broken:
            links = "1 link leads" if broken == 1 else f"{broken} links lead"
            raise CommandError(f"{links} to what is not there.", returncode=1)

    def _watch(self, options: dict) -> int:
        """Run again whenever the site has changed since the last run started.

        A failed run is repeated after a pause or at the next change, so that withdrawn pages are removed.
        """
        watcher, written, failed, polls = SiteStateWatcher(threaded=False), None, None, 0
        while True:
            state = watcher.state()
            if state is None or state is written or (state is failed and polls > 0):
                polls -= 1
                time.sleep(POLL_SECONDS)
                continue
            try:
                self._run_once(options)
                written = state
            except (exporters.SiteUnavailable, FolderInUse, DatabaseError, OSError) as error:
                self._report_failure(error)
                failed, polls = state, POLLS_BEFORE_RETRY

    def _report_failure(self, error: Exception) -> None:
        message = DISK_FULL_REMEDY if is_disk_full_error(error) else f"{error}."
        if isinstance(error, FolderInUse):
            message = _describe_use(error)
        with suppress(OSError):  # stderr may be a file on the same disk
            self.stderr.write(f"{message} Trying again.")

    def _run_once(self, options: dict) -> int:
        """Write the site once and return the number of broken links. Raises FolderInUse."""
        with hold_folder_lock(options["folder"]):
            return self._write_site(options)

    def _write_site(self, options: dict) -> int:
        crawl = exporters.Crawl(
            options["folder"],
            processes=options["processes"],
            with_renditions=options["with_pdf"],
            with_query_pages=bool(options["portable"] or options["zip"]),
        )
        started = time.monotonic()
        report = crawl.run(
            self._show_progress if options["verbosity"] > 0 and self.stdout.isatty() else lambda *_: None,
            # What is withdrawn goes from the copies too, whatever becomes of the crawl.
            after_removal=lambda: exporters.PortableMirror(crawl.folder).remove_stale(
                options["portable"], options["zip"]
            ),
        )
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{report.pages} addresses in {seconds:.1f} s ({report.pages / seconds:.0f} a second): "
            f"{report.written} written, {len(report.removed)} removed, {len(report.broken)} broken links."
        )
        if options["portable"] or options["zip"]:
            self._write_copies(crawl.folder, options)
            if names_own_machine(settings.SITE_URL):
                self.stderr.write(
                    f"Links of the copy to the site itself lead to {settings.SITE_URL}, which is this machine alone: "
                    "set SITE_URL to the public address and run it again before you pass the copy on."
                )
        for path, page in report.broken[:MAX_REPORTED]:
            self.stderr.write(f"{page} leads to {path}, where nothing is.")
        for path in report.skipped[:MAX_REPORTED]:
            self.stderr.write(f"{path} has a name too long for a file; the application serves it.")
        for path in report.unavailable[:MAX_REPORTED]:
            self.stderr.write(f"{path} cannot be rendered; the log of the application says why.")
        return len(report.broken)

    def _write_copies(self, mirror: exporters.MirrorFolder, options: dict) -> None:
        with_files = options["with_files"]
        if options["topic"]:
            tag = exporters.find_topic(options["topic"])
            contents = exporters.topic_contents(mirror, tag, with_files=with_files)
        else:
            contents = exporters.all_contents(mirror, with_files=with_files)
        if absent := _describe_absent(has_pdfs=contents.has_pdfs, has_files=with_files):
            self.stdout.write(absent)
        portable = exporters.PortableMirror(mirror, contents)
        if options["portable"]:
            portable.write_folder(options["portable"])
        if options["zip"]:
            portable.write_zip(options["zip"])

    def _show_progress(self, done: int, total: int) -> None:
        if done % 50 == 0 or done == total:
            self.stdout.write(f"\r{done} of {total} addresses …", ending="")
            self.stdout.flush()


def _describe_absent(*, has_pdfs: bool, has_files: bool) -> str:
    """Return which files are not in the copy, and the options that put them in, or ""."""
    absent = [
        *([] if has_pdfs else ["the PDFs of texts (--with-pdf)"]),
        *([] if has_files else ["the files of publications (--with-files)"]),
    ]
    return f"Not in the copy: {', '.join(absent)}. Links to them lead to the site itself." if absent else ""


def _describe_use(error: FolderInUse) -> str:
    return f"Another “manage.py mirror” writes “{error.args[0]}” now."


def _refuse_nested(folder: Path, *copies: Path | None) -> None:
    """Raise CommandError for a copy in the folder of the mirror, which would remove it, or around it."""
    paths = [path.resolve() for path in (folder, *copies) if path]
    for path in paths:
        if any(other is not path and other.is_relative_to(path) for other in paths):
            raise CommandError(
                f"“{path}” holds another of the folders or the archive. Give places of their own."
            )
