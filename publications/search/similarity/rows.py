"""Rows of similarity, kept in step with the editions of the index in the transaction of an action.

A new edition finds the editions most similar to it, and competes for the slots of each of them. A removed one frees the
slots it had, and the few editions with too few rows left are compared again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched, chain, islice
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from publications.models import Edition, EditionTerm, EditionWithRows, Similarity

from ..engines import engine
from .matching import WEIGHT_SCALE, Match, TextContext, compare_many, decay
from .terms import (
    BATCH_SIZE,
    Rarity,
    TermProfile,
    build_profile,
    characteristic_terms,
    count_texts,
    full_text,
)

MAX_ROWS = 12
"""Publications that an edition has rows for: more than are shown, since some may not be live when it is."""
MAX_COMPETED = 30
"""Editions whose slots a new one competes for."""
MIN_ROWS, MAX_REFILLED = 6, 8
"""An edition with fewer rows is compared again when one of them is removed; so many editions at a time."""
EDITIONS_PER_BATCH = 100
EditionProfile = tuple[Edition, TermProfile, Rarity]
_STORE_TERMS = "INSERT INTO publications_editionterm (edition_id, term, weight) VALUES (%s, %s, %s)"
_STORE = """
INSERT INTO publications_similarity (edition_id, similar_edition_id, score, tags, authors, words) VALUES {}
ON CONFLICT (edition_id, similar_edition_id) DO UPDATE
SET score = excluded.score, tags = excluded.tags, authors = excluded.authors, words = excluded.words
"""
_REMOVE = "DELETE FROM publications_similarity WHERE edition_id = %s AND similar_edition_id = %s"
_READ = """
SELECT stored.edition_id, stored.similar_edition_id, stored.score, neighbour.publication_id
FROM ({ids_query}) AS requested JOIN publications_similarity AS stored ON stored.edition_id = requested.id
JOIN publications_edition AS neighbour {index_hint} ON neighbour.id = stored.similar_edition_id
WHERE neighbour.visible_until > %s
"""


class SimilarityRow(NamedTuple):
    """A row to store: two editions, the score, and the match that has the reasons."""

    edition_id: int
    similar_edition_id: int
    score: float
    match: Match


def add_rows(editions: Sequence[EditionWithRows]) -> None:
    """Store the terms and the rows of editions that have none."""
    for batch in batched(store_terms(editions), EDITIONS_PER_BATCH, strict=False):
        _store_batch(batch)


def _store_batch(profiles: Sequence[EditionProfile]) -> None:
    """Store the rows of each edition and its rows among those of its matches, as if they came one by one."""
    matches_of_each = _find_matches(profiles)
    slots = SimilaritySlots(
        {match.candidate.edition_id for matches in matches_of_each for match in matches[:MAX_COMPETED]}
    )
    for (edition, _profile, _rarity), matches in zip(profiles, matches_of_each, strict=True):
        for row in _build_rows(edition, matches):
            slots.add(row, row.match.candidate.publication_id)
        for match in matches[:MAX_COMPETED] if edition.kind.is_listed else ():
            score = match.similarity * decay(match.candidate.published_at, edition.published_at)
            row = SimilarityRow(match.candidate.edition_id, edition.pk, score, match)
            slots.compete(row, edition.publication_id)
    slots.store()


def store_terms(editions: Sequence[EditionWithRows]) -> list[EditionProfile]:
    """Store the characteristic terms of editions that have none stored."""
    full_profiles = [build_profile(rows) for rows in editions]
    counts = count_texts({term for profile in full_profiles for term in profile.weights})
    profiles = []
    for rows, profile in zip(editions, full_profiles, strict=True):
        rarity = Rarity(profile.weights, counts)
        profiles.append((rows.edition, characteristic_terms(profile, rarity), rarity))
    with connection.cursor() as cursor:
        terms = (_term_params(edition, profile) for edition, profile, _rarity in profiles)
        cursor.executemany(_STORE_TERMS, list(chain.from_iterable(terms)))
    return profiles


def _term_params(edition: Edition, profile: TermProfile) -> list[tuple[int, str, int]]:
    return [(edition.pk, term, round(weight * WEIGHT_SCALE)) for term, weight in profile.weights.items()]


def remove_rows(edition_ids: Iterable[int]) -> set[int]:
    """Remove the terms of editions and all rows from and to them; return the editions that had rows to them."""
    ids = list(edition_ids)
    if not ids:
        return set()
    neighbours = editions_similar_to(ids)
    Similarity.objects.filter(Q(edition__in=ids) | Q(similar_edition__in=ids)).delete()
    EditionTerm.objects.filter(edition__in=ids).delete()
    return neighbours - set(ids)


def refill_rows(edition_ids: Iterable[int]) -> None:
    """Compare those of the editions again that have few rows left: the newest, at most MAX_REFILLED."""
    ids = list(edition_ids)
    if not ids:
        return
    now = timezone.now()
    remaining = Count("similarities", filter=Q(similarities__similar_edition__visible_until__gt=now))
    sparse = (
        Edition.objects.filter(pk__in=ids, visible_until__gt=now)
        .alias(remaining=remaining)
        .filter(remaining__lt=MIN_ROWS)
    )
    for edition in sparse.newest_first().defer("body", "html", "paragraphs", "contents")[:MAX_REFILLED]:
        compare_again(edition)


def compare_again(edition: Edition) -> None:
    """Replace the rows of an edition, found by its stored terms."""
    stored = EditionTerm.objects.filter(edition=edition).values_list("term", "weight")
    weights = {term: weight / WEIGHT_SCALE for term, weight in stored}
    profile = TermProfile(weights, full_text(edition), edition.language)
    (matches,) = _find_matches([(edition, profile, Rarity(weights))])
    Similarity.objects.filter(edition=edition).delete()
    _store(_build_rows(edition, matches))


def editions_similar_to(edition_ids: Iterable[int]) -> set[int]:
    """Return the editions that have rows to any of these."""
    ids = list(edition_ids)
    rows = Similarity.objects.filter(similar_edition__in=ids) if ids else Similarity.objects.none()
    return set(rows.values_list("edition", flat=True))


def _find_matches(profiles: Sequence[EditionProfile]) -> list[list[Match]]:
    texts = [
        (profile, rarity, TextContext(edition.translation_group, edition.published_at))
        for edition, profile, rarity in profiles
    ]
    return compare_many(texts, timezone.now())


def _build_rows(edition: Edition, matches: Sequence[Match]) -> list[SimilarityRow]:
    publications = _first_publications(match.candidate.publication_id for match in matches)
    return [
        SimilarityRow(edition.pk, match.candidate.edition_id, match.score_at(edition.published_at), match)
        for match in matches
        if match.candidate.publication_id in publications
    ]


def _first_publications(publications: Iterable[int]) -> set[int]:
    """Return the first MAX_ROWS; a scheduled edition shares the slot of the live one."""
    return set(islice(dict.fromkeys(publications), MAX_ROWS))


def _store(rows: Iterable[SimilarityRow]) -> None:
    for batch in batched(rows, BATCH_SIZE // 5, strict=False):
        values = [value for *row, match in batch for value in (*row, *match.stored_reasons)]
        with connection.cursor() as cursor:
            cursor.execute(_STORE.format(", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(batch))), values)


def _read_rows(edition_ids: Iterable[int]) -> list[tuple[int, int, float, int]]:
    """Return the rows of editions to others that have not ended: both editions, score, similar publication."""
    statement = _READ.format(ids_query=engine().IDS_QUERY, index_hint=engine().EDITION_INDEX_HINT)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(statement, [engine().bind_ids(sorted(edition_ids)), now])
        return cursor.fetchall()


class SimilaritySlots:
    """The rows of some editions to others that have not ended, changed in memory and stored together.

    Attributes:
        slots: for each edition the score and the publication of its similar editions.
    """

    def __init__(self, edition_ids: Iterable[int]) -> None:
        self.slots: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)
        self.new_rows: dict[tuple[int, int], SimilarityRow] = {}
        self.removed_rows: list[tuple[int, int]] = []
        for edition_id, similar_edition_id, score, publication_id in _read_rows(edition_ids):
            self.slots[edition_id][similar_edition_id] = score, publication_id

    def add(self, row: SimilarityRow, publication_id: int) -> None:
        """Add a row to an edition of this publication."""
        self.slots[row.edition_id][row.similar_edition_id] = row.score, publication_id
        self.new_rows[row.edition_id, row.similar_edition_id] = row

    def compete(self, row: SimilarityRow, publication_id: int) -> None:
        """Add a row if a slot is free or its score beats the lowest, which is removed."""
        slots = self.slots[row.edition_id]
        ranked = sorted([*slots.values(), (row.score, publication_id)], reverse=True)
        remaining = _first_publications(publication for _score, publication in ranked)
        if publication_id in remaining:
            outranked = [pk for pk, (_score, publication) in slots.items() if publication not in remaining]
            for similar_edition_id in outranked:
                self._remove(row.edition_id, similar_edition_id)
            self.add(row, publication_id)

    def _remove(self, edition_id: int, similar_edition_id: int) -> None:
        del self.slots[edition_id][similar_edition_id]
        self.new_rows.pop((edition_id, similar_edition_id), None)
        self.removed_rows.append((edition_id, similar_edition_id))

    def store(self) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(_REMOVE, self.removed_rows)
        _store(self.new_rows.values())
