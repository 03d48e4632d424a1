"""Frozen for migration 0048: what it needs of `publications.diff.matching`."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

SHORT_SPAN = 600
"""Spans up to this many items, of both sequences together, are compared directly by the shortest edit script."""
MAX_EDITS = 500
"""Limit for the length of an edit script; a span that needs a longer one counts as replaced."""
Pairs = list[tuple[int, int]]


class Budget:
    """The number of steps that a comparison may take."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.spent = 0

    def spend(self, steps: int) -> bool:
        """Count steps and return whether the budget still covers them."""
        self.spent += steps
        return self.spent <= self.steps

    @property
    def is_spent(self) -> bool:
        return self.spent >= self.steps


class MatchSpan(NamedTuple):
    """A range of each of two sequences."""

    start: int
    end: int
    other_start: int
    other_end: int

    @property
    def size(self) -> int:
        return self.end - self.start + self.other_end - self.other_start

    @property
    def is_one_sided(self) -> bool:
        return self.start == self.end or self.other_start == self.other_end


def match(before: Sequence[Hashable], after: Sequence[Hashable], budget: Budget) -> Pairs:
    """Return pairs of indexes of equal items, in order.

    Args:
        budget: is spent by the comparison; items beyond it are not paired.
    """
    pairs: Pairs = []
    pending = [MatchSpan(0, len(before), 0, len(after))]
    while pending:
        span = _trim_ends(before, after, pending.pop(), pairs)
        if span.is_one_sided or not budget.spend(span.size):
            continue
        anchors = [] if span.size <= SHORT_SPAN else _pair_unique(before, after, span)
        if anchors:
            pairs += anchors
            pending += _split_span(anchors, span)
        else:
            pairs += _shortest_edit_script(before, after, span, budget)
    return sorted(pairs)


def _trim_ends(before: Sequence, after: Sequence, span: MatchSpan, pairs: Pairs) -> MatchSpan:
    """Pair the equal items at the start and the end of a span and return the rest."""
    start, end, other_start, other_end = span
    while start < end and other_start < other_end and before[start] == after[other_start]:
        pairs.append((start, other_start))
        start, other_start = start + 1, other_start + 1
    while start < end and other_start < other_end and before[end - 1] == after[other_end - 1]:
        end, other_end = end - 1, other_end - 1
        pairs.append((end, other_end))
    return MatchSpan(start, end, other_start, other_end)


def _pair_unique(before: Sequence, after: Sequence, span: MatchSpan) -> Pairs:
    """Return the longest series of pairs of items that are unique in both parts of a span."""
    counts = Counter(before[span.start : span.end])
    others = Counter(after[span.other_start : span.other_end])
    places = {
        after[index]: index for index in range(span.other_start, span.other_end) if others[after[index]] == 1
    }
    candidates = [
        (index, places[before[index]])
        for index in range(span.start, span.end)
        if counts[before[index]] == 1 and before[index] in places
    ]
    return longest_increasing_subsequence(candidates)


def longest_increasing_subsequence(pairs: Pairs) -> Pairs:
    """Return the longest series of pairs whose second indexes increase too.

    Args:
        pairs: sorted by their first indexes.
    """
    smallest: list[int] = []
    ends: list[int] = []
    links: list[int] = []
    for index, (_first, second) in enumerate(pairs):
        length = bisect_left(smallest, second)
        links.append(ends[length - 1] if length else -1)
        smallest[length : length + 1] = [second]
        ends[length : length + 1] = [index]
    series = []
    index = ends[-1] if ends else -1
    while index >= 0:
        series.append(pairs[index])
        index = links[index]
    return series[::-1]


def _split_span(anchors: Pairs, span: MatchSpan) -> Iterator[MatchSpan]:
    start, other_start = span.start, span.other_start
    for index, other_index in [*anchors, (span.end, span.other_end)]:
        gap = MatchSpan(start, index, other_start, other_index)
        if not gap.is_one_sided:
            yield gap
        start, other_start = index + 1, other_index + 1


def _shortest_edit_script(before: Sequence, after: Sequence, span: MatchSpan, budget: Budget) -> Pairs:
    """Return the pairs of the shortest edit script; none if it exceeds MAX_EDITS or the budget."""
    before_items, after_items = before[span.start : span.end], after[span.other_start : span.other_end]
    before_length, after_length = len(before_items), len(after_items)
    furthest, history = {1: 0}, []
    for depth in range(min(before_length + after_length, MAX_EDITS) + 1):
        history.append(furthest.copy())
        steps = len(furthest)
        for diagonal in range(-depth, depth + 1, 2):
            index = _furthest_start(furthest, diagonal, depth)
            start = index
            while (
                index < before_length
                and index - diagonal < after_length
                and before_items[index] == after_items[index - diagonal]
            ):
                index += 1
            furthest[diagonal] = index
            steps += 1 + index - start
            if index >= before_length and index - diagonal >= after_length:
                return _walk_back(history, span, before_length, after_length)
        if not budget.spend(steps):
            return []
    return []


def _comes_from_above(furthest: dict[int, int], diagonal: int, depth: int) -> bool:
    """Whether the furthest edit on this diagonal is an insertion, otherwise it is a deletion."""
    return diagonal == -depth or (diagonal != depth and furthest[diagonal - 1] < furthest[diagonal + 1])


def _furthest_start(furthest: dict[int, int], diagonal: int, depth: int) -> int:
    if _comes_from_above(furthest, diagonal, depth):
        return furthest[diagonal + 1]
    return furthest[diagonal - 1] + 1


def _walk_back(history: list[dict[int, int]], span: MatchSpan, index: int, other_index: int) -> Pairs:
    """Return the pairs along the path of edits, from its end back to its start."""
    pairs = []
    for depth in range(len(history) - 1, -1, -1):
        diagonal = index - other_index
        start = _furthest_start(history[depth], diagonal, depth)
        while index > start:
            index, other_index = index - 1, other_index - 1
            pairs.append((span.start + index, span.other_start + other_index))
        if _comes_from_above(history[depth], diagonal, depth):
            other_index -= 1
        else:
            index -= 1
    return pairs[::-1]
