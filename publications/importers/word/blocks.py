"""What a Word text is made of, once it has been read: blocks of inline content, tables, notes. Plain values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

FOOTNOTES, ENDNOTES = "footnote", "endnote"
UNUSED = {"separator", "continuationSeparator", "continuationNotice"}


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
class NoteReference:
    """Where a note is referred to: `label` is its name in our Markdown."""

    label: str


@dataclass(frozen=True)
class InlineImage:
    """A picture in its place, by the name of its part in the file."""

    part: str
    alt: str = ""
    is_decorative: bool = False
    crop: tuple[int, int, int, int] = (0, 0, 0, 0)
    """What is cut off at left, top, right and bottom, in thousandths of a per cent."""


@dataclass(frozen=True)
class LineBreak:
    """A line that ends within its paragraph."""


Inline = Span | NoteReference | InlineImage | LineBreak


@dataclass
class WordParagraph:
    """A paragraph: its words, and what it is. `level` is that of a heading, `depth` that of an item of a list."""

    inlines: list[Inline] = field(default_factory=list)
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
        return text_of(self.inlines)

    @property
    def is_item(self) -> bool:
        return self.depth >= 0

    @property
    def spans(self) -> list[Span]:
        """What has words."""
        return [inline for inline in self.inlines if isinstance(inline, Span) and inline.text.strip()]

    @property
    def is_all_bold(self) -> bool:
        return bool(self.spans) and all(span.bold or self.bold for span in self.spans)

    @property
    def is_all_italic(self) -> bool:
        return bool(self.spans) and all(span.italic or self.italic for span in self.spans)

    @property
    def has_nothing(self) -> bool:
        return not self.spans and not any(
            isinstance(inline, NoteReference | InlineImage) for inline in self.inlines
        )


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


Block = WordParagraph | Table


def text_of(inlines: list[Inline]) -> str:
    """The words of a passage, without its form."""
    return "".join(
        inline.text if isinstance(inline, Span) else "\n" if isinstance(inline, LineBreak) else ""
        for inline in inlines
    )


def all_paragraphs(blocks: list[Block]) -> Iterator[WordParagraph]:
    """Every paragraph, those in tables as well."""
    for block in blocks:
        if isinstance(block, WordParagraph):
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


def without_form(inlines: list[Inline]) -> list[Inline]:
    """The passage without bold and italics."""
    return [
        replace(inline, bold=False, italic=False) if isinstance(inline, Span) else inline
        for inline in inlines
    ]


def one_line(text: str) -> str:
    """The words on one line. Spaces that do not break stay."""
    return re.sub(r"[ \t\n\r\f\v]+", " ", text).strip(" ")


@dataclass
class NoteSeries:
    """The notes of a file. Both kinds share one series, as our pages have one."""

    texts: dict[tuple[str, str], list[Block]] = field(default_factory=dict)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)

    def label(self, kind: str, identity: str) -> str:
        """The label of a note that is referred to; nothing where the file has no such note."""
        if (kind, identity) not in self.texts:
            return ""
        return self.labels.setdefault((kind, identity), str(len(self.labels) + 1))

    def count(self, kind: str) -> int:
        return sum(each == kind for each, _identity in self.texts)

    def kept(self, kind: str) -> int:
        return sum(each == kind for each, _identity in self.labels)

    @property
    def in_order(self) -> list[tuple[str, list[Block]]]:
        """Labels and texts of the notes that are referred to."""
        return [(label, self.texts[key]) for key, label in self.labels.items()]

    @property
    def unreferred(self) -> list[list[Block]]:
        return [blocks for key, blocks in self.texts.items() if key not in self.labels]
