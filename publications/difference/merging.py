"""Two people changed one text: what both did, joined by paragraph, and what only a person can decide."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .blocks import GAP, Block, joined, paragraphs_of
from .comparing import STEPS, pair_alike
from .matching import Budget, match
from .words import tokens_of


@dataclass(frozen=True)
class Conflict:
    """Both changed one paragraph, or put something else in one place. Each text may be empty."""

    base: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class Merge:
    """The paragraphs of a merged text, each with the space before it, and conflicts in their places."""

    parts: tuple[str | Conflict, ...]

    @property
    def conflicts(self) -> list[Conflict]:
        return [part for part in self.parts if isinstance(part, Conflict)]

    @property
    def text(self) -> str | None:
        """The merged text, or none while something is to be decided."""
        if self.conflicts:
            return None
        return self.settled(lambda conflict: conflict.ours)

    def settled(self, text_of: Callable[[Conflict], str]) -> str:
        """The merged text with what is given for each conflict in its place; nothing leaves no gap."""
        texts = (part if isinstance(part, str) else _apart(text_of(part)) for part in self.parts)
        return joined([text for text in texts if text])


def _apart(text: str) -> str:
    return f"{GAP}{text}" if text else ""


class Side:
    """What one person made of the text: each paragraph as it is now, and what was put in before it."""

    def __init__(self, base: list[str], text: str) -> None:
        self.base, self.paragraphs = base, paragraphs_of(text)
        self.now: dict[int, str] = {}
        self.put_in: dict[int, list[str]] = {}
        start = 0
        for one, other in [*self._pairs(), (len(base), len(self.paragraphs))]:
            self.put_in[one] = self.paragraphs[start:other]
            if one < len(base):
                self.now[one] = self.paragraphs[other]
            start = other + 1

    def _pairs(self) -> list[tuple[int, int]]:
        """Which paragraph comes from which: first those that stayed as they were, then the most alike."""
        budget = Budget(STEPS)
        kept = match(self.base, self.paragraphs, budget)
        before, after = (
            [Block("paragraph", tokens_of(text)) for text in side] for side in (self.base, self.paragraphs)
        )
        return sorted(kept + pair_alike(before, after, kept, budget))


def merge(
    base: str, ours: str, theirs: str, *, is_asked: Callable[[str], bool] = lambda paragraph: False
) -> Merge:
    """Join two changes of one text. Where only one side changed a paragraph, that side is followed.

    What we made of a paragraph of the base for which `is_asked` is a conflict in any case.
    """
    paragraphs = paragraphs_of(base)
    return Merge(tuple(_parts(paragraphs, Side(paragraphs, ours), Side(paragraphs, theirs), is_asked)))


def _parts(
    base: list[str], ours: Side, theirs: Side, is_asked: Callable[[str], bool]
) -> Iterator[str | Conflict]:
    for place in range(len(base) + 1):
        yield from _choice([], ours.put_in.get(place, []), theirs.put_in.get(place, []))
        if place < len(base):
            sides = [base[place]], _now(ours, place), _now(theirs, place)
            if ours.now.get(place, base[place]) != base[place] and is_asked(base[place]):
                yield _conflict(*sides)
            else:
                yield from _choice(*sides)


def _now(side: Side, place: int) -> list[str]:
    return [side.now[place]] if place in side.now else []


def _choice(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[str | Conflict]:
    if theirs in (base, ours):
        yield from ours
    elif ours == base:
        yield from theirs
    else:
        yield _conflict(base, ours, theirs)


def _conflict(*sides: list[str]) -> Conflict:
    return Conflict(*("".join(side).strip() for side in sides))
