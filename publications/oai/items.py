"""Items of the repository in the order of their datestamps, page by page.

The datestamp of a record is when its content last changed: when its live edition became public, an action changed the
record (a redaction, a new name of a topic), or the publication ended. All of these are stored columns, so a scheduled
publication is listed from its first second without any job.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import islice
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from publications.models import FACETS, Edition, EditionWithRows

from .request import HarvestQuery, ListPosition

PAGE_ITEMS = 100


@dataclass(frozen=True)
class HarvestItem:
    """The datestamp of a record and its edition with rows: the live one, or the last that was."""

    edition_with_rows: EditionWithRows
    datestamp: datetime
    is_deleted: bool

    @property
    def edition(self) -> Edition:
        return self.edition_with_rows.edition

    @property
    def uid(self) -> UUID:
        return self.edition.uid

    @property
    def position(self) -> ListPosition:
        return ListPosition(self.datestamp, self.edition.publication_id)

    @property
    def sets(self) -> list[str]:
        return [
            f"{facet.name}-{value}"
            for facet in FACETS.values()
            if facet.set_label
            for value in facet.values_of(self.edition_with_rows)
        ]


@dataclass(frozen=True)
class ItemSource:
    """Editions whose items have their datestamp in one column."""

    editions: QuerySet
    column: str
    is_deleted: bool = False

    def matching(self, query: HarvestQuery) -> "ItemSource":
        """Return the source limited to a query. An unknown set has no editions."""
        name, _hyphen, value = query.set.partition("-")
        column, editions = self.column, self.editions
        if query.set:
            facet = FACETS.get(name)
            editions = facet.filter(editions, value) if facet and facet.set_label else editions.none()
        if query.since:
            editions = editions.filter(**{f"{column}__gte": query.since})
        if query.until:
            editions = editions.filter(**{f"{column}__lte": query.until.replace(microsecond=999_999)})
        if query.after:
            at, publication = query.after.datestamp, query.after.publication
            comes_after = Q(**{f"{column}__gt": at}) | Q(**{column: at, "publication__gt": publication})
            editions = editions.filter(comes_after, **{f"{column}__gte": at})
        return replace(self, editions=editions)

    def positions(self, count: int) -> Iterator[tuple[ListPosition, int, bool]]:
        rows = self.editions.order_by(self.column, "publication").values_list(
            self.column, "publication", "pk"
        )
        return (
            (ListPosition(datestamp, publication), pk, self.is_deleted)
            for datestamp, publication, pk in rows[:count]
        )


def _sources(now: datetime) -> list[ItemSource]:
    """Return all items in three sources: live and unchanged, live and changed since, ended."""
    live, started = Edition.objects.live(now), Edition.objects.ever_public(now)
    changed = Q(record_changed_at__gt=F("visible_from"))
    successors = started.filter(
        publication=OuterRef("publication"), visible_from__gte=OuterRef("visible_until")
    )
    ended = started.filter(~Exists(successors.order_by()), visible_until__lte=now)
    return [
        ItemSource(live.filter(Q(record_changed_at=None) | ~changed), "visible_from"),
        ItemSource(live.filter(changed), "record_changed_at"),
        ItemSource(ended, "visible_until", is_deleted=True),
    ]


def read_page(query: HarvestQuery, now: datetime) -> tuple[list[HarvestItem], ListPosition | None]:
    """Return the next items, and the position of the last one if more follow."""
    positions = [source.matching(query).positions(PAGE_ITEMS + 1) for source in _sources(now)]
    rows = list(islice(merge(*positions), PAGE_ITEMS + 1))
    last = rows[PAGE_ITEMS - 1][0] if len(rows) > PAGE_ITEMS else None
    return _read_items(rows[:PAGE_ITEMS]), last


def find_item(uid: UUID, now: datetime) -> HarvestItem | None:
    """Return the item of a publication that is or was public, or None."""
    for source in _sources(now):
        of_publication = replace(source, editions=source.editions.filter(publication__uid=uid))
        if items := _read_items(list(of_publication.positions(1))):
            return items[0]
    return None


def earliest_datestamp(now: datetime) -> datetime:
    """Return a time that no datestamp is before."""
    started = Edition.objects.ever_public(now).order_by()
    return started.aggregate(first=Min("visible_from"))["first"] or now


def _read_items(rows: list[tuple[ListPosition, int, bool]]) -> list[HarvestItem]:
    editions = Edition.objects.filter(pk__in=[pk for _position, pk, _is_deleted in rows]).without_texts()
    editions_with_rows = EditionWithRows.get_many(editions, rows=("bylines", "tags", "attachments"))
    by_pk = {edition_with_rows.edition.pk: edition_with_rows for edition_with_rows in editions_with_rows}
    return [HarvestItem(by_pk[pk], position.datestamp, is_deleted) for position, pk, is_deleted in rows]
