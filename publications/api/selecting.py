"""Which rows an answer is made of, in a number of queries that does not grow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from publications import metadata, search
from publications.languages import TREES
from publications.models import Edition, Site, narrowed
from publications.presentation.history import begun_by_publication, readable
from publications.presentation.related import RELATED

from . import cursors
from .asking import Asked

Kin = dict[int, list[Edition]]


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
    current = narrowed(Edition.objects.live(now), asked.filters)
    found = {each.publication_id: each for each in _whole(current, [row.publication for row in shown])}
    records = records_of([found[row.publication] for row in shown if row.publication in found], now)
    return Publications(records, cursors.of_place(shown[-1]) if len(rows) > asked.limit else "")


def is_public(uid: UUID) -> bool:
    return Edition.objects.live().filter(publication__uid=uid).order_by().exists()


def one_publication(uid: UUID, now: datetime) -> Edition | None:
    """The live edition of a piece, with all its rows."""
    live = Edition.objects.live(now).filter(publication__uid=uid)
    whole = metadata.with_rows(live).select_related("kind", "series_number", "cover").defer(None)
    return with_uid(whole).defer("markdown", "paragraphs").prefetch_related("images").first()


def last_public(uid: UUID) -> Edition | None:
    """The last edition that readers saw of a piece, without its texts."""
    begun = Edition.objects.begun().filter(publication__uid=uid).without_bodies()
    return begun.order_by("-visible_from").first()


def related_to(edition: Edition, now: datetime) -> list[Edition]:
    """What staff have linked it with, as its page shows it."""
    linked = Edition.objects.live(now).filter(publication__linked_from__source=edition.publication_id)
    shown = with_uid(linked.without_bodies()).order_by("publication__linked_from__position")
    return list(shown[:RELATED])


def records_of(editions: list[Edition], now: datetime) -> list[metadata.Record]:
    histories = begun_by_publication([edition.publication_id for edition in editions])
    return metadata.records_of(
        editions,
        site=Site.objects.first() or Site(),
        texts=_kin(editions, now),
        histories={key: readable(begun) for key, begun in histories.items()},
    )


def with_uid(editions: QuerySet) -> QuerySet:
    return editions.annotate(uid=F("publication__uid"))


def _places(asked: Asked, now: datetime) -> list[cursors.Place]:
    """The next places in the list as it was when its first page was asked for, and one more."""
    if asked.query is not None and not asked.query:
        return []  # no word, so no text that holds it
    after = asked.after
    as_of = after.as_of if after else now
    editions = narrowed(Edition.objects.live(as_of), asked.filters)
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


def _whole(editions: QuerySet, publications: Iterable[int]) -> QuerySet:
    own = editions.filter(publication__in=list(publications))
    return with_uid(metadata.with_rows(own)).select_related("kind", "series_number", "cover").order_by()


def _kin(editions: Iterable[Edition], now: datetime) -> Kin:
    """The live texts of each family."""
    live = Edition.objects.live(now).filter(family__in=[edition.family for edition in editions])
    shown = with_uid(live.order_by("language", "pk").without_bodies())
    families: Kin = {}
    for edition in shown:
        families.setdefault(edition.family, []).append(edition)
    return families


def page_of_rows(name: str, rows: QuerySet, asked: Asked) -> tuple[list, str]:
    """The next authors or topics in the order of their numbers, and the cursor of what follows."""
    if asked.after is not None:
        rows = rows.filter(pk__gt=asked.after)
    found = list(rows.order_by("pk")[: asked.limit + 1])
    shown = found[: asked.limit]
    return shown, cursors.of_number(name, shown[-1].pk) if len(found) > asked.limit else ""
