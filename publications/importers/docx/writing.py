"""Blocks become Markdown of our dialect, so that what it renders has the words of the Word text and no others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from .escaping import escape, escape_start
from .parts import (
    Block,
    Cell,
    LineBreak,
    NoteMark,
    Paragraph,
    Piece,
    Shown,
    Span,
    Table,
    one_line,
    without_form,
)

Place = Callable[[Shown, str], str]
Lead = Callable[[str], str]
BULLET = "• "
BLANK = " \t\n"


class Writer:
    """Writes blocks. `place` gives the Markdown of a picture with its caption, `lead` the address of a link."""

    def __init__(self, place: Place, lead: Lead) -> None:
        self.place, self.lead = place, lead

    def text(self, blocks: Sequence[Block], notes: Sequence[tuple[str, list[Block]]]) -> str:
        """The whole text, with its notes below."""
        return "\n\n".join(
            part for part in (self.blocks(blocks), *(self._note(*note) for note in notes)) if part
        )

    def blocks(self, blocks: Sequence[Block]) -> str:
        written: list[str] = []
        place = 0
        while place < len(blocks):
            taken, text = self._next(blocks, place)
            joins = bool(written) and _is_same_list(blocks, place)
            if text:
                written.append(("\n" if joins else "\n\n" if written else "") + text)
            place += taken
        return "".join(written)

    def _next(self, blocks: Sequence[Block], place: int) -> tuple[int, str]:
        """How many blocks are written together, and how they read."""
        block = blocks[place]
        if isinstance(block, Table):
            return 1, self._table(block)
        if _is_code(block):
            return self._code(blocks, place)
        following = blocks[place + 1] if place + 1 < len(blocks) else None
        if _is_picture(block) and isinstance(following, Paragraph) and _is_caption(following):
            return 2, self._pictures(block, one_line(following.text))
        return 1, self._paragraph(block)

    def _paragraph(self, paragraph: Paragraph) -> str:
        if paragraph.level:
            text = " ".join(
                part for part in (escape(paragraph.mark), self.line(without_form(paragraph.pieces))) if part
            )
            return f"{'#' * paragraph.level} {text}" if text.strip() else ""
        text = escape_start(self.line(paragraph.pieces))
        if paragraph.is_item:
            mark = f"{paragraph.number}. " if paragraph.is_ordered else "- "
            return f"{'    ' * min(paragraph.depth, 8)}{mark}{text}"
        if paragraph.role == "quote":
            return "\n".join(f"> {line}".rstrip(" ") if line else ">" for line in text.split("\n"))
        return text

    def _pictures(self, paragraph: Paragraph, caption: str) -> str:
        shown = [piece for piece in paragraph.pieces if isinstance(piece, Shown)]
        captions = [""] * (len(shown) - 1) + [caption]
        placed = [self.place(each, words) for each, words in zip(shown, captions, strict=True)]
        text = "\n\n".join(each for each in placed if each)
        return (
            text
            if placed[-1]
            else "\n\n".join(part for part in (text, escape_start(escape(caption))) if part)
        )

    def _code(self, blocks: Sequence[Block], place: int) -> tuple[int, str]:
        """Lines of code that follow each other are one block; below a list it would be read as part of an item."""
        lines = list(takewhile(_is_code, blocks[place:]))
        code = "\n".join(line.text for line in lines).replace("\t", "    ").strip("\n")
        if place and isinstance(blocks[place - 1], Paragraph) and blocks[place - 1].is_item:
            return len(lines), f"<pre><code>{escape(code, is_code=True)}</code></pre>"
        return len(lines), "\n".join(f"    {line}".rstrip() for line in code.split("\n"))

    def _note(self, label: str, blocks: list[Block]) -> str:
        text = self.blocks(blocks).strip()
        indented = "\n".join(f"    {line}" if line else "" for line in text.split("\n")).strip(" ")
        return f"[^{label}]: {indented or '–'}"

    def _table(self, table: Table) -> str:
        rows = [
            self._row(row, table.width, is_head=table.has_head and not at)
            for at, row in enumerate(table.rows)
        ]
        head = rows.pop(0) if table.has_head else [" "] * table.width
        lines = [head, ["---"] * table.width, *rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def _row(self, row: list[Cell], width: int, *, is_head: bool) -> list[str]:
        cells: list[str] = []
        for cell in row:
            cells += [self._cell(cell, is_head=is_head), *[" "] * (cell.columns - 1)]
        return (cells + [" "] * width)[:width]

    def _cell(self, cell: Cell, *, is_head: bool = False) -> str:
        lines = [text for block in cell.blocks if (text := self._in_cell(block, is_head))]
        return "<br>".join(lines).replace("|", "\\|") or " "

    def _in_cell(self, block: Block, is_head: bool) -> str:
        if isinstance(block, Table):
            rows = (
                " · ".join(text for cell in row if (text := self._cell(cell).strip())) for row in block.rows
            )
            return "<br>".join(row.replace("\\|", "|") for row in rows if row)
        text = self.line(without_form(block.pieces) if is_head else block.pieces, line_break="<br>")
        if block.is_item and text:
            return f"{block.mark or f'{block.number}.'} {text}" if block.is_ordered else BULLET + text
        return " ".join(part for part in (escape(block.mark), text) if part)

    def line(self, pieces: Sequence[Piece], *, line_break: str = "  \n") -> str:
        """A passage as inline Markdown."""
        return Line(self, line_break).write(pieces)


class Line:
    """Writes one passage: forms are opened and closed around words, never around spaces."""

    def __init__(self, writer: Writer, line_break: str) -> None:
        self.writer, self.line_break = writer, line_break
        self.parts: list[str] = []

    def write(self, pieces: Sequence[Piece]) -> str:
        for linked in _by_address(_trimmed(pieces)):
            address = (
                self.writer.lead(linked[0].address)
                if isinstance(linked[0], Span) and linked[0].address
                else ""
            )
            inside = ""
            for piece in linked:
                inside += self._piece(piece, inside or "".join(self.parts[-1:]))
            self.parts.append(_link(inside, address) if address else inside)
        return "".join(self.parts).strip(" ")

    def _piece(self, piece: Piece, before: str) -> str:
        if isinstance(piece, NoteMark):
            return f"[^{piece.label}]"
        if isinstance(piece, Shown):
            return self.writer.place(piece, "")
        if isinstance(piece, LineBreak):
            return self.line_break
        text = formed(piece)
        meets = before.endswith("*") and not before.endswith("\\*") and text.startswith("*")
        return formed(piece, by_tags=True) if meets else text


def formed(span: Span, *, by_tags: bool = False) -> str:
    """Words in their form; spaces at either end stay outside it."""
    core = span.text.strip(BLANK)
    if not core:
        return " " if span.text else ""
    text = _code(one_line(core)) if span.code else escape(one_line(core))
    for name, is_set in ((span.raised, span.raised), ("s", span.strike)):
        text = f"<{name}>{text}</{name}>" if is_set else text
    if by_tags:
        text = f"<em>{text}</em>" if span.italic else text
        text = f"<strong>{text}</strong>" if span.bold else text
    else:
        marks = ("**" if span.bold else "") + ("*" if span.italic else "")
        text = f"{marks}{text}{marks}"
    return _spaced(span.text, text)


def _spaced(source: str, text: str) -> str:
    """The text with a space at either end where the source has any."""
    return f"{' ' if source[0] in BLANK else ''}{text}{' ' if source[-1] in BLANK else ''}"


def _code(text: str) -> str:
    return f"<code>{escape(text, is_code=True)}</code>" if "`" in text or "|" in text else f"`{text}`"


def _link(inside: str, address: str) -> str:
    words = inside.strip(" ")
    if not words:
        return inside
    before, after = inside[: len(inside) - len(inside.lstrip(" "))], inside[len(inside.rstrip(" ")) :]
    shows_itself = words == address == safe(address) and address.startswith("http")
    return f"{before}<{address}>{after}" if shows_itself else f"{before}[{words}]({safe(address)}){after}"


def safe(address: str) -> str:
    """An address that no mark in it can end."""
    unsafe = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C", "[": "%5B", "]": "%5D",
              '"': "%22", "|": "%7C", "\n": "", "*": "%2A", "_": "_", "`": "%60"}  # fmt: skip
    return "".join(unsafe.get(sign, sign) for sign in address)


def _by_address(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that follow each other and link to one address, together."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        address = piece.address if isinstance(piece, Span) else ""
        last = groups[-1][-1] if groups else None
        if address and isinstance(last, Span) and last.address == address:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _trimmed(pieces: Sequence[Piece]) -> list[Piece]:
    """Without line breaks at either end; spans of one form that follow each other are one."""
    kept: list[Piece] = []
    for piece in pieces:
        if kept and _goes_on(kept[-1], piece):
            kept[-1] = replace(kept[-1], text=kept[-1].text + piece.text)
        elif kept or not isinstance(piece, LineBreak):
            kept.append(piece)
    while kept and isinstance(kept[-1], LineBreak):
        kept.pop()
    return kept


def _goes_on(last: Piece, piece: Piece) -> bool:
    """Whether a span is of the form of the one before it, or only space."""
    both = isinstance(last, Span) and isinstance(piece, Span)
    return both and (last.form == piece.form or not (piece.text.strip(BLANK) or piece.code))


def _is_code(block: Block) -> bool:
    """A line of code, with nothing in it that code cannot have."""
    is_line = isinstance(block, Paragraph) and block.role == "code" and not block.is_item
    return is_line and all(isinstance(piece, Span | LineBreak) for piece in block.pieces)


def _is_picture(block: Paragraph) -> bool:
    """A paragraph of pictures alone."""
    return not block.spans and any(isinstance(piece, Shown) for piece in block.pieces) and not block.level


def _is_caption(block: Paragraph) -> bool:
    """A caption that a figure can have: plain words."""
    links = any(span.address for span in block.spans)
    return block.role == "caption" and not links and all(isinstance(piece, Span) for piece in block.pieces)


def _is_same_list(blocks: Sequence[Block], place: int) -> bool:
    before, block = blocks[place - 1], blocks[place]
    return isinstance(before, Paragraph) and isinstance(block, Paragraph) and before.is_item and block.is_item
