"""Split a text into blocks (paragraphs, headings, list items, table rows) and their tokens for comparison.

Plain text and Markdown are split at blank lines; stored HTML by its elements. HTML that `markup` did not render is
accepted, but its blocks are not specified.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count, groupby
from typing import NamedTuple

from publications.html_tree import Element, is_inline_child, parse

BLOCK_GAP = "\n\n"
POSITION_ANCHOR = "b-"
"""How the anchors begin that blocks without an id of their own have."""
_BREAK = re.compile(r"\n[^\S\n]*\n\s*")
IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PUNCTUATION = (
    "\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e"  # ASCII
    "\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"  # Latin-1
    "\u060c\u061b\u061f\u066a-\u066d\u06d4\u2010-\u2027\u2030-\u205e\u3000-\u303f\uff00-\uff0f\uff1a-\uff20"
)
# A word is defined by the characters it excludes, so that combining marks stay with their letters.
_PART = rf"[^\s{_PUNCTUATION}{IDEOGRAPHS}]+"
_WORD = rf"{_PART}(?:['’.,\-\u2010\u2011]{_PART})*"
TOKEN = re.compile(rf"(\s*)([{IDEOGRAPHS}]|{_WORD}|\S)")
KINDS = {
    "p": "paragraph", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "li": "item", "tr": "row", "pre": "code", "dt": "term", "dd": "definition", "caption": "caption",
    "figcaption": "caption", "figure": "picture", "hr": "line",
}  # fmt: skip


class Token(NamedTuple):
    """A word or punctuation character. Tokens with the same `key` are equal; `role` names other content.

    All references to notes are equal, since an inserted note changes the numbers after it. A token with the role
    `address` is the target of the link before it; a picture is identified by the key of its image.
    """

    text: str
    key: str
    role: str = ""

    @property
    def is_word(self) -> bool:
        return not self.role and any(character.isalnum() for character in self.key)


CELL_BREAK = Token(" |", " |")


def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the words and punctuation of a text. Keys record whether there is space before a token, not how much."""
    body = text.rstrip()  # a pattern with trailing white space would take quadratic time
    tokens = [Token(match[0], f"{' ' if match[1] else ''}{match[2]}") for match in TOKEN.finditer(body)]
    if not tokens:
        return (Token(text, ""),) if text else ()
    tokens[-1] = tokens[-1]._replace(text=tokens[-1].text + text[len(body) :])
    return tuple(tokens)


@dataclass(frozen=True)
class DiffBlock:
    """A paragraph, heading, list item or row (`kind`) as tokens; blocks of different kinds are never equal.

    `anchor` is the id of a paragraph of stored HTML; of another block of it, one by its position; else "".
    """

    kind: str
    tokens: tuple[Token, ...]
    anchor: str = ""

    @property
    def is_paragraph(self) -> bool:
        """Whether the block is a paragraph with an id of its own, which later editions keep."""
        return bool(self.anchor) and not self.anchor.startswith(POSITION_ANCHOR)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The value by which blocks are equal."""
        return (self.kind, *(token.key for token in self.tokens))

    @cached_property
    def words(self) -> frozenset[str]:
        """The set of words, from which the similarity of blocks is computed."""
        return frozenset(token.key.strip() for token in self.tokens if token.is_word)

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.tokens)


def split_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, each with the blank lines before it; the first gets one.

    `join_paragraphs` restores the exact text.
    """
    padded = f"{BLOCK_GAP}{text}"
    starts = [match.start() for match in _BREAK.finditer(padded) if match.end() < len(padded)]
    if not starts:
        return [padded] if text else []
    ends = [*starts[1:], len(padded)]
    return [padded[start:end] for start, end in zip(starts, ends, strict=True)]


def join_paragraphs(paragraphs: list[str]) -> str:
    """Return the text that `split_paragraphs` has split."""
    return "".join(paragraphs).removeprefix(BLOCK_GAP)


