"""Snippets: where in an edition the words of a query stand, as safe HTML with these words marked.

A page of results looks through twenty texts, so words are found by their beginnings, whatever their case and accents;
a text in Latin letters is searched as bytes.
"""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from publications.models import Edition

from .query import AllOf, AnyOf, ExpandedQuery, Expression, Phrase, Term, Without
from .terms import (
    WORD,
    fold,
    index_term,
    term_spans,
)

LATIN = "latin-1"
UNKNOWN = "?"


class PrefixFinder:
    """Beginnings of words, without accents, as `fold` writes them."""

    def __init__(self, openings: Iterable[str]) -> None:
        given = [opening for opening in openings if opening]
        self.latin = [opening.encode("ascii") for opening in given if opening.isascii()]
        self.others = [opening for opening in given if not opening.isascii()]

    def places(self, text: str) -> list[int]:
        """Where words begin that may be meant, in order."""
        found: set[int] = set()
        if self.latin:
            plain = text.encode(LATIN, "without_accents").translate(_PLAIN_BYTES)
            found.update(start for opening in self.latin for start in _bytes_beginnings(plain, opening))
        if self.others:
            spelled = text.translate(_PLAIN)
            found.update(start for opening in self.others for start in _beginnings(spelled, opening))
        return sorted(found)


def _bytes_beginnings(plain: bytes, opening: bytes) -> Iterator[int]:
    start = plain.find(opening)
    while start >= 0:
        if not start or not plain[start - 1 : start].isalnum():
            yield start
        start = plain.find(opening, start + 1)


def _beginnings(plain: str, opening: str) -> Iterator[int]:
    start = plain.find(opening)
    while start >= 0:
        if not start or not plain[start - 1].isalnum():
            yield start
        start = plain.find(opening, start + 1)


def _plain_letters() -> dict[int, str]:
    """Letters that stand for one plain small letter each, sign by sign, so that places stay."""
    signs = map(chr, range(0x2000))
    plain = {sign: fold(sign) for sign in signs if sign.isalpha()}
    return {ord(sign): letter for sign, letter in plain.items() if len(letter) == 1 and letter != sign}


def _otherwise(error: UnicodeError) -> tuple[str, int]:
    """What Latin-1 does not have: a plain letter where there is one."""
    unknown = error.object[error.start : error.end]
    letters = (_PLAIN.get(ord(sign), UNKNOWN) for sign in unknown)
    return "".join(letter if letter.isascii() else UNKNOWN for letter in letters), error.end


_PLAIN = _plain_letters()
_PLAIN_BYTES = bytes(
    ord(letter) if (letter := _PLAIN.get(number, "")) and letter.isascii() else number
    for number in range(256)
)
codecs.register_error("without_accents", _otherwise)


SNIPPET_CHARACTERS = 240
CHARACTERS_BEFORE = 60
MAX_PLACES = 60
MAX_TEXT_CHARACTERS = 60_000  # signs of a text that are looked through


@dataclass(frozen=True)
class Snippet:
    """A piece in a list of results: its title, and the passage that shows best why it was found, if one does."""

    title: SafeString
    passage: SafeString


Place = tuple[int, int, int]
"""Where a word begins and ends, and to which part of the query it answers."""


