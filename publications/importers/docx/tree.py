"""Parts as trees of elements, read without entities and within limits.

Tags and attributes have one short name each (`w:p`), whether a file is of the transitional or the strict kind
and whatever prefixes it uses.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from django.utils.translation import gettext as _

from ..report import ImportRefused

DEEPEST = 200
MOST_ELEMENTS = 1_500_000

_OPEN = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_SHARED = {
    "w": "wordprocessingml/{}main", "r": "officeDocument/{}relationships", "a": "drawingml/{}main",
    "pic": "drawingml/{}picture", "wp": "drawingml/{}wordprocessingDrawing", "c": "drawingml/{}chart",
    "dgm": "drawingml/{}diagram", "m": "officeDocument/{}math",
}  # fmt: skip
PREFIXES = {
    **{_OPEN + path.format("2006/"): prefix for prefix, path in _SHARED.items()},
    **{_STRICT + path.format(""): prefix for prefix, path in _SHARED.items()},
    f"{_OPEN}markup-compatibility/2006": "mc",
    f"{_OPEN}package/2006/metadata/core-properties": "cp",
    f"{_OPEN}package/2006/relationships": "",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup": "wpg",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.microsoft.com/office/word/2012/wordml": "w15",
    "http://schemas.microsoft.com/office/drawing/2014/chartex": "cx",
    "http://schemas.microsoft.com/office/drawing/2017/decorative": "adec",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
    "http://www.w3.org/XML/1998/namespace": "xml",
}


def parse(content: bytes) -> Element:
    """The root element of a part. Raises ImportRefused."""
    reading = _Reading()
    try:
        reading.parser.Parse(content, True)
        return reading.builder.close()
    except ImportRefused:
        raise
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as reason:
        raise ImportRefused(
            _("The file is damaged. Open it in Word, save it anew, then try again.")
        ) from reason


class _Reading:
    """Builds a tree as expat reads, and stops at what no Word file has."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.names: dict[str, str] = {}
        self.depth = self.elements = 0
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.builder.data
        parser.StartDoctypeDeclHandler = self._refuse_declarations

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST or self.elements > MOST_ELEMENTS:
            raise ImportRefused(
                _("The file is nested more deeply than any text. Save it anew in Word, then try again.")
            )
        short = self._short
        self.builder.start(short(name), {short(each): value for each, value in attributes.items()})

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(self._short(name))

    def _refuse_declarations(self, *_declared) -> None:
        raise ImportRefused(
            _("The file declares entities, which no Word file does. Save it anew in Word, then try again.")
        )

    def _short(self, name: str) -> str:
        if name not in self.names:
            space, _blank, local = name.rpartition(" ")
            prefix = PREFIXES.get(space, "other") if space else ""
            self.names[name] = f"{prefix}:{local}" if prefix else local
        return self.names[name]


def at(element: Element | None, path: str) -> Element | None:
    """The first element at a path below, such as `w:pPr/w:pStyle`."""
    for step in path.split("/"):
        element = element.find(step) if element is not None else None
    return element


def value(element: Element | None, path: str, attribute: str = "w:val") -> str:
    """What an element below says; empty where there is none."""
    found = at(element, path)
    return "" if found is None else found.get(attribute, "")


def number(text: str, otherwise: int = 0) -> int:
    """A small number that a file gives, or another where it gives none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def is_on(element: Element | None, path: str) -> bool | None:
    """A toggle such as `w:b`: set, unset by name, or not there."""
    found = at(element, path)
    return None if found is None else found.get("w:val", "true").lower() not in ("0", "false", "off", "none")


def text_in(element: Element, *tags: str) -> str:
    """The texts of all elements of these tags, joined."""
    return "".join(each.text or "" for each in element.iter() if each.tag in tags)


def children(element: Element) -> Iterator[Element]:
    """The children, with those of alternatives that this reader follows in their place."""
    for child in element:
        if child.tag == "mc:AlternateContent":
            yield from _chosen(child)
        else:
            yield child


def _chosen(alternatives: Element) -> list[Element]:
    known = ("wps", "wpg", "w14", "w15", "cx", "cx1")
    for each in alternatives:
        if each.tag == "mc:Choice" and all(need in known for need in each.get("Requires", "").split()):
            return list(children(each))
    fallback = alternatives.find("mc:Fallback")
    return [] if fallback is None else list(children(fallback))
