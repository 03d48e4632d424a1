"""Make anew what is derived from the editions."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management.base import BaseCommand, CommandError

from publications import actions, search

PARTS = {"search": search.rebuild, "similarity": search.similarity.rebuild}
WIDTH = 30
EVERY = 0.1  # seconds between two looks of the bar


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
            "part", nargs="*", help=f"the index to rebuild: {', '.join(PARTS)} (default: all)"
        )

    def handle(self, *args, **options) -> None:
        if unknown := set(options["part"]) - set(PARTS):
            raise CommandError(
                f"There is no part “{min(unknown)}”. These can be rebuilt: {', '.join(PARTS)}."
            )
        for part in [part for part in PARTS if part in (options["part"] or PARTS)]:
            try:
                self._rebuild(part, shown=options["verbosity"] > 0)
            except KeyboardInterrupt as reason:
                raise CommandError(
                    f"Broken off while rebuilding {part}. What there was still serves. Run it again to finish."
                ) from reason

    def _rebuild(self, part: str, *, shown: bool) -> None:
        bar = Bar(part, self._write if shown else lambda _text: None, moves=self.stdout.isatty())
        for done, total in PARTS[part]():
            bar.show(done, total)
        actions.bump_site_version(part)
        bar.finish()

    def _write(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()


@dataclass
class Bar:
    """How far a part is: a line that moves on a terminal, and one line at the end elsewhere."""

    part: str
    write: Callable[[str], None]
    moves: bool
    total: int = 0
    began: float = 0.0
    shown: float = 0.0

    def show(self, done: int, total: int) -> None:
        now = time.monotonic()
        self.total, self.began = total, self.began or now
        if self.moves and (now - self.shown >= EVERY or done == total):
            self.shown = now
            self.write(f"\r{self._line(done, now)}\x1b[K")

    def finish(self) -> None:
        took = time.monotonic() - self.began if self.began else 0
        start = "\r" if self.moves else ""
        end = "\x1b[K" if self.moves else ""
        self.write(f"{start}{self.part}: {self.total} steps done in {took:.1f} s{end}\n")

    def _line(self, done: int, now: float) -> str:
        share = done / self.total if self.total else 1
        filled = round(share * WIDTH)
        left = (now - self.began) * (1 / share - 1) if share else 0
        return f"{self.part:<9} {'█' * filled}{'░' * (WIDTH - filled)} {share:4.0%}, {left:.0f} s left"
