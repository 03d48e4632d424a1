"""Headings of the body: levels without gaps below the title of the page, and ids in any alphabet."""

import unicodedata

from publications.html_tree import HEADINGS, Element

from .anchors import Anchors
from .parts import Heading
from .plaintext import words_of

LONGEST = 60


def shape_headings(tree: Element) -> None:
    """Headings start at level 2 and skip none; one without words is no heading."""
    tree.replace(_keep)
    open_levels: list[str] = []
    for heading in _headings(tree):
        while open_levels and open_levels[-1] >= heading.tag:
            open_levels.pop()
        open_levels.append(heading.tag)
        heading.tag = f"h{min(len(open_levels) + 1, 6)}"


def flatten_headings(tree: Element) -> None:
    """Headings become paragraphs: in a note they would confuse the outline of the page."""
    for heading in _headings(tree):
        heading.tag = "p"


def name_headings(tree: Element) -> tuple[Heading, ...]:
    """Give every heading its id, and list them all."""
    anchors = Anchors()
    return tuple(_name(heading, anchors) for heading in _headings(tree))


def _name(heading: Element, anchors: Anchors) -> Heading:
    text = words_of(heading)
    anchor = anchors.give(f"s-{slug(text)}")
    heading.attributes = {"id": anchor} | heading.attributes
    return Heading(int(heading.tag[1]), text, anchor)


def _headings(tree: Element) -> list[Element]:
    return tree.find_all(*HEADINGS)


def _keep(element: Element) -> list[Element | str]:
    if element.tag not in HEADINGS or words_of(element):
        return [element]
    return [Element("p", {}, element.children)]


def slug(text: str) -> str:
    """The words in lower case with hyphens between: letters and digits of any alphabet, never empty."""
    spaced = "".join(char if _is_of_a_word(char) else " " for char in text.lower())
    return unicodedata.normalize("NFC", "-".join(spaced.split())[:LONGEST].strip("-")) or "section"


def _is_of_a_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")
