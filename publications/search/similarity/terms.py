"""Characteristic terms: the words, topics and authors that distinguish a text, and their weights.

Words are weighted by BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009): further mentions
count less, and less in a long text. Stored weights do not depend on other texts, so they stay right as the site grows;
how rare a term is (`Rarity`) is read when texts are compared.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import batched
from math import cbrt, inf, log

from django.db import connection
from django.db.models import Count

from publications.models import Author, Edition, EditionTerm, EditionWithRows, Tag

from ..terms import (
    CACHED_TERMS,
    ENTITY_PREFIX,
    MAX_TEXT_CHARACTERS,
    WORD,
    entity_term,
    index_term,
    is_stop_word,
    row_key,
)

TITLE, SUMMARY, TEXT = 3, 2, 1
"""The weight of a word in each part of a text."""

SATURATION, LENGTH_NORMALIZATION, AVERAGE_LENGTH = 2.0, 0.5, 700  # k1, b and avgdl of BM25
TOPIC, AUTHOR = 1.4, 1.7
MAX_TERMS = 80
MAX_ENTITY_TERMS = 20
MIN_LETTERS = 3
RARITY_POWER = 1.5  # rare terms count more than in BM25, see docs/decisions/0032
MAX_DOCUMENT_FREQUENCY = 0.25  # a word in a larger share of the texts is frequent
MIN_TEXTS = 100  # from which frequent words are ignored
BATCH_SIZE = 500
_COUNTED = "SELECT term, edition_count FROM publications_indexedterm WHERE term IN ({})"
UBIQUITOUS_WORDS = ("the", "and", "och", "att")
"""Words of nearly every text: their counts estimate how many texts there are."""

_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")


@dataclass(frozen=True)
class TermProfile:
    """The weighted terms of a text; `text` is the source of their spellings."""

    weights: dict[str, float]
    text: str = field(repr=False)
    language: str = "en"

    @cached_property
    def entity_terms(self) -> frozenset[str]:
        """The terms that stand for topics and authors."""
        return frozenset(filter(is_entity_term, self.weights))

    def spellings_of(self, terms: Iterable[str]) -> list[str]:
        """Return the terms as the text spells them most often, in lower case if it does so anywhere."""
        return [self._spelling_by_term[term] for term in terms if term in self._spelling_by_term]

    @cached_property
    def _spelling_by_term(self) -> dict[str, str]:
        tally = Counter(WORD.findall(self.text))
        words_by_term: defaultdict[str, list[str]] = defaultdict(list)
        for word in tally:
            if (term := index_term(word, self.language)) in self.weights:
                words_by_term[term].append(word)
        return {
            term: min(words, key=lambda word: (not word.islower(), -tally[word], word))
            for term, words in words_by_term.items()
        }


class Rarity:
    """How many texts have each of some terms, and how many texts there are.

    Args:
        counts: from `count_texts`, for these terms or more; None reads them.
    """

    def __init__(self, terms: Iterable[str], counts: Mapping[str, int] | None = None) -> None:
        needed = {*terms, *UBIQUITOUS_WORDS}
        self.counts = count_texts(needed) if counts is None else counts
        self.total = max(self.count(term) for term in needed if term[0] != ENTITY_PREFIX)

    def __getitem__(self, term: str) -> float:
        return log(1 + self.total / self.count(term)) ** RARITY_POWER

    def count(self, term: str) -> int:
        return self.counts.get(term) or 1

    def infrequent(self, terms: Iterable[str], *, min_texts: int) -> Iterator[str]:
        """Yield the terms whose share of texts is at most MAX_DOCUMENT_FREQUENCY; all with fewer than `min_texts`."""
        limit = MAX_DOCUMENT_FREQUENCY * self.total if self.total >= min_texts else inf
        return (term for term in terms if self.count(term) <= limit)


def count_texts(terms: Iterable[str]) -> dict[str, int]:
    """Return how many texts have each of these terms and of the ubiquitous words."""
    needed = {*terms, *UBIQUITOUS_WORDS}
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for batch in batched(sorted(needed), BATCH_SIZE, strict=False):
            cursor.execute(_COUNTED.format(", ".join(["%s"] * len(batch))), batch)
            counts |= dict(cursor.fetchall())
    entity_terms = [term for term in needed if is_entity_term(term)]
    entity_counts = (
        EditionTerm.objects.filter(term__in=entity_terms).values_list("term").annotate(Count("pk"))
    )
    return counts | dict(entity_counts) if entity_terms else counts


def is_entity_term(term: str) -> bool:
    """Whether the term stands for a topic or an author."""
    return term.startswith(ENTITY_PREFIX)


def id_in_term(term: str, letter: str) -> int | None:
    """Return the primary key of the topic ("t") or author ("a") that a term stands for, or None."""
    return int(term[2:]) if is_entity_term(term) and term[1] == letter else None


def build_profile(edition_with_rows: EditionWithRows) -> TermProfile:
    """Return all terms of an edition."""
    edition = edition_with_rows.edition
    summary = f"{edition.summary} {edition.key_points}"
    weights = weigh_words(edition.title, summary, edition.plain_text, edition.language)
    authors = (byline.author for byline in edition_with_rows.bylines)
    return _add_entity_terms(weights, edition_with_rows.tags, authors, edition)


def build_draft_profile(
    title: str, text: str, language: str, tags: Iterable[Tag], authors: Iterable[Author]
) -> TermProfile:
    draft = Edition(title=title, plain_text=text, language=language)
    return _add_entity_terms(weigh_words(title, "", text, language), tags, authors, draft)


def _add_entity_terms(
    weights: dict[str, float], tags: Iterable[Tag], authors: Iterable[Author], edition: Edition
) -> TermProfile:
    """Return the profile with topics and authors. Pseudonyms are left out: similarity must not reveal who uses one."""
    topics = [entity_term(row_key(tag)) for tag in tags][:MAX_ENTITY_TERMS]
    people = [entity_term(row_key(author)) for author in authors if not author.is_pseudonymous]
    entities = {**dict.fromkeys(topics, TOPIC), **dict.fromkeys(people[:MAX_ENTITY_TERMS], AUTHOR)}
    return TermProfile({**weights, **entities}, full_text(edition), edition.language)


def full_text(edition: Edition) -> str:
    return (
        f"{edition.title} {edition.summary} {edition.key_points} {edition.plain_text[:MAX_TEXT_CHARACTERS]}"
    )


def weigh_words(title: str, summary: str, text: str, language: str) -> dict[str, float]:
    """Return the BM25 weight of each word of a text that is long enough to distinguish it."""
    tally: defaultdict[str, int] = defaultdict(int)
    for part, weight in ((title, TITLE), (summary, SUMMARY), (text[:MAX_TEXT_CHARACTERS], TEXT)):
        for word, times in Counter(WORD.findall(_ADDRESS.sub(" ", part))).items():
            if term := _significant_term(word, language):
                tally[term] += times * weight
    length = sum(tally.values()) / AVERAGE_LENGTH
    damping = SATURATION * (1 - LENGTH_NORMALIZATION + LENGTH_NORMALIZATION * length)
    return {
        term: times * (SATURATION + 1) / (times + damping)
        for term, times in tally.items()
        if len(term) >= MIN_LETTERS and term.isalpha()
    }


@lru_cache(CACHED_TERMS)
def _significant_term(word: str, language: str) -> str:
    """Return the term of a word, or an empty string for a stop word."""
    return "" if is_stop_word(word) else index_term(word, language)


def characteristic_terms(profile: TermProfile, rarity: Rarity) -> TermProfile:
    """Return the profile reduced to its MAX_TERMS most characteristic words, its topics and its authors."""
    words = (term for term in profile.weights if term not in profile.entity_terms)
    ranked = sorted(
        rarity.infrequent(words, min_texts=MIN_TEXTS),
        key=lambda term: (-profile.weights[term] * cbrt(rarity[term]), term),
    )
    terms = [*ranked[:MAX_TERMS], *(term for term in profile.weights if term in profile.entity_terms)]
    return TermProfile({term: profile.weights[term] for term in terms}, profile.text, profile.language)
