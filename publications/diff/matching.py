"""What two sequences have in common, in order, within a budget of steps.

Short spans are compared by the shortest edit script (E. Myers, "An O(ND) Difference Algorithm and Its
Variations", 1986); long ones are first divided at items that are unique in both (the idea of B. Cohen's
patience diff), which is quick and reads well. What a budget does not reach counts as replaced.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

SHORT_SPAN = 600
"""Stretches of fewer items in both together go by the shortest script at once."""
MAX_EDITS = 500
"""More edits than this are not looked for where a span has no item to divide it at."""

Pairs = list[tuple[int, int]]


class Budget:
    """Steps that a comparison may take; once they are spent, it takes no more."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.spent = 0

    def spend(self, steps: int) -> bool:
        self.spent += steps
        return self.spent <= self.steps

    @property
    def is_spent(self) -> bool:
        return self.spent >= self.steps


class MatchSpan(NamedTuple):
    """A part of each sequence, from a start up to an end."""

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
    """The places of items that stayed, as pairs in order."""
    pairs: Pairs = []
    waiting = [MatchSpan(0, len(before), 0, len(after))]
    while waiting:
        span = _trim(before, after, waiting.pop(), pairs)
        if span.is_one_sided or not budget.spend(span.size):
            continue
        anchors = [] if span.size <= SHORT_SPAN else _unique(before, after, span)
        if anchors:
            pairs += anchors
            waiting += _between(anchors, span)
        else:
            pairs += _shortest(before, after, span, budget)
    return sorted(pairs)


def _trim(before: Sequence, after: Sequence, span: MatchSpan, pairs: Pairs) -> MatchSpan:
    """Take off what both begin and end with."""
    start, end, other_start, other_end = span
    while start < end and other_start < other_end and before[start] == after[other_start]:
        pairs.append((start, other_start))
        start, other_start = start + 1, other_start + 1
    while start < end and other_start < other_end and before[end - 1] == after[other_end - 1]:
        end, other_end = end - 1, other_end - 1
        pairs.append((end, other_end))
    return MatchSpan(start, end, other_start, other_end)


def _unique(before: Sequence, after: Sequence, span: MatchSpan) -> Pairs:
    """Items that stand once in each, as many as keep their order."""
    counts = Counter(before[span.start : span.end])
    others = Counter(after[span.other_start : span.other_end])
    places = {
        after[place]: place for place in range(span.other_start, span.other_end) if others[after[place]] == 1
    }
    found = [
        (place, places[before[place]])
        for place in range(span.start, span.end)
        if counts[before[place]] == 1 and before[place] in places
    ]
    return longest_in_order(found)


def longest_in_order(pairs: Pairs) -> Pairs:
    """Of pairs in the order of their first places, the longest series in the order of their second as well."""
    smallest: list[int] = []
    ends: list[int] = []
    links: list[int] = []
    for place, (_one, other) in enumerate(pairs):
        length = bisect_left(smallest, other)
        links.append(ends[length - 1] if length else -1)
        smallest[length : length + 1] = [other]
        ends[length : length + 1] = [place]
    series = []
    place = ends[-1] if ends else -1
    while place >= 0:
        series.append(pairs[place])
        place = links[place]
    return series[::-1]


def _between(anchors: Pairs, span: MatchSpan) -> Iterator[MatchSpan]:
    start, other_start = span.start, span.other_start
    for one, other in [*anchors, (span.end, span.other_end)]:
        gap = MatchSpan(start, one, other_start, other)
        if not gap.is_one_sided:
            yield gap
        start, other_start = one + 1, other + 1


def _shortest(before: Sequence, after: Sequence, span: MatchSpan, budget: Budget) -> Pairs:
    """The pairs of the shortest edit script; none where it is too long or the budget does not reach."""
    one, other = before[span.start : span.end], after[span.other_start : span.other_end]
    long, wide = len(one), len(other)
    furthest, history = {1: 0}, []
    for depth in range(min(long + wide, MAX_EDITS) + 1):
        history.append(furthest.copy())
        steps = len(furthest)
        for diagonal in range(-depth, depth + 1, 2):
            place = _next(furthest, diagonal, depth)
            begun = place
            while place < long and place - diagonal < wide and one[place] == other[place - diagonal]:
                place += 1
            furthest[diagonal] = place
            steps += 1 + place - begun
            if place >= long and place - diagonal >= wide:
                return _walk_back(history, span, long, wide)
        if not budget.spend(steps):
            return []
    return []


def _comes_from_above(furthest: dict[int, int], diagonal: int, depth: int) -> bool:
    """Whether an edit reaches furthest on this diagonal by an insertion, else it is a deletion."""
    return diagonal == -depth or (diagonal != depth and furthest[diagonal - 1] < furthest[diagonal + 1])


def _next(furthest: dict[int, int], diagonal: int, depth: int) -> int:
    if _comes_from_above(furthest, diagonal, depth):
        return furthest[diagonal + 1]
    return furthest[diagonal - 1] + 1


def _walk_back(history: list[dict[int, int]], span: MatchSpan, place: int, other: int) -> Pairs:
    pairs = []
    for depth in range(len(history) - 1, -1, -1):
        diagonal = place - other
        begun = _next(history[depth], diagonal, depth)
        while place > begun:
            place, other = place - 1, other - 1
            pairs.append((span.start + place, span.other_start + other))
        if _comes_from_above(history[depth], diagonal, depth):
            other -= 1
        else:
            place -= 1
    return pairs[::-1]
