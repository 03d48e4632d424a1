"""Rows of the table that the exercise prints."""

from typing import NamedTuple

from .readers import Results


class Measurement(NamedTuple):
    """A row of the table: what was done, what was measured, its budget, and whether it is met."""

    what: str
    measured: str
    budget: str
    is_met: bool


def no_failures(what: str, results: Results) -> Measurement:
    return Measurement(
        what,
        f"{results.failed} of {results.responses} failed, {results.slowest():.0f} ms p99",
        "0 failed",
        results.failed == 0,
    )
