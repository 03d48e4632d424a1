"""What the table of the exercise says."""

from typing import NamedTuple


class Line(NamedTuple):
    """One line of the table: what was done, what was measured, what it may be, and whether it is so."""

    what: str
    measured: str
    budget: str
    is_kept: bool


def failed_none(what: str, told) -> Line:
    return Line(
        what,
        f"{told.failed} of {told.answers} failed, {told.slowest():.0f} ms p99",
        "0 failed",
        told.failed == 0,
    )
