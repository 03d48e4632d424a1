"""From a query to what an engine looks for: each word in all its readings, spellings and the things that it names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from publications.models import Naming, Synonym

from . import signs, words
from .asking import Part, Query
from .expressions import Expression, Term, Without, all_of, any_of, phrase

LEAST_TYPED = 3

Names = dict[str, set[str]]


@dataclass(frozen=True)
class Wording:
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


def worded(query: Query) -> Wording:
    """The query as an expression. It must not be empty. Two queries of the database, or three."""
    names = _names(word for part in (*query.parts, *query.without) for word in part.words)
    spellings = _spellings(names)
    beside = _names(word for each in spellings.values() for spelling in each for word in spelling)
    wording = _Wording(names, spellings, beside, query.half_typed)
    return Wording(
        tuple(wording.groups(query.parts)), tuple(wording.groups(query.without)), _nearer(query.parts)
    )


def _nearer(parts: Sequence[Part]) -> Expression | None:
    pairs = (
        (*one.words, *other.words) for one, other in pairwise(parts) if not (one.is_quoted or other.is_quoted)
    )
    together = [expression for pair in pairs for expression in _as_phrase(pair)]
    return any_of(together) if together else None


def _names(asked: Iterable[str]) -> Names:
    """The signs of what each term names."""
    terms = {term for word in asked for term in words.readings(word)}
    found: Names = {}
    rows = Naming.objects.filter(term__in=terms).values_list("term", "sign") if terms else ()
    for term, sign in rows:
        found.setdefault(term, set()).add(sign)
    return found


def _spellings(names: Names) -> dict[str, list[tuple[str, ...]]]:
    """The rows of spellings among the signs, each spelling as its words."""
    numbers = {
        int(sign[1:]) for there in names.values() for sign in there if sign[0] == signs.LETTERS[Synonym]
    }
    rows = Synonym.objects.filter(pk__in=numbers) if numbers else ()
    return {signs.sign_of(row): [tuple(words.WORD.findall(line)) for line in row.listed] for row in rows}


class _Wording:
    """One query on its way; `names` of its own words, `beside` those of the spellings that they lead to."""

    def __init__(self, names: Names, spellings: dict, beside: Names, half_typed: str) -> None:
        self.names, self.spellings, self.beside = names, spellings, beside
        self.half_typed = half_typed

    def groups(self, parts: Sequence[Part]) -> list[Expression]:
        """An expression for each part; parts that are a spelling together become one."""
        found: list[Expression] = []
        place = 0
        while place < len(parts):
            taken, others = self._spelling_at(parts, place)
            alone = [self._part(part) for part in parts[place : place + taken]]
            found.append(any_of([all_of(alone), *map(self._other, others)]))
            place += taken
        return found

    def _spelling_at(self, parts: Sequence[Part], place: int) -> tuple[int, list[tuple[str, ...]]]:
        """How many parts from here on are one of the equal spellings, and what the others are."""
        if parts[place].is_quoted:
            return 1, []
        others: dict[int, list[tuple[str, ...]]] = {1: []}
        for sign in sorted(self._signs(parts[place].words[0], self.names)):
            for spelling in self.spellings.get(sign, ()):
                if length := _length(spelling, parts[place:]):
                    others.setdefault(length, []).extend(
                        each for each in self.spellings[sign] if each != spelling
                    )
        longest = max(others)
        return longest, others[longest]

    def _part(self, part: Part) -> Expression:
        if part.is_phrase:
            named = [] if part.is_quoted else self._all_named(part.words, self.names)
            return any_of([*_as_phrase(part.words), *named])
        word = part.words[0]
        told = [Term(term) for term in words.readings(word)]
        named = [] if part.is_quoted else self._all_named(part.words, self.names)
        begun = words.plain(word)
        goes_on = [Term(begun, begins=True)] if word == self.half_typed and len(begun) >= LEAST_TYPED else []
        return any_of([*told, *named, *goes_on])

    def _other(self, spelling: tuple[str, ...]) -> Expression:
        return any_of([*_as_phrase(spelling), *self._all_named(spelling, self.beside)])

    def _all_named(self, spelled: tuple[str, ...], names: Names) -> list[Expression]:
        """The topics and people whose name has all these words."""
        shared = set.intersection(*(self._signs(word, names) for word in spelled))
        return [Term(signs.named(sign)) for sign in sorted(shared) if sign[0] != signs.LETTERS[Synonym]]

    def _signs(self, word: str, names: Names) -> set[str]:
        return {sign for term in words.readings(word) for sign in names.get(term, ())}


def _as_phrase(spelled: tuple[str, ...]) -> list[Expression]:
    """The words next to each other, in each reading that they have together."""
    languages = dict.fromkeys(("", *(language for word in spelled for language in words.languages_of(word))))
    return [phrase([words.term(word, language) for word in spelled]) for language in languages]


def _length(spelling: tuple[str, ...], parts: Sequence[Part]) -> int:
    """How many of these parts make up the spelling; none where they do not begin with it."""
    place = 0
    for count, part in enumerate(parts, start=1):
        if part.is_quoted or not _alike(part.words, spelling[place : place + len(part.words)]):
            return 0
        place += len(part.words)
        if place == len(spelling):
            return count
    return 0


def _alike(some: Sequence[str], others: Sequence[str]) -> bool:
    return len(some) == len(others) and all(
        set(words.readings(one)) & set(words.readings(other)) for one, other in zip(some, others, strict=True)
    )
