"""Which paragraph is which of the text before: one of the same words anywhere, or the most alike nearby."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from publications.diff import longest_in_order

LIKENESS = 0.5
BAND = 20  # a changed paragraph is looked for so many places up and down in its gap
LONGEST = 100  # words of a paragraph that are compared
MOST_GLANCES = 50_000
MOST_COMPARISONS = 2_000


def carry(texts: Sequence[str], before: Sequence[str]) -> dict[int, int]:
    """The places in `texts` with the place in `before` that each comes from; new paragraphs are left out."""
    kept = _same(texts, before)
    comparing = Comparing(texts, before)
    for new, old in list(_gaps(kept, len(texts), len(before))):
        kept |= comparing.most_alike(new, old)
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


class Words:
    """The first words of a paragraph, in order and counted."""

    def __init__(self, text: str) -> None:
        self.order = text.split()[:LONGEST]
        self.counts = Counter(self.order)

    def may_be_alike(self, other: "Words") -> bool:
        shared = (self.counts & other.counts).total()
        return 2 * shared >= LIKENESS * (len(self.order) + len(other.order))

    def likeness(self, other: "Words") -> float:
        """How much of their words two paragraphs share in the same order, from 0 to 1."""
        return SequenceMatcher(None, self.order, other.order, autojunk=False).ratio()


class Comparing:
    """Compares paragraphs, within limits for the whole text."""

    def __init__(self, texts: Sequence[str], before: Sequence[str]) -> None:
        self.texts = texts
        self.before = before
        self.glances = MOST_GLANCES
        self.comparisons = MOST_COMPARISONS

    def most_alike(self, new: list[int], old: list[int]) -> dict[int, int]:
        """The pairs of one gap: the most alike find each other first."""
        kept: dict[int, int] = {}
        taken: set[int] = set()
        for _unlikeness, one, other in sorted(self._pairs(new, old)):
            if one not in kept and other not in taken:
                kept[one] = other
                taken.add(other)
        return kept

    def _pairs(self, new: list[int], old: list[int]) -> Iterator[tuple[float, int, int]]:
        words = [Words(self.texts[place]) for place in new if old]
        others = [Words(self.before[place]) for place in old if new]
        for step in sorted(range(-BAND, BAND + 1), key=abs):
            for row in range(max(-step, 0), min(len(words), len(others) - step)):
                likeness = self._likeness(words[row], others[row + step])
                if likeness >= LIKENESS:
                    yield 1 - likeness, new[row], old[row + step]

    def _likeness(self, words: Words, other: Words) -> float:
        self.glances -= 1
        if self.glances < 0 or not words.may_be_alike(other):
            return 0.0
        self.comparisons -= 1
        return words.likeness(other) if self.comparisons >= 0 else 0.0
