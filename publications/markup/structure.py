"""Headings, tables and abbreviations of a text, as its page has them.

Headings have no gaps in their levels below the title of the page, and ids in any alphabet. Tables scroll in a frame, so
that the page does not, and their headings say what they head. Abbreviations that the text explains are marked wherever
they stand as words.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from publications.html_tree import HEADINGS, VERBATIM, Element, is_bare_link

from .links import Heading, UniqueIds
from .plain_text import inline_text
from .source import HIDDEN, check_growth, unmask

MAX_ANCHOR_CHARACTERS = 60


def normalize_headings(tree: Element) -> None:
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


def assign_heading_ids(tree: Element) -> tuple[Heading, ...]:
    """Give every heading its id, and list them all."""
    anchors = UniqueIds()
    return tuple(_name(heading, anchors) for heading in _headings(tree))


def _name(heading: Element, anchors: UniqueIds) -> Heading:
    text = inline_text(heading)
    anchor = anchors.give(f"s-{slug(text)}")
    heading.attributes = {"id": anchor} | heading.attributes
    return Heading(int(heading.tag[1]), text, anchor)


def _headings(tree: Element) -> list[Element]:
    return tree.find_all(*HEADINGS)


def _keep(element: Element) -> list[Element | str]:
    if element.tag not in HEADINGS or inline_text(element):
        return [element]
    return [Element("p", {}, element.children)]


def slug(text: str) -> str:
    """The words in lower case with hyphens between: letters and digits of any alphabet, never empty."""
    spaced = "".join(char if _is_of_a_word(char) else " " for char in text.lower())
    return (
        unicodedata.normalize("NFC", "-".join(spaced.split())[:MAX_ANCHOR_CHARACTERS].strip("-")) or "section"
    )


def _is_of_a_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")


def normalize_tables(trees: Sequence[Element], label: str) -> None:
    """Frame every table. Several are numbered in their labels, for landmarks need names of their own."""
    frames = [frame for tree in trees for frame in _frames(tree)]
    for number, frame in enumerate(frames, start=1):
        name = f"{label} {number}" if len(frames) > 1 else label
        frame.attributes = {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": name}
    for table in [table for tree in trees for table in tree.find_all("table")]:
        _shape(table)


def _frames(element: Element) -> Iterator[Element]:
    """Put a frame around each table that stands in no other."""
    for place, child in enumerate(element.children):
        if isinstance(child, str):
            continue
        if child.tag == "table":
            frame = Element("div", {}, [child])
            element.children[place] = frame
            yield frame
        else:
            yield from _frames(child)


def _shape(table: Element) -> None:
    table.children = [section for section in table.elements if section.tag != "thead" or inline_text(section)]
    for section in table.elements:
        for row in section.elements:
            _shape_row(row, is_head=section.tag == "thead")


def _shape_row(row: Element, *, is_head: bool) -> None:
    cells = row.elements
    is_head = is_head or all(cell.tag == "th" for cell in cells)
    for place, cell in enumerate(cells):
        if align := cell.attributes.pop("align", ""):
            cell.attributes["data-align"] = align
        if cell.tag == "th":
            _shape_heading(cell, "col" if is_head else "row" if place == 0 else "")


def _shape_heading(cell: Element, scope: str) -> None:
    if not inline_text(cell):
        cell.tag = "td"
    elif scope and not cell.attributes.keys() & {"colspan", "rowspan"}:
        cell.attributes["scope"] = scope


def mark_abbreviations(trees: list[Element], meanings: Mapping[str, str]) -> None:
    """Mark each abbreviation with its meaning; code and addresses shown as they are stay untouched."""
    if meanings:
        AbbreviationMarker(meanings).mark(trees)


class AbbreviationMarker:
    def __init__(self, meanings: Mapping[str, str]) -> None:
        self.meanings = {word: unmask(HIDDEN.sub("", meaning)) for word, meaning in meanings.items()}
        words = sorted(self.meanings, key=len, reverse=True)
        self.pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)")
        self.added = 0

    def mark(self, trees: list[Element]) -> None:
        for element in [element for tree in trees for element in _readable(tree)]:
            element.children = [part for child in element.children for part in self._parts(child)]

    def _parts(self, child: Element | str) -> list[Element | str]:
        if isinstance(child, Element):
            return [child]
        parts: list[Element | str] = list(self.pattern.split(child))
        parts[1::2] = [self._abbreviation(word) for word in parts[1::2]]
        return [part for part in parts if part != ""]

    def _abbreviation(self, word: str) -> Element:
        self.added += len(self.meanings[word])
        check_growth(self.added)
        return Element("abbr", {"title": self.meanings[word]}, [word])


def _readable(tree: Element) -> Iterator[Element]:
    waiting = [tree]
    while waiting:
        element = waiting.pop()
        if element.tag not in VERBATIM | {"abbr"} and not is_bare_link(element):
            yield element
            waiting += element.elements
