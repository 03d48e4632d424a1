"""Paragraph ids: made from the words at first, then carried from edition to edition as the words change.

A paragraph is the one of the same words anywhere in the edition before, or the most similar one nearby.
"""

import re
from base64 import b32encode
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b

from publications.diff import longest_in_order
from publications.html_tree import Element

from .links import UniqueIds
from .plain_text import inline_text

ANCHOR = re.compile(r"p-[a-z2-7]{6}(-[0-9]+)?")
MIN_SIMILARITY = 0.5
MAX_SHIFT = 20  # a changed paragraph is looked for so many places up and down in its gap
MAX_COMPARED_WORDS = 100  # words of a paragraph that are compared
MAX_PAIRS = 50_000
MAX_COMPARISONS = 2_000


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body with the id that it keeps from edition to edition."""

    anchor: str
    text: str


def assign_paragraph_ids(tree: Element, carried: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """Give every paragraph of the body its id: the one it had in the edition before, or a new one."""
    before = list({old.anchor: old for old in carried if ANCHOR.fullmatch(old.anchor)}.values())
    found = [(element, text) for element in _paragraphs(tree) if (text := inline_text(element))]
    kept = match_paragraphs([text for _node, text in found], [old.text for old in before])
    anchors = UniqueIds(old.anchor for old in before)
    named = []
    for place, (element, text) in enumerate(found):
        anchor = before[kept[place]].anchor if place in kept else anchors.give(_new(text))
        element.attributes = {"id": anchor} | element.attributes
        named.append(Paragraph(anchor, text))
    return tuple(named)


def _paragraphs(element: Element) -> Iterator[Element]:
    """Paragraphs of the text itself and of its quotations."""
    for child in element.children:
        if isinstance(child, Element) and child.tag == "p":
            yield child
        elif isinstance(child, Element) and child.tag == "blockquote":
            yield from _paragraphs(child)


def _new(text: str) -> str:
    digest = blake2b(text.encode(), digest_size=5).digest()
    return f"p-{b32encode(digest).decode().lower()[:6]}"


def match_paragraphs(texts: Sequence[str], before: Sequence[str]) -> dict[int, int]:
    """The places in `texts` with the place in `before` that each comes from; new paragraphs are left out."""
    kept = _same(texts, before)
    comparing = ParagraphMatcher(texts, before)
    for new, old in list(_gaps(kept, len(texts), len(before))):
        kept |= comparing.most_similar(new, old)
    return kept


def _same(texts: Sequence[str], before: Sequence[str]) -> dict[int, int]:
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, text in enumerate(before):
        places[text].append(place)
    return {place: places[text].popleft() for place, text in enumerate(texts) if places.get(text)}


def _gaps(kept: dict[int, int], new_length: int, old_length: int) -> Iterator[tuple[list[int], list[int]]]:
    """The paragraphs that are left on both sides, between those that stayed in order."""
    used = set(kept.values())
    last_new = last_old = -1
    for new, old in [*longest_in_order(sorted(kept.items())), (new_length, old_length)]:
        yield (
            [place for place in range(last_new + 1, new) if place not in kept],
            [place for place in range(last_old + 1, old) if place not in used],
        )
        last_new, last_old = new, old


class ParagraphWords:
    """The first words of a paragraph, in order and counted."""

    def __init__(self, text: str) -> None:
        self.order = text.split()[:MAX_COMPARED_WORDS]
        self.counts = Counter(self.order)

    def may_be_alike(self, other: "ParagraphWords") -> bool:
        shared = (self.counts & other.counts).total()
        return 2 * shared >= MIN_SIMILARITY * (len(self.order) + len(other.order))

    def similarity(self, other: "ParagraphWords") -> float:
        """How much of their words two paragraphs share in the same order, from 0 to 1."""
        return SequenceMatcher(None, self.order, other.order, autojunk=False).ratio()


class ParagraphMatcher:
    """Compares paragraphs, within limits for the whole text."""

    def __init__(self, texts: Sequence[str], before: Sequence[str]) -> None:
        self.texts = texts
        self.before = before
        self.glances = MAX_PAIRS
        self.comparisons = MAX_COMPARISONS

    def most_similar(self, new: list[int], old: list[int]) -> dict[int, int]:
        """The pairs of one gap: the most alike find each other first."""
        kept: dict[int, int] = {}
        taken: set[int] = set()
        for _dissimilarity, one, other in sorted(self._pairs(new, old)):
            if one not in kept and other not in taken:
                kept[one] = other
                taken.add(other)
        return kept

    def _pairs(self, new: list[int], old: list[int]) -> Iterator[tuple[float, int, int]]:
        words = [ParagraphWords(self.texts[place]) for place in new if old]
        others = [ParagraphWords(self.before[place]) for place in old if new]
        for step in sorted(range(-MAX_SHIFT, MAX_SHIFT + 1), key=abs):
            for row in range(max(-step, 0), min(len(words), len(others) - step)):
                similarity = self._similarity(words[row], others[row + step])
                if similarity >= MIN_SIMILARITY:
                    yield 1 - similarity, new[row], old[row + step]

    def _similarity(self, words: ParagraphWords, other: ParagraphWords) -> float:
        self.glances -= 1
        if self.glances < 0 or not words.may_be_alike(other):
            return 0.0
        self.comparisons -= 1
        return words.similarity(other) if self.comparisons >= 0 else 0.0
