"""Stored HTML read into a small tree. It was sanitised, so that it is known to be well formed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "wbr"})
HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = frozenset({"ul", "ol", "li", "dl", "dt", "dd"})
TABLES = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"})
BLOCKS = (
    {"p", "pre", "hr", "blockquote", "figure", "figcaption", "div", "section"}
    | LISTS
    | TABLES
    | HEADINGS.keys()
)


@dataclass(slots=True, eq=False)
class Element:
    """A tag with its attributes and what stands in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    @property
    def elements(self) -> list["Element"]:
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def text(self) -> str:
        """All words in it, with the white space that the HTML has."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return "".join(parts)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def walk(self) -> Iterator["Element"]:
        """This element and all below it, in the order of the text."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.elements)


def is_block(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag in BLOCKS


def read(html: str) -> Element:
    """The HTML as a tree below an element named `body`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    """Opens and closes elements; an end without a start, which stored HTML has not, is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in (element.tag for element in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
