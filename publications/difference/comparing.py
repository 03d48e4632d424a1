"""From two sequences of blocks to their difference: which blocks stayed, which are one changed, which words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from .blocks import Block, blocks_of_text
from .matching import Budget, Pairs, longest_in_order, match
from .parts import Change, Difference, Passage, Run
from .words import Token

STEPS = 400_000
"""What one comparison may cost, about a third of a second: twice what it takes to compare two texts of 10,000
words with a word changed in every paragraph."""
LIKENESS = 0.4
MOST_GLANCES = 40_000
STRAY = 2
"""So few words that stayed between longer changes are read as part of the change."""

Fate = tuple[Change, Token]


def compare_texts(before: str, after: str) -> Difference:
    """The difference of two plain texts or two Markdown texts, by paragraph and by word."""
    return compare(blocks_of_text(before), blocks_of_text(after))


def compare(before: Sequence[Block], after: Sequence[Block], *, steps: int = STEPS) -> Difference:
    """How one text became another. What the steps do not reach is shown as replaced, never left out."""
    budget = Budget(steps)
    numbers: dict[tuple, int] = {}
    one, other = ([numbers.setdefault(block.key, len(numbers)) for block in side] for side in (before, after))
    kept = match(one, other, budget)
    changed = pair_alike(before, after, kept, budget)
    moved = _moved(one, other, kept, changed)
    passages = list(_passages(before, after, sorted(kept + changed), moved, budget))
    return Difference(tuple(passages), budget.spent)


def pair_alike(before: Sequence[Block], after: Sequence[Block], kept: Pairs, budget: Budget) -> Pairs:
    """Blocks between those that stayed that are one, changed."""
    return [pair for gap in _gaps(kept, before, after) for pair in _alike(before, after, *gap, budget)]


def _gaps(kept: Pairs, before: Sequence, after: Sequence) -> Iterator[tuple[range, range]]:
    """The stretches between blocks that stayed."""
    start, other_start = 0, 0
    for one, other in [*kept, (len(before), len(after))]:
        if one > start and other > other_start:
            yield range(start, one), range(other_start, other)
        start, other_start = one + 1, other + 1


def _alike(
    before: Sequence[Block], after: Sequence[Block], gap: range, other_gap: range, budget: Budget
) -> Pairs:
    """Blocks that are one, changed: of one kind, alike in their words, in order, the most alike first."""
    if len(gap) * len(other_gap) <= MOST_GLANCES:
        candidates = [(one, other) for one in gap for other in other_gap]
    else:
        candidates = list(zip(gap, other_gap, strict=False))
    rated = []
    for one, other in candidates:
        likeness = _likeness(before[one], after[other], budget)
        if likeness >= LIKENESS:
            rated.append((likeness, one, other))
    return _in_order(rated)


def _likeness(block: Block, other: Block, budget: Budget) -> float:
    """The share of words that two blocks have in common, from 0 to 1."""
    if block.kind != other.kind or budget.is_spent:
        return 0.0
    words, others = block.words, other.words
    total = len(words) + len(others)
    budget.spend(1 + min(len(words), len(others)) // 8)
    return 2 * len(words & others) / total if total else 0.0


def _in_order(rated: Iterable[tuple[float, int, int]]) -> Pairs:
    """The most alike find each other first; then the longest series that crosses nowhere is kept."""
    taken: set[int] = set()
    others: set[int] = set()
    pairs = []
    for _likeness, one, other in sorted(rated, key=lambda each: (-each[0], abs(each[1] - each[2]), each[1])):
        if one not in taken and other not in others:
            taken.add(one)
            others.add(other)
            pairs.append((one, other))
    return longest_in_order(sorted(pairs))


def _moved(one: list[int], other: list[int], kept: Pairs, changed: Pairs) -> tuple[set[int], set[int]]:
    """The places of blocks that left one place and stand, word for word, in another."""
    from_here = {pair[0] for pair in kept + changed}
    to_there = {pair[1] for pair in kept + changed}
    left = [place for place in range(len(one)) if place not in from_here]
    came = [place for place in range(len(other)) if place not in to_there]
    shared = Counter(one[place] for place in left) & Counter(other[place] for place in came)
    return _first_of(left, one, shared), _first_of(came, other, shared)


def _first_of(places: list[int], keys: list[int], wanted: Counter) -> set[int]:
    left = wanted.copy()
    found = set()
    for place in places:
        if left[keys[place]] > 0:
            left[keys[place]] -= 1
            found.add(place)
    return found


def _passages(
    before: Sequence[Block],
    after: Sequence[Block],
    pairs: Pairs,
    moved: tuple[set[int], set[int]],
    budget: Budget,
) -> Iterator[Passage]:
    start, other_start = 0, 0
    for one, other in [*pairs, (len(before), len(after))]:
        for place in range(start, one):
            yield _whole(before[place], Change.DELETED, place in moved[0])
        for place in range(other_start, other):
            yield _whole(after[place], Change.INSERTED, place in moved[1])
        if one < len(before):
            yield _paired(before[one], after[other], budget)
        start, other_start = one + 1, other + 1


def _whole(block: Block, change: Change, moved: bool) -> Passage:
    return Passage(change, block.kind, _runs((change, token) for token in block.tokens), moved)


def _paired(block: Block, other: Block, budget: Budget) -> Passage:
    if block.key == other.key:
        return _whole(other, Change.KEPT, moved=False)
    fates = list(_fates(block.tokens, other.tokens, budget))
    return Passage(Change.CHANGED, other.kind, _runs(fate for group in _tidied(fates) for fate in group))


def _fates(before: Sequence[Token], after: Sequence[Token], budget: Budget) -> Iterator[Fate]:
    """Every word of both texts with what became of it; words that stayed are those of the later text."""
    pairs = match([token.key for token in before], [token.key for token in after], budget)
    start, other_start = 0, 0
    for one, other in [*pairs, (len(before), len(after))]:
        yield from ((Change.DELETED, token) for token in before[start:one])
        yield from ((Change.INSERTED, token) for token in after[other_start:other])
        if one < len(before):
            yield Change.KEPT, after[other]
        start, other_start = one + 1, other + 1


def _tidied(fates: Iterable[Fate]) -> Iterator[list[Fate]]:
    """Stretches that stayed or changed, without the stray words between changes that make a page restless."""
    stretches = [list(group) for _kept, group in groupby(fates, key=lambda fate: fate[0] is Change.KEPT)]
    tidy: list[list[Fate]] = []
    is_open = False
    for place, stretch in enumerate(stretches):
        is_stray = 0 < place < len(stretches) - 1 and _is_stray(
            stretch, *stretches[place - 1 : place + 2 : 2]
        )
        if is_stray:
            tidy[-1] += [
                (change, token) for _, token in stretch for change in (Change.DELETED, Change.INSERTED)
            ]
        elif is_open:
            tidy[-1] += stretch
        else:
            tidy.append(stretch)
        is_open = is_stray
    for stretch in tidy:
        yield sorted(stretch, key=lambda fate: fate[0] is Change.INSERTED)


def _is_stray(stretch: list[Fate], earlier: list[Fate], later: list[Fate]) -> bool:
    """A word or two that stayed between two replacements that are longer. Notes and links are no words."""
    if stretch[0][0] is not Change.KEPT or any(token.role for _, token in stretch):
        return False
    size = sum(len(token.text) for _, token in stretch)
    words = sum(token.is_word for _, token in stretch)
    return words <= STRAY and size <= min(_size(earlier), _size(later))


def _size(stretch: list[Fate]) -> int:
    """The lesser of what was put in and what was taken out: nothing where only one was done."""
    sizes: Counter[Change] = Counter()
    for change, token in stretch:
        sizes[change] += len(token.text)
    return min(sizes[Change.DELETED], sizes[Change.INSERTED])


def _runs(fates: Iterable[Fate]) -> tuple[Run, ...]:
    """Words in a row with one fate, joined; what is no word stands alone."""

    def together(fate: Fate) -> tuple:
        change, token = fate
        return change, token.role, id(token) if token.role else 0

    return tuple(
        _run(key[0], key[1], [token for _, token in group]) for key, group in groupby(fates, together)
    )


def _run(change: Change, role: str, tokens: list[Token]) -> Run:
    words = sum(token.is_word for token in tokens)
    return Run(change, "".join(token.text for token in tokens), role, words)
