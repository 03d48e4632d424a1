"""Compare two texts: pair unchanged, changed and moved blocks, then compare the words of changed blocks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from .blocks import BLOCK_GAP, DiffBlock, Token, blocks_of_text
from .matching import Budget, Pairs, find_moved, longest_increasing_subsequence, match

MAX_STEPS = 400_000
"""Limit for one comparison, about a third of a second: twice the cost of two texts of 10,000 words with one changed
word in every paragraph."""
MIN_SIMILARITY = 0.4
MAX_PAIRS = 40_000
MAX_STRAY_WORDS = 2
"""Up to this many unchanged words between longer changes are shown as part of the change."""


class DiffOperation(StrEnum):
    """The change of a run of words or of a block."""

    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"
    CHANGED = "changed"


@dataclass(frozen=True)
class DiffRun:
    """Consecutive words with one operation. `role` is `note`, `address` or `picture` for other content."""

    change: DiffOperation
    text: str
    role: str = ""
    words: int = 0

    @property
    def space(self) -> str:
        """The white space before the words, which templates show outside <ins> and <del>."""
        return self.text[: len(self.text) - len(self.text.lstrip())]

    @property
    def stripped_text(self) -> str:
        return self.text.lstrip()


@dataclass(frozen=True)
class DiffPassage:
    """A block of either text. A moved block occurs twice, deleted and inserted, both with `moved`.

    `anchor` is that of the block of the earlier text, else "".
    """

    change: DiffOperation
    kind: str
    runs: tuple[DiffRun, ...]
    moved: bool = False
    anchor: str = ""

    @property
    def text(self) -> str:
        """The text after the change; of a deleted block, the text before it."""
        omitted = DiffOperation.INSERTED if self.change is DiffOperation.DELETED else DiffOperation.DELETED
        return "".join(run.text for run in self.runs if run.change is not omitted)


@dataclass(frozen=True)
class Difference:
    """The changes from one text to another, block by block; `steps` is the cost of the comparison."""

    passages: tuple[DiffPassage, ...]
    steps: int = 0

    @property
    def is_empty(self) -> bool:
        return all(passage.change is DiffOperation.KEPT for passage in self.passages)

    @property
    def after(self) -> str:
        """The later text; after `compare_texts` it equals that text exactly."""
        texts = [passage.text for passage in self.passages if passage.change is not DiffOperation.DELETED]
        return "".join(texts).removeprefix(BLOCK_GAP)

    def count(self, change: DiffOperation) -> int:
        """Return the number of blocks with this operation; moved blocks do not count as inserted or deleted."""
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


def compare(before: Sequence[DiffBlock], after: Sequence[DiffBlock], *, steps: int = MAX_STEPS) -> Difference:
    """Return the difference of two sequences of blocks.

    Args:
        steps: limit for the cost of the comparison. Blocks beyond it appear as deleted and inserted; none is omitted.
    """
    budget = Budget(steps)
    numbers: dict[tuple, int] = {}
    before_keys, after_keys = (
        [numbers.setdefault(block.key, len(numbers)) for block in blocks] for blocks in (before, after)
    )
    unchanged = match(before_keys, after_keys, budget)
    changed = pair_similar(before, after, unchanged, budget)
    moved = find_moved(before_keys, after_keys, unchanged + changed)
    passages = list(_build_passages(before, after, sorted(unchanged + changed), moved, budget))
    return Difference(tuple(passages), budget.spent)


def pair_similar(
    before: Sequence[DiffBlock], after: Sequence[DiffBlock], unchanged: Pairs, budget: Budget
) -> Pairs:
    """Return pairs of indexes of similar blocks between the unchanged ones: versions of one block."""
    gaps = _find_gaps(unchanged, before, after)
    return [pair for gap in gaps for pair in _pair_in_gap(before, after, *gap, budget)]


def _find_gaps(unchanged: Pairs, before: Sequence, after: Sequence) -> Iterator[tuple[range, range]]:
    """Yield the ranges of indexes between unchanged blocks."""
    before_start, after_start = 0, 0
    for before_index, after_index in [*unchanged, (len(before), len(after))]:
        if before_index > before_start and after_index > after_start:
            yield range(before_start, before_index), range(after_start, after_index)
        before_start, after_start = before_index + 1, after_index + 1


def _pair_in_gap(
    before: Sequence[DiffBlock],
    after: Sequence[DiffBlock],
    before_gap: range,
    after_gap: range,
    budget: Budget,
) -> Pairs:
    """Return pairs of indexes of blocks in a gap that have one kind and similar words, in order."""
    if len(before_gap) * len(after_gap) <= MAX_PAIRS:
        candidates = [(before_index, after_index) for before_index in before_gap for after_index in after_gap]
    else:
        candidates = list(zip(before_gap, after_gap, strict=False))
    rated = []
    for before_index, after_index in candidates:
        similarity = _similarity(before[before_index], after[after_index], budget)
        if similarity >= MIN_SIMILARITY:
            rated.append((similarity, before_index, after_index))
    return _choose_pairs(rated)


def _similarity(block: DiffBlock, other: DiffBlock, budget: Budget) -> float:
    """Return the share of words that two blocks have in common, from 0 to 1."""
    if block.kind != other.kind or budget.is_spent:
        return 0.0
    words, others = block.words, other.words
    total = len(words) + len(others)
    budget.spend(1 + min(len(words), len(others)) // 8)
    return 2 * len(words & others) / total if total else 0.0


def _choose_pairs(rated: Iterable[tuple[float, int, int]]) -> Pairs:
    """Return the most similar pairs, each block in at most one, reduced to the longest series without crossings."""
    paired_before: set[int] = set()
    paired_after: set[int] = set()
    pairs = []
    by_similarity = sorted(rated, key=lambda pair: (-pair[0], abs(pair[1] - pair[2]), pair[1]))
    for _similarity, before_index, after_index in by_similarity:
        if before_index not in paired_before and after_index not in paired_after:
            paired_before.add(before_index)
            paired_after.add(after_index)
            pairs.append((before_index, after_index))
    return longest_increasing_subsequence(sorted(pairs))


def _build_passages(
    before: Sequence[DiffBlock],
    after: Sequence[DiffBlock],
    pairs: Pairs,
    moved: tuple[set[int], set[int]],
    budget: Budget,
) -> Iterator[DiffPassage]:
    before_start, after_start = 0, 0
    for before_index, after_index in [*pairs, (len(before), len(after))]:
        for index in range(before_start, before_index):
            passage = _uniform_passage(before[index], DiffOperation.DELETED, index in moved[0])
            yield replace(passage, anchor=before[index].anchor)
        for index in range(after_start, after_index):
            yield _uniform_passage(after[index], DiffOperation.INSERTED, index in moved[1])
        if before_index < len(before):
            passage = _paired_passage(before[before_index], after[after_index], budget)
            yield replace(passage, anchor=before[before_index].anchor)
        before_start, after_start = before_index + 1, after_index + 1


def _uniform_passage(block: DiffBlock, change: DiffOperation, moved: bool) -> DiffPassage:
    return DiffPassage(change, block.kind, _build_runs((change, token) for token in block.tokens), moved)


def _paired_passage(block: DiffBlock, other: DiffBlock, budget: Budget) -> DiffPassage:
    if block.key == other.key:
        return _uniform_passage(other, DiffOperation.KEPT, moved=False)
    changes = list(_compare_tokens(block.tokens, other.tokens, budget))
    merged = (token_change for span in _merge_stray_words(changes) for token_change in span)
    return DiffPassage(DiffOperation.CHANGED, other.kind, _build_runs(merged))


def _compare_tokens(before: Sequence[Token], after: Sequence[Token], budget: Budget) -> Iterator[TokenChange]:
    """Yield every token of both texts with its operation; unchanged tokens are those of the later text."""
    pairs = match([token.key for token in before], [token.key for token in after], budget)
    before_start, after_start = 0, 0
    for before_index, after_index in [*pairs, (len(before), len(after))]:
        yield from ((DiffOperation.DELETED, token) for token in before[before_start:before_index])
        yield from ((DiffOperation.INSERTED, token) for token in after[after_start:after_index])
        if before_index < len(before):
            yield DiffOperation.KEPT, after[after_index]
        before_start, after_start = before_index + 1, after_index + 1


def _merge_stray_words(changes: Iterable[TokenChange]) -> Iterator[list[TokenChange]]:
    """Yield spans of unchanged and changed tokens; a few unchanged words between changes become part of the change."""
    spans = [
        list(span) for _is_kept, span in groupby(changes, key=lambda change: change[0] is DiffOperation.KEPT)
    ]
    merged: list[list[TokenChange]] = []
    is_open = False
    for index, span in enumerate(spans):
        is_stray = 0 < index < len(spans) - 1 and _is_stray_span(span, *spans[index - 1 : index + 2 : 2])
        if is_stray:
            merged[-1] += [
                (change, token)
                for _, token in span
                for change in (DiffOperation.DELETED, DiffOperation.INSERTED)
            ]
        elif is_open:
            merged[-1] += span
        else:
            merged.append(span)
        is_open = is_stray
    for span in merged:
        yield sorted(span, key=lambda change: change[0] is DiffOperation.INSERTED)


def _is_stray_span(span: list[TokenChange], earlier: list[TokenChange], later: list[TokenChange]) -> bool:
    """Whether a span is a word or two between two longer replacements, without notes and links."""
    if span[0][0] is not DiffOperation.KEPT or any(token.role for _, token in span):
        return False
    size = sum(len(token.text) for _, token in span)
    words = sum(token.is_word for _, token in span)
    return words <= MAX_STRAY_WORDS and size <= min(
        _replaced_characters(earlier), _replaced_characters(later)
    )


def _replaced_characters(span: list[TokenChange]) -> int:
    """Return the smaller of the numbers of inserted and deleted characters; 0 if only one was done."""
    sizes: Counter[DiffOperation] = Counter()
    for change, token in span:
        sizes[change] += len(token.text)
    return min(sizes[DiffOperation.DELETED], sizes[DiffOperation.INSERTED])


def _build_runs(changes: Iterable[TokenChange]) -> tuple[DiffRun, ...]:
    """Join consecutive words with one operation; each token with a role is a run of its own."""

    def group_key(token_change: TokenChange) -> tuple:
        change, token = token_change
        return change, token.role, id(token) if token.role else 0

    return tuple(
        _build_run(key[0], key[1], [token for _, token in group])
        for key, group in groupby(changes, group_key)
    )


def _build_run(change: DiffOperation, role: str, tokens: list[Token]) -> DiffRun:
    words = sum(token.is_word for token in tokens)
    return DiffRun(change, "".join(token.text for token in tokens), role, words)
