"""What a Word text is made of, once it has been read: blocks of passages, tables, notes. Plain values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Span:
    """A run of letters in one form. `address` is where it links to."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    raised: str = ""
    code: bool = False
    address: str = ""

    @property
    def form(self) -> tuple:
        return (self.bold, self.italic, self.strike, self.raised, self.code, self.address)


@dataclass(frozen=True)
class NoteMark:
    """Where a note is referred to: `label` is its name in our Markdown."""

    label: str


@dataclass(frozen=True)
class Shown:
    """A picture in its place, by the name of its part in the file."""

    part: str
    alt: str = ""
    is_decorative: bool = False
    crop: tuple[int, int, int, int] = (0, 0, 0, 0)
    """What is cut off at left, top, right and bottom, in thousandths of a per cent."""


@dataclass(frozen=True)
class LineBreak:
    """A line that ends within its paragraph."""


Piece = Span | NoteMark | Shown | LineBreak


@dataclass
class Paragraph:
    """A paragraph: its words, and what it is. `level` is that of a heading, `depth` that of an item of a list."""

    pieces: list[Piece] = field(default_factory=list)
    role: str = ""
    level: int = 0
    depth: int = -1
    is_ordered: bool = False
    number: int = 0
    mark: str = ""
    bold: bool = False
    italic: bool = False
    bookmarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return text_of(self.pieces)

    @property
    def is_item(self) -> bool:
        return self.depth >= 0

    @property
    def spans(self) -> list[Span]:
        """What has words."""
        return [piece for piece in self.pieces if isinstance(piece, Span) and piece.text.strip()]

    @property
    def is_all_bold(self) -> bool:
        return bool(self.spans) and all(span.bold or self.bold for span in self.spans)

    @property
    def is_all_italic(self) -> bool:
        return bool(self.spans) and all(span.italic or self.italic for span in self.spans)

    @property
    def has_nothing(self) -> bool:
        return not self.spans and not any(isinstance(piece, NoteMark | Shown) for piece in self.pieces)


@dataclass
class Cell:
    """A cell of a table, over several columns or rows where cells were merged."""

    blocks: list["Block"] = field(default_factory=list)
    columns: int = 1
    is_continued: bool = False
    """It belongs to the cell above."""
    is_filled: bool = False


@dataclass
class Table:
    rows: list[list[Cell]] = field(default_factory=list)
    has_head: bool = False

    @property
    def width(self) -> int:
        return max((sum(cell.columns for cell in row) for row in self.rows), default=0)

    @property
    def is_merged(self) -> bool:
        return any(cell.columns > 1 or cell.is_continued for row in self.rows for cell in row)


Block = Paragraph | Table


def text_of(pieces: list[Piece]) -> str:
    """The words of a passage, without its form."""
    return "".join(
        piece.text if isinstance(piece, Span) else "\n" if isinstance(piece, LineBreak) else ""
        for piece in pieces
    )


def all_paragraphs(blocks: list[Block]) -> Iterator[Paragraph]:
    """Every paragraph, those in tables as well."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from all_paragraphs(cell.blocks)


def all_tables(blocks: list[Block]) -> Iterator[Table]:
    """Every table, those in tables as well."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
            for row in block.rows:
                for cell in row:
                    yield from all_tables(cell.blocks)


def without_form(pieces: list[Piece]) -> list[Piece]:
    """The passage without bold and italics."""
    return [
        replace(piece, bold=False, italic=False) if isinstance(piece, Span) else piece for piece in pieces
    ]


def one_line(text: str) -> str:
    """The words on one line. Spaces that do not break stay."""
    return re.sub(r"[ \t\n\r\f\v]+", " ", text).strip(" ")
