"""What is asked of a Word file, and what comes of it. Plain values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from publications.images import ImageFacts
from publications.manuscript import Manuscript

from ..report import ImportNote, WordCoverage
from .comments import Comment
from .tracked import Change

Named = Callable[[str], str]


class Tracked(StrEnum):
    """What is done with tracked changes."""

    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(frozen=True)
class Wanted:
    """How a file is to be read. An empty `language` is taken from the file.

    `named` gives the key of a picture by the digest of its bytes.
    """

    named: Named
    tracked: Tracked = Tracked.ACCEPT
    language: str = ""
    kind: str = "quick-comment"


@dataclass(frozen=True)
class Count:
    """How many there were in the file, and how many are in the draft."""

    found: int = 0
    kept: int = 0


@dataclass
class Word:
    """What a Word file says: the manuscript, the files of its pictures, and everything to tell of it.

    The manuscript has no bylines: `names` are those of the file, and who they are is for others to say.
    """

    manuscript: Manuscript
    files: dict[str, bytes]
    facts: dict[str, ImageFacts]
    names: tuple[str, ...] = ()
    creator: str = ""
    changes: list[Change] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=dict)
    lines: list[ImportNote] = field(default_factory=list)
    share: WordCoverage = field(default_factory=WordCoverage)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in the file: no words, pictures, comments or tracked changes."""
        return not (self.share.total or self.manuscript.body or self.files or self.comments or self.changes)
