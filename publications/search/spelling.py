"""Spelling: for a query that finds nothing, the nearest spelling, and which of its words find something alone.

Nothing is suggested but what a live edition holds at this moment: a candidate comes from the words of the index, but
only a search that finds something with it makes it a suggestion.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from publications.models import Edition, IndexedTerm

from .query import ExpandedQuery, ParsedQuery, QueryPart, Term, parse_query
from .results import MAX_RESULTS, SearchResults, search
from .snippets import SnippetBuilder
from .terms import (
    query_terms,
)

MAX_PARTS = 6
MAX_TRIED = 6
MAX_RESPELLED = 4
MIN_LETTERS = 3
TWO_SLIPS_FROM = 6  # letters from which a word may be two letters off
MAX_LETTERS = 24
MAX_COMPARED = 400
LETTERS = {
    "LATIN": "abcdefghijklmnopqrstuvwxyz",
    "CYRILLIC": "абвгдежзиклмнопрстуфхцчшщъыьэюяєіґ",
}


def distance(one: str, other: str) -> int:
    """The slips between two words: a letter left out, put in, mistaken, or two of them exchanged."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before_that, before, row = before, row, [i]
        for j, there in enumerate(other, start=1):
            least = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                least = min(least, before_that[j - 2] + 1)
            row.append(least)
    return row[-1]


def edits(word: str) -> set[str]:
    """All spellings one slip away, in the letters of the word's own script."""
    letters = LETTERS.get(unicodedata.name(word[0], "").partition(" ")[0], "")
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    return {word, *_shorter(halves), *_exchanged(halves), *_with(letters, halves)} - {""}


def _shorter(halves: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (left + right[1:] for left, right in halves if right)


def _exchanged(halves: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1)


def _with(letters: str, halves: Iterable[tuple[str, str]]) -> Iterable[str]:
    for left, right in halves:
        for letter in letters:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


@dataclass(frozen=True)
class SpellingSuggestion:
    """`instead` is the query with other spellings; `alone` are its parts that find something, and how much."""

    instead: str = ""
    alone: tuple[tuple[str, SearchResults], ...] = ()


def suggest_spelling(query: ParsedQuery, *, locale: str) -> SpellingSuggestion:
    """What to ask for instead, in all of the site. Raises SearchBusy."""
    parts = query.parts[:MAX_PARTS]
    each = [
        (part, search(_only(query, part), locale=locale, counted=False, most=MAX_RESULTS + 1))
        for part in parts
    ]
    missed = [part for part, found in each if not found.total]
    instead = _respell(query, missed, locale) if missed else ""
    alone = tuple((as_typed(part), found) for part, found in each if found.total)
    return SpellingSuggestion(instead, alone if len(parts) > 1 else ())


def as_typed(part: QueryPart) -> str:
    """As a reader would type it."""
    text = " ".join(part.words)
    return f'"{text}"' if part.is_phrase or part.is_quoted else text


def _only(query: ParsedQuery, part: QueryPart) -> ParsedQuery:
    half_typed = part == query.parts[-1] and query.half_typed
    return ParsedQuery(part.words[-1] if half_typed else as_typed(part), (part,))


def _respell(query: ParsedQuery, missed: list[QueryPart], locale: str) -> str:
    """The query with every word that is nowhere spelled as one that is; empty where that finds nothing."""
    text = query.text
    missed_words = dict.fromkeys(word for part in missed for word in part.words)
    for word in islice(missed_words, MAX_RESPELLED):
        if spelling := _nearest(word, locale):
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _match, new=spelling: new, text)
    return (
        text
        if text != query.text and search(parse_query(text), locale=locale, counted=False, most=1).total
        else ""
    )


def _nearest(word: str, locale: str) -> str:
    """The nearest word that a live edition holds, as it is written there; empty where none is near."""
    if _search_word(QueryPart((word,)), locale).total:
        return ""
    for term in _candidates(word):
        found = _search_word(QueryPart((term,)), locale)
        if found.total and (spelling := _as_written(term, found.editions[0])):
            return spelling
    return ""


def _search_word(part: QueryPart, locale: str) -> SearchResults:
    return search(ParsedQuery("", (replace(part, is_quoted=True),)), locale=locale, counted=False, most=1)


def _candidates(word: str) -> Iterator[str]:
    """Terms of the index near the word, the nearest and most usual first."""
    readings = [reading for reading in query_terms(word) if MIN_LETTERS <= len(reading) <= MAX_LETTERS]
    near: dict[str, tuple[int, int]] = {}
    for reading in readings:
        for known in _near(reading):
            apart = distance(reading, known.term)
            if apart <= (2 if len(reading) >= TWO_SLIPS_FROM else 1):
                near[known.term] = min(near.get(known.term, (9, 0)), (apart, -known.edition_count))
    yield from sorted(near, key=near.__getitem__)[:MAX_TRIED]


def _near(term: str) -> Iterable[IndexedTerm]:
    yield from IndexedTerm.objects.filter(term__in=edits(term))
    if len(term) >= TWO_SLIPS_FROM:
        alike = IndexedTerm.objects.filter(prefix=term[: IndexedTerm.OPENING]).order_by(
            "-edition_count", "term"
        )
        yield from alike[:MAX_COMPARED]


def _as_written(term: str, edition: int) -> str:
    """The word in the letters of the edition; not with a capital where it also stands without."""
    found = Edition.objects.live().filter(pk=edition).first()
    if not found:
        return ""
    marker = SnippetBuilder(ExpandedQuery((Term(term),)))
    bylines = (line.name for line in found.bylines.all())
    texts = (found.title, found.summary, found.key_points, found.plain_text, *bylines)
    there = [text[start:end] for text in texts for start, end, _part in marker.places(text, found.language)]
    return min(there, key=lambda word: not word.islower(), default="")