def blocks_of_text(text: str) -> list[DiffBlock]:
    """Return the paragraphs of a plain text or of Markdown as blocks."""
    return [DiffBlock("paragraph", tokens_of(paragraph)) for paragraph in split_paragraphs(text)]


def blocks_of_html(html: str) -> list[DiffBlock]:
    """Return the blocks of stored HTML in document order."""
    return [block for _element, blocks in blocks_by_element(parse(html)) for block in blocks]


def blocks_by_element(root: Element) -> list[tuple[Element, list[DiffBlock]]]:
    """Return the outermost elements of stored HTML, and of its notes each, with their blocks in document order."""
    numbers = count(1)
    return [
        (
            element,
            [replace(block, anchor=block.anchor or f"{POSITION_ANCHOR}{next(numbers)}") for block in blocks],
        )
        for element, blocks in _split_into_elements(root)
    ]


def _split_into_elements(root: Element) -> Iterator[tuple[Element, list[DiffBlock]]]:
    for is_inline, children in groupby(root.children, key=is_inline_child):
        if is_inline:
            yield root, [*_make_block("paragraph", TokenReader().read(children))]
            continue
        for child in children:
            notes = [note for notes in child.elements for note in notes.elements] if _has_notes(child) else []
            yield from ((note, [*_blocks_of(note, in_note=True)]) for note in notes)
            if not notes:
                yield child, [*_blocks_of(child)]


def _has_notes(element: Element) -> bool:
    return element.get("class") == "footnotes"


def _blocks_of(
    element: Element, *, in_note: bool = False, in_item: bool = False, in_quote: bool = False
) -> Iterator[DiffBlock]:
    """Yield the blocks in an element with block or inline content, or both."""
    if element.tag == "hr":
        yield DiffBlock("line", (Token("", "hr", "line"),))
    elif element.tag == "tr":
        yield from _make_block("row", _row_tokens(element))
    else:
        context = {
            "in_note": in_note or _has_notes(element),
            "in_item": in_item or element.tag == "li",
            "in_quote": in_quote or element.tag == "blockquote",
        }
        for is_inline, children in groupby(element.children, key=is_inline_child):
            if is_inline:
                anchor = element.get("id") if element.tag == "p" else ""
                yield from _make_block(
                    _block_kind(element.tag, **context), TokenReader().read(children), anchor
                )
            else:
                for child in children:
                    yield from _blocks_of(child, **context)


def _block_kind(tag: str, *, in_note: bool, in_item: bool, in_quote: bool) -> str:
    if tag in ("p", "li") and in_note:
        return "note"
    if tag == "p" and (in_item or in_quote):
        return "item" if in_item else "quotation"
    return KINDS.get(tag, "paragraph")


def _make_block(kind: str, tokens: list[Token], anchor: str = "") -> Iterator[DiffBlock]:
    if tokens:
        yield DiffBlock(kind, tuple(tokens), anchor)


def _row_tokens(row: Element) -> list[Token]:
    reader = TokenReader()
    for index, cell in enumerate(row.elements):
        if index:
            reader.add(CELL_BREAK)
        reader.read(cell.children)
    return reader.tokens


class TokenReader:
    """Reads the tokens of one block: words, references to notes, link targets and pictures."""

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
        """Add a reference to a note as its number, and after the text of an external link its address."""
        role, href = link.get("class"), link.get("href")
        if role == "footnote-ref":
            self.add(Token(href.rpartition("-")[2], "note", "note"))
        elif role != "footnote-backref":
            self._read(link.children)
            if href and not role and not href.startswith("#"):
                self.add(Token(f" ({href})", href, "address"))

    def _end_words(self) -> None:
        if text := " ".join(self._words.split()):
            has_space = self._words[0].isspace() or not self.tokens or self.tokens[-1] == CELL_BREAK
            self.tokens += tokens_of(f" {text}" if has_space else text)
        self._words = ""
