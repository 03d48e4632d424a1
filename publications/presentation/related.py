"""What stands below a piece: what staff have linked to, then what is most like it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from publications.models import MOMENT, NUMBER, Edition, Likeness, Prepared, carded, nearest

from . import parts

RELATED = 4


@dataclass(frozen=True)
class Related:
    """An edition below another: staff have linked to it, or it is like the piece."""

    edition: Edition
    likeness: Likeness | None = None


def related_to(publication: int) -> list[Related]:
    """The live editions of what staff have linked to, in their order; then what is most like the piece."""
    now = timezone.now()
    by_staff = [edition.pk for edition in _linked(publication=publication, now=now)]
    alike = {row.other_id: row for row in nearest(publication, now, RELATED)}
    return [Related(edition, alike.get(edition.pk)) for edition in carded([*by_staff, *alike][:RELATED])]


def _linked_by_staff(publication: int, now: datetime) -> QuerySet:
    linked = Edition.objects.live(now).filter(publication__linked_from__source=publication)
    return linked.order_by("publication__linked_from__position").only("pk")[:RELATED]


_linked = Prepared(_linked_by_staff, publication=NUMBER, now=MOMENT)


def related_cards(
    related: Sequence[Related], topics: Mapping[int, str], people: Mapping[int, str]
) -> list[parts.Card]:
    """As cards; those that nobody chose say why they stand here, by the topics and people named."""
    cards = parts.cards(each.edition for each in related)
    whys = (each.likeness.in_words(topics, people) if each.likeness else "" for each in related)
    return [replace(card, why=why) for card, why in zip(cards, whys, strict=True)]
