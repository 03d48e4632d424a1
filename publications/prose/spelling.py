"""Passages of our HTML as Markdown: words with their emphasis, links and notes, whatever signs they hold.

What Markdown has no sign for stands as HTML within the text, as Markdown allows. The text says to every parser
what the page says to readers, and to our own it gives the same page again.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote

from .tree import Node, shows_its_address

SPECIAL = re.compile(r"[\\`*_\[\]{}\"']|-(?=-)|\.(?=\.\.)|!(?=\[)")
ENTITY = re.compile(r"&(?=#?\w+;)")
BEGINNING = re.compile(r"^(#|[+-]|\d+(?=[.)]))")
EMPHASIS = {"em": "*", "i": "*", "cite": "*", "dfn": "*", "var": "*", "strong": "**", "b": "**"}
AS_HTML = {"abbr", "bdi", "bdo", "del", "ins", "kbd", "mark", "q", "s", "samp", "small", "sub", "sup", "u"}
NOTE = re.compile(r"#fn-(\d+)")
SPACES = re.compile(r"[ \t\r\n\f]+")
ENDS = re.compile(r"^([ \n]*)(.*?)([ \n]*)$", re.DOTALL)

Whole = Callable[[str], str]


class Speller:
    """Writes passages; `whole` makes addresses whole, `pictures` are their addresses by key."""

    def __init__(self, whole: Whole, pictures: Mapping[str, str]) -> None:
        self.whole, self.pictures = whole, pictures

    def passage(self, node: Node) -> str:
        """The words of an element on one line, which nothing can take for the beginning of another block."""
        return as_first_words(self.words(node).strip(" \xa0"))

    def cell(self, node: Node) -> str:
        return self.words(node).replace("\n", " ").replace("  ", " ").replace("|", "\\|").strip()

    def words(self, node: Node, inside: str = "") -> str:
        said = ""
        for child in node.children:
            more = spelled(child) if isinstance(child, str) else self._element(child, inside)
            is_link = said.endswith("!") and more.startswith("[")
            said = f"{said[:-1]}\\!{more}" if is_link else said + more
        return said

    def _element(self, node: Node, inside: str) -> str:
        if node.tag in EMPHASIS:
            return self._emphasis(node, inside)
        write = FORMS.get(node.tag, Speller._as_html if node.tag in AS_HTML else Speller.words)
        return write(self, node) if write is not Speller.words else self.words(node, inside)

    def _emphasis(self, node: Node, inside: str) -> str:
        """Signs, but within other emphasis or beside a letter, where parsers disagree, as HTML."""
        before, words, after = ENDS.match(self.words(node, node.tag)).groups()
        if not words:
            return before + after
        if inside or node.attributes:
            return f"{before}{_start(node)}{words}</{node.tag}>{after}"
        sign = EMPHASIS[node.tag]
        return f"{before}{sign}{words}{sign}{after}"

    def _as_html(self, node: Node) -> str:
        if node.tag == "sup" and (note := self._note(node)):
            return note
        return f"{_start(node)}{self.words(node, node.tag)}</{node.tag}>"

    def _note(self, node: Node) -> str:
        """A reference to a note, where that is what stands raised."""
        link = next((child for child in node.nodes if child.tag == "a"), None)
        found = NOTE.fullmatch(link.attributes.get("href", "")) if link else None
        return f"[^{found[1]}]" if found else ""

    def _link(self, node: Node) -> str:
        href = node.attributes.get("href", "")
        if "footnote-backref" in node.attributes.get("class", ""):
            return ""
        if not href:
            return self.words(node)
        address = self.whole(href)
        if shows_its_address(node) and re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>]+", node.children[0]):
            return f"<{address}>"
        title = node.attributes.get("title", "").replace('"', "&quot;")
        return f"[{self.words(node)}]({_in_brackets(address)}{f' "{title}"' if title else ''})"

    def _span(self, node: Node) -> str:
        """An id that a link may lead to; other spans are their words."""
        name = node.attributes.get("id", "")
        return f'<span id="{escape(name)}"></span>' if name and not node.children else self.words(node)

    def _picture(self, node: Node) -> str:
        address = self.pictures.get(node.attributes.get("data-image", ""))
        if not address:
            return ""
        caption = node.attributes.get("title", "").replace('"', "&quot;")
        return f"![{spelled(node.attributes.get('alt', ''))}]({address}{f' "{caption}"' if caption else ''})"

    def _code(self, node: Node) -> str:
        text = SPACES.sub(" ", "".join(_texts(node)))
        fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
        space = " " if text.startswith("`") or text.endswith("`") else ""
        return f"{fence}{space}{text}{space}{fence}" if text.strip() else text


FORMS = {
    "a": Speller._link,
    "img": Speller._picture,
    "code": Speller._code,
    "br": lambda *_: "<br>",
    "wbr": lambda *_: "<wbr>",
    "span": Speller._span,
}


def spelled(text: str) -> str:
    """Text in which no sign means anything but itself."""
    text = SPECIAL.sub(lambda found: f"\\{found[0]}", SPACES.sub(" ", text))
    return ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def as_first_words(text: str) -> str:
    """Spelled text that may stand at the beginning of a line: nothing takes it for a heading or a list."""
    return BEGINNING.sub(lambda found: _escaped_beginning(found[1]), text)


def _escaped_beginning(sign: str) -> str:
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"


def _start(node: Node) -> str:
    marks = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items() if name != "id")
    return f"<{node.tag}{marks}>"


def _in_brackets(address: str) -> str:
    """An address that no bracket ends too early."""
    return re.sub(r"[()<>\\\s]", lambda found: quote(found[0], safe=""), address)


def _texts(node: Node) -> list[str]:
    return [
        text for child in node.children for text in ([child] if isinstance(child, str) else _texts(child))
    ]
