"""Styles and numbering: what a paragraph is, and the number that Word would print before it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from publications.ooxml import attribute_at, find_path, is_on, parse_number

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
    """A style of paragraphs or characters, with what it takes from those it is based on."""

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
        self.elements = {each.get("w:styleId", ""): each for each in parts if each.tag == "w:style"}
        self.known: dict[str, Style] = {}
        self.normal = next((id for id, each in self.elements.items() if _is_normal(each)), "")

    def of(self, identity: str) -> Style:
        identity = identity or self.normal
        if identity not in self.known:
            self.known[identity] = self._read(identity)
        return self.known[identity]

    def heads_tables(self, identity: str) -> bool:
        """Whether a style of tables sets their first row in bold."""
        return any(
            part.get("w:type") == "firstRow" and is_on(part, "w:rPr/w:b")
            for each in self._chain(identity)
            for part in each.iter("w:tblStylePr")
        )

    def _read(self, identity: str) -> Style:
        chain = list(self._chain(identity))
        names = [attribute_at(each, "w:name").casefold() for each in chain] or [identity.casefold()]
        levels = [found for each in chain if (found := outline_of(each))]
        return Style(
            name=attribute_at(chain[0], "w:name") if chain else identity,
            role=next((role for name in names if (role := _role(name))), ""),
            level=next(
                (level for name in names if (level := _named_level(name))), levels[0] if levels else 0
            ),
            bold=_first(chain, "w:rPr/w:b"),
            italic=_first(chain, "w:rPr/w:i"),
            hidden=_first(chain, "w:rPr/w:vanish"),
            numbering=next((found for each in chain if (found := numbering_of(each))[0]), ("", 0)),
        )

    def _chain(self, identity: str) -> Iterator[Element]:
        """The style, then those it is based on."""
        for _step in range(MAX_BASED_ON):
            element = self.elements.get(identity)
            if element is None:
                return
            yield element
            identity = attribute_at(element, "w:basedOn")


def _is_normal(style: Element) -> bool:
    return style.get("w:type") == "paragraph" and style.get("w:default") in ("1", "true")


def _role(name: str) -> str:
    return next((role for role, pattern in STYLE_ROLES.items() if pattern.fullmatch(name)), "")


def _named_level(name: str) -> int:
    found = HEADING.fullmatch(name)
    return int(found[1]) if found else 0


def outline_of(element: Element) -> int:
    """The level of the outline that a paragraph or style gives itself, 1 for the highest; 0 for none."""
    given = attribute_at(element, "w:pPr/w:outlineLvl")
    return int(given) + 1 if given in "012345678" and given else 0


def _first(chain: list[Element], path: str) -> bool:
    return next((found for each in chain if (found := is_on(each, path)) is not None), False)


def numbering_of(element: Element) -> tuple[str, int]:
    """Which numbering a paragraph or style takes part in, and at which level."""
    given = find_path(element, "w:pPr/w:numPr")
    return (
        (attribute_at(given, "w:numId"), parse_number(attribute_at(given, "w:ilvl")))
        if given is not None
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
    """How far the numbers of an abstract numbering have come."""

    reached: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ListMarker:
    """What stands before a numbered paragraph."""

    level: int
    is_ordered: bool
    number: int = 0
    text: str = ""
    format: str = ""


class Numberings:
    """The numberings of a file. `mark` counts, so paragraphs are to be asked for in their order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        parts = list(root) if root is not None else []
        self.styles = styles
        self.abstract = {
            each.get("w:abstractNumId", ""): each for each in parts if each.tag == "w:abstractNum"
        }
        self.numbered = {each.get("w:numId", ""): each for each in parts if each.tag == "w:num"}
        self.levels: dict[str, dict[int, NumberingLevel]] = {}
        self.counters: defaultdict[str, NumberingCounter] = defaultdict(NumberingCounter)
        self.begun: set[tuple[str, int]] = set()

    def mark(self, identity: str, level: int) -> ListMarker | None:
        """The mark of the next paragraph of a numbering; nothing where it has none."""
        if identity not in self.numbered:
            return None
        levels = self._levels(identity)
        own = levels.get(level)
        if own is None or own.format == "none":
            return None
        if own.format == "bullet":
            return ListMarker(level, is_ordered=False)
        reached = self._count(identity, level, levels)
        text = re.sub(r"%([1-9])", lambda found: self._shown(int(found[1]) - 1, levels, reached), own.pattern)
        return ListMarker(level, True, reached[level], text, own.format)

    def level_of(self, identity: str, style: str, otherwise: int) -> int:
        """The level that a numbering keeps for a style, where it does."""
        levels = self._levels(identity) if style and identity in self.numbered else {}
        return next((level for level, each in levels.items() if each.style == style), otherwise)

    def _count(self, identity: str, level: int, levels: dict[int, NumberingLevel]) -> dict[int, int]:
        counter = self.counters[attribute_at(self.numbered[identity], "w:abstractNumId")].reached
        if (identity, level) not in self.begun and self._starts_anew(identity, level):
            counter.pop(level, None)
        self.begun.add((identity, level))
        for above in range(level):
            counter.setdefault(above, levels[above].start if above in levels else 1)
        counter[level] = counter[level] + 1 if level in counter else levels[level].start
        for below in [each for each in counter if each > level]:
            del counter[below]
        return dict(counter)

    def _starts_anew(self, identity: str, level: int) -> bool:
        """Whether this numbering says itself where it begins, else it goes on where its like has come to."""
        return any(
            each.get("w:ilvl") == str(level) and each.find("w:startOverride") is not None
            for each in self.numbered[identity].iter("w:lvlOverride")
        )

    def _shown(self, level: int, levels: dict[int, NumberingLevel], reached: dict[int, int]) -> str:
        format = levels[level].format if level in levels else "decimal"
        return format_number(reached.get(level, 1), format)

    def _levels(self, identity: str) -> dict[int, NumberingLevel]:
        if identity not in self.levels:
            numbered = self.numbered[identity]
            elements = list(self._abstract(attribute_at(numbered, "w:abstractNumId")))
            levels = {
                parse_number(each.get("w:ilvl", "")): _level(each) for each in elements if each.tag == "w:lvl"
            }
            for override in numbered.iter("w:lvlOverride"):
                at_level = parse_number(override.get("w:ilvl", ""))
                inner = override.find("w:lvl")
                if inner is not None:
                    levels[at_level] = _level(inner)
                if at_level in levels and (start := attribute_at(override, "w:startOverride")):
                    levels[at_level] = replace(levels[at_level], start=parse_number(start, 1))
            self.levels[identity] = levels
        return self.levels[identity]

    def _abstract(self, identity: str, depth: int = 0) -> Iterator[Element]:
        """The levels of an abstract numbering; where it only names a style, those of the style's."""
        element = self.abstract.get(identity)
        if element is None or depth > MAX_BASED_ON:
            return
        link = attribute_at(element, "w:numStyleLink")
        if link and link in self.styles.elements:
            other, _level = numbering_of(self.styles.elements[link])
            yield from self._abstract(attribute_at(self.numbered.get(other), "w:abstractNumId"), depth + 1)
        yield from element


def _level(element: Element) -> NumberingLevel:
    return NumberingLevel(
        format=attribute_at(element, "w:numFmt") or "decimal",
        pattern=attribute_at(element, "w:lvlText"),
        start=parse_number(attribute_at(element, "w:start"), 1),
        style=attribute_at(element, "w:pStyle"),
    )


def format_number(count: int, format: str) -> str:
    """A number as a format of Word writes it."""
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
