"""Live editions under the plurals of their kinds: the shelves of the home page and of topics."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from publications.models import (
    MOMENT,
    NUMBER,
    NUMBERS,
    TEXT,
    Among,
    Edition,
    EditionTag,
    Kind,
    Prepared,
    Tag,
    carded,
    count_by,
    kinds,
)
from publications.presentation import Card, Shelf, cards, current_tree, shelves

PER_SHELF = 4
ABOVE = 9  # pieces that the home page may show above its shelves; pages of topics show a lead


def with_shelves(
    above: list[Edition], tag: Tag | None = None, **asked: str
) -> tuple[list[Card], list[Shelf]]:
    """The cards of what stands above; then the newest of each kind but those, in the tree or on the tag in it.

    `asked` are the filters of the lists behind the shelves.
    """
    counts, shown = kinds_of(**asked), [edition.pk for edition in above]
    below = carded(number for kind in counts for number in _newest(kind, tag, shown))
    made = cards([*above, *below])
    placed = zip(below, made[len(above) :], strict=True)
    return made[: len(above)], shelves(placed, counts, lambda kind: _list_of(kind=kind.slug, **asked))


def kinds_of(**asked: str) -> dict[Kind, int]:
    """How many pieces there are of each kind, in the order of the kinds."""
    counts = count_by("kind", current_tree(), asked)
    return {kind: counts[pk].count for pk, kind in kinds().items() if pk in counts}


def first(pinned: int | None, tag: Tag | None = None) -> list[int]:
    """What a page of the tree, or of the tag in it, may show above its shelves: what tells of the pinned piece while
    it is public, then the newest.
    """
    of = {"tree": current_tree(), "now": timezone.now()}
    newest = (
        [row.edition_id for row in _first_on(tag=tag.pk, **of)] if tag else [row.pk for row in _first(**of)]
    )
    if not pinned:
        return newest
    shown = Edition.objects.live().in_tree(current_tree())
    lead = (shown.on(tag) if tag else shown).only("pk").text_for(pinned)
    return list(dict.fromkeys([lead.pk, *newest])) if lead else newest


def _newest(kind: Kind, tag: Tag | None, without: Iterable[int]) -> list[int]:
    of = {"tree": current_tree(), "kind": kind.pk, "now": timezone.now(), "without": without}
    if tag:
        return [row.edition_id for row in _shelf_on(tag=tag.pk, **of)]
    return [row.pk for row in _shelf(**of)]


def _in_tree(tree: str, now: datetime) -> QuerySet:
    return Edition.objects.live(now).in_tree(tree, now).newest_first().only("pk")


def _on(tag: int, tree: str, now: datetime) -> QuerySet:
    """The rows of the tag stand in the order of the dates: of a long topic the first are read alone."""
    return EditionTag.objects.filter(tag=tag).live(now).in_tree(tree, now).newest_first().only("edition")


_IN_TREE = {"tree": TEXT, "now": MOMENT}
_ON_SHELF = {"kind": NUMBER, "without": NUMBERS, **_IN_TREE}

_first = Prepared(lambda **of: _in_tree(**of)[:ABOVE], **_IN_TREE)
_first_on = Prepared(lambda **of: _on(**of)[:1], tag=NUMBER, **_IN_TREE)
_shelf = Prepared(
    lambda kind, without, **of: _in_tree(**of).filter(~Q(Among(F("pk"), without)), kind=kind)[:PER_SHELF],
    **_ON_SHELF,
)
_shelf_on = Prepared(
    lambda kind, without, **of: _on(**of).filter(~Q(Among(F("edition"), without)), kind=kind)[:PER_SHELF],
    tag=NUMBER,
    **_ON_SHELF,
)


def _list_of(**asked: str) -> str:
    return f"{reverse('publications:list')}?{urlencode(asked)}"
