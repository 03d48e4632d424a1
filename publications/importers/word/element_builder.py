"""Build an HTML tree from the blocks of a Word text, in the form in which the site stores texts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, takewhile

from publications.html_tree import Element

from .blocks import (
    Block,
    Cell,
    Inline,
    InlineImage,
    LineBreak,
    NoteReference,
    Span,
    Table,
    WordParagraph,
    link_address,
    one_line,
    without_emphasis,
)

MAX_LIST_DEPTH = 8
BULLET = "• "
BLANK = " \t\n"

Child = Element | str
PlaceImage = Callable[[InlineImage, str], Element | None]
ResolveLink = Callable[[str], str]


class ElementBuilder:
    """Builds an HTML tree from blocks, in the form in which the site stores texts.

    Args:
        place_image: returns the element of an image with its caption, or None if it cannot be kept.
        resolve_link: returns the address of a link, or an empty string if it becomes plain text.
    """

    def __init__(self, place_image: PlaceImage, resolve_link: ResolveLink) -> None:
        self.place_image, self.resolve_link = place_image, resolve_link

    def build(self, blocks: Sequence[Block], notes: Sequence[tuple[str, list[Block]]]) -> Element:
        """Return the tree of a text with its notes, which are pairs of label and blocks."""
        items = [Element("li", {"id": f"fn-{label}"}, self._blocks(note)) for label, note in notes]
        section = Element("section", {"class": "footnotes"}, [Element("ol", {}, items)])
        return Element("body", {}, [*self._blocks(blocks), *([section] if items else [])])

    def _blocks(self, blocks: Sequence[Block]) -> list[Child]:
        elements: list[Child] = []
        lists: list[Element] = []
        index = 0
        while index < len(blocks):
            count, content = self._next_elements(blocks, index)
            block = blocks[index]
            if content[:1] and isinstance(content[0], Element) and content[0].tag == "li":
                self._add_item(elements, lists, block, content[0])
            elif content:
                lists.clear()
                elements += content
            index += count
        return elements

    def _next_elements(self, blocks: Sequence[Block], index: int) -> tuple[int, list[Child]]:
        """Return the number of blocks from here that form a unit, and the elements for them."""
        block = blocks[index]
        if isinstance(block, Table):
            return 1, [self._table(block)]
        if _is_code(block):
            lines = list(takewhile(_is_code, blocks[index:]))
            return len(lines), [Element("pre", {}, [Element("code", {}, [_code_text(lines)])])]
        next_block = blocks[index + 1] if index + 1 < len(blocks) else None
        if _is_image_paragraph(block) and isinstance(next_block, WordParagraph) and _is_caption(next_block):
            return 2, self._images(block, one_line(next_block.text))
        return 1, self._paragraph(block)

    def _paragraph(self, paragraph: WordParagraph) -> list[Child]:
        if paragraph.level:
            number = [f"{paragraph.mark} "] if paragraph.mark else []
            text = self._inline(without_emphasis(paragraph.inlines))
            return [Element(f"h{paragraph.level}", {}, [*number, *text])]
        content = self._inline(paragraph.inlines)
        if paragraph.is_item:
            return [Element("li", {"value": str(paragraph.number)} if paragraph.is_ordered else {}, content)]
        if paragraph.role == "quote":
            return [Element("blockquote", {}, [Element("p", {}, content)])]
        return [Element("p", {}, content)]

    def _add_item(
        self, elements: list[Child], lists: list[Element], paragraph: WordParagraph, item: Element
    ) -> None:
        """Append an item to its list; lists start at the outer level and are nested one level at a time."""
        depth = min(paragraph.depth, len(lists), MAX_LIST_DEPTH)
        tag = "ol" if paragraph.is_ordered else "ul"
        del lists[depth + 1 :]
        if len(lists) == depth or lists[depth].tag != tag:
            del lists[depth:]
            lists.append(Element(tag))
            (lists[depth - 1].elements[-1].children if depth else elements).append(lists[depth])
        lists[depth].children.append(item)

    def _images(self, paragraph: WordParagraph, caption: str) -> list[Child]:
        """Return images, the last with the caption, which becomes a paragraph if that image cannot be kept."""
        inline_images = [inline for inline in paragraph.inlines if isinstance(inline, InlineImage)]
        captions = [""] * (len(inline_images) - 1) + [caption]
        images = [self.place_image(image, text) for image, text in zip(inline_images, captions, strict=True)]
        paragraphs: list[Child] = [Element("p", {}, [image]) for image in images if image]
        return paragraphs if images[-1] else [*paragraphs, Element("p", {}, [caption])]

    def _table(self, table: Table) -> Element:
        """Return a table of single-line cells; merged cells are split, and a missing header is added empty."""
        rows = [
            self._row(row, table.width, is_header=table.has_header and not index)
            for index, row in enumerate(table.rows)
        ]
        if not table.has_header:
            rows.insert(0, Element("tr", {}, [Element("th") for _column in range(table.width)]))
        return Element("table", {}, rows)

    def _row(self, row: Sequence[Cell], width: int, *, is_header: bool) -> Element:
        tag = "th" if is_header else "td"
        cells: list[Child] = []
        for cell in row:
            cells.append(Element(tag, {}, self._cell(cell, is_header=is_header)))
            cells += [Element(tag) for _column in range(cell.columns - 1)]
        cells += [Element(tag) for _column in range(width)]
        return Element("tr", {}, cells[:width])

    def _cell(self, cell: Cell, *, is_header: bool = False) -> list[Child]:
        lines = (line for block in cell.blocks for line in self._lines_in_cell(block, is_header=is_header))
        return _join_lines(lines, Element("br"))

    def _lines_in_cell(self, block: Block, *, is_header: bool) -> Iterator[list[Child]]:
        if isinstance(block, Table):
            for row in block.rows:
                yield _join_lines((self._cell(cell) for cell in row), " · ")
            return
        content = self._inline(without_emphasis(block.inlines) if is_header else block.inlines)
        if block.is_item and content:
            yield [f"{block.mark or f'{block.number}.'} " if block.is_ordered else BULLET, *content]
        else:
            yield [f"{block.mark} " if content else block.mark, *content] if block.mark else content

    def _inline(self, inlines: Sequence[Inline]) -> list[Child]:
        """Return inline content, with marks and links around text but not around spaces."""
        children: list[Child] = []
        for address, group in groupby(_trim_inlines(inlines), key=link_address):
            content = [child for inline in group for child in self._inline_children(inline)]
            resolved = self.resolve_link(address) if address else ""
            children += _link_children(content, resolved) if resolved else content
        while children[:1] == [" "]:
            children.pop(0)
        while children[-1:] == [" "]:
            children.pop()
        return children

    def _inline_children(self, inline: Inline) -> list[Child]:
        if isinstance(inline, NoteReference):
            attributes = {"href": f"#fn-{inline.label}", "class": "footnote-ref"}
            return [Element("sup", {}, [Element("a", attributes, [inline.label])])]
        if isinstance(inline, InlineImage):
            image = self.place_image(inline, "")
            return [image] if image else []
        return [Element("br")] if isinstance(inline, LineBreak) else _format_span(inline)


def _format_span(span: Span) -> list[Child]:
    """Return text with its format; spaces at both ends stay outside."""
    text = span.text.strip(BLANK)
    if not text:
        return [" "] if span.text else []
    child: Child = one_line(text)
    formats = (
        ("code", span.code),
        (span.vertical_align, span.vertical_align),
        ("s", span.strike),
        ("em", span.italic),
    )
    for tag, is_set in (*formats, ("strong", span.bold)):
        child = Element(tag, {}, [child]) if is_set else child
    return [
        *([" "] if span.text[0] in BLANK else []),
        child,
        *([" "] if span.text[-1] in BLANK else []),
    ]


def _link_children(children: list[Child], address: str) -> list[Child]:
    """Return the children within a link; spaces at both ends stay outside."""
    indexes = [index for index, child in enumerate(children) if child != " "]
    if not indexes:
        return children
    start, end = indexes[0], indexes[-1] + 1
    return [*children[:start], Element("a", {"href": address}, children[start:end]), *children[end:]]


def _join_lines(lines: Iterator[list[Child]], divider: Child) -> list[Child]:
    """Return the non-empty lines with a divider between them."""
    joined: list[Child] = []
    for line in filter(None, lines):
        joined += [divider, *line] if joined else line
    return joined


def _trim_inlines(inlines: Sequence[Inline]) -> list[Inline]:
    """Return inline content without line breaks at both ends, with adjacent spans of one format merged."""
    trimmed: list[Inline] = []
    for inline in inlines:
        if trimmed and _can_be_merged(trimmed[-1], inline):
            trimmed[-1] = replace(trimmed[-1], text=trimmed[-1].text + inline.text)
        elif trimmed or not isinstance(inline, LineBreak):
            trimmed.append(inline)
    while trimmed and isinstance(trimmed[-1], LineBreak):
        trimmed.pop()
    return trimmed


def _can_be_merged(last: Inline, inline: Inline) -> bool:
    """Whether a span has the format of the one before it, or is only white space."""
    are_spans = isinstance(last, Span) and isinstance(inline, Span)
    return are_spans and (
        last.format_key == inline.format_key or not (inline.text.strip(BLANK) or inline.code)
    )


def _is_code(block: Block) -> bool:
    """Whether a block is a line of code, without notes or images."""
    is_line = isinstance(block, WordParagraph) and block.role == "code" and not block.is_item
    return is_line and all(isinstance(inline, Span | LineBreak) for inline in block.inlines)


def _code_text(paragraphs: Sequence[WordParagraph]) -> str:
    lines = (
        "\n".join(paragraph.text for paragraph in paragraphs).replace("\t", "    ").strip("\n").split("\n")
    )
    return "\n".join(line.rstrip() for line in lines)


def _is_image_paragraph(block: WordParagraph) -> bool:
    """Whether a paragraph consists of images only."""
    return (
        not block.text_spans
        and any(isinstance(inline, InlineImage) for inline in block.inlines)
        and not block.level
    )


def _is_caption(block: WordParagraph) -> bool:
    """Whether a paragraph is a caption of plain text."""
    has_links = any(span.address for span in block.text_spans)
    is_plain = all(isinstance(inline, Span) for inline in block.inlines)
    return block.role == "caption" and not has_links and is_plain
