"""The account on a screen, as wide as it is: what to do next, what became of the files, totals last.

A few files are told one by one, many by topic: of ten years of posts nobody reads four thousand lines.
"""

import json
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from publications.importers import Line, Sort

from .account import OUTCOMES, SORTS, Account, Entry
from .folding import by_topic, wrapped
from .next_step import next_step
from .order import Unfit

NARROW, WIDE = 40, 160
TOTALS, FOLDED, WHOLE = 0, 1, 2  # how much is told: the verbosity of the command
FEW = 20  # files that are told one by one
BAR = 24
EVERY = 5.0  # seconds between plain lines


def told(account: Account, *, width: int = 0, detail: int = FOLDED) -> Iterator[str]:
    """The lines of an account: its totals, with all else folded by topic, or whole, file by file."""
    width = min(max(width or shutil.get_terminal_size().columns, NARROW), WIDE)
    is_short = len(account.entries) <= FEW
    yield from (*wrapped(next_step(account), width), "")
    if detail > FOLDED or (detail == FOLDED and is_short):
        for entry in account.entries:
            lines = [*entry.lines, *entry.reading] if detail > FOLDED else entry.lines
            yield from _entry(entry, lines, width)
    elif detail == FOLDED:
        yield from by_topic(account.entries, width)
    yield ""
    rows = account.worded_totals()
    figure = max((len(value) for _words, value in rows), default=0)
    for words, value in rows:
        yield f"{value:>{figure}}  {textwrap.shorten(words, width - figure - 2, placeholder='…')}"
    if detail == FOLDED and not is_short:
        yield ""
        yield from wrapped(
            _("Every line, file by file: -v 2 on screen, --report FILE.json for machines."), width
        )


def _entry(entry: Entry, lines: Sequence[Line], width: int) -> Iterator[str]:
    outcome = str(OUTCOMES[entry.outcome]) + (_(", public") if entry.is_published else "")
    room = width - len(outcome) - 2
    if room >= 16:
        yield f"{_short(entry.source, room):<{room}}  {outcome}"
    else:
        yield from (_short(entry.source, width), f"  {outcome}")
    for sort in Sort:
        for line in (line for line in lines if line.sort is sort):
            yield from wrapped(f"{SORTS[sort]}: {line.text}", width, indent=4)


def _short(source: str, room: int) -> str:
    """The end of a path says more than its beginning."""
    return source if len(source) <= room else f"…{source[1 - room :]}"


def check_writable(path: Path) -> None:
    """Raises Unfit where a report cannot be written there. What stands there is left as it is."""
    is_new = not path.exists()
    try:
        path.open("a").close()
    except OSError as reason:
        told = {"path": path, "why": reason.strerror}
        said = _(
            "--report: the report “%(path)s” cannot be written: %(why)s. Name a file in a folder that is there."
        )
        raise Unfit(said % told) from reason
    if is_new:
        path.unlink()


def write_json(account: Account, path: Path) -> None:
    """The whole account for machines."""
    report = {"next": next_step(account), **account.plain()}
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


class Progress:
    """A bar on a terminal, else a plain line now and then; on the error stream, so that reports can be piped."""

    def __init__(self, stream=None, line: str = "") -> None:
        self.stream = stream or sys.stderr
        self.line = line or _("%(done)d of %(total)d files")
        self.told_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if self.stream.isatty():
            filled = BAR * done // max(total, 1)
            end = "\n" if done >= total else ""
            self.stream.write(f"\r[{'█' * filled}{'·' * (BAR - filled)}] {done}/{total}{end}")
        elif done >= total or time.monotonic() - self.told_at > EVERY:
            self.told_at = time.monotonic()
            self.stream.write(self.line % {"done": done, "total": total} + "\n")
        self.stream.flush()
