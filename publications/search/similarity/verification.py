"""Comparison of similarity with what a rebuild would store. Changes nothing; actions may run at the same time."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import batched

from django.utils import timezone

from publications.models import Edition, EditionTerm, EditionWithRows, Similarity

from ..index import EDITIONS_PER_STEP, indexable_editions, read_editions
from .matching import WEIGHT_SCALE, TextContext, compare_many
from .rows import MAX_ROWS
from .terms import Rarity, build_profile, characteristic_terms, count_texts, is_entity_term

ProgressCallback = Callable[[int, int], None]
"""Called with how many of how many editions are done."""

MIN_AGREEMENT = 0.5
"""Rows are stored as editions come, when other words were rare: some of them differ from a rebuild, but not most."""


def differing_editions(progress: ProgressCallback) -> set[int]:
    """Return the editions whose stored terms are not of their text, have other weights, or are missing."""
    differing: set[int] = set()
    for editions in _read_editions(progress):
        stored = _stored_weights([rows.edition for rows in editions])
        for rows in editions:
            edition, weights = rows.edition, build_profile(rows).weights
            own = {term: round(weight * WEIGHT_SCALE) for term, weight in weights.items()}
            terms = stored[edition.pk]
            is_missing = bool(own) and not terms
            if is_missing or not terms.items() <= own.items() or _name_terms(terms) != _name_terms(own):
                differing.add(edition.pk)
    return differing


def _name_terms(weights: dict[str, int]) -> set[str]:
    return {term for term in weights if is_entity_term(term)}


def _stored_weights(editions: list[Edition]) -> dict[int, dict[str, int]]:
    stored: dict[int, dict[str, int]] = defaultdict(dict)
    rows = EditionTerm.objects.filter(edition__in=editions).values_list("edition", "term", "weight")
    for edition, term, weight in rows:
        stored[edition][term] = weight
    return stored


def compare_with_rebuild(progress: ProgressCallback) -> tuple[int, int]:
    """Return how many of the rows that a rebuild would store are stored, and how many it would store."""
    same = total = 0
    for editions in _read_editions(progress):
        stored = defaultdict(set)
        pks = [rows.edition.pk for rows in editions]
        pairs = Similarity.objects.filter(edition__in=pks).values_list("edition", "similar_edition")
        for edition, similar_edition in pairs:
            stored[edition].add(similar_edition)
        for pk, similar_editions in zip(pks, _rebuilt_rows(editions), strict=True):
            same += len(stored[pk] & similar_editions)
            total += len(similar_editions)
    return same, total


def _rebuilt_rows(editions: list[EditionWithRows]) -> Iterator[set[int]]:
    """Yield for each edition the editions that it is similar to by the terms that are characteristic today."""
    profiles = [build_profile(rows) for rows in editions]
    counts = count_texts({term for profile in profiles for term in profile.weights})
    texts = []
    for rows, profile in zip(editions, profiles, strict=True):
        rarity = Rarity(profile.weights, counts)
        context = TextContext(rows.edition.translation_group, rows.edition.published_at)
        texts.append((characteristic_terms(profile, rarity), rarity, context))
    for matches in compare_many(texts, timezone.now()):
        yield {match.candidate.edition_id for match in matches[:MAX_ROWS]}


def _read_editions(progress: ProgressCallback) -> Iterator[list[EditionWithRows]]:
    ids = list(indexable_editions(timezone.now()).order_by("pk").values_list("pk", flat=True))
    for done, batch in enumerate(batched(ids, EDITIONS_PER_STEP), start=1):
        yield read_editions(batch)
        progress(min(done * EDITIONS_PER_STEP, len(ids)), len(ids))
