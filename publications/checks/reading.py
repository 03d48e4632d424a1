"""A rendered text taken apart: its links, pictures and anchors, its words and its code. Knows no database."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

CODE = {"code", "pre", "kbd", "samp"}


@dataclass(frozen=True)
class Link:
    """A link as readers meet it."""

    href: str
    text: str
    in_notes: bool = False


@dataclass
class Reading:
    """What the checks look at in a text."""

    links: list[Link] = field(default_factory=list)
    without_alt: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    words: str = ""
    code: str = ""


def read(html: str) -> Reading:
    """Take a text apart that `prose` has rendered."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Reading()
        self.in_code = 0
        self.in_notes = False
        self.href = ""
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self.in_code += tag in CODE
        self.in_notes |= values.get("class") == "footnotes"
        if anchor := values.get("id"):
            self.found.anchors.add(anchor)
        if tag == "a" and not values.get("class", "").startswith("footnote"):
            self.href, self.text = values.get("href", ""), ""
        elif tag == "img":
            self._see_picture(values)

    def _see_picture(self, values: dict[str, str]) -> None:
        self.text += values.get("alt", "")
        if not values.get("alt", "").strip():
            self.found.without_alt.append(values.get("data-image", ""))

    def handle_endtag(self, tag: str) -> None:
        self.in_code -= tag in CODE
        if tag == "a" and self.href:
            self.found.links.append(Link(self.href, " ".join(self.text.split()), self.in_notes))
            self.href = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.in_code:
            self.found.code += data
        else:
            self.found.words += data
