"""Normalize headings and tables for the site's pages, and find the headings that links in a text lead to."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from publications.markup import Heading

from .blocks import (
    Block,
    InlineImage,
    LineBreak,
    Table,
    WordParagraph,
    all_paragraphs,
    link_address,
    one_line,
)
from .losses import ConversionLosses

MAX_HEADING_CHARACTERS = 90


def normalize_blocks(blocks: Sequence[Block], losses: ConversionLosses) -> list[Block]:
    """Return the blocks of a body or a note, normalized for a page; changes are reported as losses."""
    normalized = [inner for block in blocks for inner in _unpack_single_cell(block, losses)]
    renumber_headings(normalized)
    tables = [block for block in normalized if isinstance(block, Table)]
    losses.merged_tables += [number for number, table in enumerate(tables, start=1) if table.is_merged]
    losses.lettered_lists += sum(
        bool(paragraph.is_item and paragraph.mark) for paragraph in all_paragraphs(normalized)
    )
    return normalized


def _unpack_single_cell(block: Block, losses: ConversionLosses) -> list[Block]:
    """Return the content of a table with one cell, which is only a frame."""
    if isinstance(block, WordParagraph) or len(block.rows) != 1 or len(block.rows[0]) != 1:
        return [block]
    losses.single_cell_tables += 1
    return [inner for nested in block.rows[0][0].blocks for inner in _unpack_single_cell(nested, losses)]


def renumber_headings(blocks: Sequence[Block]) -> None:
    """Renumber headings from level 2 without gaps."""
    above: list[int] = []
    for block in blocks:
        if isinstance(block, WordParagraph) and block.level:
            while above and above[-1] >= block.level:
                above.pop()
            above.append(block.level)
            block.level = min(len(above) + 1, 6)


def promote_bold_lines(blocks: Sequence[Block]) -> int:
    """Turn short bold lines between paragraphs into headings if the text has none; return their number."""
    if any(isinstance(block, WordParagraph) and block.level for block in blocks):
        return 0
    count = 0
    for block, next_block in pairwise([*blocks, None]):
        if isinstance(block, WordParagraph) and _looks_like_heading(block, next_block):
            block.level, block.role = 1, "heading"
            count += 1
    return count


def _looks_like_heading(block: WordParagraph, next_block: Block | None) -> bool:
    text = one_line(block.text)
    is_line = block.is_all_bold and not block.is_item and not block.role
    is_short = len(text) <= MAX_HEADING_CHARACTERS and text[-1:] not in ".:;,"
    has_text_below = (
        isinstance(next_block, WordParagraph) and bool(next_block.text_spans) and not next_block.is_all_bold
    )
    is_one_line = not any(isinstance(inline, LineBreak | InlineImage) for inline in block.inlines)
    return is_line and is_short and is_one_line and has_text_below


def internal_links(blocks: Sequence[Block]) -> list[str]:
    """Return the bookmark of each link within the text."""
    bookmarks: list[str] = []
    for paragraph in all_paragraphs(list(blocks)):
        for address, _spans in groupby(paragraph.inlines, key=link_address):
            if address.startswith("#"):
                bookmarks.append(address[1:])
    return bookmarks


def heading_anchors(blocks: Sequence[Block], contents: Sequence[Heading]) -> dict[str, str]:
    """Return the anchors of headings by their bookmarks; empty if the page has other headings than the text."""
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
