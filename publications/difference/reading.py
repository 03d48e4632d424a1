"""The blocks of a text as our own pages store it: headings, paragraphs, items, rows, notes, with their links.

It reads the HTML that `prose` writes and its sanitiser has passed; any other soup gives blocks as well, but
nobody promises which.
"""

from html.parser import HTMLParser

from .blocks import Block
from .words import Token, tokens_of

KINDS = {
    "p": "paragraph", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "li": "item", "tr": "row", "pre": "code", "dt": "term", "dd": "definition", "caption": "caption",
    "figcaption": "caption", "figure": "picture", "hr": "line",
}  # fmt: skip
FRAMES = {"blockquote", "ul", "ol", "dl", "table", "div", "section"}
CELLS = {"td", "th"}


def blocks_of_html(html: str) -> list[Block]:
    """A stored text as blocks in the order of the page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.kind = "paragraph"
        self.tokens: list[Token] = []
        self.words = ""
        self.quotes = self.items = self.cells = 0
        self.is_note = self.is_number = self.is_row = False
        self.address = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag in KINDS or tag in FRAMES:
            self._begin(tag, values)
        elif tag in CELLS:
            self._begin_cell()
        elif tag == "a":
            self._begin_link(values)
        elif tag == "img":
            self._add(Token(f" {values.get('alt', '')}", values.get("data-image", ""), "picture"))
        elif tag == "br":
            self.words += " "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag in KINDS or tag in FRAMES:
            self._end(tag)

    def handle_data(self, data: str) -> None:
        if not self.is_number:
            self.words += data

    def _end(self, tag: str) -> None:
        if tag == "p" and self.is_row:
            self.words += " "
        else:
            self.end_block()
            self.is_row = False
            self.quotes -= tag == "blockquote"
            self.items -= tag == "li"
            self.is_note = self.is_note and tag != "section"

    def end_block(self) -> None:
        """What was gathered becomes a block, where there is anything."""
        self._end_words()
        if self.tokens:
            self.blocks.append(Block(self.kind, tuple(self.tokens)))
        self.tokens = []

    def _begin(self, tag: str, values: dict[str, str]) -> None:
        if tag == "p" and self.is_row:
            self.words += " "
            return
        self.end_block()
        self.is_row, self.cells = tag == "tr", 0
        self.quotes += tag == "blockquote"
        self.items += tag == "li"
        self.is_note = self.is_note or values.get("class") == "footnotes"
        self.kind = self._kind(tag)
        if tag == "hr":
            self._add(Token("", "hr", "line"))

    def _kind(self, tag: str) -> str:
        if tag in ("p", "li") and self.is_note:
            return "note"
        if tag == "p" and self.items:
            return "item"
        if tag == "p" and self.quotes:
            return "quotation"
        return KINDS.get(tag, "paragraph")

    def _begin_cell(self) -> None:
        self._end_words()
        if self.cells:
            self.tokens.append(Token(" |", " |"))
        self.cells += 1

    def _begin_link(self, values: dict[str, str]) -> None:
        mark = values.get("class", "")
        self.is_number = mark in ("footnote-ref", "footnote-backref")
        if mark == "footnote-ref":
            self._add(Token(values.get("href", "").rpartition("-")[2], "note", "note"))
        elif not mark:
            self.address = values.get("href", "")

    def _end_link(self) -> None:
        self.is_number = False
        if self.address and not self.address.startswith("#"):
            self._add(Token(f" ({self.address})", self.address, "address"))
        self.address = ""

    def _add(self, token: Token) -> None:
        self._end_words()
        self.tokens.append(token)

    def _end_words(self) -> None:
        text = " ".join(self.words.split())
        if text:
            is_parted = self.words[0].isspace() or not self.tokens or self.tokens[-1].key == " |"
            before = " " if is_parted else ""
            self.tokens += tokens_of(before + text)
        self.words = ""
