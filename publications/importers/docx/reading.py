"""From the elements of a part to blocks: paragraphs with what they are, tables with their cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from .addresses import Addresses
from .comments import Comments
from .fields import Fields
from .findings import Findings
from .notes import Notes
from .package import Package, Relation
from .parts import Block, Cell, Paragraph, Span, Table
from .passages import Passage
from .styles import Mark, Numberings, Styles, numbering_of, outline_of
from .table_heads import looks_headed
from .tree import at, children, is_on, number, text_in, value

LEFT_OUT = {"contents", "contents heading"}
CONTENTS = "table of contents"
TABLE_HEAD = re.compile(r"table ?(?:head|title)")
FIRST_ROW = 0x20


@dataclass
class Ground:
    """What all parts of one file share."""

    package: Package
    styles: Styles
    numberings: Numberings
    findings: Findings = field(default_factory=Findings)
    notes: Notes = field(default_factory=Notes)
    comments: Comments = field(default_factory=Comments)

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.findings)


def ground_of(package: Package) -> Ground:
    styles = Styles(package.tree(package.first("styles")))
    return Ground(package, styles, Numberings(package.tree(package.first("numbering")), styles))


class Reading:
    """Reads one part. Fields may span its paragraphs, so its blocks are to be read in order."""

    def __init__(self, ground: Ground, part: str) -> None:
        self.ground, self.part = ground, part
        self.package, self.styles = ground.package, ground.styles
        self.findings, self.notes, self.comments = ground.findings, ground.notes, ground.comments
        self.address_of = ground.addresses.led
        self.fields = Fields()
        self.bookmarks: list[str] = []
        self.initial: list[Span] = []
        """A letter that Word sets large at the head of the next paragraph."""

    def relation(self, identity: str) -> Relation | None:
        return self.package.related(self.part).get(identity) if identity else None

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
                self.findings.embedded += 1
            elif child.tag not in ("w:sectPr", "w:tcPr"):
                yield from self._blocks(child)

    def _control(self, control: Element) -> Iterator[Block]:
        content = control.find("w:sdtContent")
        if content is None:
            return
        gallery = value(control, "w:sdtPr/w:docPartObj/w:docPartGallery").casefold()
        if gallery == CONTENTS:
            self.findings.contents += 1
            return
        if is_on(control, "w:sdtPr/w:showingPlcHdr"):
            self.findings.prompts.append(text_in(content, "w:t"))
            return
        yield from self._blocks(content)

    def _paragraph(self, element: Element) -> Iterator[Block]:
        style = self.styles.of(value(element, "w:pPr/w:pStyle"))
        passage = Passage(self, self.fields).read(element)
        level = 0 if style.role in ("title", "subtitle", *LEFT_OUT) else outline_of(element) or style.level
        mark = self._mark(element)
        self.findings.contents += style.role == "contents heading"
        if style.role not in LEFT_OUT:
            paragraph = Paragraph(
                pieces=[*self.initial, *passage.pieces],
                role=style.role or ("heading" if level else ""),
                level=level,
                bold=style.bold or bool(TABLE_HEAD.search(style.name.casefold())),
                italic=style.italic,
                bookmarks=(*self.bookmarks, *passage.bookmarks),
            )
            self.initial, self.bookmarks = [], []
            _numbered(paragraph, mark)
            if value(element, "w:pPr/w:framePr", "w:dropCap") in ("drop", "margin"):
                self.initial = [piece for piece in paragraph.pieces if isinstance(piece, Span)]
            elif not paragraph.has_nothing or paragraph.role == "code":
                yield paragraph
            else:
                self.bookmarks = list(paragraph.bookmarks)
        yield from passage.boxes

    def _mark(self, element: Element) -> Mark | None:
        """The number or bullet before the paragraph. Asked for even where it is not shown, so that it counts."""
        identity, level = numbering_of(element)
        if not identity:
            style = value(element, "w:pPr/w:pStyle") or self.styles.normal
            identity, level = self.styles.of(style).numbering
            level = self.ground.numberings.level_of(identity, style, level)
        return self.ground.numberings.mark(identity, level)

    def _table(self, element: Element) -> Iterator[Block]:
        table = Table()
        for row in _inside(element, "w:tr"):
            cells = [self._cell(cell) for cell in _inside(row, "w:tc")]
            table.has_head = table.has_head or (not table.rows and is_on(row, "w:trPr/w:tblHeader") is True)
            if cells:
                table.rows.append(cells)
        table.has_head = table.has_head or self._is_headed_by_style(element, table) or looks_headed(table)
        if table.rows:
            yield table

    def _is_headed_by_style(self, element: Element, table: Table) -> bool:
        """Whether the style of the table sets its first row in bold, and the table asks for that."""
        look = at(element, "w:tblPr/w:tblLook")
        if look is None or len(table.rows) < 2:
            return False
        asked = look.get("w:firstRow") or str(int(bool(_hexadecimal(look.get("w:val", "")) & FIRST_ROW)))
        has_words = all(cell.blocks for cell in table.rows[0])
        return (
            asked in ("1", "true")
            and has_words
            and self.styles.heads_tables(value(element, "w:tblPr/w:tblStyle"))
        )

    def _cell(self, element: Element) -> Cell:
        merge = at(element, "w:tcPr/w:vMerge")
        return Cell(
            blocks=self.blocks(element),
            columns=max(1, min(63, number(value(element, "w:tcPr/w:gridSpan"), 1))),
            is_continued=merge is not None and merge.get("w:val", "continue") == "continue",
            is_filled=_is_filled(element),
        )


def _numbered(paragraph: Paragraph, mark: Mark | None) -> None:
    if mark is None or paragraph.role in ("title", "subtitle", "caption"):
        return
    if paragraph.level:
        paragraph.mark = mark.text
        return
    paragraph.depth, paragraph.is_ordered, paragraph.number = mark.level, mark.is_ordered, mark.number
    paragraph.mark = mark.text if mark.format not in ("decimal", "decimalZero") else ""


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, those in content controls as well."""
    for child in children(element):
        if child.tag == tag:
            yield child
        elif child.tag in ("w:sdt", "w:sdtContent", "w:customXml", "w:smartTag"):
            yield from _inside(child, tag)


def _is_filled(cell: Element) -> bool:
    """Whether a cell has a ground of its own, other than that of the page."""
    return value(cell, "w:tcPr/w:shd", "w:fill").casefold() not in ("", "auto", "ffffff")


def _hexadecimal(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"[0-9a-fA-F]{1,8}", text) else 0
