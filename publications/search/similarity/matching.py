"""Matching: the editions most similar to a text, and the words, topics and authors that are the reasons.

Candidates share terms with the text. Only those that share its rarest terms are compared: a term of half of the site
adds no candidates, but counts in the comparison.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import batched, islice
from math import sqrt
from typing import NamedTuple

from django.db import connection

from publications.models import Edition, Similarity

from .common_words import is_common_word
from .terms import (
    BATCH_SIZE,
    Rarity,
    TermProfile,
    id_in_term,
)

MAX_POSTINGS = 6000  # rows of terms that are read to find candidates
MAX_CANDIDATES = 120
MAX_COMPARED = 40
MIN_SIMILARITY = 0.04  # as a share of the similarity of a text with itself; less is chance
MIN_SHARE_OF_WORDS = 1 / 3  # of a similarity; with less, its words are no reason
MAX_REASONS = 3
MIN_WORDS = 2  # that are the only reason
MIN_TEXTS_FOR_REASONS = 12  # with fewer, no word is too frequent to be a reason
OLDER_YEARS, NEWER_YEARS = 2.0, 1.0  # to an older or newer text, after which a similarity has lost 29 %
SECONDS_PER_YEAR = 365.25 * 24 * 3600
WEIGHT_SCALE = 100  # stored weights are in hundredths

_FIND = """
WITH query (term, weight) AS (VALUES {rows})
SELECT stored.edition_id
FROM query JOIN publications_editionterm AS stored ON stored.term = query.term
GROUP BY stored.edition_id ORDER BY SUM(stored.weight * query.weight) DESC, stored.edition_id DESC LIMIT %s
"""
_SHARED = """
SELECT edition_id, term, weight FROM publications_editionterm WHERE edition_id IN ({}) AND term IN ({})
"""


@dataclass(frozen=True)
class TextContext:
    """The date of a text, and its translation group, whose texts are not compared; a new draft has none."""

    translation_group: int | None
    published_at: datetime


class Candidate(NamedTuple):
    """An edition that a text may be similar to."""

    edition_id: int
    publication_id: int
    translation_group: int
    published_at: datetime


@dataclass(frozen=True)
class Match:
    """An edition that a text is similar to, with the terms that they share.

    Attributes:
        similarity: regardless of the dates of the two texts.
    """

    candidate: Candidate
    similarity: float
    tags: list[int]
    authors: list[int]
    words: list[str]

    def score_at(self, at: datetime) -> float:
        """Return the score beside a text of that date."""
        return self.similarity * decay(at, self.candidate.published_at)

    def build_suggestion(self, score: float) -> Similarity:
        """Return an unsaved row."""
        return Similarity(
            similar_edition_id=self.candidate.edition_id,
            score=score,
            tags=self.tags,
            authors=self.authors,
            words=self.words,
        )

    @cached_property
    def stored_reasons(self) -> tuple[str, str, str]:
        """The values of the columns tags, authors and words."""
        return json.dumps(self.tags), json.dumps(self.authors), json.dumps(self.words)


@dataclass(frozen=True)
class ReasonWords:
    """The terms of a text that may be reasons: its words that are not common, and those of them that few texts have."""

    uncommon: frozenset[str]
    infrequent: frozenset[str]

    def choose(self, words: Iterable[str], *, allow_frequent: bool) -> list[str]:
        """Return the first of the words that say what two texts are about.

        With `allow_frequent`, words of many texts are returned if there are no others.
        """
        reasons = list(islice((term for term in words if term in self.infrequent), MAX_REASONS))
        if reasons or not allow_frequent:
            return reasons
        return list(islice((term for term in words if term in self.uncommon), MAX_REASONS))


ComparedText = tuple[TermProfile, Rarity, TextContext]


def compare(profile: TermProfile, rarity: Rarity, context: TextContext, at: datetime) -> list[Match]:
    """Return the editions similar to a text that have not ended at the given time, the most similar first."""
    return compare_many([(profile, rarity, context)], at)[0]


def compare_many(texts: Sequence[ComparedText], at: datetime) -> list[list[Match]]:
    """Return the same for each of many texts; their candidates are read together."""
    weights = [
        {term: weight * rarity[term] for term, weight in profile.weights.items()}
        for profile, rarity, _context in texts
    ]
    nearest = [
        _find_nearest(own, profile, rarity)
        for own, (profile, rarity, _context) in zip(weights, texts, strict=True)
    ]
    candidates = _read_candidates({edition_id for ids in nearest for edition_id in ids}, at)
    return [
        _match_candidates(
            text, own, [candidates[edition_id] for edition_id in ids if edition_id in candidates]
        )
        for own, ids, text in zip(weights, nearest, texts, strict=True)
    ]


def _find_nearest(weights: dict[str, float], profile: TermProfile, rarity: Rarity) -> list[int]:
    """Return the editions that share most with a text, by its rarest terms."""
    terms = list(_query_terms(weights, profile, rarity))
    if not terms:
        return []
    values = [value for term in terms for value in (term, round(weights[term] * WEIGHT_SCALE))]
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(rows=", ".join(["(%s, %s)"] * len(terms))), [*values, MAX_CANDIDATES])
        return [edition_id for (edition_id,) in cursor.fetchall()]


def _read_candidates(edition_ids: Iterable[int], at: datetime) -> dict[int, Candidate]:
    """Return those of the editions, of kinds that stand in lists, that have not ended at the given time."""
    candidates: dict[int, Candidate] = {}
    for batch in batched(sorted(edition_ids), BATCH_SIZE, strict=False):
        rows = Edition.objects.filter(pk__in=batch, visible_until__gt=at).listed().order_by()
        for row in rows.values_list("pk", "publication", "translation_group", "published_at"):
            candidates[row[0]] = Candidate(*row)
    return candidates


def _match_candidates(
    text: ComparedText, weights: dict[str, float], nearest: Iterable[Candidate]
) -> list[Match]:
    profile, rarity, context = text
    least = MIN_SIMILARITY * sum(weight * profile.weights[term] for term, weight in weights.items())
    others = (candidate for candidate in nearest if candidate.translation_group != context.translation_group)
    candidates = {candidate.edition_id: candidate for candidate in islice(others, MAX_COMPARED)}
    reason_words = _find_reason_words(profile, rarity)
    matches = [
        _build_match(candidates[edition_id], shares, profile, reason_words)
        for edition_id, shares in _shared_terms(list(candidates), weights).items()
        if sum(shares.values()) >= least
    ]
    with_reasons = [match for match in matches if match.tags or match.authors or match.words]
    return sorted(
        with_reasons, key=lambda match: (-match.score_at(context.published_at), -match.candidate.edition_id)
    )


def _query_terms(weights: dict[str, float], profile: TermProfile, rarity: Rarity) -> Iterator[str]:
    """Yield the terms to find candidates by: those of most weight whose rows add up to at most MAX_POSTINGS."""
    remaining = MAX_POSTINGS
    for term in sorted(weights, key=lambda term: (-weights[term] * profile.weights[term], term)):
        if rarity.count(term) <= remaining:
            remaining -= rarity.count(term)
            yield term


def _shared_terms(edition_ids: Sequence[int], weights: dict[str, float]) -> dict[int, dict[str, float]]:
    """Return what each shared term adds to the similarity of each edition."""
    shares: dict[int, dict[str, float]] = defaultdict(dict)
    if not edition_ids:
        return shares
    placeholders = (", ".join(["%s"] * count) for count in (len(edition_ids), len(weights)))
    with connection.cursor() as cursor:
        cursor.execute(_SHARED.format(*placeholders), [*edition_ids, *weights])
        for edition_id, term, weight in cursor.fetchall():
            shares[edition_id][term] = weights[term] * weight / WEIGHT_SCALE
    return shares


def _build_match(
    candidate: Candidate, shares: dict[str, float], profile: TermProfile, reason_words: ReasonWords
) -> Match:
    total = sum(shares.values())
    ranked = [term for _share, term in sorted((-share, term) for term, share in shares.items())]
    words = [term for term in ranked if term not in profile.entity_terms]
    entities = [term for term in ranked if term in profile.entity_terms]
    topics, people = _ids_in_terms(entities, "t"), _ids_in_terms(entities, "a")
    has_names = bool(topics or people)
    reasons = reason_words.choose(words, allow_frequent=not has_names)
    is_by_words = not has_names or sum(shares[word] for word in words) >= MIN_SHARE_OF_WORDS * total
    if not is_by_words or len(reasons) < (1 if has_names else MIN_WORDS):
        reasons = []
    return Match(candidate, total, topics, people, profile.spellings_of(reasons))


def _find_reason_words(profile: TermProfile, rarity: Rarity) -> ReasonWords:
    words = profile.weights.keys() - profile.entity_terms
    uncommon = frozenset(term for term in words if not is_common_word(term, profile.language))
    infrequent = rarity.infrequent(uncommon, min_texts=MIN_TEXTS_FOR_REASONS)
    return ReasonWords(uncommon, frozenset(infrequent))


def _ids_in_terms(terms: Iterable[str], letter: str) -> list[int]:
    ids = (id_in_term(term, letter) for term in terms)
    return [pk for pk in ids if pk is not None][:MAX_REASONS]


def decay(at: datetime, other_at: datetime) -> float:
    """Return what remains of a similarity across the time between two publications, between 0 and 1.

    The first years count most: texts of one series are close in time, while of two old texts neither is the closer one.
    """
    years = (at - other_at).total_seconds() / SECONDS_PER_YEAR
    return 1 / sqrt(1 + (years / OLDER_YEARS if years > 0 else -years / NEWER_YEARS))
