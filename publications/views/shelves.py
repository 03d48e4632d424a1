"""Live editions under the plurals of their kinds: the shelves of the home page and of topics."""

from collections import Counter
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from publications.models import MOMENT, NUMBER, TEXT, Edition, Kind, Prepared, Tag, counted, kinds
from publications.presentation import Shelf, current_tree, shelves

PER_SHELF = 4
ABOVE = 9  # pieces that the home page may show above its shelves; pages of topics show a lead


def shelves_of(*, tag: Tag | None = None, without: list[Edition], **asked: str) -> list[Shelf]:
    """The newest of each kind in the tree, or on the tag in it, but those shown already; `asked` are the filters of
    the lists behind them.
    """
    counts = kinds_of(**asked)
    rows = [edition for kind in counts for edition in _newest(kind, tag, without)]
    return shelves(rows, counts, lambda kind: _list_of(kind=kind.slug, **asked))


def kinds_of(**asked: str) -> dict[Kind, int]:
    """How many pieces there are of each kind, in the order of the kinds."""
    found: Counter[int] = Counter()
    for each in counted(current_tree(), asked):
        found[each.kind] += each.pieces
    return {kind: found[pk] for pk, kind in kinds().items() if pk in found}


def _newest(kind: Kind, tag: Tag | None, without: list[Edition]) -> list[Edition]:
    """So many more are asked for as may be shown already."""
    of = {"tree": current_tree(), "kind": kind.pk, "now": timezone.now()}
    found = _on_tag(tag=tag.pk, **of) if tag else _of_kind(**of)
    return [edition for edition in found if edition not in without][:PER_SHELF]


def _shelf(tree: str, kind: int, now: datetime):
    live = Edition.objects.live(now).in_tree(tree, now).filter(kind=kind)
    return live.newest_first().select_related("kind").without_bodies()


_of_kind = Prepared(
    lambda tree, kind, now: _shelf(tree, kind, now)[: PER_SHELF + ABOVE], tree=TEXT, kind=NUMBER, now=MOMENT
)
_on_tag = Prepared(
    lambda tag, tree, kind, now: _shelf(tree, kind, now).on(tag)[: PER_SHELF + 1],
    tag=NUMBER,
    tree=TEXT,
    kind=NUMBER,
    now=MOMENT,
)


def _list_of(**asked: str) -> str:
    return f"{reverse('publications:list')}?{urlencode(asked)}"
