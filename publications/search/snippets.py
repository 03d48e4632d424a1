"""Snippets: extracts of editions with the words of a query highlighted, as safe HTML.

A page of results searches twenty whole texts. So words are first found by prefixes without case and accents, in Latin
letters as bytes, and only these candidates are stemmed.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from publications.models import Edition

from .expansion import ExpandedQuery
from .expressions import AllOf, AnyOf, Expression, Phrase, Term, Without
from .terms import IDEOGRAPHS, MAX_TEXT_CHARACTERS, WORD, fold, index_term, term_spans

LATIN = "latin-1"
UNKNOWN = "?"
IDEOGRAPH = re.compile(f"[{IDEOGRAPHS}]")


class PrefixFinder:
    """Finds words by their first letters, without accents, as `fold` returns them."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        nonempty = [prefix for prefix in prefixes if prefix]
        self.ascii_prefixes = [prefix.encode("ascii") for prefix in nonempty if prefix.isascii()]
        self.other_prefixes = [prefix for prefix in nonempty if not prefix.isascii()]

    def find_starts(self, text: str) -> list[int]:
        """Return where words start that have one of the prefixes, in order."""
        starts: set[int] = set()
        if self.ascii_prefixes:
            folded = text.encode(LATIN, "without_accents").translate(_FOLDED_BYTES)
            starts.update(start for prefix in self.ascii_prefixes for start in _byte_starts(folded, prefix))
        if self.other_prefixes:
            folded_text = text.translate(_FOLDED)
            starts.update(start for prefix in self.other_prefixes for start in _starts(folded_text, prefix))
        return sorted(start for start in starts if _is_word_start(text, start))


def _byte_starts(text: bytes, prefix: bytes) -> Iterator[int]:
    start = text.find(prefix)
    while start >= 0:
        if not start or not text[start - 1 : start].isalnum():
            yield start
        start = text.find(prefix, start + 1)


def _starts(text: str, prefix: str) -> Iterator[int]:
    start = text.find(prefix)
    while start >= 0:
        yield start
        start = text.find(prefix, start + 1)


def _is_word_start(text: str, start: int) -> bool:
    """Whether a word starts here: no letter or digit comes before it, or one of both characters is an ideograph."""
    if not start or not text[start - 1].isalnum():
        return True
    return IDEOGRAPH.search(text, start - 1, start + 1) is not None


def _folded_letters() -> dict[int, str]:
    """Return the letters that fold to one other letter, so that positions in a text stay the same."""
    characters = map(chr, range(0x2000))
    folded = {letter: fold(letter) for letter in characters if letter.isalpha()}
    return {ord(letter): plain for letter, plain in folded.items() if len(plain) == 1 and plain != letter}


def _replace_unencodable(error: UnicodeError) -> tuple[str, int]:
    """Replace what Latin-1 does not have by a plain letter where there is one."""
    unencodable = error.object[error.start : error.end]
    letters = (_FOLDED.get(ord(character), UNKNOWN) for character in unencodable)
    return "".join(letter if letter.isascii() else UNKNOWN for letter in letters), error.end


_FOLDED = _folded_letters()
_FOLDED_BYTES = bytes(
    ord(letter) if (letter := _FOLDED.get(number, "")) and letter.isascii() else number
    for number in range(256)
)
codecs.register_error("without_accents", _replace_unencodable)


SNIPPET_CHARACTERS = 240
CHARACTERS_BEFORE = 60
MAX_SPANS = 60


@dataclass(frozen=True)
class Snippet:
    """The title of an edition and the extract that matches most of a query, highlighted; `text` may be empty."""

    title: SafeString
    text: SafeString


Span = tuple[int, int, int]
"""The start and end of a matched word or phrase, and the number of the part of the query that it matches."""


