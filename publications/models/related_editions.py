"""The editions shown as related to another: what staff have linked, then what is similar."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from .edition import Edition
from .prepared_queries import DATETIME, INTEGER, PreparedQuery
from .similarity import Similarity, similar_publications
from .teasers import teaser_editions

RELATED_EDITIONS = 4


@dataclass(frozen=True)
class RelatedEdition:
    """An edition related to another: linked by staff, or with the similarity that it is suggested for."""

    edition: Edition
    similarity: Similarity | None = None


def related_editions(publication_pk: int) -> list[RelatedEdition]:
    """Return live editions of linked publications, in their order, then the most similar ones."""
    now = timezone.now()
    linked = [edition.pk for edition in _linked_editions(publication=publication_pk, now=now)]
    similar = {
        row.similar_edition_id: row for row in similar_publications(publication_pk, now, RELATED_EDITIONS)
    }
    editions = teaser_editions([*linked, *similar][:RELATED_EDITIONS])
    return [RelatedEdition(edition, similar.get(edition.pk)) for edition in editions]


def _editions_linked_by_staff(publication: int, now: datetime) -> QuerySet[Edition]:
    linked = Edition.objects.live(now).filter(publication__linked_from__source=publication)
    return linked.order_by("publication__linked_from__position").only("pk")[:RELATED_EDITIONS]


_linked_editions = PreparedQuery(_editions_linked_by_staff, publication=INTEGER, now=DATETIME)
