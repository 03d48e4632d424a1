"""The public site as static files."""

import time
from contextlib import suppress
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from publications import exporters
from publications.disk_reserve import DISK_FULL_REMEDY, is_disk_full
from publications.management.option_types import MAX_PROCESSES, named_path, whole_number
from publications.page_cache import SiteStateWatcher

MAX_REPORTED = 20
PAUSE = 0.5  # seconds
PAUSES_WHEN_ILL = 20


class Command(BaseCommand):
    help = (
        "Write the whole public site into FOLDER as static files: pages, feeds, images, styles, each text with a "
        "compressed copy (.gz, .br) beside it. A web server can then serve these files and pass all other "
        "requests to the application (deploy/ has such configurations for nginx and Caddy). Only what has changed "
        "is written; what readers may no longer see is removed first. Links between pages that lead nowhere are "
        "listed, and make the command end with 1. It may be stopped with Ctrl-C and run again."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "folder", type=named_path, help="an empty folder, or one that this command has written before"
        )
        parser.add_argument(
            "--with-pdf",
            action="store_true",
            help="write PDFs and social images of all pages too, which takes long",
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
        _make_folder(options["folder"])
        try:
            broken = self._go_on(options) if options["watch"] else self._once(options)
        except exporters.SiteUnavailable as error:
            raise CommandError(
                f"{error}. What could be written is; run it again when the site is well."
            ) from error
        except exporters.NotAMirror as error:
            raise CommandError(
                f"{error} holds files that no mirror has written. Give an empty folder."
            ) from error
        except KeyboardInterrupt as error:
            raise CommandError("Broken off. What is written is whole; run it again to finish.") from error
        if broken:
            links = "1 link leads" if broken == 1 else f"{broken} links lead"
            raise CommandError(f"{links} to what is not there.", returncode=1)

    def _go_on(self, options: dict) -> int:
        """Walk, and walk again whenever something has changed since the last walk began. A walk that fails is repeated
        after a rest, or once something has changed: what is taken back meanwhile is removed all the same.
        """
        watcher, shown, failed, pauses = SiteStateWatcher(threaded=False), None, None, 0
        while True:
            now = watcher.state()
            if now is None or now is shown or (now is failed and pauses > 0):
                pauses -= 1
                time.sleep(PAUSE)
                continue
            try:
                self._once(options)
                shown = now
            except (exporters.SiteUnavailable, DatabaseError, OSError) as error:
                self._say_why(error)
                failed, pauses = now, PAUSES_WHEN_ILL

    def _say_why(self, error: Exception) -> None:
        said = DISK_FULL_REMEDY if is_disk_full(error) else f"{error}."
        with suppress(OSError):  # what is said may go to a file on the same disk
            self.stderr.write(f"{said} Trying again.")

    def _once(self, options: dict) -> int:
        """One walk; the number of broken links."""
        crawl = exporters.Crawl(
            options["folder"], processes=options["processes"], with_renditions=options["with_pdf"]
        )
        begun = time.monotonic()
        report = crawl.run(
            self._show if options["verbosity"] > 0 and self.stdout.isatty() else lambda *_: None
        )
        seconds = time.monotonic() - begun
        self.stdout.write(
            f"{report.pages} addresses in {seconds:.1f} s ({report.pages / seconds:.0f} a second): "
            f"{report.written} written, {len(report.removed)} removed, {len(report.broken)} broken links."
        )
        for path, page in report.broken[:MAX_REPORTED]:
            self.stderr.write(f"{page} leads to {path}, where nothing is.")
        for path in report.left[:MAX_REPORTED]:
            self.stderr.write(f"{path} has a name too long for a file; the application serves it.")
        return len(report.broken)

    def _show(self, done: int, known: int) -> None:
        if done % 50 == 0 or done == known:
            self.stdout.write(f"\r{done} of {known} addresses …", ending="")
            self.stdout.flush()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise CommandError(f"“{folder}” is no folder. Give an empty folder.") from error
    except OSError as error:
        raise CommandError(
            f"“{folder}” cannot be written: {error.strerror}. Give a folder that this account may write."
        ) from error
