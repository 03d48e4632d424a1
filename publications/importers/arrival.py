"""What comes of one file: a manuscript with its files, or a refusal, and every line there is to tell."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from publications.images import ImageFacts
from publications.manuscript import Manuscript
from publications.markup import RenderedText


class Sort(StrEnum):
    """Why a line is told: something is other than the file has it, is left out, or was concluded."""

    CHANGED = "changed"
    DROPPED = "dropped"
    GUESSED = "guessed"


@dataclass(frozen=True)
class Line:
    """One thing to tell of a file. `topic` is a key that totals are counted by."""

    sort: Sort
    topic: str
    text: str


class Telling:
    """Collects the lines of one file; the same thing is told once."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._told: set[Line] = set()

    def changed(self, topic: str, text: str) -> None:
        self._tell(Sort.CHANGED, topic, text)

    def dropped(self, topic: str, text: str) -> None:
        self._tell(Sort.DROPPED, topic, text)

    def guessed(self, topic: str, text: str) -> None:
        self._tell(Sort.GUESSED, topic, text)

    def _tell(self, sort: Sort, topic: str, text: str) -> None:
        line = Line(sort, topic, text)
        if line not in self._told:
            self._told.add(line)
            self.lines.append(line)


class Refusal(ValueError):
    """A file that cannot be taken in, with a sentence that says why and what to do."""


@dataclass(frozen=True)
class Share:
    """How many words of the source stand in the text, and which do not."""

    all: int = 0
    missing: tuple[str, ...] = ()

    @property
    def kept(self) -> float:
        return 1.0 if not self.all else 1 - len(self.missing) / self.all


@dataclass
class Arrival:
    """A file as it comes to the site. Without a manuscript it is refused, and `refusal` says why.

    `anchors` are the ids of its page, and `fragment_links` the links of it that lead to an id.
    """

    source: str
    manuscript: Manuscript | None = None
    refusal: str = ""
    lines: list[Line] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    facts: dict[str, ImageFacts] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    former_paths: tuple[str, ...] = ()
    is_draft: bool = False
    prose: RenderedText | None = None
    share: Share = Share()
    ends_at: datetime | None = None
    anchors: frozenset[str] = frozenset()
    fragment_links: tuple[str, ...] = ()
