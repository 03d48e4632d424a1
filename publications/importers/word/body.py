"""Convert the elements of a part to blocks: paragraphs with their roles, tables with their cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from publications.ooxml import (
    Relation,
    WordPackage,
    attribute_at,
    children,
    find_path,
    is_on,
    join_text,
    parse_number,
)

from ..tracking import remove_tracking
from .annotations import CommentRanges
from .blocks import Block, Cell, NoteSeries, Span, Table, WordParagraph
from .fields import FieldStack
from .losses import ConversionLosses
from .paragraphs import ParagraphReader
from .styles import ListMarker, Numberings, Styles, numbering_of, outline_of
from .table_heads import looks_headed

SCHEMES = ("http:", "https:", "mailto:", "tel:")

OMITTED_ROLES = {"contents", "contents heading"}
CONTENTS = "table of contents"
TABLE_HEAD_STYLE = re.compile(r"table ?(?:head|title)")
FIRST_ROW = 0x20


class LinkCleaner:
    """Cleans the links of one file; removed tracking and unusable addresses are reported as losses."""

    def __init__(self, losses: ConversionLosses) -> None:
        self.losses = losses

    def clean_link(self, target: str) -> str:
        """Return the address of a link, `#` with a bookmark of the text, or an empty string."""
        target = target.strip()
        if not target or target.startswith("#"):
            return target
        if not target.casefold().startswith(SCHEMES):
            if target.casefold().startswith("www."):
                return self.clean_link(f"https://{target}")
            self._report(self.losses.dead_links, target)
            return ""
        cleaned = remove_tracking(target)
        if cleaned != target:
            self._report(self.losses.tracking_urls, cleaned)
        return cleaned

    def _report(self, addresses: list[str], address: str) -> None:
        if address not in addresses:
            addresses.append(address)


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
    def addresses(self) -> LinkCleaner:
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
        self.address_of = context.addresses.clean_link
        self.fields = FieldStack()
        self.bookmarks: list[str] = []
        self.initial: list[Span] = []
        """The drop cap of the next paragraph."""

    def relation(self, identity: str) -> Relation | None:
        return self.package.relations_of(self.part).get(identity) if identity else None

    def blocks(self, container: Element) -> list[Block]:
        return list(self._blocks(container))

    def _blocks(self, container: Element) -> Iterator[Block]:
        for child in children(container):
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
        if is_on(control, "w:sdtPr/w:showingPlcHdr"):
            self.losses.placeholders.append(join_text(content, "w:t"))
            return
        yield from self._blocks(content)

    def _paragraph(self, element: Element) -> Iterator[Block]:
        style = self.styles.of(attribute_at(element, "w:pPr/w:pStyle"))
        paragraph_reader = ParagraphReader(self, self.fields).read(element)
        level = (
            0 if style.role in ("title", "subtitle", *OMITTED_ROLES) else outline_of(element) or style.level
        )
        marker = self._list_marker(element)
        self.losses.tables_of_contents += style.role == "contents heading"
        if style.role not in OMITTED_ROLES:
            paragraph = WordParagraph(
                inlines=[*self.initial, *paragraph_reader.inlines],
                role=style.role or ("heading" if level else ""),
                level=level,
                bold=style.bold or bool(TABLE_HEAD_STYLE.search(style.name.casefold())),
                italic=style.italic,
                bookmarks=(*self.bookmarks, *paragraph_reader.bookmarks),
            )
            self.initial, self.bookmarks = [], []
            _set_marker(paragraph, marker)
            if attribute_at(element, "w:pPr/w:framePr", "w:dropCap") in ("drop", "margin"):
                self.initial = [inline for inline in paragraph.inlines if isinstance(inline, Span)]
            elif not paragraph.is_empty or paragraph.role == "code":
                yield paragraph
            else:
                self.bookmarks = list(paragraph.bookmarks)
        yield from paragraph_reader.boxes

    def _list_marker(self, element: Element) -> ListMarker | None:
        """Return the number or bullet of a paragraph. Must be called for every paragraph, because it counts."""
        identity, level = numbering_of(element)
        if not identity:
            style = attribute_at(element, "w:pPr/w:pStyle") or self.styles.normal
            identity, level = self.styles.of(style).numbering
            level = self.context.numberings.level_of(identity, style, level)
        return self.context.numberings.mark(identity, level)

    def _table(self, element: Element) -> Iterator[Block]:
        table = Table()
        for row in _find_within(element, "w:tr"):
            cells = [self._cell(cell) for cell in _find_within(row, "w:tc")]
            table.has_head = table.has_head or (not table.rows and is_on(row, "w:trPr/w:tblHeader") is True)
            if cells:
                table.rows.append(cells)
        table.has_head = table.has_head or self._has_header_style(element, table) or looks_headed(table)
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
            and self.styles.heads_tables(attribute_at(element, "w:tblPr/w:tblStyle"))
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
    for child in children(element):
        if child.tag == tag:
            yield child
        elif child.tag in ("w:sdt", "w:sdtContent", "w:customXml", "w:smartTag"):
            yield from _find_within(child, tag)


def _has_fill(cell: Element) -> bool:
    """Whether a cell has a background colour."""
    return attribute_at(cell, "w:tcPr/w:shd", "w:fill").casefold() not in ("", "auto", "ffffff")


def _parse_hexadecimal(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"[0-9a-fA-F]{1,8}", text) else 0
