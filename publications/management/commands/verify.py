"""Verify that nothing of the site is lost or damaged."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from publications.integrity import CHECKS, REPAIRS, Check, find_faults, has_right_schema
from publications.models import originals

FAULTY = 3  # exit status: 0 is sound, 1 could not be verified
SHOWN = 20  # faults of a check that are named one by one
EVERY = 0.1  # seconds between two looks of the progress line


class Command(BaseCommand):
    help = (
        "Check that nothing of the site is lost or damaged: uploaded files against their checksums and sizes, "
        "database rows and files against each other, when each edition is public, the audit trail, and what is "
        "made from published texts (search index, images, PDFs). Every uploaded file is read. Nothing is changed, "
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
            "--repair",
            action="store_true",
            help="remake what is made from published texts and was found wrong",
        )

    def handle(self, *args, **options) -> None:
        self.verbosity = options["verbosity"]
        checks = [check for check in CHECKS if options["full"] or not check.is_full]
        self._say(f"Verifying the database ({connection.vendor}) and the originals ({_store_in_words()}).")
        try:
            faults = self._ask(checks)
            if options["repair"] and any(faults.values()):
                faults = self._repair(checks, faults)
        except KeyboardInterrupt as reason:
            raise CommandError("Broken off. What was not verified is not known. Run it again.") from reason
        self._report(checks, faults)

    def _ask(self, checks: list[Check]) -> dict[str, list[str]]:
        """What each check finds, said as it goes."""
        faults: dict[str, list[str]] = {}
        for check in checks:
            if has_right_schema(faults):
                faults[check.name] = self._ask_one(check)
        return faults

    def _ask_one(self, check: Check) -> list[str]:
        line = ProgressLine(check.name, self)
        try:
            found = find_faults(check, line.show)
        except DatabaseError as reason:  # of a damaged file, or a table that is gone
            found = [f"It could not be asked: {' '.join(str(reason).split())}"]
        line.clear()
        self._say(f"{_verdict(check, found):<8} {check.name}: {check.promise}")
        return found

    def _repair(self, checks: list[Check], faults: dict[str, list[str]]) -> dict[str, list[str]]:
        """Repair the derived parts that are wrong; gives what is found after that."""
        parts = {check.repair for check in checks if check.repair and faults.get(check.name)}
        for part in [part for part in REPAIRS if part in parts]:
            self._say(f"Repairing {part} …")
            try:
                REPAIRS[part]()
            except (
                DatabaseError
            ) as reason:  # what is left is told below; other parts are repaired all the same
                self.stdout.write(f"It could not be repaired: {' '.join(str(reason).split())}")
        again = [check for check in checks if check.repair in parts]
        left = self._ask(again) if again else {}
        for check in again:
            self._tell_repairs(check, faults[check.name], left.get(check.name, []))
        return {**faults, **left}

    def _tell_repairs(self, check: Check, before: list[str], left: list[str]) -> None:
        """Name what was wrong and is so no longer; all of it with -v 2."""
        repaired = [fault for fault in before if fault not in set(left)]
        if not repaired:
            return
        self._say(f"\n{check.name}: repaired {len(repaired)}, left {len(left)}.")
        most = len(repaired) if self.verbosity > 1 else SHOWN
        for fault in repaired[:most]:
            self._say(f"  - repaired: {fault}")
        if len(repaired) > most:
            self._say(f"  - … and {len(repaired) - most} more (-v 2 names all)")

    def _report(self, checks: list[Check], faults: dict[str, list[str]]) -> None:
        notes = [check for check in checks if check.is_note and faults.get(check.name)]
        wrong = [check for check in checks if not check.is_note and faults.get(check.name)]
        for check in [*(notes if self.verbosity else []), *wrong]:
            self._tell(check, faults[check.name])
        if wrong:
            count = sum(len(faults[check.name]) for check in wrong)
            self.stdout.write(
                f"\n{timezone.now():%Y-%m-%d %H:%M} UTC: faults: {count}, in checks: {len(wrong)}."
            )
            raise CommandError(
                "The site is not whole. The report says what, and what to do.", returncode=FAULTY
            )
        self._say(f"\n{timezone.now():%Y-%m-%d %H:%M} UTC: the site is whole.")

    def _tell(self, check: Check, found: list[str]) -> None:
        kind = "note" if check.is_note else "fault"
        self.stdout.write(f"\n{len(found)} × {kind} “{check.name}”: it is not so that {check.promise}.")
        for fault in found[:SHOWN]:
            self.stdout.write(f"  - {fault}")
        if len(found) > SHOWN:
            self.stdout.write(f"  - … and {len(found) - SHOWN} more")
        self.stdout.write(f"  {check.remedy}")

    def _say(self, text: str) -> None:
        if self.verbosity > 0:
            self.stdout.write(text)
            self.stdout.flush()


class ProgressLine:
    """How far a check is: a line that moves on a terminal, nothing elsewhere."""

    def __init__(self, name: str, command: BaseCommand) -> None:
        self.name, self.command, self.shown = name, command, 0.0

    def show(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self.command.verbosity and self.command.stdout.isatty() and now - self.shown >= EVERY:
            self.shown = now
            self.command.stdout.write(f"\r…        {self.name}: {done} of {total}\x1b[K", ending="")
            self.command.stdout.flush()

    def clear(self) -> None:
        if self.shown:
            self.command.stdout.write("\r\x1b[K", ending="")


def _verdict(check: Check, found: list[str]) -> str:
    if not found:
        return "whole"
    return "note" if check.is_note else "FAULT"


def _store_in_words() -> str:
    store = originals()
    return f"bucket {store.bucket_name}" if hasattr(store, "bucket_name") else str(settings.ORIGINALS)
