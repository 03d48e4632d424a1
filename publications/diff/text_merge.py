"""Merge two changes of one text by paragraph; contradicting changes become conflicts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .blocks import BLOCK_GAP, DiffBlock, join_paragraphs, split_paragraphs, tokens_of
from .compare import MAX_STEPS, pair_similar
from .matching import Budget, match


@dataclass(frozen=True)
class TextConflict:
    """A paragraph that both sides changed, or different insertions at one position. Each text may be empty."""

    base: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class TextMerge:
    """The paragraphs of a merged text, each with the white space before it, and the conflicts between them."""

    parts: tuple[str | TextConflict, ...]

    @property
    def conflicts(self) -> list[TextConflict]:
        return [part for part in self.parts if isinstance(part, TextConflict)]

    @property
    def text(self) -> str | None:
        """The merged text, or None while there are conflicts."""
        if self.conflicts:
            return None
        return self.resolve(lambda conflict: conflict.ours)

    def resolve(self, text_of: Callable[[TextConflict], str]) -> str:
        """Return the merged text with the result of `text_of` for each conflict; an empty one adds no paragraph."""
        texts = (part if isinstance(part, str) else _prepend_gap(text_of(part)) for part in self.parts)
        return join_paragraphs([text for text in texts if text])


def _prepend_gap(text: str) -> str:
    return f"{BLOCK_GAP}{text}" if text else ""


class TextSide:
    """The version of one side: for each paragraph of the base its current text, and the insertions before it."""

    def __init__(self, base: list[str], text: str) -> None:
        self.base, self.paragraphs = base, split_paragraphs(text)
        self.current: dict[int, str] = {}
        self.inserted: dict[int, list[str]] = {}
        start = 0
        for base_index, index in [*self._pair_paragraphs(), (len(base), len(self.paragraphs))]:
            self.inserted[base_index] = self.paragraphs[start:index]
            if base_index < len(base):
                self.current[base_index] = self.paragraphs[index]
            start = index + 1

    def _pair_paragraphs(self) -> list[tuple[int, int]]:
        """Return the indexes of each paragraph in the base and in this version: equal ones, then similar ones."""
        budget = Budget(MAX_STEPS)
        unchanged = match(self.base, self.paragraphs, budget)
        before, after = (
            [DiffBlock("paragraph", tokens_of(text)) for text in paragraphs]
            for paragraphs in (self.base, self.paragraphs)
        )
        return sorted(unchanged + pair_similar(before, after, unchanged, budget))


def merge_texts(
    base: str, ours: str, theirs: str, *, needs_decision: Callable[[str], bool] = lambda paragraph: False
) -> TextMerge:
    """Merge two changes of one text. A paragraph that only one side changed is taken from that side.

    Args:
        base: the text that both sides started from.
        needs_decision: whether any change of ours to this paragraph of the base is a conflict.
    """
    paragraphs = split_paragraphs(base)
    return TextMerge(
        tuple(
            _merge_paragraphs(
                paragraphs, TextSide(paragraphs, ours), TextSide(paragraphs, theirs), needs_decision
            )
        )
    )


def _merge_paragraphs(
    base: list[str], ours: TextSide, theirs: TextSide, needs_decision: Callable[[str], bool]
) -> Iterator[str | TextConflict]:
    for index in range(len(base) + 1):
        yield from _merge_place([], ours.inserted.get(index, []), theirs.inserted.get(index, []))
        if index < len(base):
            sides = [base[index]], _current_paragraph(ours, index), _current_paragraph(theirs, index)
            if ours.current.get(index, base[index]) != base[index] and needs_decision(base[index]):
                yield _build_conflict(*sides)
            else:
                yield from _merge_place(*sides)


def _current_paragraph(side: TextSide, index: int) -> list[str]:
    return [side.current[index]] if index in side.current else []


def _merge_place(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[str | TextConflict]:
    if theirs in (base, ours):
        yield from ours
    elif ours == base:
        yield from theirs
    else:
        yield _build_conflict(base, ours, theirs)


def _build_conflict(*sides: list[str]) -> TextConflict:
    return TextConflict(*("".join(side).strip() for side in sides))
