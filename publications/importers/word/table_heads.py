"""Detect the header row of a table that Word does not mark: by its format, or by the content below it."""

import re

from .blocks import Cell, Table, WordParagraph, one_line

MAX_LABEL_CHARACTERS = 60  # characters in the label of a column
MIN_TEXT_CHARACTERS = 40  # characters from which cells are texts, under a short label
YEAR = re.compile(
    r"(?:Q[1-4]\W{0,2}|H[12]\W{0,2})?(?:19|20)\d\d(?:\W(?:19|20)?\d\d)?(?:\W{0,2}Q[1-4])?", re.IGNORECASE
)
FIGURE = re.compile(
    r"[^\w\s]{0,3}\s*\d[\d\s.,:/–-]*(?:\s*(?:%|‰|°|\w{1,4}\.?|[^\w\s]))?|[-–—]|n/?a", re.IGNORECASE
)


def has_header_row(table: Table) -> bool:
    """Return whether the first row of the table is a header.

    It is if all its cells have text and a format that the second row does not have (bold, a fill), or if all are short
    labels and a column below one of them contains only figures or long texts.
    """
    if len(table.rows) < 2 or not table.rows[0]:
        return False
    return _differs_in_format(table) or _has_column_labels(table)


def _differs_in_format(table: Table) -> bool:
    header, second_row = table.rows[:2]
    if not all(cell.blocks for cell in header):
        return False
    filled = [[cell.has_fill for cell in row] for row in (header, second_row)]
    bold = [[_is_bold(cell) for cell in row if cell.blocks] for row in (header, second_row)]
    return any(
        all(header_flags) and not (row_flags and all(row_flags)) for header_flags, row_flags in (bold, filled)
    )


def _has_column_labels(table: Table) -> bool:
    """Whether the first row contains labels; its first cell may be empty, above the labels of rows."""
    header = [_cell_text(cell) for cell in table.rows[0]]
    if len(header) < 2 or table.is_merged or len(set(header)) < len(header) or not all(header[1:]):
        return False
    if not all(_is_label(text) for text in header if text):
        return False
    columns = [
        [_cell_text(row[column_index]) for row in table.rows[1:] if column_index < len(row)]
        for column_index in range(len(header))
    ]
    return any(_is_label_of(label, column) for label, column in zip(header, columns, strict=True) if label)


def _is_label(text: str) -> bool:
    if len(text) > MAX_LABEL_CHARACTERS or "\n" in text or text[-1] in ".;!?":
        return False
    return bool(YEAR.fullmatch(text)) or not _is_figure(text)


def _is_figure(text: str) -> bool:
    return len(text) <= MAX_LABEL_CHARACTERS and bool(FIGURE.fullmatch(text))


def _is_label_of(label: str, column: list[str]) -> bool:
    """Whether all cells below a label are of another type than the label."""
    texts = [text for text in column if text]
    if not texts or len(texts) * 2 < len(column):
        return False
    if all(_is_figure(text) for text in texts):
        return not (YEAR.fullmatch(label) and any(YEAR.fullmatch(text) for text in texts))
    return min(map(len, texts)) >= max(MIN_TEXT_CHARACTERS, 2 * len(label))


def _cell_text(cell: Cell) -> str:
    """Return the text of a cell, one line for each paragraph."""
    return "\n".join(
        one_line(block.text) for block in cell.blocks if isinstance(block, WordParagraph)
    ).strip()


def _is_bold(cell: Cell) -> bool:
    paragraphs = [block for block in cell.blocks if isinstance(block, WordParagraph)]
    return bool(paragraphs) and all(paragraph.is_all_bold or paragraph.level for paragraph in paragraphs)
