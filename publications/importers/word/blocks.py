"""The content of a Word text as plain values: blocks of inline content, tables, notes."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace

FOOTNOTES, ENDNOTES = "footnote", "endnote"
SEPARATOR_TYPES = {"separator", "continuationSeparator", "continuationNotice"}


@dataclass(frozen=True)
class Span:
    """A run of text with one format; `address` is the target of its link."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    vertical_align: str = ""
    code: bool = False
    address: str = ""

    @property
    def format_key(self) -> tuple:
        return (self.bold, self.italic, self.strike, self.vertical_align, self.code, self.address)


@dataclass(frozen=True)
class NoteReference:
    """A reference to a note; `label` is its label in Markdown."""

    label: str


@dataclass(frozen=True)
class InlineImage:
    """An image within the text, by the name of its part in the file."""

    part: str
    alt: str = ""
    is_decorative: bool = False
    crop: tuple[int, int, int, int] = (0, 0, 0, 0)
    """The cropped margins at left, top, right and bottom, in thousandths of a per cent."""


@dataclass(frozen=True)
class LineBreak:
    """A line break within a paragraph."""


Inline = Span | NoteReference | InlineImage | LineBreak


@dataclass
class WordParagraph:
    """A paragraph with its role; `level` is the level of a heading, `depth` the nesting of a list item."""

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
    def text_spans(self) -> list[Span]:
        """The spans that are not only white space."""
        return [inline for inline in self.inlines if isinstance(inline, Span) and inline.text.strip()]

    @property
    def is_all_bold(self) -> bool:
        return bool(self.text_spans) and all(span.bold or self.bold for span in self.text_spans)

    @property
    def is_all_italic(self) -> bool:
        return bool(self.text_spans) and all(span.italic or self.italic for span in self.text_spans)

    @property
    def is_empty(self) -> bool:
        return not self.text_spans and not any(
            isinstance(inline, NoteReference | InlineImage) for inline in self.inlines
        )


@dataclass
class Cell:
    """A cell of a table, which may span columns or continue the cell above."""

    blocks: list["Block"] = field(default_factory=list)
    columns: int = 1
    is_continued: bool = False
    """Whether it is merged with the cell above."""
    has_fill: bool = False


@dataclass
class Table:
    rows: list[list[Cell]] = field(default_factory=list)
    has_header: bool = False

    @property
    def width(self) -> int:
        return max((sum(cell.columns for cell in row) for row in self.rows), default=0)

    @property
    def is_merged(self) -> bool:
        return any(cell.columns > 1 or cell.is_continued for row in self.rows for cell in row)


Block = WordParagraph | Table


def link_address(inline: Inline) -> str:
    """Return the target of the link that inline content is in, or ""."""
    return inline.address if isinstance(inline, Span) else ""


def text_of(inlines: list[Inline]) -> str:
    """Return the text of inline content."""
    return "".join(
        inline.text if isinstance(inline, Span) else "\n" if isinstance(inline, LineBreak) else ""
        for inline in inlines
    )


def all_paragraphs(blocks: list[Block]) -> Iterator[WordParagraph]:
    """Yield all paragraphs, including those in tables."""
    for block in blocks:
        if isinstance(block, WordParagraph):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from all_paragraphs(cell.blocks)


def all_tables(blocks: list[Block]) -> Iterator[Table]:
    """Yield all tables, including nested ones."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
            for row in block.rows:
                for cell in row:
                    yield from all_tables(cell.blocks)


def without_emphasis(inlines: list[Inline]) -> list[Inline]:
    """Return inline content without bold and italics."""
    return [
        replace(inline, bold=False, italic=False) if isinstance(inline, Span) else inline
        for inline in inlines
    ]


def one_line(text: str) -> str:
    """Return the text on one line; non-breaking spaces stay."""
    return re.sub(r"[ \t\n\r\f\v]+", " ", text).strip(" ")


@dataclass
class NoteSeries:
    """The footnotes and endnotes of a file, numbered in one series as on the site's pages."""

    texts: dict[tuple[str, str], list[Block]] = field(default_factory=dict)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)

    def label(self, kind: str, note_id: str) -> str:
        """Return the label for a reference to a note, or an empty string if the file has no such note."""
        if (kind, note_id) not in self.texts:
            return ""
        return self.labels.setdefault((kind, note_id), str(len(self.labels) + 1))

    def count(self, kind: str) -> int:
        return sum(note_kind == kind for note_kind, _note_id in self.texts)

    def count_referenced(self, kind: str, labels: Container[str]) -> int:
        """Return the number of notes of a kind whose label is one of these."""
        return sum(
            note_kind == kind and label in labels for (note_kind, _note_id), label in self.labels.items()
        )

    @property
    def blocks(self) -> list[Block]:
        """The blocks of all notes, whether referenced or not."""
        return [block for blocks in self.texts.values() for block in blocks]

    @property
    def referenced(self) -> list[tuple[str, list[Block]]]:
        """Labels and contents of the referenced notes."""
        return [(label, self.texts[key]) for key, label in self.labels.items()]

    @property
    def unreferenced(self) -> list[list[Block]]:
        return [blocks for key, blocks in self.texts.items() if key not in self.labels]
