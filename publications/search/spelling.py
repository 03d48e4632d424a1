"""Spelling: for a query without results, the nearest spelling, and which of its words have results on their own.

Candidates come from the words of the index, but only a search that finds a live edition makes one a suggestion, so
nothing is suggested that is not public now.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from publications.models import Edition, IndexedTerm

from .expansion import ExpandedQuery
from .expressions import Term
from .query import ParsedQuery, QueryPart, parse_query
from .results import MAX_RESULTS, SearchResults, search
from .snippets import SnippetBuilder
from .terms import query_terms

MAX_PARTS = 6
MAX_CANDIDATES = 6
MAX_CORRECTED_WORDS = 4
MIN_LETTERS = 3
MIN_LETTERS_FOR_TWO_EDITS = 6  # a shorter word is corrected by one edit
MAX_LETTERS = 24
MAX_COMPARED_TERMS = 400
LETTERS = {
    "LATIN": "abcdefghijklmnopqrstuvwxyz",
    "CYRILLIC": "абвгдежзиклмнопрстуфхцчшщъыьэюяєіґ",
}


def edit_distance(word: str, other: str) -> int:
    """Return the optimal string alignment distance: letters deleted, inserted, replaced or transposed."""
    previous: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        before_previous, previous, row = previous, row, [i]
        for j, other_letter in enumerate(other, start=1):
            distance = min(row[-1] + 1, previous[j] + 1, previous[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == other_letter:
                distance = min(distance, before_previous[j - 2] + 1)
            row.append(distance)
    return row[-1]


def one_edit_away(word: str) -> set[str]:
    """Return all spellings one edit away, in the letters of the word's own script."""
    letters = LETTERS.get(unicodedata.name(word[0], "").partition(" ")[0], "")
    splits = [(word[:position], word[position:]) for position in range(len(word) + 1)]
    return {word, *_deletions(splits), *_transpositions(splits), *_insertions(letters, splits)} - {""}


def _deletions(splits: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (left + right[1:] for left, right in splits if right)


def _transpositions(splits: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1)


def _insertions(letters: str, splits: Iterable[tuple[str, str]]) -> Iterable[str]:
    """Yield insertions and replacements."""
    for left, right in splits:
        for letter in letters:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


@dataclass(frozen=True)
class SpellingSuggestion:
    """What to search for instead.

    Attributes:
        corrected: the query with other spellings that has results, or "".
        parts: the parts of the query that have results on their own, as typed, with these results.
    """

    corrected: str = ""
    parts: tuple[tuple[str, SearchResults], ...] = ()


def suggest_spelling(query: ParsedQuery, *, locale: str) -> SpellingSuggestion:
    """Return what to search for instead, without filters. Raises SearchBusy."""
    parts = query.parts[:MAX_PARTS]
    results_by_part = [
        (part, search(_single_part(query, part), locale=locale, with_counts=False, limit=MAX_RESULTS + 1))
        for part in parts
    ]
    unmatched = [part for part, results in results_by_part if not results.total]
    corrected = _correct(query, unmatched, locale) if unmatched else ""
    matched = tuple((format_part(part), results) for part, results in results_by_part if results.total)
    return SpellingSuggestion(corrected, matched if len(parts) > 1 else ())


def format_part(part: QueryPart) -> str:
    """Return a part of a query as a reader types it."""
    text = " ".join(part.words)
    return f'"{text}"' if part.is_phrase or part.is_quoted else text


def _single_part(query: ParsedQuery, part: QueryPart) -> ParsedQuery:
    is_unfinished = part == query.parts[-1] and query.unfinished_word
    return ParsedQuery(part.words[-1] if is_unfinished else format_part(part), (part,))


def _correct(query: ParsedQuery, unmatched: list[QueryPart], locale: str) -> str:
    """Return the query with each word that has no result corrected, or "" where it has no result either."""
    text = query.text
    words = dict.fromkeys(word for part in unmatched for word in part.words)
    for word in islice(words, MAX_CORRECTED_WORDS):
        if spelling := _nearest_spelling(word, locale):
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _match, new=spelling: new, text)
    if text == query.text:
        return ""
    return text if search(parse_query(text), locale=locale, with_counts=False, limit=1).total else ""


def _nearest_spelling(word: str, locale: str) -> str:
    """Return the nearest word of a live edition as it spells it, or "" where none is near."""
    if _search_word(QueryPart((word,)), locale).total:
        return ""
    for term in _candidates(word):
        results = _search_word(QueryPart((term,)), locale)
        if results.total and (spelling := _spelling_in(results.edition_ids[0], term)):
            return spelling
    return ""


def _search_word(part: QueryPart, locale: str) -> SearchResults:
    query = ParsedQuery("", (replace(part, is_quoted=True),))
    return search(query, locale=locale, with_counts=False, limit=1)


def _candidates(word: str) -> Iterator[str]:
    """Yield terms of the index near the word, the nearest and most frequent first."""
    terms = [term for term in query_terms(word) if MIN_LETTERS <= len(term) <= MAX_LETTERS]
    ranks: dict[str, tuple[int, int]] = {}
    for term in terms:
        for indexed in _near_terms(term):
            distance = edit_distance(term, indexed.term)
            if distance <= (2 if len(term) >= MIN_LETTERS_FOR_TWO_EDITS else 1):
                rank = distance, -indexed.edition_count
                ranks[indexed.term] = min(ranks.get(indexed.term, (9, 0)), rank)
    yield from sorted(ranks, key=ranks.__getitem__)[:MAX_CANDIDATES]


def _near_terms(term: str) -> Iterable[IndexedTerm]:
    yield from IndexedTerm.objects.filter(term__in=one_edit_away(term))
    if len(term) >= MIN_LETTERS_FOR_TWO_EDITS:
        same_prefix = IndexedTerm.objects.filter(prefix=term[: IndexedTerm.PREFIX_LENGTH])
        yield from same_prefix.order_by("-edition_count", "term")[:MAX_COMPARED_TERMS]


def _spelling_in(edition_id: int, term: str) -> str:
    """Return the term as the edition spells it, in lower case if it does so anywhere."""
    edition = Edition.objects.live().filter(pk=edition_id).first()
    if not edition:
        return ""
    builder = SnippetBuilder(ExpandedQuery((Term(term),)))
    names = (byline.name for byline in edition.bylines.all())
    texts = (edition.title, edition.summary, edition.key_points, edition.plain_text, *names)
    spellings = [
        text[start:end] for text in texts for start, end, _part in builder.find_spans(text, edition.language)
    ]
    return min(spellings, key=lambda spelling: not spelling.islower(), default="")
