"""Live editions under the plurals of their kinds: the shelves of the home page and of topics."""

from urllib.parse import urlencode

from django.db.models import Count, prefetch_related_objects
from django.urls import reverse

from publications.models import Edition, Kind, once
from publications.presentation import Shelf, current_tree, shelves

PER_SHELF = 4


def shelves_of(editions, *, without: list[Edition], **asked: str) -> list[Shelf]:
    """The newest of each kind but those shown already; `asked` are the filters of the lists behind them."""
    counts = once(("kinds", current_tree(), tuple(asked.items())), lambda: _counted(editions))
    others = editions.prefetch_related(None).exclude(pk__in=[edition.pk for edition in without])
    rows = [edition for kind in counts for edition in others.filter(kind=kind)[:PER_SHELF]]
    prefetch_related_objects(rows, "bylines")
    return shelves(rows, counts, lambda kind: _list_of(kind=kind.slug, **asked))


def _counted(editions) -> dict[Kind, int]:
    """How many there are of each kind, in the order of the kinds."""
    counted = dict(editions.order_by().values_list("kind").annotate(pieces=Count("pk")))
    return {kind: counted[kind.pk] for kind in Kind.objects.all() if kind.pk in counted}


def _list_of(**asked: str) -> str:
    return f"{reverse('publications:list')}?{urlencode(asked)}"
