"""Queries: what a reader typed, parsed, and expanded into an expression for an engine.

Any input is a valid query: words, "phrases" and -exclusions. Each word is expanded to the stems it may have, to its
synonyms and to the topics and authors it names.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from publications.models import NamedTerm, Synonym
from publications.publication_fields import MAX_LENGTHS

from .terms import (
    ROW_LETTERS,
    WORD,
    fold,
    index_term,
    is_stop_word,
    languages_of,
    name_term,
    query_terms,
    row_key,
)


@dataclass(frozen=True)
class Term:
    """One term of the index, or all terms that start with it."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True)
class Phrase:
    """Consecutive terms."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Without:
    """The editions that match `included` and not `excluded`."""

    included: "Expression"
    excluded: "Expression"


Expression = Term | Phrase | AnyOf | AllOf | Without


def any_of(parts: list[Expression]) -> Expression:
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else AnyOf(distinct)


def all_of(parts: list[Expression]) -> Expression:
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else AllOf(distinct)


def phrase(terms: list[str]) -> Expression:
    return Term(terms[0]) if len(terms) == 1 else Phrase(tuple(terms))


def leaves(expression: Expression) -> Iterator[Term]:
    """Yield the single terms of what is included, those of phrases one by one."""
    match expression:
        case Term():
            yield expression
        case Phrase(terms):
            yield from map(Term, terms)
        case AnyOf(parts) | AllOf(parts):
            for part in parts:
                yield from leaves(part)
        case Without(included):
            yield from leaves(included)


def with_terms(expression: Expression, terms: Iterable[str]) -> Expression:
    """Return the expression limited to editions that have all these terms too."""
    return all_of([expression, *map(Term, terms)])


MAX_QUERY_CHARACTERS = MAX_LENGTHS["title"]
MAX_QUERY_WORDS = 24

_CHUNK = re.compile(
    r"""(?P<minus>(?<!\S)[-−](?=[^\s-]))?(?:["“”„«](?P<quoted>[^"“”»]*)["“”»]?|(?P<plain>[^\s"“”„«]+))"""
)
_COMPOUND = re.compile(r"[^\s,;:!?/|\\()\[\]{}<>+=*&#@–—…]+")
"""Words between these characters belong together, as in COVID-19."""


@dataclass(frozen=True)
class QueryPart:
    """Words that must be consecutive: one word, or a phrase."""

    words: tuple[str, ...]
    is_quoted: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1

    @property
    def is_stop_word(self) -> bool:
        """Whether it is left out of a query that has other words."""
        return not self.is_quoted and not self.is_phrase and is_stop_word(self.words[0])


@dataclass(frozen=True)
class ParsedQuery:
    """A query whose `parts` must all match and whose `excluded` parts must not."""

    text: str
    parts: tuple[QueryPart, ...] = ()
    excluded: tuple[QueryPart, ...] = ()
    is_truncated: bool = False

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def unfinished_word(self) -> str:
        """The last word, which the reader may still be typing, unless something follows it."""
        last = self.parts[-1] if self.parts else None
        is_open = last and not last.is_quoted and self.text.endswith(last.words[-1])
        return last.words[-1] if is_open else ""


def parse_query(text: str) -> ParsedQuery:
    """Parse what a reader typed. Any text is valid; at most MAX_QUERY_WORDS words of it are used."""
    stripped = " ".join(text.replace("\0", " ").split())
    searched = _cut_at_word(stripped)
    included: list[QueryPart] = []
    excluded: list[QueryPart] = []
    for chunk in _CHUNK.finditer(searched):
        (excluded if chunk["minus"] else included).extend(_split_chunk(chunk))
    included = [part for part in included if not part.is_stop_word] or included
    parts = _limit_words(included, MAX_QUERY_WORDS)
    without = _limit_words(excluded, MAX_QUERY_WORDS - _count_words(parts))
    is_truncated = searched != stripped or (
        _count_words(parts) + _count_words(without) < _count_words(included) + _count_words(excluded)
    )
    return ParsedQuery(searched, parts, without, is_truncated)


def first_words(text: str) -> str:
    """Return as much of a text as one search uses: MAX_QUERY_WORDS words in MAX_QUERY_CHARACTERS characters."""
    return " ".join(_cut_at_word(" ".join(text.split())).split(" ")[:MAX_QUERY_WORDS])


def _cut_at_word(text: str) -> str:
    if len(text) <= MAX_QUERY_CHARACTERS:
        return text
    return text[: MAX_QUERY_CHARACTERS + 1].rpartition(" ")[0] or text[:MAX_QUERY_CHARACTERS]


def _split_chunk(chunk: re.Match[str]) -> list[QueryPart]:
    if chunk["quoted"] is not None:
        words = WORD.findall(chunk["quoted"])
        return [QueryPart(tuple(words), is_quoted=True)] if words else []
    compounds = (WORD.findall(compound) for compound in _COMPOUND.findall(chunk["plain"]))
    return [QueryPart(tuple(words)) for words in compounds if words]


def _count_words(parts: Iterable[QueryPart]) -> int:
    return sum(len(part.words) for part in parts)


def _limit_words(parts: Iterable[QueryPart], limit: int) -> tuple[QueryPart, ...]:
    limited = []
    for part in parts:
        if limit <= 0:
            break
        limited.append(QueryPart(part.words[:limit], part.is_quoted))
        limit -= len(part.words)
    return tuple(limited)


MIN_PREFIX_LETTERS = 3

RowKeys = dict[str, set[str]]
"""The rows (topics, authors, synonyms) that each term names, by their keys."""


@dataclass(frozen=True)
class ExpandedQuery:
    """A query with all its readings.

    Attributes:
        groups: one expression for each part of the query, in order.
        proximity: what need not match but raises the score: words as close to each other as they were typed.
    """

    groups: tuple[Expression, ...]
    excluded: tuple[Expression, ...] = ()
    proximity: Expression | None = None

    @property
    def expression(self) -> Expression:
        included = all_of(list(self.groups))
        return Without(included, any_of(list(self.excluded))) if self.excluded else included


def expand(query: ParsedQuery) -> ExpandedQuery:
    """Return the expression of a query that is not empty, in two or three database queries."""
    row_keys = _read_row_keys(word for part in (*query.parts, *query.excluded) for word in part.words)
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
    row_keys: RowKeys = {}
    rows = NamedTerm.objects.filter(term__in=terms).values_list("term", "row_key") if terms else ()
    for term, key in rows:
        row_keys.setdefault(term, set()).add(key)
    return row_keys


def _read_synonyms(row_keys: RowKeys) -> dict[str, list[tuple[str, ...]]]:
    """Return the synonyms among the rows, by their keys: each spelling as its words."""
    ids = {int(key[1:]) for keys in row_keys.values() for key in keys if key[0] == ROW_LETTERS[Synonym]}
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
            as_typed = [self._expand_part(part) for part in parts[start : start + count]]
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

    def _expand_part(self, part: QueryPart) -> Expression:
        names = [] if part.is_quoted else self._name_terms(part.words, self.row_keys)
        if part.is_phrase:
            return any_of([*_phrase_readings(part.words), *names])
        word = part.words[0]
        prefix = fold(word)
        has_prefix = word == self.unfinished_word and len(prefix) >= MIN_PREFIX_LETTERS
        prefixes = [Term(prefix, is_prefix=True)] if has_prefix else []
        return any_of([*map(Term, query_terms(word)), *names, *prefixes])

    def _expand_synonym(self, words: tuple[str, ...]) -> Expression:
        return any_of([*_phrase_readings(words), *self._name_terms(words, self.synonym_row_keys)])

    def _name_terms(self, words: tuple[str, ...], row_keys: RowKeys) -> list[Expression]:
        """Return the terms of the topics and authors whose name has all these words."""
        shared = set.intersection(*(self._row_keys_of(word, row_keys) for word in words))
        return [Term(name_term(key)) for key in sorted(shared) if key[0] != ROW_LETTERS[Synonym]]

    def _row_keys_of(self, word: str, row_keys: RowKeys) -> set[str]:
        return {key for term in query_terms(word) for key in row_keys.get(term, ())}


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
