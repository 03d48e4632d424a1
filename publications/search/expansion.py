"""Expansion: the expression of a query, with all that its words may mean.

Each word is expanded to the stems it may have, to its synonyms and to the topics and authors it names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from publications.models import Synonym, row_keys_by_term

from .expressions import Expression, Term, Without, all_of, any_of, phrase
from .query import ParsedQuery, QueryPart
from .terms import ROW_KEY_PREFIXES, WORD, entity_term, fold, index_term, languages_of, query_terms, row_key

MIN_PREFIX_LETTERS = 3
MAX_NAMED_ROWS = 20  # topics and authors that one word stands for, unless its neighbours leave more

RowKeys = dict[str, set[str]]
"""The rows (topics, authors, synonyms) that each term names, by their keys."""


@dataclass(frozen=True)
class ExpandedQuery:
    """A query with all its readings.

    Attributes:
        parts: one expression for each part of the query, in order.
        proximity: what need not match but raises the score: words as close to each other as they were typed.
    """

    parts: tuple[Expression, ...]
    excluded: tuple[Expression, ...] = ()
    proximity: Expression | None = None

    @property
    def expression(self) -> Expression:
        included = all_of(list(self.parts))
        return Without(included, any_of(list(self.excluded))) if self.excluded else included


def expand(query: ParsedQuery) -> ExpandedQuery:
    """Return the expression of a query that is not empty, in at most three database queries."""
    named = (part for part in (*query.parts, *query.excluded) if not part.is_quoted)
    row_keys = _read_row_keys(word for part in named for word in part.words)
    synonyms = _read_synonyms(row_keys)
    synonym_row_keys = _read_row_keys(
        word for spellings in synonyms.values() for spelling in spellings for word in spelling
    )
    expansion = _Expansion(row_keys, synonyms, synonym_row_keys, query.unfinished_word)
    return ExpandedQuery(
        tuple(expansion.expand_parts(query.parts)),
        tuple(expansion.expand_parts(query.excluded)),
        _proximity(query.parts),
    )


def _proximity(parts: Sequence[QueryPart]) -> Expression | None:
    pairs = (
        (*part.words, *following.words)
        for part, following in pairwise(parts)
        if not (part.is_quoted or following.is_quoted)
    )
    phrases = [expression for pair in pairs for expression in _phrase_readings(pair)]
    return any_of(phrases) if phrases else None


def _read_row_keys(words: Iterable[str]) -> RowKeys:
    terms = {term for word in words for term in query_terms(word)}
    return row_keys_by_term(terms) if terms else {}


def _read_synonyms(row_keys: RowKeys) -> dict[str, list[tuple[str, ...]]]:
    """Return the synonyms among the rows, by their keys: each spelling as its words."""
    ids = {int(key[1:]) for keys in row_keys.values() for key in keys if key[0] == ROW_KEY_PREFIXES[Synonym]}
    rows = Synonym.objects.filter(pk__in=ids) if ids else ()
    return {row_key(row): [tuple(WORD.findall(line)) for line in row.spelling_list] for row in rows}


class _Expansion:
    """The expansion of one query.

    Attributes:
        row_keys: the rows that its own words name.
        synonym_row_keys: the rows that the words of their synonyms name.
    """

    def __init__(
        self, row_keys: RowKeys, synonyms: dict, synonym_row_keys: RowKeys, unfinished_word: str
    ) -> None:
        self.row_keys, self.synonyms, self.synonym_row_keys = row_keys, synonyms, synonym_row_keys
        self.unfinished_word = unfinished_word

    def expand_parts(self, parts: Sequence[QueryPart]) -> list[Expression]:
        """Return an expression for each part; parts that make up a spelling together become one."""
        expressions: list[Expression] = []
        start = 0
        while start < len(parts):
            count, synonyms = self._match_synonym(parts, start)
            as_typed = [self._expand_part(parts, position) for position in range(start, start + count)]
            expressions.append(any_of([all_of(as_typed), *map(self._expand_synonym, synonyms)]))
            start += count
        return expressions

    def _match_synonym(self, parts: Sequence[QueryPart], start: int) -> tuple[int, list[tuple[str, ...]]]:
        """Return how many parts from `start` make up a known spelling (at least 1), and its synonyms."""
        if parts[start].is_quoted:
            return 1, []
        synonyms: dict[int, list[tuple[str, ...]]] = {1: []}
        for key in sorted(self._row_keys_of(parts[start].words[0], self.row_keys)):
            for spelling in self.synonyms.get(key, ()):
                if count := _count_matched_parts(spelling, parts[start:]):
                    synonyms.setdefault(count, []).extend(
                        synonym for synonym in self.synonyms[key] if synonym != spelling
                    )
        longest = max(synonyms)
        return longest, synonyms[longest]

    def _expand_part(self, parts: Sequence[QueryPart], position: int) -> Expression:
        part, names = parts[position], _entity_terms(self._named_rows(parts, position))
        if part.is_phrase:
            return any_of([*_phrase_readings(part.words), *names])
        word = part.words[0]
        prefix = fold(word)
        has_prefix = word == self.unfinished_word and len(prefix) >= MIN_PREFIX_LETTERS
        prefixes = [Term(prefix, is_prefix=True)] if has_prefix else []
        return any_of([*map(Term, query_terms(word)), *names, *prefixes])

    def _named_rows(self, parts: Sequence[QueryPart], position: int) -> set[str]:
        """Return the rows that a part names: of more than MAX_NAMED_ROWS those that a neighbour names too, if any."""
        rows = self._rows_named_by(parts[position])
        if len(rows) <= MAX_NAMED_ROWS:
            return rows
        neighbours = (*parts[max(0, position - 1) : position], *parts[position + 1 : position + 2])
        return rows & set().union(*map(self._rows_named_by, neighbours)) or rows

    def _rows_named_by(self, part: QueryPart) -> set[str]:
        return set() if part.is_quoted else self._shared_rows(part.words, self.row_keys)

    def _expand_synonym(self, words: tuple[str, ...]) -> Expression:
        rows = self._shared_rows(words, self.synonym_row_keys)
        return any_of([*_phrase_readings(words), *_entity_terms(rows)])

    def _shared_rows(self, words: tuple[str, ...], row_keys: RowKeys) -> set[str]:
        """Return the topics and authors whose name has all these words."""
        shared = set.intersection(*(self._row_keys_of(word, row_keys) for word in words))
        return {key for key in shared if key[0] != ROW_KEY_PREFIXES[Synonym]}

    def _row_keys_of(self, word: str, row_keys: RowKeys) -> set[str]:
        return {key for term in query_terms(word) for key in row_keys.get(term, ())}


def _entity_terms(rows: Iterable[str]) -> list[Expression]:
    return [Term(entity_term(key)) for key in sorted(rows)]


def _phrase_readings(words: tuple[str, ...]) -> list[Expression]:
    """Return the words as a phrase, unstemmed and stemmed by each language that their scripts allow."""
    languages = dict.fromkeys(("", *(language for word in words for language in languages_of(word))))
    return [phrase([index_term(word, language) for word in words]) for language in languages]


def _count_matched_parts(spelling: tuple[str, ...], parts: Sequence[QueryPart]) -> int:
    """Return how many of the first parts make up the spelling; 0 where they do not."""
    position = 0
    for count, part in enumerate(parts, start=1):
        if part.is_quoted or not _are_same_words(part.words, spelling[position : position + len(part.words)]):
            return 0
        position += len(part.words)
        if position == len(spelling):
            return count
    return 0


def _are_same_words(words: Sequence[str], others: Sequence[str]) -> bool:
    return len(words) == len(others) and all(
        set(query_terms(word)) & set(query_terms(other)) for word, other in zip(words, others, strict=True)
    )
