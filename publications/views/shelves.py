"""Live editions under the plurals of their kinds: the shelves of the home page and of topics."""

from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from publications.models import Edition, Kind
from publications.presentation import Shelf, shelves

PER_SHELF = 4


def shelves_of(editions, *, without: list[Edition], **asked: str) -> list[Shelf]:
    """The newest of each kind but those shown already; `asked` are the filters of the lists behind them."""
    counted = dict(editions.order_by().values_list("kind").annotate(pieces=Count("pk")))
    counts = {kind: counted[kind.pk] for kind in Kind.objects.all() if kind.pk in counted}
    others = editions.exclude(pk__in=[edition.pk for edition in without])
    rows = [edition for kind in counts for edition in others.filter(kind=kind)[:PER_SHELF]]
    return shelves(rows, counts, lambda kind: _list_of(kind=kind.slug, **asked))


def _list_of(**asked: str) -> str:
    return f"{reverse('publications:list')}?{urlencode(asked)}"
