"""What is no longer public, and which pieces still lead readers to it: by a related link, or by a link in the text."""

from collections.abc import Sequence
from urllib.parse import quote

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.html import escape

from publications.addresses import in_tree
from publications.models import Address, Edition, Publication, RelatedLink

MOST = 40
"""Pieces whose addresses are looked for in texts at once: those that ended last. Each costs a look at every text."""


def gone() -> QuerySet[Publication]:
    """Pieces that were public and are so no longer, those that ended last first."""
    own = Edition.objects.filter(publication=OuterRef("pk"))
    ended = own.begun().order_by("-visible_until").values("visible_until")[:1]
    pieces = Publication.objects.filter(Exists(own.begun()), ~Exists(own.live()))
    return pieces.annotate(gone_at=Subquery(ended)).order_by("-gone_at", "pk")


def links_to_gone() -> QuerySet[RelatedLink]:
    return RelatedLink.objects.filter(target__in=gone().order_by().values("pk"))


def leads_to_gone() -> Q:
    """A condition on publications: readers of theirs are led to something that is no longer public."""
    linked = links_to_gone().filter(source=OuterRef("pk"))
    newest = list(gone().values_list("pk", flat=True)[:MOST])
    if not newest:
        return Q(pk__in=())
    texts = Edition.objects.live().filter(publication=OuterRef("pk")).filter(_links_to(newest))
    return Q(Exists(linked)) | Q(Exists(texts))


def leading_to(pieces: Sequence[Publication]) -> QuerySet[Edition]:
    """The live editions of other pieces that lead to these, by a related link or in their text."""
    numbers = [piece.pk for piece in pieces]
    linked = Q(publication__in=RelatedLink.objects.filter(target__in=numbers).values("source"))
    live = Edition.objects.live().filter(linked | _links_to(numbers)).exclude(publication__in=numbers)
    return live.without_bodies().order_by("title", "pk")


def gone_related(piece: Publication) -> list[Publication]:
    """Of the related publications of a piece those that readers cannot see any more."""
    return list(gone().filter(linked_from__source=piece.pk))


def _links_to(numbers: Sequence[int]) -> Q:
    """A condition on editions: a link in the text leads to an address of one of these pieces."""
    condition = Q(pk__in=())
    for address in Address.objects.filter(publication__in=numbers):
        for written in _ways_to_write(address):
            condition |= Q(html__contains=f'href="{written}')
    return condition


def _ways_to_write(address: Address) -> set[str]:
    path = in_tree(address.tree, "publications:detail", slug=address.slug)
    paths = {path, quote(path), escape(path)}
    return paths | {f"{settings.SITE_URL}{each}" for each in paths}
