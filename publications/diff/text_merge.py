"""Two people changed one text: what both did, merged by paragraph, and what only a person can decide."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .blocks import BLOCK_GAP, DiffBlock, join_paragraphs, split_paragraphs, tokens_of
from .compare import STEPS, pair_similar
from .matching import Budget, match


@dataclass(frozen=True)
class TextConflict:
    """Both sides changed one paragraph, or inserted different text in one place. Each text may be empty."""

    base: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class TextMerge:
    """The paragraphs of a merged text, each with the white space before it, and conflicts in their places."""

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
        """Return the merged text with what `text_of` gives for each conflict; an empty text leaves no gap."""
        texts = (part if isinstance(part, str) else _with_gap(text_of(part)) for part in self.parts)
        return join_paragraphs([text for text in texts if text])


def _with_gap(text: str) -> str:
    return f"{BLOCK_GAP}{text}" if text else ""


class TextSide:
    """What one side made of the text: each paragraph as it is now, and what was inserted before it."""

    def __init__(self, base: list[str], text: str) -> None:
        self.base, self.paragraphs = base, split_paragraphs(text)
        self.current: dict[int, str] = {}
        self.inserted: dict[int, list[str]] = {}
        start = 0
        for one, other in [*self._pairs(), (len(base), len(self.paragraphs))]:
            self.inserted[one] = self.paragraphs[start:other]
            if one < len(base):
                self.current[one] = self.paragraphs[other]
            start = other + 1

    def _pairs(self) -> list[tuple[int, int]]:
        """Return which paragraph comes from which: first equal ones, then the most similar."""
        budget = Budget(STEPS)
        kept = match(self.base, self.paragraphs, budget)
        before, after = (
            [DiffBlock("paragraph", tokens_of(text)) for text in side]
            for side in (self.base, self.paragraphs)
        )
        return sorted(kept + pair_similar(before, after, kept, budget))


def merge_texts(
    base: str, ours: str, theirs: str, *, is_asked: Callable[[str], bool] = lambda paragraph: False
) -> TextMerge:
    """Merge two changes of one text. Where only one side changed a paragraph, that side is taken.

    A change of ours to a paragraph of the base for which `is_asked` is true is a conflict in any case.
    """
    paragraphs = split_paragraphs(base)
    return TextMerge(
        tuple(_parts(paragraphs, TextSide(paragraphs, ours), TextSide(paragraphs, theirs), is_asked))
    )


def _parts(
    base: list[str], ours: TextSide, theirs: TextSide, is_asked: Callable[[str], bool]
) -> Iterator[str | TextConflict]:
    for place in range(len(base) + 1):
        yield from _choice([], ours.inserted.get(place, []), theirs.inserted.get(place, []))
        if place < len(base):
            sides = [base[place]], _current(ours, place), _current(theirs, place)
            if ours.current.get(place, base[place]) != base[place] and is_asked(base[place]):
                yield _conflict(*sides)
            else:
                yield from _choice(*sides)


def _current(side: TextSide, place: int) -> list[str]:
    return [side.current[place]] if place in side.current else []


def _choice(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[str | TextConflict]:
    if theirs in (base, ours):
        yield from ours
    elif ours == base:
        yield from theirs
    else:
        yield _conflict(base, ours, theirs)


def _conflict(*sides: list[str]) -> TextConflict:
    return TextConflict(*("".join(side).strip() for side in sides))
