"""What the editions of a piece have told its readers: when it first came out, and what was announced since."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import takewhile

from django.utils import timezone

from .edition import Change, Edition

ANNOUNCED = (Change.CORRECTION, Change.UPDATE)
"""What readers are told of. A silent fix is none of it."""
DATED = (Change.FIRST, Change.UPDATE)
"""What sets the date that readers see."""


def first_date(editions: Sequence[Edition]) -> datetime | None:
    """The date of the piece before any update moved it, with what fixes made of it."""
    before = list(takewhile(lambda edition: edition.change != Change.UPDATE, editions))
    return (before or editions[:1])[-1].published_at if editions else None


def told_at(edition: Edition) -> datetime:
    """When readers are told that an edition came out: when it became public, or, of the first and of an update, the
    date that it bears where that is an earlier day, as with texts that were taken over from elsewhere."""
    own, begun = edition.published_at, edition.visible_from
    is_dated = edition.change in DATED and not edition.restores_id
    return own if is_dated and timezone.localdate(own) < timezone.localdate(begun) else begun


def announced_at(editions: Iterable[Edition]) -> datetime | None:
    """When readers were last told of a correction or an update."""
    return max((told_at(edition) for edition in editions if edition.change in ANNOUNCED), default=None)


def corrections(editions: Iterable[Edition]) -> list[Edition]:
    """Those that told readers what had been wrong."""
    return [edition for edition in editions if edition.change == Change.CORRECTION and edition.note]