class SnippetBuilder:
    """Finds and highlights the words of one query in texts."""

    def __init__(self, query: ExpandedQuery | None) -> None:
        self.terms: dict[str, int] = {}
        self.prefixes: dict[str, int] = {}
        self.phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, part in enumerate(query.parts if query else ()):
            for expression in _terms_and_phrases(part):
                self._add(expression, number)
        shortened = (_candidate_prefix(term) for term in (*self.terms, *self.phrases))
        self.finder = PrefixFinder({*shortened, *self.prefixes})
        phrase_parts = (number for phrases in self.phrases.values() for _terms, number in phrases)
        self.parts = {*self.terms.values(), *self.prefixes.values(), *phrase_parts}

    def _add(self, expression: Term | Phrase, number: int) -> None:
        match expression:
            case Term(text, is_prefix=True):
                self.prefixes.setdefault(text, number)
            case Term(text):
                self.terms.setdefault(text, number)
            case Phrase(terms):
                self.phrases.setdefault(terms[0], []).append((terms, number))

    def snippet(self, edition: Edition) -> Snippet:
        """Return the snippet of an edition, from its summary unless its text matches more parts of the query."""
        title = self.highlight(edition.title, self.find_spans(edition.title, edition.language))
        in_summary = self.find_spans(edition.summary, edition.language)
        if _count_parts(in_summary) == len(self.parts):
            return Snippet(title, self._extract(edition.summary, in_summary))
        in_text = self.find_spans(edition.plain_text[:MAX_TEXT_CHARACTERS], edition.language)
        if _count_parts(in_text) > _count_parts(in_summary):
            return Snippet(title, self._extract(edition.plain_text, in_text))
        return Snippet(title, self._extract(edition.summary, in_summary))

    def find_spans(self, text: str, language: str) -> list[Span]:
        """Return the first MAX_SPANS matches in a text, in order, without overlaps."""
        spans: list[Span] = []
        for start in self.finder.find_starts(text):
            span = self._match_at(text, start, language)
            if span and (not spans or start >= spans[-1][1]):
                spans.append(span)
            if len(spans) == MAX_SPANS:
                break
        return spans

    def _match_at(self, text: str, start: int, language: str) -> Span | None:
        """Return the longest match that starts here, if any."""
        word = WORD.match(text, start)
        if not word:
            return None
        term = index_term(word[0], language)
        for terms, number in sorted(self.phrases.get(term, ()), key=_phrase_length, reverse=True):
            if end := _phrase_end(terms, text, start, language):
                return start, end, number
        if term in self.terms:
            return start, word.end(), self.terms[term]
        folded = fold(word[0])
        numbers = (number for prefix, number in self.prefixes.items() if folded.startswith(prefix))
        number = next(numbers, None)
        return None if number is None else (start, word.end(), number)

    def highlight(self, text: str, spans: Sequence[Span]) -> SafeString:
        """Return the text with the spans in <mark>, everything else escaped."""
        html, end = [], 0
        for start, stop, _number in spans:
            html += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
            end = stop
        return mark_safe("".join([*html, escape(text[end:])]))

    def _extract(self, text: str, spans: Sequence[Span]) -> SafeString:
        if not spans:
            return mark_safe("")
        start, stop = _choose_window(text, spans)
        shifted = [
            (first - start, end - start, number)
            for first, end, number in spans
            if start <= first and end <= stop
        ]
        highlighted = self.highlight(text[start:stop], shifted)
        before, after = "… " if start else "", " …" if stop < len(text) else ""
        return mark_safe(f"{before}{highlighted.strip()}{after}")


def _count_parts(spans: Sequence[Span]) -> int:
    return len({number for _start, _end, number in spans})


def _terms_and_phrases(expression: Expression) -> Iterator[Term | Phrase]:
    """Yield the terms and phrases that a text can contain, without those that refer to rows of the database."""
    match expression:
        case Term(text) if text[0] < "\ue000" or text[0] > "\uf8ff":
            yield expression
        case Phrase():
            yield expression
        case AnyOf(parts) | AllOf(parts):
            for part in parts:
                yield from _terms_and_phrases(part)
        case Without(included):
            yield from _terms_and_phrases(included)


def _candidate_prefix(term: str) -> str:
    """Return how a word with this stem starts: a stem may end in another letter, as happi for happy."""
    return term[:-1] if len(term) > 3 else term


def _phrase_length(phrase: tuple[tuple[str, ...], int]) -> int:
    return len(phrase[0])


def _phrase_end(terms: tuple[str, ...], text: str, start: int, language: str) -> int:
    end = 0
    for expected, (_start, stop, term) in zip(terms, term_spans(text, language, start), strict=False):
        if term != expected:
            return 0
        end = stop
    return end


def _choose_window(text: str, spans: Sequence[Span]) -> tuple[int, int]:
    """Return the start and end of the extract that matches most parts of the query, cut between words."""
    best = max(range(len(spans)), key=lambda first: (_count_parts_from(spans, first), -first))
    start = max(0, spans[best][0] - CHARACTERS_BEFORE)
    stop = min(len(text), max(start + SNIPPET_CHARACTERS, spans[best][1]))
    if start:
        start = text.find(" ", start, spans[best][0]) + 1 or spans[best][0]
    if stop < len(text):
        stop = text.rfind(" ", spans[best][1], stop + 1)
        stop = stop if stop > 0 else spans[best][1]
    return start, stop


def _count_parts_from(spans: Sequence[Span], first: int) -> int:
    window_end = spans[first][0] - CHARACTERS_BEFORE + SNIPPET_CHARACTERS
    return len({number for start, end, number in spans[first:] if end <= window_end})
