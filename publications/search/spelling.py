"""Spelling: for a query without results, the nearest spelling, and which of its words have results on their own.

Candidates come from the words of the index, but only a search that finds a live edition makes one a suggestion, so
nothing is suggested that is not public now.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from publications.models import BylineName, Edition, IndexedTerm, NamedTerm, byline_names

from .expansion import ExpandedQuery
from .expressions import Term
from .query import ParsedQuery, QueryPart, parse_query
from .results import ResultCount, count_results, search
from .snippets import SnippetBuilder
from .terms import POSSESSIVE, fold, query_terms

MAX_PARTS = 6
MAX_CANDIDATES = 8
MAX_CORRECTED_WORDS = 4
MAX_EDITIONS_READ = 4  # for the spellings of one term
MAX_EDITS = 3
LETTERS_PER_EDIT = 3  # a word of six letters may differ in two
MIN_LETTERS = 4
MIN_STEM_LETTERS = 3
MIN_LETTERS_FOR_TWO_EDITS = 2 * LETTERS_PER_EDIT  # a shorter word is corrected by one edit
MAX_LETTERS = 24
MAX_COMPARED_TERMS = 400
LETTERS = {
    "LATIN": "abcdefghijklmnopqrstuvwxyz",
    "CYRILLIC": "абвгдежзиклмнопрстуфхцчшщъыьэюяєіґ",
}


def edit_distance(word: str, other: str) -> int:
    """Return the optimal string alignment distance: letters deleted, inserted, replaced or transposed."""
    return _distances_to_prefixes(word, other)[-1]


def stem_distance(stem: str, word: str) -> int:
    """Return the distance of a stem to the beginning of a word that is nearest to it."""
    return min(_distances_to_prefixes(stem, word))


def _distances_to_prefixes(word: str, other: str) -> list[int]:
    previous: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        before_previous, previous, row = previous, row, [i]
        for j, other_letter in enumerate(other, start=1):
            distance = min(row[-1] + 1, previous[j] + 1, previous[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == other_letter:
                distance = min(distance, before_previous[j - 2] + 1)
            row.append(distance)
    return row


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
        parts: the parts of the query that have results on their own, as typed, with the number of results.
    """

    corrected: str = ""
    parts: tuple[tuple[str, ResultCount], ...] = ()


def suggest_spelling(query: ParsedQuery, *, locale: str) -> SpellingSuggestion:
    """Return what to search for instead, without filters. Raises SearchBusy."""
    parts = query.parts[:MAX_PARTS]
    counts = [(part, count_results(_single_part(query, part))) for part in parts]
    unmatched = [part for part, count in counts if not count.total]
    corrected = _correct(query, unmatched, locale) if unmatched else ""
    matched = tuple((format_part(part), count) for part, count in counts if count.total)
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
    return text if _has_results(parse_query(text)) else ""


def _has_results(query: ParsedQuery) -> bool:
    return count_results(query, limit=1).total > 0


def _nearest_spelling(word: str, locale: str) -> str:
    """Return the nearest word of a live edition as it spells it, or "" where none is near.

    Of equally near ones words in the language of the locale come first, then names of topics and authors, then
    frequent words.
    """
    if _has_results(_word_query(word)):
        return ""
    edition_counts = dict(_candidates(word))
    named = set(NamedTerm.objects.filter(term__in=edition_counts).values_list("term", flat=True))
    editions_by_term = _editions_by_term(edition_counts, locale)
    bylines = byline_names(chain.from_iterable(editions_by_term.values()))
    ranks: dict[str, tuple[int, bool, int]] = {}
    for term, editions in editions_by_term.items():
        penalty = 0 if any(edition.language == locale for edition in editions) else 1
        for spelling in _spellings_in(editions, bylines, term):
            distance = edit_distance(fold(word), fold(spelling))
            if distance <= _max_edits(fold(word), fold(spelling)):
                rank = distance + penalty, term not in named, -edition_counts[term]
                ranks[spelling] = min(ranks.get(spelling, rank), rank)
    return min(ranks, key=ranks.__getitem__, default="")


def _max_edits(word: str, other: str) -> int:
    """Return how many edits may lie between two words, so that most of their letters are the same."""
    return min(MAX_EDITS, min(len(word), len(other)) // LETTERS_PER_EDIT)


def _word_query(word: str) -> ParsedQuery:
    return ParsedQuery(word, (QueryPart((word,), is_quoted=True),))


def _candidates(word: str) -> list[tuple[str, int]]:
    """Return terms of the index near the word with their numbers of editions, the nearest and most frequent first."""
    if len(word) < MIN_LETTERS:
        return []
    terms = [term for term in query_terms(word) if MIN_STEM_LETTERS <= len(term) <= MAX_LETTERS]
    ranks: dict[tuple[str, int], tuple[int, int]] = {}
    for term in terms:
        for indexed in _near_terms(term):
            distance = stem_distance(indexed.term, term)
            if distance <= (2 if len(term) >= MIN_LETTERS_FOR_TWO_EDITS else 1):
                key, rank = (indexed.term, indexed.edition_count), (distance, -indexed.edition_count)
                ranks[key] = min(ranks.get(key, rank), rank)
    return sorted(ranks, key=ranks.__getitem__)[:MAX_CANDIDATES]


def _near_terms(term: str) -> Iterable[IndexedTerm]:
    yield from IndexedTerm.objects.filter(term__in=one_edit_away(term))
    if len(term) >= MIN_LETTERS_FOR_TWO_EDITS:
        same_prefix = IndexedTerm.objects.filter(prefix=term[: IndexedTerm.PREFIX_LENGTH])
        frequent = same_prefix.order_by("-edition_count", "term")[:MAX_COMPARED_TERMS]
        yield from (indexed for indexed in frequent if len(indexed.term) * 2 >= len(term))


def _editions_by_term(terms: Iterable[str], locale: str) -> dict[str, list[Edition]]:
    """Return some live editions with each term, in the language of the locale if there are any."""
    ids = {term: _edition_ids(term, locale) for term in terms}
    live = Edition.objects.live().only("language", "title", "summary", "key_points", "plain_text")
    editions = live.in_bulk({pk for pks in ids.values() for pk in pks})
    return {term: [editions[pk] for pk in pks if pk in editions] for term, pks in ids.items()}


def _edition_ids(term: str, locale: str) -> tuple[int, ...]:
    for filters in ({"language": locale}, {}):
        results = search(
            _word_query(term),
            locale=locale,
            filters=filters,
            newest_first=True,
            with_facet_counts=False,
            limit=MAX_EDITIONS_READ,
        )
        if results.count.total:
            return results.edition_ids
    return ()


def _spellings_in(
    editions: Iterable[Edition], bylines: Mapping[int, Iterable[BylineName]], term: str
) -> list[str]:
    """Return the words with this term as the editions spell them, in lower case if they do so anywhere."""
    builder = SnippetBuilder(ExpandedQuery((Term(term),)))
    spellings: dict[str, str] = {}
    for edition in editions:
        names = (byline.name for byline in bylines[edition.pk])
        for text in (edition.title, edition.summary, edition.key_points, edition.plain_text, *names):
            for start, end, _part in builder.find_spans(text, edition.language):
                spelling = POSSESSIVE.sub("", text[start:end])
                if spelling.islower() or spelling.casefold() not in spellings:
                    spellings[spelling.casefold()] = spelling
    return list(spellings.values())