class SnippetBuilder:
    """Finds the words of one query in texts."""

    def __init__(self, wording: ExpandedQuery | None) -> None:
        self.terms: dict[str, int] = {}
        self.openings: dict[str, int] = {}
        self.phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, group in enumerate(wording.groups if wording else ()):
            for leaf in _leaves(group):
                self._seek(leaf, number)
        begun = (_opening(term) for term in (*self.terms, *self.phrases))
        self.candidates = PrefixFinder({*begun, *self.openings})
        self.parts = {number for _leaf, number in self._sought()}

    def _seek(self, leaf: Term | Phrase, number: int) -> None:
        match leaf:
            case Term(text, begins=True):
                self.openings.setdefault(text, number)
            case Term(text):
                self.terms.setdefault(text, number)
            case Phrase(terms):
                self.phrases.setdefault(terms[0], []).append((terms, number))

    def _sought(self) -> Iterator[tuple[object, int]]:
        yield from self.terms.items()
        yield from self.openings.items()
        yield from (each for there in self.phrases.values() for each in there)

    def snippet(self, edition: Edition) -> Snippet:
        """From the summary where it tells as much as the text, which is looked through only otherwise."""
        title = self.marked(edition.title, self.places(edition.title, edition.language))
        in_summary = self.places(edition.summary, edition.language)
        if self._answered(in_summary) == len(self.parts):
            return Snippet(title, self._passage(edition.summary, in_summary))
        in_text = self.places(edition.plain_text[:MAX_TEXT_CHARACTERS], edition.language)
        if self._answered(in_text) > self._answered(in_summary):
            return Snippet(title, self._passage(edition.plain_text, in_text))
        return Snippet(title, self._passage(edition.summary, in_summary))

    def places(self, text: str, language: str) -> list[Place]:
        """Where the words stand that the query asks for, in their order; of very many, the first."""
        found: list[Place] = []
        for start in self.candidates.places(text):
            place = self._place(text, start, language)
            if place and (not found or start >= found[-1][1]):
                found.append(place)
            if len(found) == MAX_PLACES:
                break
        return found

    def _place(self, text: str, start: int, language: str) -> Place | None:
        """The words that begin here, if they are sought: the longest of them."""
        word = WORD.match(text, start)
        if not word:
            return None
        term = index_term(word[0], language)
        for terms, number in sorted(self.phrases.get(term, ()), key=_by_length, reverse=True):
            if end := _phrase_end(terms, text, start, language):
                return start, end, number
        if term in self.terms:
            return start, word.end(), self.terms[term]
        plain = fold(word[0])
        begun = (number for opening, number in self.openings.items() if plain.startswith(opening))
        number = next(begun, None)
        return None if number is None else (start, word.end(), number)

    def marked(self, text: str, places: Sequence[Place]) -> SafeString:
        """The text with these places in <mark>, everything else escaped."""
        pieces, end = [], 0
        for start, stop, _number in places:
            pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
            end = stop
        return mark_safe("".join([*pieces, escape(text[end:])]))

    def _passage(self, text: str, places: Sequence[Place]) -> SafeString:
        if not places:
            return mark_safe("")
        start, stop = _window(text, places)
        inside = [(a - start, b - start, number) for a, b, number in places if start <= a and b <= stop]
        shown = self.marked(text[start:stop], inside)
        opening, closing = "… " if start else "", " …" if stop < len(text) else ""
        return mark_safe(f"{opening}{shown.strip()}{closing}")

    def _answered(self, places: Sequence[Place]) -> int:
        return len({number for _start, _end, number in places})


def _leaves(expression: Expression) -> Iterator[Term | Phrase]:
    match expression:
        case Term(text) if text[0] < "\ue000" or text[0] > "\uf8ff":
            yield expression
        case Phrase():
            yield expression
        case AnyOf(parts) | AllOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Without(wanted):
            yield from _leaves(wanted)


def _opening(term: str) -> str:
    """With what a word of the text begins that may be this term. A stem may end in another sign: happi, happy."""
    return term[:-1] if len(term) > 3 else term


def _by_length(sought: tuple[tuple[str, ...], int]) -> int:
    return len(sought[0])


def _phrase_end(terms: tuple[str, ...], text: str, start: int, language: str) -> int:
    end = 0
    for sought, (_start, stop, term) in zip(terms, term_spans(text, language, start), strict=False):
        if term != sought:
            return 0
        end = stop
    return end


def _window(text: str, places: Sequence[Place]) -> tuple[int, int]:
    """The stretch that answers to most parts of the query, cut between words."""
    best = max(range(len(places)), key=lambda first: (_answers_from(places, first), -first))
    start = max(0, places[best][0] - CHARACTERS_BEFORE)
    stop = min(len(text), max(start + SNIPPET_CHARACTERS, places[best][1]))
    if start:
        start = text.find(" ", start, places[best][0]) + 1 or places[best][0]
    if stop < len(text):
        stop = text.rfind(" ", places[best][1], stop + 1)
        stop = stop if stop > 0 else places[best][1]
    return start, stop


def _answers_from(places: Sequence[Place], first: int) -> int:
    reach = places[first][0] - CHARACTERS_BEFORE + SNIPPET_CHARACTERS
    return len({number for start, end, number in places[first:] if end <= reach})
