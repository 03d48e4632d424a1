"""Blocks get the shape of our pages: levels of headings and lists, tables that are tables, headings that look it."""

from itertools import pairwise

from .findings import Findings
from .parts import Block, LineBreak, Paragraph, Shown, Table, all_paragraphs, one_line

LONGEST_LINE = 90


def shape(blocks: list[Block], findings: Findings) -> list[Block]:
    """The blocks of a body or a note, ready to be written."""
    shaped = [inner for block in blocks for inner in _unpacked(block, findings)]
    level_headings(shaped)
    level_items(shaped)
    tables = [block for block in shaped if isinstance(block, Table)]
    findings.merged_tables += [number for number, table in enumerate(tables, start=1) if table.is_merged]
    findings.lettered += sum(bool(each.is_item and each.mark) for each in all_paragraphs(shaped))
    return shaped


def _unpacked(block: Block, findings: Findings) -> list[Block]:
    """A table of one cell is a frame around text, not a table."""
    if isinstance(block, Paragraph) or len(block.rows) != 1 or len(block.rows[0]) != 1:
        return [block]
    findings.unpacked_tables += 1
    return [inner for each in block.rows[0][0].blocks for inner in _unpacked(each, findings)]


def level_items(blocks: list[Block]) -> None:
    """Lists begin at the outer level, and go in by one level at a time."""
    before = -1
    for block in blocks:
        if not isinstance(block, Paragraph) or not block.is_item:
            before = -1
            continue
        block.depth = before = min(block.depth, before + 1)


def level_headings(blocks: list[Block]) -> None:
    """Headings begin at level 2 and skip none."""
    above: list[int] = []
    for block in blocks:
        if isinstance(block, Paragraph) and block.level:
            while above and above[-1] >= block.level:
                above.pop()
            above.append(block.level)
            block.level = min(len(above) + 1, 6)


def take_bold_lines_as_headings(blocks: list[Block]) -> int:
    """Where a text has no heading at all, short lines in bold between paragraphs are its headings."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    if any(each.level for each in paragraphs):
        return 0
    taken = 0
    for block, after in pairwise([*blocks, None]):
        if isinstance(block, Paragraph) and _looks_like_heading(block, after):
            block.level, block.role = 1, "heading"
            taken += 1
    return taken


def _looks_like_heading(block: Paragraph, after: Block | None) -> bool:
    text = one_line(block.text)
    is_line = block.is_all_bold and not block.is_item and not block.role
    is_short = len(text) <= LONGEST_LINE and text[-1:] not in ".:;,"
    has_text_below = isinstance(after, Paragraph) and bool(after.spans) and not after.is_all_bold
    is_one_line = not any(isinstance(piece, LineBreak | Shown) for piece in block.pieces)
    return is_line and is_short and is_one_line and has_text_below
