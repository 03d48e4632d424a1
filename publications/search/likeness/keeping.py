"""Keeping: the rows of likeness in step with the editions of the index. Everything here runs in a deed's transaction.

A new edition finds its nearest, and takes its place among the nearest of those it is like. One that goes leaves
theirs, and the few that have too little left are compared anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, islice

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from publications.models import Edition, EditionTerm, Likeness

from .comparing import HUNDREDTHS, Match, Place, compare, faded
from .telling import Profile, Rarity, profile_of, spoken, telling

MOST_KEPT = 12
"""Pieces that an edition is stored as being like: more than are shown, since some may not be live when it is."""
MOST_TOLD = 30
FEW = 6
MOST_FILLED = 8
_DESCRIBE = "INSERT INTO publications_editionterm (edition_id, term, weight) VALUES (%s, %s, %s)"


def add(editions: Sequence[Edition]) -> None:
    """Store what these editions are told by, and what they are like. They have no rows yet."""
    for edition, profile, rarity in describe(editions):
        found = _found(edition, profile, rarity)
        _store([*_rows_of(edition, found), *_rows_to(edition, found[:MOST_TOLD])])


def describe(editions: Sequence[Edition]) -> list[tuple[Edition, Profile, Rarity]]:
    """Store the telling terms of editions that have none stored."""
    known = []
    for edition in editions:
        profile = profile_of(edition)
        rarity = Rarity(profile.weights)
        known.append((edition, telling(profile, rarity), rarity))
    with connection.cursor() as cursor:
        terms = (_terms(edition, profile) for edition, profile, _rarity in known)
        cursor.executemany(_DESCRIBE, list(chain.from_iterable(terms)))
    return known


def _terms(edition: Edition, profile: Profile) -> list[tuple[int, str, int]]:
    return [(edition.pk, term, round(weight * HUNDREDTHS)) for term, weight in profile.weights.items()]


def forget(editions: Iterable[int]) -> set[int]:
    """Take the rows of editions away; gives the other editions that were like them."""
    numbers = list(editions)
    if not numbers:
        return set()
    left = towards(numbers)
    Likeness.objects.filter(Q(edition__in=numbers) | Q(other__in=numbers)).delete()
    EditionTerm.objects.filter(edition__in=numbers).delete()
    return left - set(numbers)


def fill_up(editions: Iterable[int]) -> None:
    """Compare anew those of these editions that are like few others now; no more than MOST_FILLED, the newest."""
    numbers = list(editions)
    if not numbers:
        return
    now = timezone.now()
    there = Count("alike", filter=Q(alike__other__visible_until__gt=now))
    few = (
        Edition.objects.filter(pk__in=numbers, visible_until__gt=now).alias(there=there).filter(there__lt=FEW)
    )
    for edition in few.newest_first().defer("markdown", "html", "paragraphs", "contents")[:MOST_FILLED]:
        renew(edition)


def renew(edition: Edition) -> None:
    """Compare an edition anew by the terms that are stored of it."""
    stored = EditionTerm.objects.filter(edition=edition).values_list("term", "weight")
    weights = {term: weight / HUNDREDTHS for term, weight in stored}
    profile = Profile(weights, spoken(edition), edition.language)
    found = _found(edition, profile, Rarity(weights))
    Likeness.objects.filter(edition=edition).delete()
    _store(_rows_of(edition, found))


def towards(editions: Iterable[int]) -> set[int]:
    """The editions that are stored as being like any of these."""
    numbers = list(editions)
    rows = Likeness.objects.filter(other__in=numbers) if numbers else Likeness.objects.none()
    return set(rows.values_list("edition", flat=True))


def _found(edition: Edition, profile: Profile, rarity: Rarity) -> list[Match]:
    return compare(profile, rarity, Place(edition.family, edition.published_at), timezone.now())


def _rows_of(edition: Edition, found: Sequence[Match]) -> list[Likeness]:
    """Rows to the nearest."""
    pieces = _first(match.other.publication for match in found)
    return [
        match.row(edition.pk, match.other.number, match.seen_from(edition.published_at))
        for match in found
        if match.other.publication in pieces
    ]


def _first(pieces: Iterable[int]) -> set[int]:
    """MOST_KEPT different pieces: an edition that waits counts with the one that is live."""
    return set(islice(dict.fromkeys(pieces), MOST_KEPT))


def _store(rows: Iterable[Likeness]) -> None:
    Likeness.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["edition", "other"],
        update_fields=["score", "tags", "authors", "words"],
    )


def _rows_to(edition: Edition, found: Sequence[Match]) -> list[Likeness]:
    """Rows to an edition from those it is like, where it is nearer than the last of theirs, which goes."""
    stored = _stored_for([match.other.number for match in found])
    new, gone = [], []
    for match in found:
        other = match.other
        score = match.alike * faded(other.published_at, edition.published_at)
        theirs = [*stored.get(other.number, ()), (score, edition.publication_id, 0)]
        pieces = _first(piece for _score, piece, _pk in sorted(theirs, reverse=True))
        if edition.publication_id in pieces:
            new.append(match.row(other.number, edition.pk, score))
            gone += [pk for _score, piece, pk in theirs if piece not in pieces]
    if gone:
        Likeness.objects.filter(pk__in=gone).delete()
    return new


def _stored_for(editions: Sequence[int]) -> dict[int, list[tuple[float, int, int]]]:
    """What each of these editions is like, of what has not ended: score, piece and row."""
    rows = Likeness.objects.filter(edition__in=editions, other__visible_until__gt=timezone.now())
    found: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
    for number, *row in rows.values_list("edition", "score", "other__publication", "pk"):
        found[number].append(tuple(row))
    return found
