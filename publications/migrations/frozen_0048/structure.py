"""Frozen for migration 0048: what it needs of `publications.markup.structure`."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from .html_tree import HEADINGS, VERBATIM, Element, is_bare_link
from .links import Heading, UniqueIds
from .plain_text import inline_text
from .source import MASKED, check_growth, unmask

MAX_ANCHOR_CHARACTERS = 60


def normalize_headings(root: Element) -> None:
    """Renumber headings from level 2 without gaps; headings without text become paragraphs."""
    root.replace_descendants(_replace_empty_heading)
    open_levels: list[str] = []
    for heading in _find_headings(root):
        while open_levels and open_levels[-1] >= heading.tag:
            open_levels.pop()
        open_levels.append(heading.tag)
        heading.tag = f"h{min(len(open_levels) + 1, 6)}"


def flatten_headings(root: Element) -> None:
    """Turn headings into paragraphs: in a note they would disturb the outline of the page."""
    for heading in _find_headings(root):
        heading.tag = "p"


def assign_heading_ids(root: Element) -> tuple[Heading, ...]:
    """Give every heading its id and return all headings."""
    anchors = UniqueIds()
    return tuple(_assign_id(heading, anchors) for heading in _find_headings(root))


def _assign_id(heading: Element, anchors: UniqueIds) -> Heading:
    text = inline_text(heading)
    anchor = anchors.claim(f"s-{heading_slug(text)}")
    heading.attributes = {"id": ""} | heading.attributes | {"id": anchor}  # the id comes first
    return Heading(int(heading.tag[1]), text, anchor)


def _find_headings(root: Element) -> list[Element]:
    return root.find_all(*HEADINGS)


def _replace_empty_heading(element: Element) -> list[Element | str]:
    if element.tag not in HEADINGS or inline_text(element):
        return [element]
    return [Element("p", {}, element.children)]


def heading_slug(text: str) -> str:
    """Return the words in lower case, joined by hyphens: letters and digits of any alphabet, never empty."""
    separated = "".join(character if _is_word_character(character) else " " for character in text.lower())
    return (
        unicodedata.normalize("NFC", "-".join(separated.split())[:MAX_ANCHOR_CHARACTERS].strip("-"))
        or "section"
    )


def _is_word_character(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def normalize_tables(roots: Sequence[Element], label: str) -> None:
    """Put every table into a scrollable region. Several get numbered labels, since landmarks need unique names."""
    wrappers = [wrapper for root in roots for wrapper in _wrap_tables(root)]
    for number, wrapper in enumerate(wrappers, start=1):
        name = f"{label} {number}" if len(wrappers) > 1 else label
        wrapper.attributes = {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": name}
    for table in [table for root in roots for table in root.find_all("table")]:
        _normalize_table(table)


def _wrap_tables(element: Element) -> Iterator[Element]:
    """Wrap each table that is not in another, and yield the wrappers."""
    for index, child in enumerate(element.children):
        if isinstance(child, str):
            continue
        if child.tag == "table":
            wrapper = Element("div", {}, [child])
            element.children[index] = wrapper
            yield wrapper
        else:
            yield from _wrap_tables(child)


def _normalize_table(table: Element) -> None:
    table.children = [section for section in table.elements if section.tag != "thead" or inline_text(section)]
    for section in table.elements:
        for row in section.elements:
            _normalize_row(row, is_head=section.tag == "thead")


def _normalize_row(row: Element, *, is_head: bool) -> None:
    cells = row.elements
    is_head = is_head or all(cell.tag == "th" for cell in cells)
    for index, cell in enumerate(cells):
        if align := cell.attributes.pop("align", ""):
            cell.attributes["data-align"] = align
        if cell.tag == "th":
            _normalize_header_cell(cell, "col" if is_head else "row" if index == 0 else "")


def _normalize_header_cell(cell: Element, scope: str) -> None:
    if not inline_text(cell):
        cell.tag = "td"
    elif scope and not cell.attributes.keys() & {"colspan", "rowspan"}:
        cell.attributes["scope"] = scope


def mark_abbreviations(roots: list[Element], meanings: Mapping[str, str]) -> None:
    """Mark each abbreviation with its meaning, except in code and in links whose text is their address."""
    if meanings:
        AbbreviationMarker(meanings).mark(roots)


class AbbreviationMarker:
    def __init__(self, meanings: Mapping[str, str]) -> None:
        self.meanings = {word: unmask(MASKED.sub("", meaning)) for word, meaning in meanings.items()}
        words = sorted(self.meanings, key=len, reverse=True)
        self.pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)")
        self.added_characters = 0

    def mark(self, roots: list[Element]) -> None:
        for element in [element for root in roots for element in _elements_with_readable_text(root)]:
            element.children = [part for child in element.children for part in self._parts(child)]

    def _parts(self, child: Element | str) -> list[Element | str]:
        if isinstance(child, Element):
            return [child]
        parts: list[Element | str] = list(self.pattern.split(child))
        parts[1::2] = [self._abbreviation(word) for word in parts[1::2]]
        return [part for part in parts if part != ""]

    def _abbreviation(self, word: str) -> Element:
        self.added_characters += len(self.meanings[word])
        check_growth(self.added_characters)
        return Element("abbr", {"title": self.meanings[word]}, [word])


def _elements_with_readable_text(root: Element) -> Iterator[Element]:
    pending = [root]
    while pending:
        element = pending.pop()
        if element.tag not in VERBATIM | {"abbr"} and not is_bare_link(element):
            yield element
            pending += element.elements
