"""Fold text for matching, so that letters are equal however they are stored, and map matches back to the text.

Only letters and digits are folded: composed (NFC) and without compatibility forms (NFKC: "ﬁ"), ß as ss, without stress
marks that no composed letter has, HTML character references as their character. Case and other characters stay.
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
"""Soft hyphens, joiners, fillers, direction marks and variation selectors, as the content of a character class.

They do not separate words. Source: Default_Ignorable_Code_Point of Unicode (DerivedCoreProperties.txt), without the two
zero-width spaces below.
"""
INVISIBLE = f"{JOINING}\u200b\ufeff"
"""JOINING and zero-width spaces."""
INVISIBLE_CHARACTERS = re.compile(f"[{INVISIBLE}]+")
RUN = re.compile(
    r"(?P<reference>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});)|[\x00-\x7f]?[^\x00-\x7f]+"
)
FOLDED_SIGNS = re.compile(rf"[^\W_]|[\s&'’{INVISIBLE}]")
"""Characters whose references are folded: none that is markup in Markdown."""
MARKS = re.compile("[\u0300-\u036f]+")


class FoldedText:
    """A folded text (`text`) with the positions in the original."""

    def __init__(self, original: str) -> None:
        self._original = original
        self._folded_starts: list[int] = []
        self._folded_ends: list[int] = []
        self._ends: list[tuple[int, int]] = []
        parts: list[str] = []
        position = length = 0
        for start, end, folded in _find_changes(original):
            parts += [original[position:start], folded]
            length += start - position
            self._folded_starts.append(length)
            length += len(folded)
            self._folded_ends.append(length)
            self._ends.append((start, end))
            position = end
        self.text = "".join([*parts, original[position:]]) if parts else original

    def find_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original of a span of the folded text; a letter folded to several stays whole."""
        return self._find_start(start), self._find_end(end)

    def _find_start(self, position: int) -> int:
        index = bisect_right(self._folded_starts, position) - 1
        if index < 0:
            return position
        start, end = self._ends[index]
        offset = position - self._folded_ends[index]
        return start if offset < 0 else end + offset

    def _find_end(self, position: int) -> int:
        index = bisect_left(self._folded_starts, position) - 1
        if index < 0:
            return position
        return self._ends[index][1] + max(0, position - self._folded_ends[index])

    def replace(self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str | None]) -> str:
        """Return the original with matches replaced; a match for which `replacement` returns None is kept."""
        parts, position = [], 0
        for match in pattern.finditer(self.text):
            if (replaced := replacement(match)) is not None:
                start, end = self.find_span(*match.span())
                parts += [self._original[position:start], replaced]
                position = end
        return "".join([*parts, self._original[position:]])


def fold(text: str) -> str:
    return FoldedText(text).text


def _find_changes(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what folding changes, in order, as start, end and folded text."""
    for run in RUN.finditer(text):
        if run["reference"]:
            character = unescape(run[0])
            if FOLDED_SIGNS.fullmatch(character):
                yield (*run.span(), character)
        elif not _is_folded(run[0]):
            for start, end in _split_characters(run[0]):
                folded = _fold_character(run[0][start:end])
                if folded != run[0][start:end]:
                    yield run.start() + start, run.start() + end, folded


def _is_folded(run: str) -> bool:
    return (
        unicodedata.is_normalized("NFKC", run) and len(run.casefold()) == len(run) and not MARKS.search(run)
    )


def _split_characters(run: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of letters with their marks, and of Korean syllables."""
    starts = [position for position, character in enumerate(run) if not _is_combining(character)]
    return pairwise(sorted({0, *starts, len(run)}))


def _is_combining(character: str) -> bool:
    return bool(unicodedata.combining(character)) or "\u1160" <= character <= "\u11ff"


def _fold_character(character: str) -> str:
    if not character[0].isalnum():
        return character
    composed = MARKS.sub("", unicodedata.normalize("NFKC", character))
    spelled_out = composed.casefold()
    return spelled_out if len(spelled_out) > len(composed) and spelled_out.isalnum() else composed
