"""Text folded for matching: letters alike however they are stored, and the way back to the text as it stands.

Folded are letters and digits alone: composed (NFC) and without compatibility forms (NFKC: "ﬁ"), ß as ss, stress marks
that no composed letter has left out, character references of HTML as their character. Case and other signs stay.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from html import unescape
from itertools import pairwise

JOINING = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Soft hyphens, joiners, fillers, signs of direction and of variation, as the inside of a character class.

They part no word. Source: Default_Ignorable_Code_Point of Unicode (DerivedCoreProperties.txt), without the two below.
"""
INVISIBLE = f"{JOINING}\u200b\ufeff"
"""Those and spaces of no width."""
INVISIBLE_CHARACTERS = re.compile(f"[{INVISIBLE}]+")
RUN = re.compile(
    r"(?P<reference>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});)|[\x00-\x7f]?[^\x00-\x7f]+"
)
FOLDED_SIGNS = re.compile(rf"[^\W_]|[\s&'’{INVISIBLE}]")
"""What a character reference may stand for: no sign that Markdown takes for markup."""
MARKS = re.compile("[\u0300-\u036f]+")


class FoldedText:
    """A text as `text`, folded, with the places in the text as it stands."""

    def __init__(self, original: str) -> None:
        self._original = original
        self._folded_starts: list[int] = []
        self._folded_ends: list[int] = []
        self._ends: list[tuple[int, int]] = []
        parts: list[str] = []
        place = length = 0
        for start, end, folded in _changes(original):
            parts += [original[place:start], folded]
            length += start - place
            self._folded_starts.append(length)
            length += len(folded)
            self._folded_ends.append(length)
            self._ends.append((start, end))
            place = end
        self.text = "".join([*parts, original[place:]]) if parts else original

    def find_span(self, start: int, end: int) -> tuple[int, int]:
        """Return where this span of the folded text stands; letters that are folded to several stay whole."""
        return self._find_start(start), self._find_end(end)

    def _find_start(self, place: int) -> int:
        index = bisect_right(self._folded_starts, place) - 1
        if index < 0:
            return place
        start, end = self._ends[index]
        beyond = place - self._folded_ends[index]
        return start if beyond < 0 else end + beyond

    def _find_end(self, place: int) -> int:
        index = bisect_left(self._folded_starts, place) - 1
        if index < 0:
            return place
        return self._ends[index][1] + max(0, place - self._folded_ends[index])

    def replace(self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str | None]) -> str:
        """Return the text with replacements for matches; the rest, and where it is None, stays as it stands."""
        parts, place = [], 0
        for match in pattern.finditer(self.text):
            if (replaced := replacement(match)) is not None:
                start, end = self.find_span(*match.span())
                parts += [self._original[place:start], replaced]
                place = end
        return "".join([*parts, self._original[place:]])


def fold(text: str) -> str:
    return FoldedText(text).text


def _changes(text: str) -> Iterator[tuple[int, int, str]]:
    """What folding changes, in order: from where to where, and into what."""
    for run in RUN.finditer(text):
        if run["reference"]:
            sign = unescape(run[0])
            if FOLDED_SIGNS.fullmatch(sign):
                yield (*run.span(), sign)
        elif not _is_folded(run[0]):
            for start, end in _characters(run[0]):
                folded = _fold_character(run[0][start:end])
                if folded != run[0][start:end]:
                    yield run.start() + start, run.start() + end, folded


def _is_folded(run: str) -> bool:
    return (
        unicodedata.is_normalized("NFKC", run) and len(run.casefold()) == len(run) and not MARKS.search(run)
    )


def _characters(run: str) -> Iterator[tuple[int, int]]:
    """Letters with their marks, and Korean syllables, from where to where."""
    starts = [place for place, sign in enumerate(run) if not _continues(sign)]
    return pairwise(sorted({0, *starts, len(run)}))


def _continues(sign: str) -> bool:
    return bool(unicodedata.combining(sign)) or "\u1160" <= sign <= "\u11ff"


def _fold_character(character: str) -> str:
    if not character[0].isalnum():
        return character
    composed = MARKS.sub("", unicodedata.normalize("NFKC", character))
    spelled_out = composed.casefold()
    return spelled_out if len(spelled_out) > len(composed) and spelled_out.isalnum() else composed
