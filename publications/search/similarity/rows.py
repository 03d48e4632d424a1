"""Rows of similarity, kept in step with the editions of the index in the transaction of an action, and their rebuild.

A new edition finds the most similar ones, and takes its place among the most similar of those. One that goes leaves
theirs, and the few that have too little left are compared again. A rebuild stores first the terms of each edition, then
what it is similar to, in steps that each leave whole rows behind: whoever breaks it off loses nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched, chain, islice
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from publications.models import Edition, EditionTerm, SearchIndex, Similarity

from ..engines import engine
from ..index import STEP, Progress, indexable_editions, lock_index, read_editions
from .matching import HUNDREDTHS, Match, TextPosition, compare_each, decay
from .terms import BATCH, Rarity, TermProfile, build_profile, characteristic_terms, count_texts, full_text

MAX_KEPT = 12
"""Pieces that an edition is stored as being like: more than are shown, since some may not be live when it is."""
MAX_COMPETED = 30
MIN_KEPT = 6
MAX_REFILLED = 8
BATCH_OF_EDITIONS = 50
"""Editions that take their places together."""
Described = tuple[Edition, TermProfile, Rarity]
_DESCRIBE = "INSERT INTO publications_editionterm (edition_id, term, weight) VALUES (%s, %s, %s)"
_STORE = """
INSERT INTO publications_similarity (edition_id, similar_edition_id, score, tags, authors, words) VALUES {}
ON CONFLICT (edition_id, similar_edition_id) DO UPDATE
SET score = excluded.score, tags = excluded.tags, authors = excluded.authors, words = excluded.words
"""
_THERE = """
SELECT there.edition_id, there.similar_edition_id, there.id, there.score, other.publication_id
FROM ({listed}) AS asked JOIN publications_similarity AS there ON there.edition_id = asked.id
JOIN publications_edition AS other {beside_texts} ON other.id = there.similar_edition_id
WHERE other.visible_until > %s
"""


class SimilarityRow(NamedTuple):
    """An edition, another that it is like, how much, and on the grounds of which match."""

    edition: int
    other: int
    score: float
    match: Match


def add_rows(editions: Sequence[Edition]) -> None:
    """Store what these editions are told by, and what they are like. They have no rows yet."""
    for some in batched(store_terms(editions), BATCH_OF_EDITIONS, strict=False):
        _take_places(some)


def _take_places(described: Sequence[Described]) -> None:
    """Store what each is like, and each among what its nearest are like, as if one came after the other."""
    each_found = _found(described)
    places = SimilaritySlots({match.other.number for found in each_found for match in found[:MAX_COMPETED]})
    for (edition, _profile, _rarity), found in zip(described, each_found, strict=True):
        for row in _rows_of(edition, found):
            places.take(row, row.match.other.publication)
        for match in found[:MAX_COMPETED]:
            score = match.alike * decay(match.other.published_at, edition.published_at)
            places.compete(
                SimilarityRow(match.other.number, edition.pk, score, match), edition.publication_id
            )
    places.store()


def store_terms(editions: Sequence[Edition]) -> list[Described]:
    """Store the characteristic_terms terms of editions that have none stored."""
    profiles = [build_profile(edition) for edition in editions]
    known = count_texts({term for profile in profiles for term in profile.weights})
    found = []
    for edition, profile in zip(editions, profiles, strict=True):
        rarity = Rarity(profile.weights, known)
        found.append((edition, characteristic_terms(profile, rarity), rarity))
    with connection.cursor() as cursor:
        terms = (_terms(edition, profile) for edition, profile, _rarity in found)
        cursor.executemany(_DESCRIBE, list(chain.from_iterable(terms)))
    return found


def _terms(edition: Edition, profile: TermProfile) -> list[tuple[int, str, int]]:
    return [(edition.pk, term, round(weight * HUNDREDTHS)) for term, weight in profile.weights.items()]


def remove_rows(editions: Iterable[int]) -> set[int]:
    """Take the rows of editions away; gives the other editions that were like them."""
    numbers = list(editions)
    if not numbers:
        return set()
    left = editions_similar_to(numbers)
    Similarity.objects.filter(Q(edition__in=numbers) | Q(similar_edition__in=numbers)).delete()
    EditionTerm.objects.filter(edition__in=numbers).delete()
    return left - set(numbers)


def fill_up(editions: Iterable[int]) -> None:
    """Compare anew those of these editions that are like few others now; no more than MAX_REFILLED, the newest."""
    numbers = list(editions)
    if not numbers:
        return
    now = timezone.now()
    there = Count("similarities", filter=Q(similarities__similar_edition__visible_until__gt=now))
    few = (
        Edition.objects.filter(pk__in=numbers, visible_until__gt=now)
        .alias(there=there)
        .filter(there__lt=MIN_KEPT)
    )
    for edition in few.newest_first().defer("body", "html", "paragraphs", "contents")[:MAX_REFILLED]:
        compare_again(edition)


def compare_again(edition: Edition) -> None:
    """Compare an edition anew by the terms that are stored of it."""
    stored = EditionTerm.objects.filter(edition=edition).values_list("term", "weight")
    weights = {term: weight / HUNDREDTHS for term, weight in stored}
    profile = TermProfile(weights, full_text(edition), edition.language)
    (found,) = _found([(edition, profile, Rarity(weights))])
    Similarity.objects.filter(edition=edition).delete()
    _store(_rows_of(edition, found))


def editions_similar_to(editions: Iterable[int]) -> set[int]:
    """The editions that are stored as being like any of these."""
    numbers = list(editions)
    rows = Similarity.objects.filter(similar_edition__in=numbers) if numbers else Similarity.objects.none()
    return set(rows.values_list("edition", flat=True))


def _found(described: Sequence[Described]) -> list[list[Match]]:
    texts = [
        (profile, rarity, TextPosition(edition.translation_group, edition.published_at))
        for edition, profile, rarity in described
    ]
    return compare_each(texts, timezone.now())


def _rows_of(edition: Edition, found: Sequence[Match]) -> list[SimilarityRow]:
    """Rows to the nearest."""
    pieces = _first(match.other.publication for match in found)
    return [
        SimilarityRow(edition.pk, match.other.number, match.seen_from(edition.published_at), match)
        for match in found
        if match.other.publication in pieces
    ]


def _first(pieces: Iterable[int]) -> set[int]:
    """MAX_KEPT different pieces: an edition that waits counts with the one that is live."""
    return set(islice(dict.fromkeys(pieces), MAX_KEPT))


def _store(rows: Iterable[SimilarityRow]) -> None:
    for some in batched(rows, BATCH // 5, strict=False):
        values = [value for *row, match in some for value in (*row, *match.grounds)]
        with connection.cursor() as cursor:
            cursor.execute(_STORE.format(", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some))), values)


def _there(editions: Iterable[int]) -> list[tuple[int, int, int, float, int]]:
    """The rows of these editions to others that have not ended: both ends, key, score, and the other's piece."""
    statement = _THERE.format(listed=engine().LISTED, beside_texts=engine().BESIDE_TEXTS)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(statement, [engine().listed(sorted(editions)), now])
        return cursor.fetchall()


