"""Tables as Markdown: rows of cells between pipes, below a row that says how columns are aligned."""

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from itertools import zip_longest

from publications.html_tree import Element, is_inline_child, serialize

ALIGNMENT_CELLS = {"left": " :--- ", "center": " :---: ", "right": " ---: "}
DEFAULT_CELL = " --- "
INLINE_SIGNS = re.compile(r"[\\`*_\[\]]")


def is_plain_table(table: Element, rows: Sequence[Element]) -> bool:
    """Whether Markdown has a syntax for the table: cells of one line, no caption, headings in the first row alone.

    Cells with content have the alignment of their column.
    """
    cells = [cell for row in rows for cell in row.elements]
    return (
        bool(rows)
        and all(cell.tag == "td" for row in rows[_has_header(rows) :] for cell in row.elements)
        and all(is_inline_child(child) for cell in cells for child in cell.elements)
        and not any({"colspan", "rowspan"} & set(cell.attributes) for cell in cells)
        and not any(child.tag == "caption" for child in table.elements)
        and all(len(alignments) < 2 for alignments in _alignments_by_column(rows))
    )


def write_table(rows: Sequence[Element], write_cell: Callable[[Element], str]) -> str:
    """Return the Markdown of a plain table; above one without a header row stands an empty one, which no page shows.

    Args:
        write_cell: returns the content of a cell as one line.
    """
    lines = [f"| {' | '.join(map(write_cell, row.elements))} |" for row in rows]
    if not _has_header(rows):
        lines.insert(0, f"|{' |' * len(rows[0].elements)}")
    alignments = [
        ALIGNMENT_CELLS.get("".join(values), DEFAULT_CELL) for values in _alignments_by_column(rows)
    ]
    return "\n".join([lines[0], f"|{'|'.join(alignments)}|", *lines[1:]])


def write_html_table(table: Element, is_nested: bool) -> str:
    """Return a table as HTML. Nested in another block it is read as inline HTML, with Markdown in its cells."""
    table = deepcopy(table)
    for cell in table.find_all("td", "th"):
        if align := cell.attributes.pop("data-align", ""):
            cell.attributes["align"] = align
    html = serialize(table)
    return INLINE_SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", html) if is_nested else html


def _alignments_by_column(rows: Sequence[Element]) -> list[set[str]]:
    """Return the alignments of the cells with content, by column; without such cells those of the first row."""
    columns = [column for column in zip_longest(*(row.elements for row in rows)) if column[0]]
    filled = [[cell for cell in column if cell and cell.children] for column in columns]
    return [
        {cell.get("data-align") for cell in cells or column[:1]}
        for cells, column in zip(filled, columns, strict=True)
    ]


def _has_header(rows: Sequence[Element]) -> bool:
    return all(cell.tag == "th" for cell in rows[0].elements)
