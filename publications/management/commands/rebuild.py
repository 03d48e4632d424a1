"""Rebuild the indexes that are derived from editions."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management.base import BaseCommand, CommandError

from publications import actions
from publications.actions import INDEXES

BAR_CHARACTERS = 30
PROGRESS_SECONDS = 0.1  # between two updates of the bar


class Command(BaseCommand):
    help = (
        "Rebuild the indexes that are made from published texts: all of them, or those named. “search” is the "
        "index of words that readers search; “similarity” is the index of similar texts, suggested below a "
        "publication. Readers notice nothing meanwhile, and editors may publish. It may be stopped with Ctrl-C "
        "and run again at any time. Publishing keeps both indexes up to date by itself: run this when one looks "
        "wrong, or after the database was filled by other means. Run similarity after a site has grown much: it "
        "compares texts by their rare words, and which words are rare changes with the number of texts."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "part",
            metavar="PART",
            nargs="*",
            help=f"the index to rebuild: {', '.join(INDEXES)} (default: all)",
        )

    def handle(self, *args, **options) -> None:
        if unknown := set(options["part"]) - set(INDEXES):
            raise CommandError(
                f"There is no part “{min(unknown)}”. These can be rebuilt: {', '.join(INDEXES)}."
            )
        for name in [name for name in INDEXES if name in (options["part"] or INDEXES)]:
            try:
                self._rebuild(name, is_shown=options["verbosity"] > 0)
            except KeyboardInterrupt as error:
                raise CommandError(
                    f"Broken off while rebuilding {name}. What there was still serves. Run it again to finish."
                ) from error

    def _rebuild(self, name: str, *, is_shown: bool) -> None:
        bar = ProgressBar(
            name, self._write if is_shown else lambda _text: None, is_terminal=self.stdout.isatty()
        )
        actions.rebuild_index(name, progress=bar.show)
        bar.finish()

    def _write(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()


@dataclass
class ProgressBar:
    """The progress of an index: a bar that is updated on a terminal, and one line at the end elsewhere."""

    name: str
    write: Callable[[str], None]
    is_terminal: bool
    total: int = 0
    started_at: float = 0.0
    shown_at: float = 0.0

    def show(self, done: int, total: int) -> None:
        now = time.monotonic()
        self.total, self.started_at = total, self.started_at or now
        if self.is_terminal and (now - self.shown_at >= PROGRESS_SECONDS or done == total):
            self.shown_at = now
            self.write(f"\r{self._line(done, now)}\x1b[K")

    def finish(self) -> None:
        seconds = time.monotonic() - self.started_at if self.started_at else 0
        start = "\r" if self.is_terminal else ""
        end = "\x1b[K" if self.is_terminal else ""
        self.write(f"{start}{self.name}: {self.total} steps done in {seconds:.1f} s{end}\n")

    def _line(self, done: int, now: float) -> str:
        share = done / self.total if self.total else 1
        filled = round(share * BAR_CHARACTERS)
        left = (now - self.started_at) * (1 / share - 1) if share else 0
        return (
            f"{self.name:<9} {'█' * filled}{'░' * (BAR_CHARACTERS - filled)} {share:4.0%}, {left:.0f} s left"
        )
