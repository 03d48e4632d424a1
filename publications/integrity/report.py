"""What a check is, and how it says what it found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Progress = Callable[[int, int], None]
"""Called with how much is done, of how much."""


def no_progress(done: int, total: int) -> None:
    """For whoever does not watch."""


@dataclass(frozen=True)
class Check:
    """One promise of the site's data.

    Args:
        name: one word for reports and tests.
        promise: what is so when nothing is found.
        find: yields a sentence for each fault.
        remedy: what an administrator does about it.
        repair: the derived part, a key of `REPAIRS`, that mends it; empty where it is original.
        is_full: asked by `--full` alone, as it takes long.
        is_note: worth knowing, but no fault.
        is_final: what it yields was looked at twice; others are asked again, since people work meanwhile.
    """

    name: str
    promise: str
    find: Callable[[Progress], Iterable[str]]
    remedy: str
    repair: str = ""
    is_full: bool = False
    is_note: bool = False
    is_final: bool = False
