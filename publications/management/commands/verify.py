"""Verify that no file or row of the site is lost or damaged."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from publications import actions
from publications.integrity import CHECKS, REPAIRS, Check, can_run, find_faults
from publications.models import original_storage

EXIT_FAULTY = 3  # 0 is sound, 1 could not be verified
MAX_LISTED_FAULTS = 20  # of a check
PROGRESS_SECONDS = 0.1  # between two updates of the progress line


class Command(BaseCommand):
    help = (
        "Check that nothing of the site is lost or damaged: uploaded files against their checksums and sizes, "
        "database rows and files against each other, when each edition is public, the audit trail, and what is "
        "made from published texts (search index, images, PDFs). Not compared, except with --restored right after a "
        "restore: texts about authors, site pages, tags, related links, alternative texts of images, records of "
        "PDFs that were sent, settings and account events. Every uploaded file is read. Nothing is changed, "
        "and people may work meanwhile. --full also compares the search index and the index of similar texts with "
        "newly built ones, which takes minutes on a large site. --repair remakes what is made from published "
        "texts and names what it repaired; it never changes a text, a date or an uploaded file. Ends with 0 where "
        "all is well, with 3 where it is not (the report says what, and what to do), with 1 where it could not be "
        "checked. Ctrl-C stops it; run it again at any time."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--full",
            action="store_true",
            help="also compare the search index and the index of similar texts with newly built ones",
        )
        parser.add_argument(
            "--restored",
            action="store_true",
            help="compare each row with the digests in the backup that was just restored, and check nothing else; "
            "before “prepare”, which may migrate the rows",
        )
        parser.add_argument(
            "--repair",
            action="store_true",
            help="remake what is made from published texts and was found wrong",
        )

    def handle(self, *args, **options) -> None:
        self.verbosity = options["verbosity"]
        checks = [
            check
            for check in CHECKS
            if check.is_restored == options["restored"] and (options["full"] or not check.is_full)
        ]
        self._say(f"Verifying the database ({connection.vendor}) and the originals ({_describe_store()}).")
        try:
            faults = self._run_checks(checks)
            if options["repair"] and any(faults.values()):
                faults = self._repair(checks, faults)
        except KeyboardInterrupt as reason:
            raise CommandError("Broken off. What was not verified is not known. Run it again.") from reason
        self._report(checks, faults)

    def _run_checks(self, checks: list[Check]) -> dict[str, list[str]]:
        """Run checks, report each as it ends, and return the faults by check."""
        faults: dict[str, list[str]] = {}
        for check in checks:
            if can_run(check, faults):
                faults[check.name] = self._run_check(check)
        return faults

    def _run_check(self, check: Check) -> list[str]:
        line = ProgressLine(check.name, self)
        try:
            faults = find_faults(check, line.show)
        except DatabaseError as error:  # a damaged file or a missing table
            faults = [f"It could not be asked: {' '.join(str(error).split())}"]
        line.clear()
        self._say(f"{_verdict(check, faults):<8} {check.name}: {check.expectation}")
        return faults

    def _repair(self, checks: list[Check], faults: dict[str, list[str]]) -> dict[str, list[str]]:
        """Repair the faulty derived data; return the faults that are left."""
        parts = {check.repair for check in checks if check.repair and faults.get(check.name)}
        for part in [part for part in REPAIRS if part in parts]:
            self._say(f"Repairing {part} …")
            try:
                REPAIRS[part]()
            except (DatabaseError, actions.ActionRefused) as error:  # its faults are left, others repaired
                self.stdout.write(f"It could not be repaired: {' '.join(str(error).split())}")
        repaired_checks = [check for check in checks if check.repair in parts]
        remaining = self._run_checks(repaired_checks) if repaired_checks else {}
        for check in repaired_checks:
            self._report_repairs(check, faults.get(check.name, []), remaining.get(check.name, []))
        return {**faults, **remaining}

    def _report_repairs(self, check: Check, before: list[str], remaining: list[str]) -> None:
        """List the faults that were repaired; all of them with -v 2."""
        repaired = [fault for fault in before if fault not in set(remaining)]
        if not repaired:
            return
        self._say(f"\n{check.name}: repaired {len(repaired)}, left {len(remaining)}.")
        limit = len(repaired) if self.verbosity > 1 else MAX_LISTED_FAULTS
        for fault in repaired[:limit]:
            self._say(f"  - repaired: {fault}")
        if len(repaired) > limit:
            self._say(f"  - … and {len(repaired) - limit} more (-v 2 names all)")

    def _report(self, checks: list[Check], faults: dict[str, list[str]]) -> None:
        notes = [check for check in checks if check.is_note and faults.get(check.name)]
        wrong = [check for check in checks if not check.is_note and faults.get(check.name)]
        for check in [*(notes if self.verbosity else []), *wrong]:
            self._report_faults(check, faults[check.name])
        if wrong:
            count = sum(len(faults[check.name]) for check in wrong)
            self.stdout.write(
                f"\n{timezone.now():%Y-%m-%d %H:%M} UTC: faults: {count}, in checks: {len(wrong)}."
            )
            raise CommandError(
                "The site is not whole. The report says what, and what to do.", returncode=EXIT_FAULTY
            )
        self._say(f"\n{timezone.now():%Y-%m-%d %H:%M} UTC: the site is whole.")

    def _report_faults(self, check: Check, faults: list[str]) -> None:
        kind = "note" if check.is_note else "fault"
        self.stdout.write(f"\n{len(faults)} × {kind} “{check.name}”: it is not so that {check.expectation}.")
        for fault in faults[:MAX_LISTED_FAULTS]:
            self.stdout.write(f"  - {fault}")
        if len(faults) > MAX_LISTED_FAULTS:
            self.stdout.write(f"  - … and {len(faults) - MAX_LISTED_FAULTS} more")
        self.stdout.write(f"  {check.remedy}")

    def _say(self, text: str) -> None:
        if self.verbosity > 0:
            self.stdout.write(text)
            self.stdout.flush()


class ProgressLine:
    """The progress of a check: one line that is updated on a terminal, nothing elsewhere."""

    def __init__(self, name: str, command: BaseCommand) -> None:
        self.name, self.command, self.shown_at = name, command, 0.0

    def show(self, done: int, total: int) -> None:
        now = time.monotonic()
        if (
            self.command.verbosity
            and self.command.stdout.isatty()
            and now - self.shown_at >= PROGRESS_SECONDS
        ):
            self.shown_at = now
            self.command.stdout.write(f"\r…        {self.name}: {done} of {total}\x1b[K", ending="")
            self.command.stdout.flush()

    def clear(self) -> None:
        if self.shown_at:
            self.command.stdout.write("\r\x1b[K", ending="")


def _verdict(check: Check, faults: list[str]) -> str:
    if not faults:
        return "whole"
    return "note" if check.is_note else "FAULT"


def _describe_store() -> str:
    store = original_storage()
    return f"bucket {store.bucket_name}" if hasattr(store, "bucket_name") else str(settings.ORIGINALS)
