"""How far apart two spellings are, and which spellings are one slip away. It knows no database."""

import unicodedata
from collections.abc import Iterable

LETTERS = {
    "LATIN": "abcdefghijklmnopqrstuvwxyz",
    "CYRILLIC": "абвгдежзиклмнопрстуфхцчшщъыьэюяєіґ",
}


def distance(one: str, other: str) -> int:
    """The slips between two words: a letter left out, put in, mistaken, or two of them exchanged."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before_that, before, row = before, row, [i]
        for j, there in enumerate(other, start=1):
            least = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                least = min(least, before_that[j - 2] + 1)
            row.append(least)
    return row[-1]


def edits(word: str) -> set[str]:
    """All spellings one slip away, in the letters of the word's own script."""
    letters = LETTERS.get(unicodedata.name(word[0], "").partition(" ")[0], "")
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    return {word, *_shorter(halves), *_exchanged(halves), *_with(letters, halves)} - {""}


def _shorter(halves: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (left + right[1:] for left, right in halves if right)


def _exchanged(halves: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1)


def _with(letters: str, halves: Iterable[tuple[str, str]]) -> Iterable[str]:
    for left, right in halves:
        for letter in letters:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]
