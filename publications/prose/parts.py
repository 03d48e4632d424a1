"""What a rendered text is made of. Plain values that can be stored and compared."""

from dataclasses import dataclass

MAX_CHARACTERS = 400_000


class Unrenderable(ValueError):
    """This text is not rendered. The message tells the editor what is wrong and what to do."""


@dataclass(frozen=True)
class Heading:
    """A heading of the body: level 2 to 6, its text, and its id on the page."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body with the id that it keeps from edition to edition."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Prose:
    """A text in every form that the site needs."""

    html: str
    text: str
    contents: tuple[Heading, ...]
    paragraphs: tuple[Paragraph, ...]
    images: tuple[str, ...]
    words: int


@dataclass(frozen=True)
class Picture:
    """What a page needs to show one image; `sources` are pairs of media type and srcset."""

    src: str
    width: int
    height: int
    alt: str
    credit: str = ""
    sources: tuple[tuple[str, str], ...] = ()
