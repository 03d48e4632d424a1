"""What stands below a piece: what staff have linked to, then what is most like it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from publications.models import (
    MOMENT,
    NUMBER,
    Change,
    Edition,
    EditionByline,
    Likeness,
    Prepared,
    nearest,
)

from . import parts

RELATED = 4
KEYS = [f"key_{n}" for n in range(RELATED)]
ON_A_CARD = (
    "publication", "tree", "slug", "language", "title", "summary", "published_at", "words",
    "kind__name_en", "kind__name_sv",
)  # fmt: skip


@dataclass(frozen=True)
class Related:
    """An edition below another: staff have linked to it, or it is like the piece."""

    edition: Edition
    bylines: Sequence[EditionByline]
    likeness: Likeness | None = None


def related_to(publication: int) -> list[Related]:
    """The live editions of what staff have linked to, in their order; then what is most like the piece."""
    now = timezone.now()
    by_staff = [edition.pk for edition in _linked(publication=publication, now=now)]
    alike = {row.other_id: row for row in nearest(publication, now, RELATED)}
    return _with_rows([*by_staff, *alike][:RELATED], alike)


def _linked_by_staff(publication: int, now: datetime) -> QuerySet:
    linked = Edition.objects.live(now).filter(publication__linked_from__source=publication)
    return linked.order_by("publication__linked_from__position").only("pk")[:RELATED]


def _with_rows(found: Sequence[int], alike: Mapping[int, Likeness]) -> list[Related]:
    """The editions of these keys with what their cards tell, in two questions however many they are."""
    if not found:
        return []
    keys = dict(zip(KEYS, [*found, *found[:1] * RELATED], strict=False))
    editions = {edition.pk: edition for edition in _editions(**keys)}
    bylines: dict[int, list[EditionByline]] = {pk: [] for pk in editions}
    for row in _bylines(**keys):
        bylines[row.edition_id].append(row)
    return [Related(editions[pk], bylines[pk], alike.get(pk)) for pk in found]


def _for_cards(**keys: int) -> QuerySet:
    updates = Edition.objects.readable().filter(change=Change.UPDATE, publication=OuterRef("publication"))
    shown = Edition.objects.filter(_one_of("pk", keys)).order_by().select_related("kind").only(*ON_A_CARD)
    return shown.annotate(is_updated=Exists(updates))


def _one_of(field: str, keys: Mapping[str, object]) -> Q:
    """As a list of keys, but for values that are given later."""
    return reduce(or_, (Q(**{field: key}) for key in keys.values()))


_linked = Prepared(_linked_by_staff, publication=NUMBER, now=MOMENT)
_editions = Prepared(_for_cards, **dict.fromkeys(KEYS, NUMBER))
_bylines = Prepared(
    lambda **keys: EditionByline.objects.filter(_one_of("edition", keys)).only("edition", "role", "name"),
    **dict.fromkeys(KEYS, NUMBER),
)


def related_cards(
    related: Sequence[Related], topics: Mapping[int, str], people: Mapping[int, str]
) -> list[parts.Card]:
    """As cards; those that nobody chose say why they stand here, by the topics and people named."""
    return [_card(each, topics, people) for each in related]


def _card(each: Related, topics: Mapping[int, str], people: Mapping[int, str]) -> parts.Card:
    card = parts.card(each.edition, is_updated=each.edition.is_updated, bylines=each.bylines)
    return replace(card, why=each.likeness.in_words(topics, people)) if each.likeness else card
