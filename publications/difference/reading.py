"""The blocks of a stored text: headings, paragraphs, items, rows, notes, with their links.

It reads the HTML that `prose` writes and its sanitiser has passed; any other HTML gives blocks as well, but it is not
promised which.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from publications.html_tree import Element, is_inline_child, parse

from .blocks import Block
from .words import Token, tokens_of

KINDS = {
    "p": "paragraph", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "li": "item", "tr": "row", "pre": "code", "dt": "term", "dd": "definition", "caption": "caption",
    "figcaption": "caption", "figure": "picture", "hr": "line",
}  # fmt: skip
CELL_BREAK = Token(" |", " |")


def blocks_of_html(html: str) -> list[Block]:
    """Return the blocks of a stored text in the order of the page."""
    return list(_blocks_of(parse(html)))


def _blocks_of(
    element: Element, *, in_note: bool = False, in_item: bool = False, in_quote: bool = False
) -> Iterator[Block]:
    """Yield the blocks in an element that holds blocks, or words, or both."""
    if element.tag == "hr":
        yield Block("line", (Token("", "hr", "line"),))
    elif element.tag == "tr":
        yield from _block("row", _row_tokens(element))
    else:
        within = {
            "in_note": in_note or element.get("class") == "footnotes",
            "in_item": in_item or element.tag == "li",
            "in_quote": in_quote or element.tag == "blockquote",
        }
        for is_inline, children in groupby(element.children, key=is_inline_child):
            if is_inline:
                yield from _block(_kind(element.tag, **within), TokenReader().read(children))
            else:
                for child in children:
                    yield from _blocks_of(child, **within)


def _kind(tag: str, *, in_note: bool, in_item: bool, in_quote: bool) -> str:
    if tag in ("p", "li") and in_note:
        return "note"
    if tag == "p" and (in_item or in_quote):
        return "item" if in_item else "quotation"
    return KINDS.get(tag, "paragraph")


def _block(kind: str, tokens: list[Token]) -> Iterator[Block]:
    if tokens:
        yield Block(kind, tuple(tokens))


def _row_tokens(row: Element) -> list[Token]:
    reader = TokenReader()
    for place, cell in enumerate(row.elements):
        if place:
            reader.add(CELL_BREAK)
        reader.read(cell.children)
    return reader.tokens


class TokenReader:
    """Reads the words of one block, and what stands among them: notes, addresses of links, pictures."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self._words = ""

    def read(self, children: Iterable[Element | str]) -> list[Token]:
        """Add the tokens of these children; returns all tokens so far."""
        self._read(children)
        self._end_words()
        return self.tokens

    def add(self, token: Token) -> None:
        self._end_words()
        self.tokens.append(token)

    def _read(self, children: Iterable[Element | str]) -> None:
        for child in children:
            if isinstance(child, str):
                self._words += child
            elif child.tag == "a":
                self._read_link(child)
            elif child.tag == "img":
                self.add(Token(f" {child.get('alt')}", child.get("data-image"), "picture"))
            elif child.tag == "br":
                self._words += " "
            else:
                gap = "" if child.is_inline else " "  # a block in a cell
                self._words += gap
                self._read(child.children)
                self._words += gap

    def _read_link(self, link: Element) -> None:
        """A reference to a note is its number; an address that leads off the page stands behind its words."""
        role, href = link.get("class"), link.get("href")
        if role == "footnote-ref":
            self.add(Token(href.rpartition("-")[2], "note", "note"))
        elif role != "footnote-backref":
            self._read(link.children)
            if href and not role and not href.startswith("#"):
                self.add(Token(f" ({href})", href, "address"))

    def _end_words(self) -> None:
        if text := " ".join(self._words.split()):
            is_apart = self._words[0].isspace() or not self.tokens or self.tokens[-1] == CELL_BREAK
            self.tokens += tokens_of(f" {text}" if is_apart else text)
        self._words = ""
