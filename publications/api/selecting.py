"""Which rows an answer is made of, in a number of queries that does not grow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from publications import metadata, search
from publications.languages import TREES
from publications.models import RELATED_EDITIONS, Edition, EditionWithRows, Site, filter_by

from . import cursors
from .asking import Asked

_RECORD_ROWS = ("bylines", "tags", "attachments", "translations", "history")


@dataclass(frozen=True)
class Publications:
    """Some live editions as records, each with its `uid`; `following` is the cursor of what comes behind them."""

    records: list[metadata.Record]
    following: str = ""


def page_of_publications(asked: Asked, now: datetime) -> Publications:
    """The next of them. The last may be fewer than asked for, even none, where some were withdrawn since the first.

    Raises search.Busy.
    """
    rows = _places(asked, now)
    shown = rows[: asked.limit]
    current = filter_by(Edition.objects.live(now), asked.filters)
    found = _by_publication(current.filter(publication__in=[row.publication for row in shown]))
    records = _records_of([found[row.publication] for row in shown if row.publication in found])
    return Publications(records, cursors.of_place(shown[-1]) if len(rows) > asked.limit else "")


def is_public(uid: UUID) -> bool:
    return Edition.objects.live().filter(publication__uid=uid).order_by().exists()


def one_publication(uid: UUID, now: datetime) -> metadata.Record | None:
    """Return the record of the live edition of a publication, which has its text and all its rows, or None."""
    live = Edition.objects.live(now).filter(publication__uid=uid).defer("body", "paragraphs")
    return next(iter(_records_of(EditionWithRows.get_many(live))), None)


def last_public(uid: UUID) -> Edition | None:
    """The last edition that readers saw of a piece, without its texts."""
    begun = Edition.objects.begun().filter(publication__uid=uid).without_bodies()
    return begun.order_by("-visible_from").first()


def related_to(edition: Edition, now: datetime) -> list[Edition]:
    """What staff have linked it with, as its page shows it."""
    linked = Edition.objects.live(now).filter(publication__linked_from__source=edition.publication_id)
    shown = (
        linked.annotate(uid=F("publication__uid"))
        .without_bodies()
        .order_by("publication__linked_from__position")
    )
    return list(shown[:RELATED_EDITIONS])


def _records_of(texts: Iterable[EditionWithRows]) -> list[metadata.Record]:
    site = Site.objects.first() or Site()
    return [metadata.build_record(rows, site=site) for rows in texts]


def _places(asked: Asked, now: datetime) -> list[cursors.Place]:
    """The next places in the list as it was when its first page was asked for, and one more."""
    if asked.query is not None and not asked.query:
        return []  # no word, so no text that holds it
    after = asked.after
    as_of = after.as_of if after else now
    editions = filter_by(Edition.objects.live(as_of), asked.filters)
    if asked.query:
        editions = editions.filter(publication__in=_that_hold(asked))
    if after:
        at, piece = after.published_at, after.publication
        behind = Q(published_at__lt=at) | Q(published_at=at, publication__lt=piece)
        editions = editions.filter(behind, published_at__lte=at)
    rows = editions.order_by("-published_at", "-publication").values_list("published_at", "publication")
    return [cursors.Place(as_of, *row) for row in rows[: asked.limit + 1]]


def _that_hold(asked: Asked) -> list[int]:
    """The publications that the words find. Raises search.Busy."""
    found = search.find(asked.query, tree=TREES[0], filters=asked.filters, counted=False)
    own = Edition.objects.filter(pk__in=found.editions).order_by()
    return list(own.values_list("publication", flat=True))


def _by_publication(editions: QuerySet[Edition]) -> dict[int, EditionWithRows]:
    rows = EditionWithRows.get_many(editions.without_bodies().order_by(), rows=_RECORD_ROWS)
    return {each.edition.publication_id: each for each in rows}


def page_of_rows(name: str, rows: QuerySet, asked: Asked) -> tuple[list, str]:
    """The next authors or topics in the order of their numbers, and the cursor of what follows."""
    if asked.after is not None:
        rows = rows.filter(pk__gt=asked.after)
    found = list(rows.order_by("pk")[: asked.limit + 1])
    shown = found[: asked.limit]
    return shown, cursors.of_number(name, shown[-1].pk) if len(found) > asked.limit else ""
