"""Styles and numberings of a Word file: the role of a paragraph, and the number that Word shows before it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from publications.ooxml import attribute_at, find_path, parse_number, read_toggle

HEADING = re.compile(r"(?:heading|rubrik|überschrift) ?([1-9])")
STYLE_ROLES = {
    "title": re.compile(r"(?:document |doc )?title|titel|rubrik"),
    "subtitle": re.compile(r"(?:document |doc )?subtitle|underrubrik"),
    "author": re.compile(r"authors?|by-?line|författare"),
    "quote": re.compile(r"(?:intense )?quote|block ?text|quotations?|citat"),
    "code": re.compile(
        r"html preformatted|(?:source |program )?code|preformatted text|macro(?: text)?|listing"
    ),
    "caption": re.compile(r"caption|beskrivning"),
    "contents": re.compile(r"toc [1-9]|table of (?:figures|authorities)|contents? ?[1-9]?|index [1-9]"),
    "contents heading": re.compile(r"toc heading|contents heading"),
}
MAX_BASED_ON = 20
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(frozen=True)
class Style:
    """A paragraph or character style, with the properties it inherits."""

    name: str = ""
    role: str = ""
    level: int = 0
    bold: bool = False
    italic: bool = False
    hidden: bool = False
    numbering: tuple[str, int] = ("", 0)


class Styles:
    """The styles of a file, by id."""

    def __init__(self, root: Element | None) -> None:
        parts = list(root) if root is not None else []
        self.elements = {
            element.get("w:styleId", ""): element for element in parts if element.tag == "w:style"
        }
        self.cache: dict[str, Style] = {}
        self.normal = next((id for id, element in self.elements.items() if _is_normal(element)), "")

    def get(self, style_id: str) -> Style:
        style_id = style_id or self.normal
        if style_id not in self.cache:
            self.cache[style_id] = self._read(style_id)
        return self.cache[style_id]

    def has_bold_header_row(self, style_id: str) -> bool:
        """Whether a table style makes the first row bold."""
        return any(
            part.get("w:type") == "firstRow" and read_toggle(part, "w:rPr/w:b")
            for element in self._chain(style_id)
            for part in element.iter("w:tblStylePr")
        )

    def _read(self, style_id: str) -> Style:
        chain = list(self._chain(style_id))
        names = [attribute_at(element, "w:name").casefold() for element in chain] or [style_id.casefold()]
        levels = [level for element in chain if (level := outline_of(element))]
        return Style(
            name=attribute_at(chain[0], "w:name") if chain else style_id,
            role=next((role for name in names if (role := _role_of_name(name))), ""),
            level=next(
                (level for name in names if (level := _level_of_name(name))), levels[0] if levels else 0
            ),
            bold=_first_toggle(chain, "w:rPr/w:b"),
            italic=_first_toggle(chain, "w:rPr/w:i"),
            hidden=_first_toggle(chain, "w:rPr/w:vanish"),
            numbering=next((number for element in chain if (number := numbering_of(element))[0]), ("", 0)),
        )

    def _chain(self, style_id: str) -> Iterator[Element]:
        """Yield the style and those it is based on."""
        for _step in range(MAX_BASED_ON):
            element = self.elements.get(style_id)
            if element is None:
                return
            yield element
            style_id = attribute_at(element, "w:basedOn")


def _is_normal(style: Element) -> bool:
    return style.get("w:type") == "paragraph" and style.get("w:default") in ("1", "true")


def _role_of_name(name: str) -> str:
    return next((role for role, pattern in STYLE_ROLES.items() if pattern.fullmatch(name)), "")


def _level_of_name(name: str) -> int:
    match = HEADING.fullmatch(name)
    return int(match[1]) if match else 0


def outline_of(element: Element) -> int:
    """Return the outline level of a paragraph or style, from 1; 0 if it has none."""
    value = attribute_at(element, "w:pPr/w:outlineLvl")
    return int(value) + 1 if value in "012345678" and value else 0


def _first_toggle(chain: list[Element], path: str) -> bool:
    return next((toggle for element in chain if (toggle := read_toggle(element, path)) is not None), False)


def numbering_of(element: Element) -> tuple[str, int]:
    """Return the id of the numbering of a paragraph or style, and the level in it."""
    value = find_path(element, "w:pPr/w:numPr")
    return (
        (attribute_at(value, "w:numId"), parse_number(attribute_at(value, "w:ilvl")))
        if value is not None
        else ("", 0)
    )


@dataclass
class NumberingLevel:
    """One level of a numbering."""

    format: str = "decimal"
    pattern: str = "%1."
    start: int = 1
    style: str = ""


@dataclass
class NumberingCounter:
    """The current numbers of an abstract numbering, by level."""

    current: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ListMarker:
    """The number or bullet before a paragraph."""

    level: int
    is_ordered: bool
    number: int = 0
    text: str = ""
    format: str = ""


class Numberings:
    """The numberings of a file. `next_marker` counts and must be called for each paragraph in order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        parts = list(root) if root is not None else []
        self.styles = styles
        self.abstract_numberings = {
            element.get("w:abstractNumId", ""): element for element in parts if element.tag == "w:abstractNum"
        }
        self.instances = {element.get("w:numId", ""): element for element in parts if element.tag == "w:num"}
        self.levels: dict[str, dict[int, NumberingLevel]] = {}
        self.counters: defaultdict[str, NumberingCounter] = defaultdict(NumberingCounter)
        self.started_levels: set[tuple[str, int]] = set()

    def next_marker(self, numbering_id: str, level: int) -> ListMarker | None:
        """Return the marker of the next paragraph in a numbering, or None."""
        if numbering_id not in self.instances:
            return None
        levels = self._levels(numbering_id)
        numbering_level = levels.get(level)
        if numbering_level is None or numbering_level.format == "none":
            return None
        if numbering_level.format == "bullet":
            return ListMarker(level, is_ordered=False)
        current = self._count(numbering_id, level, levels)
        text = re.sub(
            r"%([1-9])",
            lambda match: self._format_level(int(match[1]) - 1, levels, current),
            numbering_level.pattern,
        )
        return ListMarker(level, True, current[level], text, numbering_level.format)

    def level_of(self, numbering_id: str, style: str, default: int) -> int:
        """Return the level that a numbering assigns to a style, or `default`."""
        levels = self._levels(numbering_id) if style and numbering_id in self.instances else {}
        return next((number for number, level in levels.items() if level.style == style), default)

    def _count(self, numbering_id: str, level: int, levels: dict[int, NumberingLevel]) -> dict[int, int]:
        counter = self.counters[attribute_at(self.instances[numbering_id], "w:abstractNumId")].current
        if (numbering_id, level) not in self.started_levels and self._overrides_start(numbering_id, level):
            counter.pop(level, None)
        self.started_levels.add((numbering_id, level))
        for above in range(level):
            counter.setdefault(above, levels[above].start if above in levels else 1)
        counter[level] = counter[level] + 1 if level in counter else levels[level].start
        for below in [counted for counted in counter if counted > level]:
            del counter[below]
        return dict(counter)

    def _overrides_start(self, numbering_id: str, level: int) -> bool:
        """Whether the numbering overrides the start of a level; otherwise it continues the abstract numbering."""
        return any(
            element.get("w:ilvl") == str(level) and element.find("w:startOverride") is not None
            for element in self.instances[numbering_id].iter("w:lvlOverride")
        )

    def _format_level(self, level: int, levels: dict[int, NumberingLevel], current: dict[int, int]) -> str:
        format = levels[level].format if level in levels else "decimal"
        return format_number(current.get(level, 1), format)

    def _levels(self, numbering_id: str) -> dict[int, NumberingLevel]:
        if numbering_id not in self.levels:
            instance = self.instances[numbering_id]
            elements = list(self._abstract_levels(attribute_at(instance, "w:abstractNumId")))
            levels = {
                parse_number(element.get("w:ilvl", "")): _read_level(element)
                for element in elements
                if element.tag == "w:lvl"
            }
            for override in instance.iter("w:lvlOverride"):
                at_level = parse_number(override.get("w:ilvl", ""))
                level_element = override.find("w:lvl")
                if level_element is not None:
                    levels[at_level] = _read_level(level_element)
                if at_level in levels and (start := attribute_at(override, "w:startOverride")):
                    levels[at_level] = replace(levels[at_level], start=parse_number(start, 1))
            self.levels[numbering_id] = levels
        return self.levels[numbering_id]

    def _abstract_levels(self, abstract_id: str, depth: int = 0) -> Iterator[Element]:
        """Yield the levels of an abstract numbering, including those of a linked style."""
        element = self.abstract_numberings.get(abstract_id)
        if element is None or depth > MAX_BASED_ON:
            return
        link = attribute_at(element, "w:numStyleLink")
        if link and link in self.styles.elements:
            linked, _level = numbering_of(self.styles.elements[link])
            yield from self._abstract_levels(
                attribute_at(self.instances.get(linked), "w:abstractNumId"), depth + 1
            )
        yield from element


def _read_level(element: Element) -> NumberingLevel:
    return NumberingLevel(
        format=attribute_at(element, "w:numFmt") or "decimal",
        pattern=attribute_at(element, "w:lvlText"),
        start=parse_number(attribute_at(element, "w:start"), 1),
        style=attribute_at(element, "w:pStyle"),
    )


def format_number(count: int, format: str) -> str:
    """Return a number in a number format of Word."""
    if format in ("lowerLetter", "upperLetter") and count > 0:
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters if format == "lowerLetter" else letters.upper()
    if format in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        letters = _roman(count)
        return letters if format == "lowerRoman" else letters.upper()
    return f"{count:02d}" if format == "decimalZero" else str(count)


def _roman(count: int) -> str:
    letters = ""
    for size, letter in ROMAN:
        letters += letter * (count // size)
        count %= size
    return letters
