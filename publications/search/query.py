"""Queries: what a reader typed, parsed, and expanded to what an engine looks for.

Any input is a query: words, "phrases" and -exclusions. Each word is looked for in all its readings, spellings and the
rows that it names.
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
    """One term of the index, or all that begin with it."""

    text: str
    begins: bool = False


@dataclass(frozen=True)
class Phrase:
    """Terms that stand next to each other."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Without:
    """What is wanted, where nothing of the other stands beside it."""

    wanted: "Expression"
    unwanted: "Expression"


Expression = Term | Phrase | AnyOf | AllOf | Without


def any_of(parts: list[Expression]) -> Expression:
    different = tuple(dict.fromkeys(parts))
    return different[0] if len(different) == 1 else AnyOf(different)


def all_of(parts: list[Expression]) -> Expression:
    different = tuple(dict.fromkeys(parts))
    return different[0] if len(different) == 1 else AllOf(different)


def phrase(terms: list[str]) -> Expression:
    return Term(terms[0]) if len(terms) == 1 else Phrase(tuple(terms))


def leaves(expression: Expression) -> Iterator[Term]:
    """The single terms of what is wanted, those of phrases one by one."""
    match expression:
        case Term():
            yield expression
        case Phrase(terms):
            yield from map(Term, terms)
        case AnyOf(parts) | AllOf(parts):
            for part in parts:
                yield from leaves(part)
        case Without(wanted):
            yield from leaves(wanted)


def beside(expression: Expression, marks: Iterable[str]) -> Expression:
    """The same among the editions that bear these marks."""
    return all_of([expression, *map(Term, marks)])


MAX_QUERY_CHARACTERS = MAX_LENGTHS["title"]
MAX_QUERY_WORDS = 24

_CHUNK = re.compile(
    r"""(?P<minus>(?<!\S)[-−](?=[^\s-]))?(?:["“”„«](?P<quoted>[^"“”»]*)["“”»]?|(?P<plain>[^\s"“”„«]+))"""
)
_BOUND = re.compile(
    r"[^\s,;:!?/|\\()\[\]{}<>+=*&#@–—…]+"
)  # what stands between these belongs together: COVID-19


@dataclass(frozen=True)
class QueryPart:
    """Words that are to stand next to each other: one word, or a phrase."""

    words: tuple[str, ...]
    is_quoted: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1

    @property
    def is_filler(self) -> bool:
        """A word that is passed over where others are asked for."""
        return not self.is_quoted and not self.is_phrase and is_stop_word(self.words[0])


@dataclass(frozen=True)
class ParsedQuery:
    """All parts must be found, and none of those left out. The last word of `parts` may be half typed."""

    text: str
    parts: tuple[QueryPart, ...] = ()
    without: tuple[QueryPart, ...] = ()
    is_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def half_typed(self) -> str:
        """The word that may go on: the last, unless something after it says that it is whole."""
        last = self.parts[-1] if self.parts else None
        is_open = last and not last.is_quoted and self.text.endswith(last.words[-1])
        return last.words[-1] if is_open else ""


def parse_query(typed: str) -> ParsedQuery:
    """The query in what was typed; whatever that is, it has at most MAX_QUERY_WORDS words."""
    text = " ".join(typed.replace("\0", " ").split())
    kept = _whole_words(text)
    wanted: list[QueryPart] = []
    unwanted: list[QueryPart] = []
    for found in _CHUNK.finditer(kept):
        (unwanted if found["minus"] else wanted).extend(_parts(found))
    telling = [part for part in wanted if not part.is_filler] or wanted
    parts = _within(MAX_QUERY_WORDS, telling)
    without = _within(MAX_QUERY_WORDS - _count(parts), unwanted)
    is_cut = kept != text or _count(parts) + _count(without) < _count(telling) + _count(unwanted)
    return ParsedQuery(kept, parts, without, is_cut)


def first_words(typed: str) -> str:
    """Return what was typed as far as one search goes: MAX_QUERY_WORDS words in MAX_QUERY_CHARACTERS characters."""
    return " ".join(_whole_words(" ".join(typed.split())).split(" ")[:MAX_QUERY_WORDS])


def _whole_words(text: str) -> str:
    if len(text) <= MAX_QUERY_CHARACTERS:
        return text
    return text[: MAX_QUERY_CHARACTERS + 1].rpartition(" ")[0] or text[:MAX_QUERY_CHARACTERS]


def _parts(found: re.Match[str]) -> list[QueryPart]:
    if found["quoted"] is not None:
        quoted = WORD.findall(found["quoted"])
        return [QueryPart(tuple(quoted), is_quoted=True)] if quoted else []
    bound = (WORD.findall(together) for together in _BOUND.findall(found["plain"]))
    return [QueryPart(tuple(together)) for together in bound if together]


def _count(parts: Iterable[QueryPart]) -> int:
    return sum(len(part.words) for part in parts)


def _within(room: int, parts: Iterable[QueryPart]) -> tuple[QueryPart, ...]:
    """The parts as far as there is room for their words."""
    kept = []
    for part in parts:
        if room <= 0:
            break
        kept.append(QueryPart(part.words[:room], part.is_quoted))
        room -= len(part.words)
    return tuple(kept)


MIN_PREFIX_LETTERS = 3

Names = dict[str, set[str]]


