"""A draft as the checks see it, and what a check says. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .reading import Reading, read


@dataclass(frozen=True)
class Finding:
    """One thing found. `field` is where it is mended: a field of the form, or nothing.

    `line` is the line of the text that it stands in, from one; nought where that is not known.
    """

    name: str
    text: str
    field: str = ""
    line: int = 0


@dataclass(frozen=True)
class Picture:
    """A picture that the text shows, or its cover, and whether the library has words for it."""

    key: str
    filename: str
    has_words: bool
    has_words_in_language: bool
    is_cover: bool = False


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The draft as it would be published.

    `owed` are pairs of field and sentence; `dead` says of links within the site why they lead nowhere; `files` says
    of attachments what is wrong with them, if anything is, and `lost_files` names those that the store does not have
    whole; `untitled` are authors who have a title in the other
    language alone.
    """

    title: str = ""
    summary: str = ""
    key_points: str = ""
    body: str = ""
    html: str = ""
    unrenderable: str = ""
    headings: tuple[tuple[int, str], ...] = ()
    owed: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Picture, ...] = ()
    dead: Mapping[str, str] = field(default_factory=dict)
    twins: tuple[str, ...] = ()
    slug: str = ""
    own_slug: str = ""
    was_public: bool = False
    tags: int = 0
    untitled: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    lost_files: tuple[str, ...] = ()

    def line_of(self, words: str) -> int:
        """The line of the text, from one, in which words stand first; nought where they stand nowhere."""
        at = self.body.find(words) if words else -1
        return self.body.count("\n", 0, at) + 1 if at >= 0 else 0

    @property
    def texts(self) -> dict[str, str]:
        """The words that readers see, by field of the form; those of the text without its code."""
        return {
            "title": self.title,
            "summary": self.summary,
            "key_points": self.key_points,
            "body": self.reading.words,
        }

    @cached_property
    def reading(self) -> Reading:
        return read(self.html)
