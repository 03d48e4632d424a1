"""Suggesting: what may stand beside a draft, and the grounds of likenesses as sentences."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from publications.models import Author, Edition, Likeness, Publication, Tag, Unrelated

from .comparing import Match, Place, compare
from .telling import Rarity, profile_of_draft, telling


def suggest(
    title: str,
    text: str,
    tags: Iterable[Tag] = (),
    authors: Iterable[Author] = (),
    count: int = 5,
    *,
    language: str = "en",
    beside: Publication | None = None,
) -> list[Likeness]:
    """The live editions most like a draft as it stands, as `other` of likenesses that are not stored.

    `text` is plain or Markdown. With `beside`, its family is left out, and what is linked to it or ruled out.
    """
    everything = profile_of_draft(title, text, language, tags, authors)
    rarity = Rarity(everything.weights)
    now = timezone.now()
    place = Place(beside.original.pk if beside else None, now)
    found = compare(telling(everything, rarity), rarity, place, now)
    return _shown(found, _left_out(beside) if beside else set(), now)[:count]


def _left_out(piece: Publication) -> set[int]:
    linked = piece.related_links.values_list("target", flat=True)
    return {piece.pk, *Unrelated.partners(piece.pk), *linked} if piece.pk else set()


def _shown(found: Sequence[Match], left_out: set[int], now: datetime) -> list[Likeness]:
    """Those that are live, one of each family, with all that a card shows."""
    live = Edition.objects.live(now).filter(pk__in=[match.other.number for match in found]).for_cards()
    there = live.exclude(publication__in=left_out).in_bulk()
    families: dict[int, Likeness] = {}
    for match in found:
        if edition := there.get(match.other.number):
            row = match.row(match.seen_from(now))
            row.other = edition
            families.setdefault(edition.family, row)
    return list(families.values())


def reasons(rows: Sequence[Likeness]) -> list[str]:
    """The grounds of each as a sentence, in the language of the page; two queries."""
    tags = Tag.objects.in_bulk({pk for row in rows for pk in row.tags})
    authors = Author.objects.known().in_bulk({pk for row in rows for pk in row.authors})
    topics = {pk: tag.label for pk, tag in tags.items()}
    people = {pk: author.name for pk, author in authors.items()}
    return [row.in_words(topics, people) for row in rows]
