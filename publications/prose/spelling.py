"""Passages of our HTML as Markdown: words with their emphasis, links and notes, whatever signs they hold.

What Markdown has no sign for stands as HTML within the text, as Markdown allows. The text says to every parser
what the page says to readers, and to our own it gives the same page again.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote

from publications.html_tree import Element, is_bare_link

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

    def passage(self, element: Element) -> str:
        """The words of an element on one line, which nothing can take for the beginning of another block."""
        return as_first_words(self.words(element).strip(" \xa0"))

    def cell(self, element: Element) -> str:
        return self.words(element).replace("\n", " ").replace("  ", " ").replace("|", "\\|").strip()

    def words(self, element: Element, inside: str = "") -> str:
        said = ""
        for child in element.children:
            more = spelled(child) if isinstance(child, str) else self._element(child, inside)
            is_link = said.endswith("!") and more.startswith("[")
            said = f"{said[:-1]}\\!{more}" if is_link else said + more
        return said

    def _element(self, element: Element, inside: str) -> str:
        if element.tag in EMPHASIS:
            return self._emphasis(element, inside)
        write = FORMS.get(element.tag, Speller._as_html if element.tag in AS_HTML else Speller.words)
        return write(self, element) if write is not Speller.words else self.words(element, inside)

    def _emphasis(self, element: Element, inside: str) -> str:
        """Signs, but within other emphasis or beside a letter, where parsers disagree, as HTML."""
        before, words, after = ENDS.match(self.words(element, element.tag)).groups()
        if not words:
            return before + after
        if inside or element.attributes:
            return f"{before}{_start(element)}{words}</{element.tag}>{after}"
        sign = EMPHASIS[element.tag]
        return f"{before}{sign}{words}{sign}{after}"

    def _as_html(self, element: Element) -> str:
        if element.tag == "sup" and (note := self._note(element)):
            return note
        return f"{_start(element)}{self.words(element, element.tag)}</{element.tag}>"

    def _note(self, element: Element) -> str:
        """A reference to a note, where that is what stands raised."""
        link = next((child for child in element.elements if child.tag == "a"), None)
        found = NOTE.fullmatch(link.attributes.get("href", "")) if link else None
        return f"[^{found[1]}]" if found else ""

    def _link(self, element: Element) -> str:
        href = element.attributes.get("href", "")
        if "footnote-backref" in element.attributes.get("class", ""):
            return ""
        if not href:
            return self.words(element)
        address = self.whole(href)
        if is_bare_link(element) and re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>]+", element.children[0]):
            return f"<{address}>"
        title = element.attributes.get("title", "").replace('"', "&quot;")
        return f"[{self.words(element)}]({_in_brackets(address)}{f' "{title}"' if title else ''})"

    def _span(self, element: Element) -> str:
        """An id that a link may lead to; other spans are their words."""
        name = element.attributes.get("id", "")
        return f'<span id="{escape(name)}"></span>' if name and not element.children else self.words(element)

    def _picture(self, element: Element) -> str:
        address = self.pictures.get(element.attributes.get("data-image", ""))
        if not address:
            return ""
        caption = element.attributes.get("title", "").replace('"', "&quot;")
        return (
            f"![{spelled(element.attributes.get('alt', ''))}]({address}{f' "{caption}"' if caption else ''})"
        )

    def _code(self, element: Element) -> str:
        text = SPACES.sub(" ", element.text)
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


def _start(element: Element) -> str:
    marks = "".join(
        f' {name}="{escape(value)}"' for name, value in element.attributes.items() if name != "id"
    )
    return f"<{element.tag}{marks}>"


def _in_brackets(address: str) -> str:
    """An address that no bracket ends too early."""
    return re.sub(r"[()<>\\\s]", lambda found: quote(found[0], safe=""), address)