@dataclass(frozen=True)
class ExpandedQuery:
    """What is looked for; `groups` has one expression for each part of the query, in order.

    `nearer` is what need not be found, but counts: words that stand next to each other as they were typed.
    """

    groups: tuple[Expression, ...]
    unwanted: tuple[Expression, ...] = ()
    nearer: Expression | None = None

    @property
    def expression(self) -> Expression:
        wanted = all_of(list(self.groups))
        return Without(wanted, any_of(list(self.unwanted))) if self.unwanted else wanted


def expand(query: ParsedQuery) -> ExpandedQuery:
    """The query as an expression. It must not be empty. Two queries of the database, or three."""
    names = _names(word for part in (*query.parts, *query.without) for word in part.words)
    spellings = _spellings(names)
    beside = _names(word for each in spellings.values() for spelling in each for word in spelling)
    expansion = _Expansion(names, spellings, beside, query.half_typed)
    return ExpandedQuery(
        tuple(expansion.groups(query.parts)), tuple(expansion.groups(query.without)), _neighbours(query.parts)
    )


def _neighbours(parts: Sequence[QueryPart]) -> Expression | None:
    pairs = (
        (*one.words, *other.words) for one, other in pairwise(parts) if not (one.is_quoted or other.is_quoted)
    )
    together = [expression for pair in pairs for expression in _as_phrase(pair)]
    return any_of(together) if together else None


def _names(asked: Iterable[str]) -> Names:
    """The signs of what each term names."""
    terms = {term for word in asked for term in query_terms(word)}
    found: Names = {}
    rows = NamedTerm.objects.filter(term__in=terms).values_list("term", "row_key") if terms else ()
    for term, sign in rows:
        found.setdefault(term, set()).add(sign)
    return found


def _spellings(names: Names) -> dict[str, list[tuple[str, ...]]]:
    """The rows of spellings among the signs, each spelling as its words."""
    numbers = {int(sign[1:]) for there in names.values() for sign in there if sign[0] == ROW_LETTERS[Synonym]}
    rows = Synonym.objects.filter(pk__in=numbers) if numbers else ()
    return {row_key(row): [tuple(WORD.findall(line)) for line in row.listed] for row in rows}


class _Expansion:
    """One query on its way; `names` of its own words, `beside` those of the spellings that they lead to."""

    def __init__(self, names: Names, spellings: dict, beside: Names, half_typed: str) -> None:
        self.names, self.spellings, self.beside = names, spellings, beside
        self.half_typed = half_typed

    def groups(self, parts: Sequence[QueryPart]) -> list[Expression]:
        """An expression for each part; parts that are a spelling together become one."""
        found: list[Expression] = []
        place = 0
        while place < len(parts):
            taken, others = self._spelling_at(parts, place)
            alone = [self._part(part) for part in parts[place : place + taken]]
            found.append(any_of([all_of(alone), *map(self._other, others)]))
            place += taken
        return found

    def _spelling_at(self, parts: Sequence[QueryPart], place: int) -> tuple[int, list[tuple[str, ...]]]:
        """How many parts from here on are one of the equal spellings, and what the others are."""
        if parts[place].is_quoted:
            return 1, []
        others: dict[int, list[tuple[str, ...]]] = {1: []}
        for sign in sorted(self._signs(parts[place].words[0], self.names)):
            for spelling in self.spellings.get(sign, ()):
                if length := _matched_parts(spelling, parts[place:]):
                    others.setdefault(length, []).extend(
                        each for each in self.spellings[sign] if each != spelling
                    )
        longest = max(others)
        return longest, others[longest]

    def _part(self, part: QueryPart) -> Expression:
        if part.is_phrase:
            named = [] if part.is_quoted else self._all_named(part.words, self.names)
            return any_of([*_as_phrase(part.words), *named])
        word = part.words[0]
        told = [Term(term) for term in query_terms(word)]
        named = [] if part.is_quoted else self._all_named(part.words, self.names)
        begun = fold(word)
        goes_on = (
            [Term(begun, begins=True)] if word == self.half_typed and len(begun) >= MIN_PREFIX_LETTERS else []
        )
        return any_of([*told, *named, *goes_on])

    def _other(self, spelling: tuple[str, ...]) -> Expression:
        return any_of([*_as_phrase(spelling), *self._all_named(spelling, self.beside)])

    def _all_named(self, spelled: tuple[str, ...], names: Names) -> list[Expression]:
        """The topics and people whose name has all these words."""
        shared = set.intersection(*(self._signs(word, names) for word in spelled))
        return [Term(name_term(sign)) for sign in sorted(shared) if sign[0] != ROW_LETTERS[Synonym]]

    def _signs(self, word: str, names: Names) -> set[str]:
        return {sign for term in query_terms(word) for sign in names.get(term, ())}


def _as_phrase(spelled: tuple[str, ...]) -> list[Expression]:
    """The words next to each other, in each reading that they have together."""
    languages = dict.fromkeys(("", *(language for word in spelled for language in languages_of(word))))
    return [phrase([index_term(word, language) for word in spelled]) for language in languages]


def _matched_parts(spelling: tuple[str, ...], parts: Sequence[QueryPart]) -> int:
    """How many of these parts make up the spelling; none where they do not begin with it."""
    place = 0
    for count, part in enumerate(parts, start=1):
        if part.is_quoted or not _same_words(part.words, spelling[place : place + len(part.words)]):
            return 0
        place += len(part.words)
        if place == len(spelling):
            return count
    return 0


def _same_words(some: Sequence[str], others: Sequence[str]) -> bool:
    return len(some) == len(others) and all(
        set(query_terms(one)) & set(query_terms(other)) for one, other in zip(some, others, strict=True)
    )