class SimilaritySlots:
    """What editions are like: the rows of those that have not ended, and what a batch changes in them.

    A batch changes them here, one edition after the other, and stores at its end what has come of it.
    """

    def __init__(self, editions: Iterable[int]) -> None:
        self.there: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)
        self.stored: dict[tuple[int, int], int] = {}
        self.new: dict[tuple[int, int], SimilarityRow] = {}
        self.gone: list[int] = []
        for edition, other, pk, score, piece in _there(editions):
            self.there[edition][other], self.stored[edition, other] = (score, piece), pk

    def take(self, row: SimilarityRow, piece: int) -> None:
        """Let a row have its place."""
        self.there[row.edition][row.other] = row.score, piece
        self.new[row.edition, row.other] = row

    def compete(self, row: SimilarityRow, piece: int) -> None:
        """Let a row have its place where it is nearer than the last, which goes."""
        theirs = self.there[row.edition]
        ranked = sorted([*theirs.values(), (row.score, piece)], reverse=True)
        pieces = _first(piece for _score, piece in ranked)
        if piece in pieces:
            for other in [other for other, (_score, its) in theirs.items() if its not in pieces]:
                self._let_go(row.edition, other)
            self.take(row, piece)

    def _let_go(self, edition: int, other: int) -> None:
        del self.there[edition][other]
        self.new.pop((edition, other), None)
        if pk := self.stored.pop((edition, other), None):
            self.gone.append(pk)

    def store(self) -> None:
        if self.gone:
            Similarity.objects.filter(pk__in=self.gone).delete()
        _store(self.new.values())


VERSION = 2
"""Of the rules by which likenesses are found. Another number makes the next start find them anew."""

DUE = 32_767
"""In place of a version, which is never so high: the next import ends, and the next start begins, with a rebuild."""


def is_outdated() -> bool:
    """Whether the likenesses were found by other rules than these."""
    return not SearchIndex.objects.filter(similarity_version=VERSION).exists()


def mark_due() -> None:
    """Remember that a rebuild is due, until one is done: many publications come at once, and change what is rare."""
    SearchIndex.objects.update_or_create(pk=1, defaults={"similarity_version": DUE})


def is_due() -> bool:
    """Return whether a rebuild was marked as due."""
    return SearchIndex.objects.filter(similarity_version=DUE).exists()


def rebuild() -> Progress:
    """Make all rows anew, step by step; the index is to be in step. Each edition counts half when it is described."""
    numbers = list(indexable_editions(timezone.now()).order_by("pk").values_list("pk", flat=True))
    total = 2 * len(numbers)
    yield 0, total
    done = 0
    for act in (_describe, _compare):
        for step in batched(numbers, STEP):
            with transaction.atomic():
                lock_index()
                act(_still_there(step))
            done += len(step)
            yield done, total
    with transaction.atomic():
        lock_index()
        _finish()


def _still_there(editions: Iterable[int]) -> list[Edition]:
    there = indexable_editions(timezone.now()).filter(pk__in=editions)
    return [text.edition for text in read_editions(there.values_list("pk", flat=True))]


def _describe(editions: list[Edition]) -> None:
    EditionTerm.objects.filter(edition__in=editions).delete()
    store_terms(editions)


def _compare(editions: list[Edition]) -> None:
    for edition in editions:
        compare_again(edition)


def _finish() -> None:
    """Take away what actions have left behind, and add what they have not added."""
    to_be = set(indexable_editions(timezone.now()).values_list("pk", flat=True))
    described = set(EditionTerm.objects.order_by().values_list("edition", flat=True).distinct())
    ends = Similarity.objects.order_by().values_list("edition", "similar_edition")
    remove_rows((described | {pk for pair in ends for pk in pair}) - to_be)
    add_rows([text.edition for text in read_editions(to_be - described)])
    SearchIndex.objects.update_or_create(pk=1, defaults={"similarity_version": VERSION})
