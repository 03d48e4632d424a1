"""Similarity compared with what a rebuild would make of it. Nothing is changed; actions may run meanwhile."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import batched

from django.utils import timezone

from publications.models import Edition, EditionTerm, Similarity

from ..index import STEP, indexable_editions, read_editions
from .matching import HUNDREDTHS, TextPosition, compare_each
from .rows import MAX_KEPT
from .terms import Rarity, build_profile, characteristic_terms, count_texts, is_row_term

Progress = Callable[[int, int], None]

LEAST_AGREEMENT = 0.5
"""Rows are kept as editions come, when other words were rare: so some of them differ from a rebuild, but not most."""


def differing_editions(progress: Progress) -> set[int]:
    """The editions that are told by terms which are not of their text, weigh otherwise in it, or are none."""
    found: set[int] = set()
    for editions in _read(progress):
        stored = _stored_terms(editions)
        for edition in editions:
            own = {
                term: round(weight * HUNDREDTHS) for term, weight in build_profile(edition).weights.items()
            }
            terms = stored[edition.pk]
            is_described = bool(terms) or not own
            if not is_described or not terms.items() <= own.items() or _signs(terms) != _signs(own):
                found.add(edition.pk)
    return found


def _signs(terms: dict[str, int]) -> set[str]:
    return {term for term in terms if is_row_term(term)}


def _stored_terms(editions: list[Edition]) -> dict[int, dict[str, int]]:
    stored: dict[int, dict[str, int]] = defaultdict(dict)
    for edition, term, weight in EditionTerm.objects.filter(edition__in=editions).values_list(
        "edition", "term", "weight"
    ):
        stored[edition][term] = weight
    return stored


def compare_with_rebuild(progress: Progress) -> tuple[int, int]:
    """How many suggestions of a rebuild are kept, and how many a rebuild gives."""
    same = total = 0
    for editions in _read(progress):
        kept = defaultdict(set)
        for edition, other in Similarity.objects.filter(edition__in=editions).values_list(
            "edition", "similar_edition"
        ):
            kept[edition].add(other)
        for edition, others in zip(editions, _rebuilt(editions), strict=True):
            same, total = same + len(kept[edition.pk] & others), total + len(others)
    return same, total


def _rebuilt(editions: list[Edition]) -> Iterator[set[int]]:
    """What each edition is like by the terms that would tell it today."""
    profiles = [build_profile(edition) for edition in editions]
    known = count_texts({term for profile in profiles for term in profile.weights})
    texts = []
    for edition, profile in zip(editions, profiles, strict=True):
        rarity = Rarity(profile.weights, known)
        texts.append(
            (
                characteristic_terms(profile, rarity),
                rarity,
                TextPosition(edition.translation_group, edition.published_at),
            )
        )
    for matches in compare_each(texts, timezone.now()):
        yield {match.other.number for match in matches[:MAX_KEPT]}


def _read(progress: Progress) -> Iterator[list[Edition]]:
    numbers = list(indexable_editions(timezone.now()).order_by("pk").values_list("pk", flat=True))
    for done, step in enumerate(batched(numbers, STEP), start=1):
        yield [text.edition for text in read_editions(step)]
        progress(min(done * STEP, len(numbers)), len(numbers))
