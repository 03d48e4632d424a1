"""The difference of two texts: which blocks stayed, which are one block changed, and which words changed in it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from .blocks import BLOCK_GAP, DiffBlock, Token, blocks_of_text
from .matching import Budget, Pairs, longest_in_order, match

STEPS = 400_000
"""Steps of one comparison, about a third of a second: twice the cost of two texts of 10,000 words with a word changed
in every paragraph."""
MIN_SIMILARITY = 0.4
MAX_PAIRS = 40_000
MAX_STRAY_WORDS = 2
"""So few unchanged words between longer changes are shown as part of the change."""


class DiffOperation(StrEnum):
    """What became of a run of words, or of a block."""

    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"
    CHANGED = "changed"


@dataclass(frozen=True)
class DiffRun:
    """Consecutive words with one operation. `role` is `note`, `address` or `picture` where they are no words."""

    change: DiffOperation
    text: str
    role: str = ""
    words: int = 0

    @property
    def space(self) -> str:
        """The white space before the words: it is neither underlined nor struck out."""
        return self.text[: len(self.text) - len(self.text.lstrip())]

    @property
    def shown(self) -> str:
        return self.text.lstrip()


@dataclass(frozen=True)
class DiffPassage:
    """A block of either text. A moved block stands twice: deleted and inserted, both `moved`."""

    change: DiffOperation
    kind: str
    runs: tuple[DiffRun, ...]
    moved: bool = False

    @property
    def text(self) -> str:
        """As it reads afterwards; where it was deleted, as it read before."""
        gone = DiffOperation.INSERTED if self.change is DiffOperation.DELETED else DiffOperation.DELETED
        return "".join(run.text for run in self.runs if run.change is not gone)


@dataclass(frozen=True)
class Difference:
    """How one text became another, block by block; `steps` is what the comparison cost."""

    passages: tuple[DiffPassage, ...]
    steps: int = 0

    @property
    def is_empty(self) -> bool:
        return all(passage.change is DiffOperation.KEPT for passage in self.passages)

    @property
    def after(self) -> str:
        """The later text: of texts compared by `compare_texts` it is that text, to the character."""
        left = [passage.text for passage in self.passages if passage.change is not DiffOperation.DELETED]
        return "".join(left).removeprefix(BLOCK_GAP)

    def count(self, change: DiffOperation) -> int:
        """Blocks of this fate; those that were only moved are not counted as inserted or deleted."""
        return sum(passage.change is change and not passage.moved for passage in self.passages)

    @property
    def moved(self) -> int:
        return sum(passage.moved and passage.change is DiffOperation.INSERTED for passage in self.passages)

    @property
    def words_inserted(self) -> int:
        return sum(run.words for run in self._runs(DiffOperation.INSERTED))

    @property
    def words_deleted(self) -> int:
        return sum(run.words for run in self._runs(DiffOperation.DELETED))

    def _runs(self, change: DiffOperation) -> Iterator[DiffRun]:
        for passage in self.passages:
            if not passage.moved:
                yield from (run for run in passage.runs if run.change is change)


TokenChange = tuple[DiffOperation, Token]


def compare_texts(before: str, after: str) -> Difference:
    """Return the difference of two plain texts or two Markdown texts, by paragraph and by word."""
    return compare(blocks_of_text(before), blocks_of_text(after))


def compare(before: Sequence[DiffBlock], after: Sequence[DiffBlock], *, steps: int = STEPS) -> Difference:
    """Return how one text became another. What `steps` do not reach is shown as replaced, never left out."""
    budget = Budget(steps)
    numbers: dict[tuple, int] = {}
    one, other = ([numbers.setdefault(block.key, len(numbers)) for block in side] for side in (before, after))
    kept = match(one, other, budget)
    changed = pair_similar(before, after, kept, budget)
    moved = _moved(one, other, kept, changed)
    passages = list(_passages(before, after, sorted(kept + changed), moved, budget))
    return Difference(tuple(passages), budget.spent)


def pair_similar(
    before: Sequence[DiffBlock], after: Sequence[DiffBlock], kept: Pairs, budget: Budget
) -> Pairs:
    """Blocks between those that stayed that are one, changed."""
    return [pair for gap in _gaps(kept, before, after) for pair in _alike(before, after, *gap, budget)]


def _gaps(kept: Pairs, before: Sequence, after: Sequence) -> Iterator[tuple[range, range]]:
    """The spans between blocks that stayed."""
    start, other_start = 0, 0
    for one, other in [*kept, (len(before), len(after))]:
        if one > start and other > other_start:
            yield range(start, one), range(other_start, other)
        start, other_start = one + 1, other + 1


def _alike(
    before: Sequence[DiffBlock], after: Sequence[DiffBlock], gap: range, other_gap: range, budget: Budget
) -> Pairs:
    """Blocks that are one, changed: of one kind, alike in their words, in order, the most alike first."""
    if len(gap) * len(other_gap) <= MAX_PAIRS:
        candidates = [(one, other) for one in gap for other in other_gap]
    else:
        candidates = list(zip(gap, other_gap, strict=False))
    rated = []
    for one, other in candidates:
        similarity = _similarity(before[one], after[other], budget)
        if similarity >= MIN_SIMILARITY:
            rated.append((similarity, one, other))
    return _in_order(rated)


def _similarity(block: DiffBlock, other: DiffBlock, budget: Budget) -> float:
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
    for _similarity, one, other in sorted(
        rated, key=lambda each: (-each[0], abs(each[1] - each[2]), each[1])
    ):
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
    before: Sequence[DiffBlock],
    after: Sequence[DiffBlock],
    pairs: Pairs,
    moved: tuple[set[int], set[int]],
    budget: Budget,
) -> Iterator[DiffPassage]:
    start, other_start = 0, 0
    for one, other in [*pairs, (len(before), len(after))]:
        for place in range(start, one):
            yield _whole(before[place], DiffOperation.DELETED, place in moved[0])
        for place in range(other_start, other):
            yield _whole(after[place], DiffOperation.INSERTED, place in moved[1])
        if one < len(before):
            yield _paired(before[one], after[other], budget)
        start, other_start = one + 1, other + 1


def _whole(block: DiffBlock, change: DiffOperation, moved: bool) -> DiffPassage:
    return DiffPassage(change, block.kind, _runs((change, token) for token in block.tokens), moved)


def _paired(block: DiffBlock, other: DiffBlock, budget: Budget) -> DiffPassage:
    if block.key == other.key:
        return _whole(other, DiffOperation.KEPT, moved=False)
    changes = list(_token_changes(block.tokens, other.tokens, budget))
    return DiffPassage(
        DiffOperation.CHANGED, other.kind, _runs(fate for group in _tidied(changes) for fate in group)
    )


def _token_changes(before: Sequence[Token], after: Sequence[Token], budget: Budget) -> Iterator[TokenChange]:
    """Every word of both texts with what became of it; words that stayed are those of the later text."""
    pairs = match([token.key for token in before], [token.key for token in after], budget)
    start, other_start = 0, 0
    for one, other in [*pairs, (len(before), len(after))]:
        yield from ((DiffOperation.DELETED, token) for token in before[start:one])
        yield from ((DiffOperation.INSERTED, token) for token in after[other_start:other])
        if one < len(before):
            yield DiffOperation.KEPT, after[other]
        start, other_start = one + 1, other + 1


def _tidied(changes: Iterable[TokenChange]) -> Iterator[list[TokenChange]]:
    """Stretches that stayed or changed, without the stray words between changes that make a page restless."""
    spans = [list(group) for _kept, group in groupby(changes, key=lambda fate: fate[0] is DiffOperation.KEPT)]
    tidy: list[list[TokenChange]] = []
    is_open = False
    for place, span in enumerate(spans):
        is_stray = 0 < place < len(spans) - 1 and _is_stray(span, *spans[place - 1 : place + 2 : 2])
        if is_stray:
            tidy[-1] += [
                (change, token)
                for _, token in span
                for change in (DiffOperation.DELETED, DiffOperation.INSERTED)
            ]
        elif is_open:
            tidy[-1] += span
        else:
            tidy.append(span)
        is_open = is_stray
    for span in tidy:
        yield sorted(span, key=lambda fate: fate[0] is DiffOperation.INSERTED)


def _is_stray(span: list[TokenChange], earlier: list[TokenChange], later: list[TokenChange]) -> bool:
    """A word or two that stayed between two replacements that are longer. Notes and links are no words."""
    if span[0][0] is not DiffOperation.KEPT or any(token.role for _, token in span):
        return False
    size = sum(len(token.text) for _, token in span)
    words = sum(token.is_word for _, token in span)
    return words <= MAX_STRAY_WORDS and size <= min(_size(earlier), _size(later))


def _size(span: list[TokenChange]) -> int:
    """The lesser of what was put in and what was taken out: nothing where only one was done."""
    sizes: Counter[DiffOperation] = Counter()
    for change, token in span:
        sizes[change] += len(token.text)
    return min(sizes[DiffOperation.DELETED], sizes[DiffOperation.INSERTED])


def _runs(changes: Iterable[TokenChange]) -> tuple[DiffRun, ...]:
    """Words in a row with one fate, joined; what is no word stands alone."""

    def together(fate: TokenChange) -> tuple:
        change, token = fate
        return change, token.role, id(token) if token.role else 0

    return tuple(
        _run(key[0], key[1], [token for _, token in group]) for key, group in groupby(changes, together)
    )


def _run(change: DiffOperation, role: str, tokens: list[Token]) -> DiffRun:
    words = sum(token.is_word for token in tokens)
    return DiffRun(change, "".join(token.text for token in tokens), role, words)
