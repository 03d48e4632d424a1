"""What the editions of a piece have told its readers: when it first came out, and what was announced since."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import takewhile

from .edition import Change, Edition

ANNOUNCED = (Change.CORRECTION, Change.UPDATE)
"""What readers are told of. A silent fix is none of it."""


def first_date(editions: Sequence[Edition]) -> datetime | None:
    """The date of the piece before any update moved it, with what fixes made of it."""
    before = list(takewhile(lambda edition: edition.change != Change.UPDATE, editions))
    return (before or editions[:1])[-1].published_at if editions else None


def announced_at(editions: Iterable[Edition]) -> datetime | None:
    """When the last correction or update became public."""
    return max((edition.visible_from for edition in editions if edition.change in ANNOUNCED), default=None)


def corrections(editions: Iterable[Edition]) -> list[Edition]:
    """Those that told readers what had been wrong."""
    return [edition for edition in editions if edition.change == Change.CORRECTION and edition.note]
