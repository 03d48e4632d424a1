"""Convert the elements of a part to blocks: paragraphs with their roles, tables with their cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from publications.ooxml import (
    Relation,
    WordPackage,
    attribute_at,
    child_elements,
    find_path,
    join_text,
    parse_number,
    read_toggle,
)

from .annotations import CommentRanges
from .blocks import Block, Cell, Inline, LineBreak, NoteSeries, Table, WordParagraph
from .fields import FieldStack
from .links import LinkCleaner
from .losses import ConversionLosses
from .paragraphs import ParagraphReader
from .styles import ListMarker, Numberings, Styles, numbering_of, outline_of
from .table_heads import has_header_row

OMITTED_ROLES = {"contents", "contents heading"}
CONTENTS = "table of contents"
TABLE_HEAD_STYLE = re.compile(r"table ?(?:head|title)")
FIRST_ROW = 0x20


@dataclass
class WordContext:
    """The state shared by all parts of a file."""

    package: WordPackage
    styles: Styles
    numberings: Numberings
    losses: ConversionLosses = field(default_factory=ConversionLosses)
    notes: NoteSeries = field(default_factory=NoteSeries)
    comments: CommentRanges = field(default_factory=CommentRanges)

    @property
    def link_cleaner(self) -> LinkCleaner:
        return LinkCleaner(self.losses)


def read_context(package: WordPackage) -> WordContext:
    """Return the context of a file with its styles and numberings."""
    styles = Styles(package.parse(package.first_related("styles")))
    return WordContext(package, styles, Numberings(package.parse(package.first_related("numbering")), styles))


class PartReader:
    """Reads one part. Its blocks must be read in order, because fields may span paragraphs."""

    def __init__(self, context: WordContext, part: str) -> None:
        self.context, self.part = context, part
        self.package, self.styles = context.package, context.styles
        self.losses, self.notes, self.comments = context.losses, context.notes, context.comments
        self.clean_link = context.link_cleaner.clean_link
        self.fields = FieldStack()
        self.bookmarks: list[str] = []
        self.drop_cap: list[Inline] = []
        """The drop cap of the next paragraph."""

    def relation(self, relation_id: str) -> Relation | None:
        return self.package.relations_of(self.part).get(relation_id) if relation_id else None

    def blocks(self, container: Element) -> list[Block]:
        blocks = list(self._blocks(container))
        if self.drop_cap:  # no paragraph follows it
            blocks.append(WordParagraph(inlines=self.drop_cap))
            self.drop_cap = []
        return blocks

    def _blocks(self, container: Element) -> Iterator[Block]:
        for child in child_elements(container):
            if child.tag == "w:p":
                yield from self._paragraph(child)
            elif child.tag == "w:tbl":
                yield from self._table(child)
            elif child.tag == "w:sdt":
                yield from self._control(child)
            elif child.tag == "w:bookmarkStart":
                self.bookmarks.append(child.get("w:name", ""))
            elif child.tag in ("w:commentRangeStart", "w:commentRangeEnd"):
                (self.comments.begin if child.tag.endswith("Start") else self.comments.end)(
                    child.get("w:id", "")
                )
            elif child.tag == "w:altChunk":
                self.losses.embedded += 1
            elif child.tag not in ("w:sectPr", "w:tcPr"):
                yield from self._blocks(child)

    def _control(self, control: Element) -> Iterator[Block]:
        content = control.find("w:sdtContent")
        if content is None:
            return
        gallery = attribute_at(control, "w:sdtPr/w:docPartObj/w:docPartGallery").casefold()
        if gallery == CONTENTS:
            self.losses.tables_of_contents += 1
            return
        if read_toggle(control, "w:sdtPr/w:showingPlcHdr"):
            self.losses.placeholders.append(join_text(content, "w:t"))
            return
        yield from self._blocks(content)

    def _paragraph(self, element: Element) -> Iterator[Block]:
        style = self.styles.get(attribute_at(element, "w:pPr/w:pStyle"))
        paragraph_reader = ParagraphReader(self, self.fields).read(element)
        level = (
            0 if style.role in ("title", "subtitle", *OMITTED_ROLES) else outline_of(element) or style.level
        )
        marker = self._list_marker(element)
        self.losses.tables_of_contents += style.role == "contents heading"
        if style.role not in OMITTED_ROLES:
            paragraph = WordParagraph(
                inlines=[*self.drop_cap, *paragraph_reader.inlines],
                role=style.role or ("heading" if level else ""),
                level=level,
                bold=style.bold or bool(TABLE_HEAD_STYLE.search(style.name.casefold())),
                italic=style.italic,
                bookmarks=(*self.bookmarks, *paragraph_reader.bookmarks),
            )
            self.drop_cap, self.bookmarks = [], []
            _set_marker(paragraph, marker)
            if attribute_at(element, "w:pPr/w:framePr", "w:dropCap") in ("drop", "margin"):
                self.drop_cap = [inline for inline in paragraph.inlines if not isinstance(inline, LineBreak)]
            elif not paragraph.is_empty or paragraph.role == "code":
                yield paragraph
            else:
                self.bookmarks = list(paragraph.bookmarks)
        yield from paragraph_reader.boxes

    def _list_marker(self, element: Element) -> ListMarker | None:
        """Return the number or bullet of a paragraph. Must be called for every paragraph, because it counts."""
        numbering_id, level = numbering_of(element)
        if not numbering_id:
            style = attribute_at(element, "w:pPr/w:pStyle") or self.styles.normal
            numbering_id, level = self.styles.get(style).numbering
            level = self.context.numberings.level_of(numbering_id, style, level)
        return self.context.numberings.next_marker(numbering_id, level)

    def _table(self, element: Element) -> Iterator[Block]:
        table = Table()
        for row in _find_within(element, "w:tr"):
            cells = [self._cell(cell) for cell in _find_within(row, "w:tc")]
            table.has_header = table.has_header or (
                not table.rows and read_toggle(row, "w:trPr/w:tblHeader") is True
            )
            if cells:
                table.rows.append(cells)
        table.has_header = table.has_header or self._has_header_style(element, table) or has_header_row(table)
        if table.rows:
            yield table

    def _has_header_style(self, element: Element, table: Table) -> bool:
        """Whether the style of the table makes its first row bold, and the table has that option on."""
        look = find_path(element, "w:tblPr/w:tblLook")
        if look is None or len(table.rows) < 2:
            return False
        first_row = look.get("w:firstRow") or str(
            int(bool(_parse_hexadecimal(look.get("w:val", "")) & FIRST_ROW))
        )
        has_text = all(cell.blocks for cell in table.rows[0])
        return (
            first_row in ("1", "true")
            and has_text
            and self.styles.has_bold_header_row(attribute_at(element, "w:tblPr/w:tblStyle"))
        )

    def _cell(self, element: Element) -> Cell:
        merge = find_path(element, "w:tcPr/w:vMerge")
        return Cell(
            blocks=self.blocks(element),
            columns=max(1, min(63, parse_number(attribute_at(element, "w:tcPr/w:gridSpan"), 1))),
            is_continued=merge is not None and merge.get("w:val", "continue") == "continue",
            has_fill=_has_fill(element),
        )


def _set_marker(paragraph: WordParagraph, marker: ListMarker | None) -> None:
    if marker is None or paragraph.role in ("title", "subtitle", "caption"):
        return
    if paragraph.level:
        paragraph.mark = marker.text
        return
    paragraph.depth, paragraph.is_ordered, paragraph.number = marker.level, marker.is_ordered, marker.number
    paragraph.mark = marker.text if marker.format not in ("decimal", "decimalZero") else ""


def _find_within(element: Element, tag: str) -> Iterator[Element]:
    """Yield the rows of a table or the cells of a row, including those in content controls."""
    for child in child_elements(element):
        if child.tag == tag:
            yield child
        elif child.tag in ("w:sdt", "w:sdtContent", "w:customXml", "w:smartTag"):
            yield from _find_within(child, tag)


def _has_fill(cell: Element) -> bool:
    """Whether a cell has a background colour."""
    return attribute_at(cell, "w:tcPr/w:shd", "w:fill").casefold() not in ("", "auto", "ffffff")


def _parse_hexadecimal(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"[0-9a-fA-F]{1,8}", text) else 0
