"""Excerpts: where in a piece the words of a query stand, as safe HTML with these words marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from publications.models import Edition

from . import words
from .expressions import AllOf, AnyOf, Expression, Phrase, Term, Without
from .openings import Openings
from .wording import Wording

LENGTH = 240
BEFORE = 60
MOST_PLACES = 60
SEEN = 60_000  # signs of a text that are looked through


@dataclass(frozen=True)
class Excerpt:
    """A piece in a list of results: its title, and the passage that shows best why it was found, if one does."""

    title: SafeString
    passage: SafeString


Place = tuple[int, int, int]
"""Where a word begins and ends, and to which part of the query it answers."""


class Marker:
    """Finds the words of one query in texts."""

    def __init__(self, wording: Wording | None) -> None:
        self.terms: dict[str, int] = {}
        self.openings: dict[str, int] = {}
        self.phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, group in enumerate(wording.groups if wording else ()):
            for leaf in _leaves(group):
                self._seek(leaf, number)
        begun = (_opening(term) for term in (*self.terms, *self.phrases))
        self.candidates = Openings({*begun, *self.openings})
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

    def excerpt(self, edition: Edition) -> Excerpt:
        """From the summary where it tells as much as the text, which is looked through only otherwise."""
        title = self.marked(edition.title, self.places(edition.title, edition.language))
        in_summary = self.places(edition.summary, edition.language)
        if self._answered(in_summary) == len(self.parts):
            return Excerpt(title, self._passage(edition.summary, in_summary))
        in_text = self.places(edition.text[:SEEN], edition.language)
        if self._answered(in_text) > self._answered(in_summary):
            return Excerpt(title, self._passage(edition.text, in_text))
        return Excerpt(title, self._passage(edition.summary, in_summary))

    def places(self, text: str, language: str) -> list[Place]:
        """Where the words stand that the query asks for, in their order; of very many, the first."""
        found: list[Place] = []
        for start in self.candidates.places(text):
            place = self._place(text, start, language)
            if place and (not found or start >= found[-1][1]):
                found.append(place)
            if len(found) == MOST_PLACES:
                break
        return found

    def _place(self, text: str, start: int, language: str) -> Place | None:
        """The words that begin here, if they are sought: the longest of them."""
        word = words.WORD.match(text, start)
        if not word:
            return None
        term = words.term(word[0], language)
        for terms, number in sorted(self.phrases.get(term, ()), key=_by_length, reverse=True):
            if end := _phrase_end(terms, text, start, language):
                return start, end, number
        if term in self.terms:
            return start, word.end(), self.terms[term]
        plain = words.plain(word[0])
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
    for sought, (_start, stop, term) in zip(terms, words.spans(text, language, start), strict=False):
        if term != sought:
            return 0
        end = stop
    return end


def _window(text: str, places: Sequence[Place]) -> tuple[int, int]:
    """The stretch that answers to most parts of the query, cut between words."""
    best = max(range(len(places)), key=lambda first: (_answers_from(places, first), -first))
    start = max(0, places[best][0] - BEFORE)
    stop = min(len(text), max(start + LENGTH, places[best][1]))
    if start:
        start = text.find(" ", start, places[best][0]) + 1 or places[best][0]
    if stop < len(text):
        stop = text.rfind(" ", places[best][1], stop + 1)
        stop = stop if stop > 0 else places[best][1]
    return start, stop


def _answers_from(places: Sequence[Place], first: int) -> int:
    reach = places[first][0] - BEFORE + LENGTH
    return len({number for start, end, number in places[first:] if end <= reach})
