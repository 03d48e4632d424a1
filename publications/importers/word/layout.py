"""Blocks in the shape of our pages: levels of headings and lists, tables that are tables; then one tree of HTML."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise, takewhile

from publications.html_tree import Element
from publications.markup import Heading

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
    all_paragraphs,
    one_line,
    without_form,
)
from .losses import ConversionLosses

MAX_HEADING_CHARACTERS = 90
MAX_LIST_DEPTH = 8
BULLET = "• "
BLANK = " \t\n"

Child = Element | str
PlaceImage = Callable[[InlineImage, str], Element | None]
ResolveLink = Callable[[str], str]


def normalize_blocks(blocks: Sequence[Block], losses: ConversionLosses) -> list[Block]:
    """Return the blocks of a body or a note as they are to stand on a page."""
    normalized = [inner for block in blocks for inner in _unpacked(block, losses)]
    level_headings(normalized)
    tables = [block for block in normalized if isinstance(block, Table)]
    losses.merged_tables += [number for number, table in enumerate(tables, start=1) if table.is_merged]
    losses.lettered += sum(
        bool(paragraph.is_item and paragraph.mark) for paragraph in all_paragraphs(normalized)
    )
    return normalized


def _unpacked(block: Block, losses: ConversionLosses) -> list[Block]:
    """Return what a table of one cell holds: it is a frame around text."""
    if isinstance(block, WordParagraph) or len(block.rows) != 1 or len(block.rows[0]) != 1:
        return [block]
    losses.unpacked_tables += 1
    return [inner for each in block.rows[0][0].blocks for inner in _unpacked(each, losses)]


def level_headings(blocks: Sequence[Block]) -> None:
    """Let headings begin at level 2 and skip none."""
    above: list[int] = []
    for block in blocks:
        if isinstance(block, WordParagraph) and block.level:
            while above and above[-1] >= block.level:
                above.pop()
            above.append(block.level)
            block.level = min(len(above) + 1, 6)


def take_bold_lines_as_headings(blocks: Sequence[Block]) -> int:
    """Make headings of short lines in bold between paragraphs, where a text has no heading at all; count them."""
    if any(isinstance(block, WordParagraph) and block.level for block in blocks):
        return 0
    count = 0
    for block, following in pairwise([*blocks, None]):
        if isinstance(block, WordParagraph) and _looks_like_heading(block, following):
            block.level, block.role = 1, "heading"
            count += 1
    return count


def _looks_like_heading(block: WordParagraph, following: Block | None) -> bool:
    text = one_line(block.text)
    is_line = block.is_all_bold and not block.is_item and not block.role
    is_short = len(text) <= MAX_HEADING_CHARACTERS and text[-1:] not in ".:;,"
    has_text_below = (
        isinstance(following, WordParagraph) and bool(following.spans) and not following.is_all_bold
    )
    is_one_line = not any(isinstance(inline, LineBreak | InlineImage) for inline in block.inlines)
    return is_line and is_short and is_one_line and has_text_below


def inner_links(blocks: Sequence[Block]) -> list[str]:
    """Return the bookmarks that links of a text lead to, once for each link."""
    bookmarks: list[str] = []
    for paragraph in all_paragraphs(list(blocks)):
        for address, _spans in groupby(paragraph.inlines, key=_address):
            if address.startswith("#"):
                bookmarks.append(address[1:])
    return bookmarks


def heading_anchors(blocks: Sequence[Block], contents: Sequence[Heading]) -> dict[str, str]:
    """Return the anchors of headings by their bookmarks; none where the page has other headings than the text."""
    headings = [
        block for block in blocks if isinstance(block, WordParagraph) and block.level and one_line(block.text)
    ]
    if len(headings) != len(contents):
        return {}
    return {
        bookmark: heading.anchor
        for block, heading in zip(headings, contents, strict=True)
        for bookmark in block.bookmarks
        if bookmark
    }


class ElementBuilder:
    """Makes a tree of HTML of blocks, as the site stores a text.

    Args:
        place_image: returns the element of an image with its caption, or None where it cannot be kept.
        resolve_link: returns the address of a link, or an empty string where it becomes plain words.
    """

    def __init__(self, place_image: PlaceImage, resolve_link: ResolveLink) -> None:
        self.place_image, self.resolve_link = place_image, resolve_link

    def build(self, blocks: Sequence[Block], notes: Sequence[tuple[str, list[Block]]]) -> Element:
        """Return the tree of a text with its notes, given by label."""
        items = [Element("li", {"id": f"fn-{label}"}, self._blocks(note)) for label, note in notes]
        section = Element("section", {"class": "footnotes"}, [Element("ol", {}, items)])
        return Element("body", {}, [*self._blocks(blocks), *([section] if items else [])])

    def _blocks(self, blocks: Sequence[Block]) -> list[Child]:
        elements: list[Child] = []
        lists: list[Element] = []
        place = 0
        while place < len(blocks):
            count, content = self._next(blocks, place)
            block = blocks[place]
            if content[:1] and isinstance(content[0], Element) and content[0].tag == "li":
                self._add_item(elements, lists, block, content[0])
            elif content:
                lists.clear()
                elements += content
            place += count
        return elements

    def _next(self, blocks: Sequence[Block], place: int) -> tuple[int, list[Child]]:
        """Return how many blocks belong together from here, and what they are."""
        block = blocks[place]
        if isinstance(block, Table):
            return 1, [self._table(block)]
        if _is_code(block):
            lines = list(takewhile(_is_code, blocks[place:]))
            return len(lines), [Element("pre", {}, [Element("code", {}, [_code_text(lines)])])]
        following = blocks[place + 1] if place + 1 < len(blocks) else None
        if _is_picture(block) and isinstance(following, WordParagraph) and _is_caption(following):
            return 2, self._images(block, one_line(following.text))
        return 1, self._paragraph(block)

    def _paragraph(self, paragraph: WordParagraph) -> list[Child]:
        if paragraph.level:
            number = [f"{paragraph.mark} "] if paragraph.mark else []
            words = self._inline(without_form(paragraph.inlines))
            return [Element(f"h{paragraph.level}", {}, [*number, *words])]
        content = self._inline(paragraph.inlines)
        if paragraph.is_item:
            return [Element("li", {"value": str(paragraph.number)} if paragraph.is_ordered else {}, content)]
        if paragraph.role == "quote":
            return [Element("blockquote", {}, [Element("p", {}, content)])]
        return [Element("p", {}, content)]

    def _add_item(
        self, elements: list[Child], lists: list[Element], paragraph: WordParagraph, item: Element
    ) -> None:
        """Put an item into the list it belongs to. Lists begin at the outer level and go in by one at a time."""
        depth = min(paragraph.depth, len(lists), MAX_LIST_DEPTH)
        tag = "ol" if paragraph.is_ordered else "ul"
        del lists[depth + 1 :]
        if len(lists) == depth or lists[depth].tag != tag:
            del lists[depth:]
            lists.append(Element(tag))
            (lists[depth - 1].elements[-1].children if depth else elements).append(lists[depth])
        lists[depth].children.append(item)

    def _images(self, paragraph: WordParagraph, caption: str) -> list[Child]:
        """Return images, the last with the caption, which stands as a paragraph where that image cannot be kept."""
        shown = [inline for inline in paragraph.inlines if isinstance(inline, InlineImage)]
        captions = [""] * (len(shown) - 1) + [caption]
        images = [self.place_image(image, words) for image, words in zip(shown, captions, strict=True)]
        paragraphs: list[Child] = [Element("p", {}, [image]) for image in images if image]
        return paragraphs if images[-1] else [*paragraphs, Element("p", {}, [caption])]

    def _table(self, table: Table) -> Element:
        """Return a table of single lines. Merged cells are divided; one without a head gets an empty one."""
        rows = [
            self._row(row, table.width, is_head=table.has_head and not place)
            for place, row in enumerate(table.rows)
        ]
        if not table.has_head:
            rows.insert(0, Element("tr", {}, [Element("th") for _column in range(table.width)]))
        return Element("table", {}, rows)

    def _row(self, row: Sequence[Cell], width: int, *, is_head: bool) -> Element:
        tag = "th" if is_head else "td"
        cells: list[Child] = []
        for cell in row:
            cells.append(Element(tag, {}, self._cell(cell, is_head=is_head)))
            cells += [Element(tag) for _column in range(cell.columns - 1)]
        cells += [Element(tag) for _column in range(width)]
        return Element("tr", {}, cells[:width])

    def _cell(self, cell: Cell, *, is_head: bool = False) -> list[Child]:
        lines = (line for block in cell.blocks for line in self._lines_in_cell(block, is_head=is_head))
        return _joined(lines, Element("br"))

    def _lines_in_cell(self, block: Block, *, is_head: bool) -> Iterator[list[Child]]:
        if isinstance(block, Table):
            for row in block.rows:
                yield _joined((self._cell(cell) for cell in row), " · ")
            return
        content = self._inline(without_form(block.inlines) if is_head else block.inlines)
        if block.is_item and content:
            yield [f"{block.mark or f'{block.number}.'} " if block.is_ordered else BULLET, *content]
        else:
            yield [f"{block.mark} " if content else block.mark, *content] if block.mark else content

    def _inline(self, inlines: Sequence[Inline]) -> list[Child]:
        """Return a passage: marks and links stand around words, never around spaces."""
        children: list[Child] = []
        for address, group in groupby(_trimmed(inlines), key=_address):
            inside = [child for inline in group for child in self._piece(inline)]
            resolved = self.resolve_link(address) if address else ""
            children += _linked(inside, resolved) if resolved else inside
        while children[:1] == [" "]:
            children.pop(0)
        while children[-1:] == [" "]:
            children.pop()
        return children

    def _piece(self, inline: Inline) -> list[Child]:
        if isinstance(inline, NoteReference):
            return [Element("sup", {}, [Element("a", {"href": f"#fn-{inline.label}"}, [inline.label])])]
        if isinstance(inline, InlineImage):
            image = self.place_image(inline, "")
            return [image] if image else []
        return [Element("br")] if isinstance(inline, LineBreak) else _formed(inline)


def _address(inline: Inline) -> str:
    return inline.address if isinstance(inline, Span) else ""


def _formed(span: Span) -> list[Child]:
    """Return words in their form; spaces at either end stay outside it."""
    words = span.text.strip(BLANK)
    if not words:
        return [" "] if span.text else []
    child: Child = one_line(words)
    forms = (("code", span.code), (span.raised, span.raised), ("s", span.strike), ("em", span.italic))
    for tag, is_set in (*forms, ("strong", span.bold)):
        child = Element(tag, {}, [child]) if is_set else child
    return [
        *([" "] if span.text[0] in BLANK else []),
        child,
        *([" "] if span.text[-1] in BLANK else []),
    ]


def _linked(children: list[Child], address: str) -> list[Child]:
    """Return what is inside a link with the link around it, but not around spaces at either end."""
    words = [place for place, child in enumerate(children) if child != " "]
    if not words:
        return children
    start, end = words[0], words[-1] + 1
    return [*children[:start], Element("a", {"href": address}, children[start:end]), *children[end:]]


def _joined(lines: Iterator[list[Child]], divider: Child) -> list[Child]:
    """Return the lines that hold anything, with a divider between them."""
    joined: list[Child] = []
    for line in filter(None, lines):
        joined += [divider, *line] if joined else line
    return joined


def _trimmed(inlines: Sequence[Inline]) -> list[Inline]:
    """Return a passage without line breaks at either end; spans of one form that follow each other are one."""
    kept: list[Inline] = []
    for inline in inlines:
        if kept and _goes_on(kept[-1], inline):
            kept[-1] = replace(kept[-1], text=kept[-1].text + inline.text)
        elif kept or not isinstance(inline, LineBreak):
            kept.append(inline)
    while kept and isinstance(kept[-1], LineBreak):
        kept.pop()
    return kept


def _goes_on(last: Inline, inline: Inline) -> bool:
    """Whether a span is of the form of the one before it, or only space."""
    are_spans = isinstance(last, Span) and isinstance(inline, Span)
    return are_spans and (last.form == inline.form or not (inline.text.strip(BLANK) or inline.code))


def _is_code(block: Block) -> bool:
    """Whether a block is a line of code, with nothing in it that code cannot have."""
    is_line = isinstance(block, WordParagraph) and block.role == "code" and not block.is_item
    return is_line and all(isinstance(inline, Span | LineBreak) for inline in block.inlines)


def _code_text(paragraphs: Sequence[WordParagraph]) -> str:
    lines = (
        "\n".join(paragraph.text for paragraph in paragraphs).replace("\t", "    ").strip("\n").split("\n")
    )
    return "\n".join(line.rstrip() for line in lines)


def _is_picture(block: WordParagraph) -> bool:
    """Whether a paragraph consists of pictures alone."""
    return (
        not block.spans
        and any(isinstance(inline, InlineImage) for inline in block.inlines)
        and not block.level
    )


def _is_caption(block: WordParagraph) -> bool:
    """Whether a paragraph is a caption that a figure can have: plain words."""
    has_links = any(span.address for span in block.spans)
    is_plain = all(isinstance(inline, Span) for inline in block.inlines)
    return block.role == "caption" and not has_links and is_plain
