"""Which pieces have the newest announced changes, and what readers have been told of each.

Announced are the first publication, an update and a correction; a silent fix moves nothing. An announced
edition that was taken back counts at the moment it was: whoever read it is owed the text that stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, Max, OuterRef, Q, QuerySet, Subquery, When

from publications.models import (
    Change,
    Edition,
    End,
    first_published_at,
    readable_editions,
    started_editions_by_publication,
)
from publications.presentation.history import Note, notes_of

LATER = (Change.CORRECTION, Change.UPDATE)
ANNOUNCED_LATER = Q(change__in=LATER) | Q(change=Change.FIRST, end=End.UNDONE)
MOMENT = Case(When(end=End.UNDONE, then=F("visible_until")), default=F("visible_from"))


@dataclass(frozen=True)
class Told:
    """A piece as its readers have been told of it; corrections newest first."""

    published: datetime
    updated: datetime
    corrections: list[Note]


def newest(editions: QuerySet, most: int) -> dict[int, Told]:
    """The publications with the newest announced changes among live editions, in that order: three queries.

    The newest by date and the newest by a later announcement are enough to choose from: whatever is among the
    newest by either is among one of them.
    """
    dated = editions.order_by("-published_at", "-pk").values_list("publication_id", flat=True)[:most]
    later = Edition.objects.begun().filter(ANNOUNCED_LATER).order_by()
    own = later.filter(publication=OuterRef("publication")).values("publication")
    announced = (
        editions.filter(publication__in=later.values("publication"))
        .annotate(moment=Subquery(own.annotate(moment=Max(MOMENT)).values("moment")))
        .order_by("-moment", "-publication_id")
        .values_list("publication_id", flat=True)[:most]
    )
    known = _told({*dated, *announced})
    ordered = sorted(known, key=lambda publication: (known[publication].updated, publication), reverse=True)
    return {publication: known[publication] for publication in ordered[:most]}


def _told(publications: Iterable[int]) -> dict[int, Told]:
    return {key: _story(begun) for key, begun in started_editions_by_publication(publications).items()}


def _story(begun: list[Edition]) -> Told:
    """Of the editions of one piece that have begun, in their order."""
    standing = readable_editions(begun) or begun
    published = first_published_at(standing)
    later = [_moment(edition) for edition in begun if _is_announced_later(edition)]
    corrections = [note for note in notes_of(standing) if note.change == Change.CORRECTION and note.note]
    return Told(published, max([published, standing[-1].published_at, *later]), corrections)


def _is_announced_later(edition: Edition) -> bool:
    return edition.change in LATER or (edition.change == Change.FIRST and edition.end == End.UNDONE)


def _moment(edition: Edition) -> datetime:
    return edition.visible_until if edition.end == End.UNDONE else edition.visible_from
