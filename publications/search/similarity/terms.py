"""Characteristic terms: the few words of a text, topics and authors that tell it from others, and what each weighs.

Words weigh as BM25 has it (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009): the first mentions
most, less in a long text. The weights that are stored know nothing of other texts, so they stay right as the site
grows; how rare a term is (`Rarity`) is asked when texts are compared.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import batched
from math import cbrt, log

from django.db import connection
from django.db.models import Count

from publications.models import Author, Edition, EditionTerm, Tag

from ..terms import NAMED, WORD, index_term, is_stop_word, name_term, row_key

TITLE, SUMMARY, TEXT = 3, 2, 1
"""What a word counts in each part of a text."""

SATURATION, LENGTH_COUNTS, USUAL_LENGTH = 2.0, 0.5, 700
TOPIC, AUTHOR = 1.4, 1.7
MAX_TERMS = 80
MAX_ROW_TERMS = 20
MIN_LETTERS = 3
RARITY_COUNTS = 1.5  # a power: rare terms count more than in BM25, see docs/decisions/0032
MAX_TEXT_CHARACTERS = 60_000  # signs of a text that are looked through
USUAL_SHARE = 4  # a word that one in so many texts has tells nothing
MIN_TEXTS_FOR_USUAL = 100  # texts from which that can be said
BATCH = 500
_COUNTED = "SELECT term, edition_count FROM publications_indexedterm WHERE term IN ({})"
EVERYWHERE = ("the", "and", "och", "att")
"""Words that nearly every text has: they say how many texts there are."""

_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")


@dataclass(frozen=True)
class TermProfile:
    """A text by its terms; `text` is kept to spell them as it does."""

    weights: dict[str, float]
    text: str = field(repr=False)
    language: str = "en"

    def spelled(self, terms: Iterable[str]) -> list[str]:
        """The terms as the text spells them most, without a capital where they also stand without."""
        return [self._spellings[term] for term in terms if term in self._spellings]

    @cached_property
    def _spellings(self) -> dict[str, str]:
        tally = Counter(WORD.findall(self.text))
        terms = {word: index_term(word, self.language) for word in tally}
        told = [word for word in tally if terms[word] in self.weights]
        known: dict[str, str] = {}
        for word in sorted(told, key=lambda word: (not word.islower(), -tally[word], word)):
            known.setdefault(terms[word], word)
        return known


class Rarity:
    """How many texts have a term, of all there are. What was `count_texts` for many texts serves for each of them."""

    def __init__(self, terms: Iterable[str], known: Mapping[str, int] | None = None) -> None:
        asked = {*terms, *EVERYWHERE}
        known = count_texts(asked) if known is None else known
        self.pieces = {term: known[term] for term in asked if term in known}
        self.all = max((self.pieces[term] for term in self.pieces if not is_row_term(term)), default=1)

    def __getitem__(self, term: str) -> float:
        return log(1 + self.all / self.having(term)) ** RARITY_COUNTS

    def having(self, term: str) -> int:
        return self.pieces.get(term) or 1

    def is_usual(self, term: str) -> bool:
        return self.all >= MIN_TEXTS_FOR_USUAL and self.having(term) * USUAL_SHARE > self.all


def count_texts(terms: Iterable[str]) -> dict[str, int]:
    """How many texts have each of these terms, and those that say how many texts there are."""
    asked = {*terms, *EVERYWHERE}
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for some in batched(sorted(asked), BATCH, strict=False):
            cursor.execute(_COUNTED.format(", ".join(["%s"] * len(some))), some)
            found |= dict(cursor.fetchall())
    signed = [term for term in asked if is_row_term(term)]
    rows = EditionTerm.objects.filter(term__in=signed).values_list("term").annotate(Count("pk"))
    return found | dict(rows) if signed else found


def is_row_term(term: str) -> bool:
    """Whether the term is a topic or an author."""
    return term.startswith(NAMED)


def key_in_term(term: str, letter: str) -> int | None:
    """The topic ("t") or author ("a") that a term is, or nothing."""
    return int(term[2:]) if is_row_term(term) and term[1] == letter else None


def build_profile(edition: Edition) -> TermProfile:
    """All that an edition may be told by; its bylines and tags are to be there."""
    told = weigh_words(
        edition.title, f"{edition.summary} {edition.key_points}", edition.plain_text, edition.language
    )
    tags = (row.tag for row in edition.tag_rows.all())
    return _profile(told, tags, (line.author for line in edition.bylines.all()), edition)


def build_draft_profile(
    title: str, text: str, language: str, tags: Iterable[Tag], authors: Iterable[Author]
) -> TermProfile:
    draft = Edition(title=title, plain_text=text, language=language)
    return _profile(weigh_words(title, "", text, language), tags, authors, draft)


def _profile(
    told: dict[str, float], tags: Iterable[Tag], authors: Iterable[Author], of: Edition
) -> TermProfile:
    """A pen name tells nothing: no two pieces are to be brought together by who hides behind it."""
    topics = [name_term(row_key(tag)) for tag in tags][:MAX_ROW_TERMS]
    people = [name_term(row_key(author)) for author in authors if not author.is_pseudonymous]
    weights = {**told, **dict.fromkeys(topics, TOPIC), **dict.fromkeys(people[:MAX_ROW_TERMS], AUTHOR)}
    return TermProfile(weights, full_text(of), of.language)


def full_text(edition: Edition) -> str:
    return (
        f"{edition.title} {edition.summary} {edition.key_points} {edition.plain_text[:MAX_TEXT_CHARACTERS]}"
    )


def weigh_words(title: str, summary: str, text: str, language: str) -> dict[str, float]:
    """Every word of a text that may tell it, and its weight."""
    tally: Counter[str] = Counter()
    for part, counts in ((title, TITLE), (summary, SUMMARY), (text[:MAX_TEXT_CHARACTERS], TEXT)):
        for word, times in Counter(WORD.findall(_ADDRESS.sub(" ", part))).items():
            if not is_stop_word(word):
                tally[index_term(word, language)] += times * counts
    length = sum(tally.values()) / USUAL_LENGTH
    damping = SATURATION * (1 - LENGTH_COUNTS + LENGTH_COUNTS * length)
    return {
        term: times * (SATURATION + 1) / (times + damping)
        for term, times in tally.items()
        if len(term) >= MIN_LETTERS and term.isalpha()
    }


def characteristic_terms(profile: TermProfile, rarity: Rarity) -> TermProfile:
    """The same by the terms that tell it best."""
    ranked = sorted(
        (term for term in profile.weights if not is_row_term(term) and not rarity.is_usual(term)),
        key=lambda term: (-profile.weights[term] * cbrt(rarity[term]), term),
    )
    kept = [*ranked[:MAX_TERMS], *filter(is_row_term, profile.weights)]
    return TermProfile({term: profile.weights[term] for term in kept}, profile.text, profile.language)
