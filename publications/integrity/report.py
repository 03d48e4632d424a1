"""Integrity checks and their progress."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Progress = Callable[[int, int], None]
"""Called with the number of steps done and their total."""


def no_progress(done: int, total: int) -> None:
    """Ignore progress."""


@dataclass(frozen=True)
class Check:
    """A check of the data of the site.

    Attributes:
        name: its name in reports and options.
        expectation: what holds if it finds nothing.
        find: yields a sentence for each fault.
        remedy: what an administrator does about it.
        requires: the name of a check without whose success this one cannot run. All require that of the schema.
        repair: the key of `REPAIRS` for derived data; empty for original data.
        is_full: run only with `--full`, as it takes long.
        is_restored: run only with `--restored`, on a site that nobody has changed since it was restored.
        is_note: its findings are no faults.
        is_final: its findings need no second run; those of other checks do, as rows may change while they run.
    """

    name: str
    expectation: str
    find: Callable[[Progress], Iterable[str]]
    remedy: str
    repair: str = ""
    requires: str = ""
    is_full: bool = False
    is_restored: bool = False
    is_note: bool = False
    is_final: bool = False
