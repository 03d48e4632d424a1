"""Matching: the editions most similar to a text, why, and suggestions for drafts.

Candidates are found through the terms they share. Only so many are looked at, those that share the rarest terms of the
text: a term that half of the site has brings in nobody, but counts where others have brought an edition in.
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
from django.utils import timezone

from publications.models import Author, Edition, ExcludedSuggestion, Publication, Similarity, Tag

from .terms import (
    BATCH,
    Rarity,
    TermProfile,
    build_draft_profile,
    characteristic_terms,
    is_row_term,
    key_in_term,
)

MAX_POSTINGS = 6000  # rows of terms that are gone through for candidates
MAX_CANDIDATES = 120
MAX_WEIGHED = 40
MIN_SIMILARITY = 0.04  # of how much a text is like itself: less is chance
MIN_SHARE_OF_WORDS = 1 / 3  # of a likeness, from which words are among its grounds
MAX_REASONS = 3
MIN_WORDS = 2
OLDER, NEWER = 2.0, 1.0  # years after which time has taken the first 29 %
YEAR = 365.25 * 24 * 3600
HUNDREDTHS = 100

_FIND = """
WITH asked (term, weight) AS (VALUES {rows})
SELECT told.edition_id
FROM asked JOIN publications_editionterm AS told ON told.term = asked.term
GROUP BY told.edition_id ORDER BY SUM(told.weight * asked.weight) DESC, told.edition_id DESC LIMIT %s
"""
_SHARED = """
SELECT edition_id, term, weight FROM publications_editionterm WHERE edition_id IN ({}) AND term IN ({})
"""


@dataclass(frozen=True)
class TextPosition:
    """Whose likenesses are sought: those of an edition, or of a draft, which may have no family."""

    family: int | None
    published_at: datetime


class Candidate(NamedTuple):
    """An edition that a text may be like."""

    number: int
    publication: int
    family: int
    published_at: datetime


@dataclass(frozen=True)
class Match:
    """An edition that a text is like: how much whichever came first, and on what grounds."""

    other: Candidate
    alike: float
    tags: list[int]
    authors: list[int]
    words: list[str]

    def seen_from(self, moment: datetime) -> float:
        """How much it is worth beside a text of that moment."""
        return self.alike * decay(moment, self.other.published_at)

    def row(self, score: float) -> Similarity:
        """As a suggestion, which is not stored."""
        return Similarity(
            similar_edition_id=self.other.number,
            score=score,
            tags=self.tags,
            authors=self.authors,
            words=self.words,
        )

    @cached_property
    def grounds(self) -> tuple[str, str, str]:
        """As they are stored."""
        return json.dumps(self.tags), json.dumps(self.authors), json.dumps(self.words)


def compare(profile: TermProfile, rarity: Rarity, place: TextPosition, moment: datetime) -> list[Match]:
    """Editions that are or will be public, the most like the text first."""
    return compare_each([(profile, rarity, place)], moment)[0]


def compare_each(
    texts: Sequence[tuple[TermProfile, Rarity, TextPosition]], moment: datetime
) -> list[list[Match]]:
    """The same for many texts: what is to be known of the editions that they may be like is asked together."""
    parts = [
        {term: weight * rarity[term] for term, weight in profile.weights.items()}
        for profile, rarity, _place in texts
    ]
    near = [_near(own, profile, rarity) for own, (profile, rarity, _place) in zip(parts, texts, strict=True)]
    lasting = _lasting({number for found in near for number in found}, moment)
    return [
        _compared(profile, place, own, [lasting[number] for number in found if number in lasting])
        for own, found, (profile, _rarity, place) in zip(parts, near, texts, strict=True)
    ]


def _near(parts: dict[str, float], profile: TermProfile, rarity: Rarity) -> list[int]:
    """The editions that share most with a text, by the terms that bring candidates in."""
    asked = list(_asked(parts, profile, rarity))
    if not asked:
        return []
    values = [value for term in asked for value in (term, round(parts[term] * HUNDREDTHS))]
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(rows=", ".join(["(%s, %s)"] * len(asked))), [*values, MAX_CANDIDATES])
        return [number for (number,) in cursor.fetchall()]


def _lasting(editions: Iterable[int], moment: datetime) -> dict[int, Candidate]:
    """Those of these editions that have not ended at the moment."""
    found: dict[int, Candidate] = {}
    for some in batched(sorted(editions), BATCH, strict=False):
        rows = Edition.objects.filter(pk__in=some, visible_until__gt=moment).order_by()
        for row in rows.values_list("pk", "publication", "translation_group", "published_at"):
            found[row[0]] = Candidate(*row)
    return found


def _compared(
    profile: TermProfile, place: TextPosition, parts: dict[str, float], near: Iterable[Candidate]
) -> list[Match]:
    enough = MIN_SIMILARITY * sum(part * profile.weights[term] for term, part in parts.items())
    others = (candidate for candidate in near if candidate.family != place.family)
    there = {candidate.number: candidate for candidate in islice(others, MAX_WEIGHED)}
    found = [
        _match(there[number], shares, profile)
        for number, shares in _shared(list(there), parts).items()
        if sum(shares.values()) >= enough
    ]
    grounded = [match for match in found if match.tags or match.authors or match.words]
    return sorted(grounded, key=lambda match: (-match.seen_from(place.published_at), -match.other.number))


def _asked(parts: dict[str, float], profile: TermProfile, rarity: Rarity) -> Iterator[str]:
    """The terms that bring candidates in: those that count most, as far as there is room for who has them."""
    room = MAX_POSTINGS
    for term in sorted(parts, key=lambda term: (-parts[term] * profile.weights[term], term)):
        if rarity.having(term) <= room:
            room -= rarity.having(term)
            yield term


def _shared(editions: Sequence[int], parts: dict[str, float]) -> dict[int, dict[str, float]]:
    """What each shared term adds to the likeness of each edition."""
    found: dict[int, dict[str, float]] = defaultdict(dict)
    if not editions:
        return found
    places = (", ".join(["%s"] * count) for count in (len(editions), len(parts)))
    with connection.cursor() as cursor:
        cursor.execute(_SHARED.format(*places), [*editions, *parts])
        for edition, term, weight in cursor.fetchall():
            found[edition][term] = parts[term] * weight / HUNDREDTHS
    return found


def _match(other: Candidate, shares: dict[str, float], profile: TermProfile) -> Match:
    total = sum(shares.values())
    ranked = sorted(shares, key=lambda term: (-shares[term], term))
    told = [term for term in ranked if not is_row_term(term)]
    topics, people = _numbers(ranked, "t"), _numbers(ranked, "a")
    by_words = sum(shares[term] for term in told) >= MIN_SHARE_OF_WORDS * total or not (topics or people)
    spelled = profile.spelled(told[:MAX_REASONS]) if by_words and len(told) >= MIN_WORDS else []
    return Match(other, total, topics, people, spelled)


def _numbers(terms: Iterable[str], letter: str) -> list[int]:
    found = (key_in_term(term, letter) for term in terms)
    return [number for number in found if number is not None][:MAX_REASONS]


def decay(here: datetime, there: datetime) -> float:
    """Return what remains of a similarity across the time between two publications, between 0 and 1.

    The first years count most: texts of one series are close in time, while of two old texts neither is the closer one.
    """
    years = (here - there).total_seconds() / YEAR
    return 1 / sqrt(1 + (years / OLDER if years > 0 else -years / NEWER))


def suggest(
    title: str,
    text: str,
    tags: Iterable[Tag] = (),
    authors: Iterable[Author] = (),
    count: int = 5,
    *,
    language: str = "en",
    beside: Publication | None = None,
) -> list[Similarity]:
    """The live editions most like a draft as it stands, as `other` of likenesses that are not stored.

    `text` is plain or Markdown. With `beside`, its family is left out, and what is linked to it or ruled out.
    """
    everything = build_draft_profile(title, text, language, tags, authors)
    rarity = Rarity(everything.weights)
    now = timezone.now()
    place = TextPosition(beside.source_publication.pk if beside else None, now)
    found = compare(characteristic_terms(everything, rarity), rarity, place, now)
    return _shown(found, _excluded(beside) if beside else set(), now)[:count]


def _excluded(piece: Publication) -> set[int]:
    linked = piece.related_links.values_list("target", flat=True)
    return {piece.pk, *ExcludedSuggestion.partners(piece.pk), *linked} if piece.pk else set()


def _shown(found: Sequence[Match], left_out: set[int], now: datetime) -> list[Similarity]:
    """Those that are live, one of each family, with all that a card shows."""
    live = (
        Edition.objects.live(now).filter(pk__in=[match.other.number for match in found]).with_teaser_columns()
    )
    there = live.exclude(publication__in=left_out).in_bulk()
    families: dict[int, Similarity] = {}
    for match in found:
        if edition := there.get(match.other.number):
            row = match.row(match.seen_from(now))
            row.similar_edition = edition
            families.setdefault(edition.translation_group, row)
    return list(families.values())


def reasons(rows: Sequence[Similarity]) -> list[str]:
    """The grounds of each as a sentence, in the language of the page; two queries."""
    tags = Tag.objects.in_bulk({pk for row in rows for pk in row.tags})
    authors = Author.objects.identified().in_bulk({pk for row in rows for pk in row.authors})
    topics = {pk: tag.label for pk, tag in tags.items()}
    people = {pk: author.name for pk, author in authors.items()}
    return [row.explain(topics, people) for row in rows]
