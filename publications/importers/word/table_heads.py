"""Whether the first row of a table is its head where Word does not say so: by its form, or by what stands below it."""

import re

from .blocks import Cell, Table, WordParagraph, one_line

LONGEST_LABEL = 60  # characters of a cell that names a column
LONG_TEXT = 40  # characters from which cells below are texts, which a short cell above them names
YEAR = re.compile(
    r"(?:Q[1-4]\W{0,2}|H[12]\W{0,2})?(?:19|20)\d\d(?:\W(?:19|20)?\d\d)?(?:\W{0,2}Q[1-4])?", re.IGNORECASE
)
FIGURE = re.compile(
    r"[^\w\s]{0,3}\s*\d[\d\s.,:/–-]*(?:\s*(?:%|‰|°|\w{1,4}\.?|[^\w\s]))?|[-–—]|n/?a", re.IGNORECASE
)


def looks_headed(table: Table) -> bool:
    """Return whether the first row of the table names its columns.

    It does where all its cells have words and a form that those of the second row have not (bold, a fill), or where
    all are short labels and a column below one of them holds figures or long texts alone.
    """
    if len(table.rows) < 2 or not table.rows[0]:
        return False
    return _differs_in_form(table) or _names_columns(table)


def _differs_in_form(table: Table) -> bool:
    head, below = table.rows[:2]
    if not all(cell.blocks for cell in head):
        return False
    filled = [[cell.is_filled for cell in row] for row in (head, below)]
    bold = [[_is_bold(cell) for cell in row if cell.blocks] for row in (head, below)]
    return any(all(of_head) and not (of_row and all(of_row)) for of_head, of_row in (bold, filled))


def _names_columns(table: Table) -> bool:
    """Whether the first row holds labels. Its first cell may be empty, as above the names of rows."""
    head = [_text(cell) for cell in table.rows[0]]
    if len(head) < 2 or table.is_merged or len(set(head)) < len(head) or not all(head[1:]):
        return False
    if not all(_is_label(text) for text in head if text):
        return False
    columns = [[_text(row[at]) for row in table.rows[1:] if at < len(row)] for at in range(len(head))]
    return any(_is_named_by(label, column) for label, column in zip(head, columns, strict=True) if label)


def _is_label(text: str) -> bool:
    if len(text) > LONGEST_LABEL or "\n" in text or text[-1] in ".;!?":
        return False
    return bool(YEAR.fullmatch(text)) or not _is_figure(text)


def _is_figure(text: str) -> bool:
    return len(text) <= LONGEST_LABEL and bool(FIGURE.fullmatch(text))


def _is_named_by(label: str, column: list[str]) -> bool:
    """Whether all that stands below a label is of another sort than the label is."""
    texts = [text for text in column if text]
    if not texts or len(texts) * 2 < len(column):
        return False
    if all(_is_figure(text) for text in texts):
        return not (YEAR.fullmatch(label) and any(YEAR.fullmatch(text) for text in texts))
    return min(map(len, texts)) >= max(LONG_TEXT, 2 * len(label))


def _text(cell: Cell) -> str:
    """The words of a cell of one paragraph; what is longer than that is no label, and stands on several lines."""
    return "\n".join(
        one_line(block.text) for block in cell.blocks if isinstance(block, WordParagraph)
    ).strip()


def _is_bold(cell: Cell) -> bool:
    paragraphs = [block for block in cell.blocks if isinstance(block, WordParagraph)]
    return bool(paragraphs) and all(each.is_all_bold or each.level for each in paragraphs)
