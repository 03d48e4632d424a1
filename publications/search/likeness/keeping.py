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

from .comparing import HUNDREDTHS, Place, compare, faded
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
        found = compare(profile, rarity, _place(edition), timezone.now())
        _store([*_nearest(found), *_told_to_others(edition, found[:MOST_TOLD])])


def describe(editions: Sequence[Edition]) -> list[tuple[Edition, Profile, Rarity]]:
    """Store the telling terms of editions that have none stored."""
    known = []
    for edition in editions:
        profile = profile_of(edition)
        rarity = Rarity(profile.weights)
        known.append((edition, telling(profile, rarity), rarity))
    with connection.cursor() as cursor:
        rows = (_rows(edition, profile) for edition, profile, _rarity in known)
        cursor.executemany(_DESCRIBE, list(chain.from_iterable(rows)))
    return known


def _rows(edition: Edition, profile: Profile) -> list[tuple[int, str, int]]:
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
    lasting = Edition.objects.filter(pk__in=numbers, visible_until__gt=timezone.now())
    few = lasting.annotate(alikes=Count("alike")).filter(alikes__lt=FEW)
    for edition in few.newest_first().defer("markdown", "html", "paragraphs", "contents")[:MOST_FILLED]:
        renew(edition)


def renew(edition: Edition) -> None:
    """Compare an edition anew by the terms that are stored of it."""
    stored = EditionTerm.objects.filter(edition=edition).values_list("term", "weight")
    weights = {term: weight / HUNDREDTHS for term, weight in stored}
    profile = Profile(weights, spoken(edition), edition.language)
    found = compare(profile, Rarity(weights), _place(edition), timezone.now())
    Likeness.objects.filter(edition=edition).delete()
    _store(_nearest(found))


def towards(editions: Iterable[int]) -> set[int]:
    """The editions that are stored as being like any of these."""
    numbers = list(editions)
    rows = Likeness.objects.filter(other__in=numbers) if numbers else Likeness.objects.none()
    return set(rows.values_list("edition", flat=True))


def _place(edition: Edition) -> Place:
    return Place(edition.family, edition.published_at, edition.pk)


def _nearest(rows: Sequence[Likeness]) -> list[Likeness]:
    """The rows to the first so many pieces."""
    pieces = _first(row.other.publication_id for row in rows)
    return [row for row in rows if row.other.publication_id in pieces]


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


def _told_to_others(edition: Edition, found: Sequence[Likeness]) -> list[Likeness]:
    """Rows to an edition from those it is like, where it is nearer than the last of theirs, which goes."""
    stored = _stored_for([row.other_id for row in found])
    new, gone = [], []
    for row in found:
        turned = _turned(row, edition)
        theirs = [*stored.get(row.other_id, ()), (turned.score, edition.publication_id, 0)]
        pieces = _first(piece for _score, piece, _pk in sorted(theirs, reverse=True))
        if edition.publication_id in pieces:
            new.append(turned)
            gone += [pk for _score, piece, pk in theirs if piece not in pieces]
    if gone:
        Likeness.objects.filter(pk__in=gone).delete()
    return new


def _turned(row: Likeness, edition: Edition) -> Likeness:
    """The same likeness from the other end."""
    alike = row.score / faded(edition.published_at, row.other.published_at)
    return Likeness(
        edition_id=row.other_id,
        other=edition,
        score=alike * faded(row.other.published_at, edition.published_at),
        tags=row.tags,
        authors=row.authors,
        words=row.words,
    )


def _stored_for(editions: Sequence[int]) -> dict[int, list[tuple[float, int, int]]]:
    """What each of these editions is like: score, piece and row."""
    rows = Likeness.objects.filter(edition__in=editions)
    found: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
    for number, *row in rows.values_list("edition", "score", "other__publication", "pk"):
        found[number].append(tuple(row))
    return found
