"""The items of the repository in the order of their datestamps, page by page, without a state to keep.

The datestamp of a record is when what it says last changed: when its live edition became public, or a deed changed
what the record tells of it (a redaction, a new name of a topic), or when the piece ended. All of these are stored,
so a scheduled piece is there at its second though nothing is done then.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import islice
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from publications.models import FACETS, Edition, EditionWithRows

PAGE = 100
SET = re.compile(r"[A-Za-z0-9_.!~*'()-]+(?::[A-Za-z0-9_.!~*'()-]+)*", re.ASCII)
"""How the protocol writes the name of a set."""


@dataclass(frozen=True, order=True)
class Place:
    """Where an item stands in the list: no two stand at one place."""

    stamp: datetime
    publication: int


@dataclass(frozen=True)
class Wanted:
    """What a harvester asks for: both bounds are whole seconds and belong to what is wanted."""

    set: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: Place | None = None


@dataclass(frozen=True)
class Item:
    """A record's header, and the edition it is of, with its rows: the live one, or the last that was."""

    rows: EditionWithRows
    stamp: datetime
    is_deleted: bool

    @property
    def edition(self) -> Edition:
        return self.rows.edition

    @property
    def uid(self) -> UUID:
        return self.edition.uid

    @property
    def place(self) -> Place:
        return Place(self.stamp, self.edition.publication_id)

    @property
    def sets(self) -> list[str]:
        return [
            f"{facet.name}-{value}"
            for facet in FACETS.values()
            if facet.set_label
            for value in facet.values_of(self.edition)
        ]


@dataclass(frozen=True)
class Source:
    """Editions whose items have their stamp in one column."""

    editions: QuerySet
    column: str
    is_deleted: bool = False

    def narrowed(self, wanted: Wanted) -> "Source":
        """What of it is wanted. An unknown set holds nothing."""
        name, _hyphen, value = wanted.set.partition("-")
        column, found = self.column, self.editions
        if wanted.set:
            facet = FACETS.get(name)
            found = facet.filter(found, value) if facet and facet.set_label else found.none()
        if wanted.since:
            found = found.filter(**{f"{column}__gte": wanted.since})
        if wanted.until:
            found = found.filter(**{f"{column}__lte": wanted.until.replace(microsecond=999_999)})
        if wanted.after:
            at, piece = wanted.after.stamp, wanted.after.publication
            later = Q(**{f"{column}__gt": at}) | Q(**{column: at, "publication__gt": piece})
            found = found.filter(later, **{f"{column}__gte": at})
        return replace(self, editions=found)

    def places(self, most: int) -> Iterator[tuple[Place, int, bool]]:
        rows = self.editions.order_by(self.column, "publication").values_list(
            self.column, "publication", "pk"
        )
        return ((Place(stamp, piece), pk, self.is_deleted) for stamp, piece, pk in rows[:most])


def sources(now: datetime) -> list[Source]:
    """All items, each in one of three: live and as it was published, live and touched since, ended."""
    live, begun = Edition.objects.live(now), Edition.objects.begun(now)
    touched = Q(touched_at__gt=F("visible_from"))
    later = begun.filter(publication=OuterRef("publication"), visible_from__gte=OuterRef("visible_until"))
    ended = begun.filter(~Exists(later.order_by()), visible_until__lte=now)
    return [
        Source(live.filter(Q(touched_at=None) | ~touched), "visible_from"),
        Source(live.filter(touched), "touched_at"),
        Source(ended, "visible_until", is_deleted=True),
    ]


def page_of_items(wanted: Wanted, now: datetime) -> tuple[list[Item], Place | None]:
    """The next items, and the place of the last of them where more follow."""
    found = [source.narrowed(wanted).places(PAGE + 1) for source in sources(now)]
    rows = list(islice(merge(*found), PAGE + 1))
    more = rows[PAGE - 1][0] if len(rows) > PAGE else None
    return _items(rows[:PAGE]), more


def item(uid: UUID, now: datetime) -> Item | None:
    """The item of a piece, where it is or was public."""
    for source in sources(now):
        own = replace(source, editions=source.editions.filter(publication__uid=uid))
        if found := _items(list(own.places(1))):
            return found[0]
    return None


def earliest(now: datetime) -> datetime:
    """No datestamp is before this moment."""
    begun = Edition.objects.begun(now).order_by()
    return begun.aggregate(first=Min("visible_from"))["first"] or now


def _items(rows: list[tuple[Place, int, bool]]) -> list[Item]:
    editions = Edition.objects.filter(pk__in=[pk for _place, pk, _is_deleted in rows]).without_bodies()
    texts = EditionWithRows.get_many(editions, rows=("bylines", "tags", "attachments"))
    by_number = {text.edition.pk: text for text in texts}
    return [Item(by_number[pk], place.stamp, is_deleted) for place, pk, is_deleted in rows]
