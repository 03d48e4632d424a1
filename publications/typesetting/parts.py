"""What a PDF and a card are made from: plain values, so that what is made can be named by what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


class Unsettable(Exception):
    """This text could not be set, or not within its bounds. The message is for the log."""


@dataclass(frozen=True)
class Name:
    """A person in the byline, with what stands below the name."""

    name: str
    below: str = ""


@dataclass(frozen=True)
class Role:
    """Those who share a role, headed by a word ("By"); `below` is what they all share."""

    label: str
    names: tuple[Name, ...]
    below: str = ""


@dataclass(frozen=True)
class Section:
    """What follows the text under a heading, line by line."""

    title: str
    lines: tuple["Line", ...]


@dataclass(frozen=True)
class Line:
    """Plain text with what it opens with in bold, and where it leads."""

    text: str
    opening: str = ""
    address: str = ""
    language: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture of the library in the size that is set: `digest` stands for its pixels."""

    digest: str
    width: int
    height: int
    extension: str = "jpg"
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Words:
    """The few words of ours in a paper, in the language of its tree."""

    language: str = "en"
    key_points: str = "Key points"
    contents: str = "Contents"
    notes: str = "Notes"


@dataclass(frozen=True)
class Paper:
    """An edition as it is set on paper. Texts are plain but `html`, which is stored and sanitised."""

    address: str
    title: str
    language: str
    direction: str
    kind: str
    kind_rest: str
    day: date
    imprint: tuple[str, ...]
    site: str
    publisher: str
    html: str
    words: Words = Words()
    roles: tuple[Role, ...] = ()
    summary: str = ""
    key_points: tuple[str, ...] = ()
    has_contents: bool = False
    topics: tuple[str, ...] = ()
    notice: Line | None = None
    told: tuple[Line, ...] = ()
    disclaimer: str = ""
    sections: tuple[Section, ...] = ()
    cover: Picture | None = None
    pictures: Mapping[str, Picture] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """An edition or a page as messengers show it beside its address: 1200 × 630 pixels.

    `authors` and `detail` are lines below the title: who wrote it and when; where it `is_page`, what that is about.
    """

    title: str
    language: str
    direction: str
    kind: str
    authors: str
    detail: str
    site: str
    publisher: str
    tree: str = "en"
    cover: Picture | None = None
    is_page: bool = False
