"""Parse parts of a Word file to trees of elements, within limits, and read values from them.

Elements and attributes have one short name (`w:p`) in transitional and strict files and with any prefixes; entities are
refused.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from publications.stored_messages import gettext as _

MAX_DEPTH = 200
MAX_ELEMENTS = 1_500_000
_TRANSITIONAL = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_SHARED_NAMESPACES = {
    "w": "wordprocessingml/{}main", "r": "officeDocument/{}relationships", "a": "drawingml/{}main",
    "pic": "drawingml/{}picture", "wp": "drawingml/{}wordprocessingDrawing", "c": "drawingml/{}chart",
    "dgm": "drawingml/{}diagram", "m": "officeDocument/{}math",
}  # fmt: skip
PREFIXES = {
    **{_TRANSITIONAL + path.format("2006/"): prefix for prefix, path in _SHARED_NAMESPACES.items()},
    **{_STRICT + path.format(""): prefix for prefix, path in _SHARED_NAMESPACES.items()},
    f"{_TRANSITIONAL}markup-compatibility/2006": "mc",
    f"{_TRANSITIONAL}package/2006/metadata/core-properties": "cp",
    f"{_TRANSITIONAL}package/2006/relationships": "",
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


class InvalidWordFile(ValueError):
    """A file that is not a Word file or exceeds the limits; the message names the reason and the remedy."""


def parse_part(content: bytes) -> Element:
    """Return the root element of a part. Raises InvalidWordFile."""
    parser = _PartParser()
    try:
        parser.parser.Parse(content, True)
        return parser.builder.close()
    except InvalidWordFile:
        raise
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as error:
        raise InvalidWordFile(
            _("The file is damaged. Open it in Word, save it anew, then try again.")
        ) from error


class _PartParser:
    """Builds a tree with expat; refuses declarations, and nesting beyond MAX_DEPTH and MAX_ELEMENTS."""

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
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise InvalidWordFile(
                _("The file is nested more deeply than any text. Save it anew in Word, then try again.")
            )
        short_name = self._short_name
        self.builder.start(short_name(name), {short_name(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(self._short_name(name))

    def _refuse_declarations(self, *_declared) -> None:
        raise InvalidWordFile(
            _("The file declares entities, which no Word file does. Save it anew in Word, then try again.")
        )

    def _short_name(self, name: str) -> str:
        if name not in self.names:
            namespace, _space, local = name.rpartition(" ")
            prefix = PREFIXES.get(namespace, "other") if namespace else ""
            self.names[name] = f"{prefix}:{local}" if prefix else local
        return self.names[name]


def find_path(element: Element | None, path: str) -> Element | None:
    """Return the first element at a path below this one, such as `w:pPr/w:pStyle`, or None."""
    for step in path.split("/"):
        element = element.find(step) if element is not None else None
    return element


def attribute_at(element: Element | None, path: str, attribute: str = "w:val") -> str:
    """Return an attribute of the element at a path below this one, or an empty string."""
    element = find_path(element, path)
    return "" if element is None else element.get(attribute, "")


def parse_number(text: str, default: int = 0) -> int:
    """Return a number of up to nine digits, or `default`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def read_toggle(element: Element | None, path: str) -> bool | None:
    """Return whether a toggle property such as `w:b` is on, or None if it is not specified."""
    element = find_path(element, path)
    return (
        None if element is None else element.get("w:val", "true").lower() not in ("0", "false", "off", "none")
    )


def join_text(element: Element, *tags: str) -> str:
    """Return the joined texts of all elements with these tags."""
    return "".join(descendant.text or "" for descendant in element.iter() if descendant.tag in tags)


def child_elements(element: Element) -> Iterator[Element]:
    """Yield the children, with the children of the supported choice in the place of an `mc:AlternateContent`."""
    for child in element:
        if child.tag == "mc:AlternateContent":
            yield from _choose_alternative(child)
        else:
            yield child


def _choose_alternative(alternatives: Element) -> list[Element]:
    supported = {"wps", "wpg", "w14", "w15", "cx", "cx1"}
    for choice in alternatives:
        if choice.tag == "mc:Choice" and supported.issuperset(choice.get("Requires", "").split()):
            return list(child_elements(choice))
    fallback = alternatives.find("mc:Fallback")
    return [] if fallback is None else list(child_elements(fallback))
