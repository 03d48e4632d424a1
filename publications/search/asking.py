"""What a reader typed, understood: words, "phrases" and -exclusions. Any input is a query; it knows no database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from publications.publication_fields import MAX_LENGTHS

from . import words

MOST_SIGNS = MAX_LENGTHS["title"]
MOST_WORDS = 24

_CHUNK = re.compile(
    r"""(?P<minus>(?<!\S)[-−](?=[^\s-]))?(?:["“”„«](?P<quoted>[^"“”»]*)["“”»]?|(?P<plain>[^\s"“”„«]+))"""
)
_BOUND = re.compile(
    r"[^\s,;:!?/|\\()\[\]{}<>+=*&#@–—…]+"
)  # what stands between these belongs together: COVID-19


@dataclass(frozen=True)
class Part:
    """Words that are to stand next to each other: one word, or a phrase."""

    words: tuple[str, ...]
    is_quoted: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1

    @property
    def is_filler(self) -> bool:
        """A word that is passed over where others are asked for."""
        return not self.is_quoted and not self.is_phrase and words.is_stop_word(self.words[0])


@dataclass(frozen=True)
class Query:
    """All parts must be found, and none of those left out. The last word of `parts` may be half typed."""

    text: str
    parts: tuple[Part, ...] = ()
    without: tuple[Part, ...] = ()
    is_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def half_typed(self) -> str:
        """The word that may go on: the last, unless something after it says that it is whole."""
        last = self.parts[-1] if self.parts else None
        is_open = last and not last.is_quoted and self.text.endswith(last.words[-1])
        return last.words[-1] if is_open else ""


def understood(typed: str) -> Query:
    """The query in what was typed; whatever that is, it has at most MOST_WORDS words."""
    text = " ".join(typed.replace("\0", " ").split())
    kept = _whole_words(text)
    wanted: list[Part] = []
    unwanted: list[Part] = []
    for found in _CHUNK.finditer(kept):
        (unwanted if found["minus"] else wanted).extend(_parts(found))
    telling = [part for part in wanted if not part.is_filler] or wanted
    parts = _within(MOST_WORDS, telling)
    without = _within(MOST_WORDS - _count(parts), unwanted)
    is_cut = kept != text or _count(parts) + _count(without) < _count(telling) + _count(unwanted)
    return Query(kept, parts, without, is_cut)


def first_words(typed: str) -> str:
    """Return what was typed as far as one search goes: at most MOST_WORDS words in MOST_SIGNS characters."""
    return " ".join(_whole_words(" ".join(typed.split())).split(" ")[:MOST_WORDS])


def _whole_words(text: str) -> str:
    if len(text) <= MOST_SIGNS:
        return text
    return text[: MOST_SIGNS + 1].rpartition(" ")[0] or text[:MOST_SIGNS]


def _parts(found: re.Match[str]) -> list[Part]:
    if found["quoted"] is not None:
        quoted = words.WORD.findall(found["quoted"])
        return [Part(tuple(quoted), is_quoted=True)] if quoted else []
    bound = (words.WORD.findall(together) for together in _BOUND.findall(found["plain"]))
    return [Part(tuple(together)) for together in bound if together]


def _count(parts: Iterable[Part]) -> int:
    return sum(len(part.words) for part in parts)


def _within(room: int, parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts as far as there is room for their words."""
    kept = []
    for part in parts:
        if room <= 0:
            break
        kept.append(Part(part.words[:room], part.is_quoted))
        room -= len(part.words)
    return tuple(kept)
