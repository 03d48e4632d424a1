"""What a difference is made of: plain values that templates show and the desk may store."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .blocks import GAP


class Change(StrEnum):
    """What became of a run of words, or of a block."""

    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"
    CHANGED = "changed"


@dataclass(frozen=True)
class Run:
    """Words in a row that share their fate. `role` is `note`, `address` or `picture` where they are no words."""

    change: Change
    text: str
    role: str = ""
    words: int = 0

    @property
    def space(self) -> str:
        """The space before the words: it is neither underlined nor struck out."""
        return self.text[: len(self.text) - len(self.text.lstrip())]

    @property
    def shown(self) -> str:
        return self.text.lstrip()


@dataclass(frozen=True)
class Passage:
    """A block of either text. One that was moved stands twice: deleted and inserted, both `moved`."""

    change: Change
    kind: str
    runs: tuple[Run, ...]
    moved: bool = False

    @property
    def text(self) -> str:
        """As it reads afterwards; where it was deleted, as it read before."""
        gone = Change.INSERTED if self.change is Change.DELETED else Change.DELETED
        return "".join(run.text for run in self.runs if run.change is not gone)


@dataclass(frozen=True)
class Difference:
    """How one text became another, block by block; `steps` is what it cost to find out."""

    passages: tuple[Passage, ...]
    steps: int = 0

    @property
    def is_empty(self) -> bool:
        return all(passage.change is Change.KEPT for passage in self.passages)

    @property
    def after(self) -> str:
        """The later text: of texts compared by `compare_texts` it is that text, to the character."""
        left = [passage.text for passage in self.passages if passage.change is not Change.DELETED]
        return "".join(left).removeprefix(GAP)

    def count(self, change: Change) -> int:
        """Blocks of this fate; those that were only moved are not counted as inserted or deleted."""
        return sum(passage.change is change and not passage.moved for passage in self.passages)

    @property
    def moved(self) -> int:
        return sum(passage.moved and passage.change is Change.INSERTED for passage in self.passages)

    @property
    def words_inserted(self) -> int:
        return sum(run.words for run in self._runs(Change.INSERTED))

    @property
    def words_deleted(self) -> int:
        return sum(run.words for run in self._runs(Change.DELETED))

    def _runs(self, change: Change) -> Iterator[Run]:
        for passage in self.passages:
            if not passage.moved:
                yield from (run for run in passage.runs if run.change is change)
