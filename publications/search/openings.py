"""Where in a text words begin with certain letters, whatever their case and accents. Nothing but speed asks for it:
a list of results looks through twenty texts, and a text in Latin letters goes by as bytes.
"""

import codecs
from collections.abc import Iterable, Iterator

from . import words

LATIN = "latin-1"
UNKNOWN = "?"


class Openings:
    """Beginnings of words, without accents, as `words.plain` writes them."""

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
    plain = {sign: words.plain(sign) for sign in signs if sign.isalpha()}
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
