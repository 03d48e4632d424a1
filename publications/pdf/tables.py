"""Tables as grids in which every cell has its column and every position is filled."""

from collections.abc import Callable

from publications.html_tree import Element

Cell = dict[str, object]
MAX_COLUMNS = 60
ALIGNMENTS = {"left": "left", "right": "right", "center": "center"}


def build_grid(table: Element, read_content: Callable[[Element], list]) -> dict[str, object]:
    """Return the header rows and the other rows of a table, all with the same number of columns."""
    sections = [_place_rows(rows, read_content) for rows in _split_sections(table)]
    columns = max((width for _cells, width in sections), default=0)
    has_header = _has_header(table)
    padded_sections = [_pad_rows(cells, width, columns) for cells, width in sections]
    return {
        "columns": columns,
        "head": padded_sections[0] if has_header and padded_sections else [],
        "rows": [
            row for section in (padded_sections[1:] if has_header else padded_sections) for row in section
        ],
    }


def _split_sections(table: Element) -> list[list[Element]]:
    """Return the rows by section, which no cell spans; a first row of header cells is a section of its own."""
    sections = [
        _section_rows(section) for section in table.elements if section.tag in ("thead", "tbody", "tfoot")
    ]
    rows_without_section = [row for row in table.elements if row.tag == "tr"]
    sections = [rows for rows in [*sections, rows_without_section] if rows]
    if sections and not _has_header_section(table) and _has_header(table):
        sections[:1] = [rows for rows in (sections[0][:1], sections[0][1:]) if rows]
    return sections


def _section_rows(section: Element) -> list[Element]:
    return [row for row in section.elements if row.tag == "tr"]


def _has_header_section(table: Element) -> bool:
    return any(section.tag == "thead" and _section_rows(section) for section in table.elements)


def _has_header(table: Element) -> bool:
    """Whether the first row is a header: it is in a `thead`, or has header cells only."""
    if _has_header_section(table):
        return True
    first = next(iter(table.find_all("tr")), None)
    return bool(first and first.elements) and all(cell.tag == "th" for cell in first.elements)


def _place_rows(rows: list[Element], read_content: Callable[[Element], list]) -> tuple[list[list[Cell]], int]:
    """Return the cells of these rows with their columns, and the number of columns."""
    occupied: set[tuple[int, int]] = set()
    placed_rows: list[list[Cell]] = []
    for y, row in enumerate(rows):
        cells = []
        for element in (child for child in row.elements if child.tag in ("td", "th")):
            x = next(x for x in range(MAX_COLUMNS + 1) if (x, y) not in occupied)
            if x == MAX_COLUMNS:
                break
            cell = _build_cell(element, read_content, x=x, max_rows=len(rows) - y)
            cell["colspan"] = _available_columns(occupied, x, y, int(cell["colspan"]))
            occupied |= {(x + i, y + j) for i in range(cell["colspan"]) for j in range(cell["rowspan"])}
            cells.append(cell)
        placed_rows.append(cells)
    width = max((x for x, _y in occupied), default=-1) + 1
    return _fill_gaps(placed_rows, occupied, width), width


def _available_columns(occupied: set[tuple[int, int]], x: int, y: int, span: int) -> int:
    """Return the number of columns a cell may span before another cell or the edge."""
    ends = (i for i in range(1, span) if (x + i, y) in occupied or x + i >= MAX_COLUMNS)
    return next(ends, span)


def _build_cell(element: Element, read_content: Callable[[Element], list], *, x: int, max_rows: int) -> Cell:
    return {
        "x": x,
        "colspan": min(_parse_span(element.get("colspan")), MAX_COLUMNS),
        "rowspan": min(_parse_span(element.get("rowspan")), max_rows),
        "align": ALIGNMENTS.get(element.get("data-align"), ""),
        "head": element.tag == "th",
        "c": read_content(element),
    }


def _parse_span(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() else 1


def _fill_gaps(rows: list[list[Cell]], occupied: set[tuple[int, int]], width: int) -> list[list[Cell]]:
    """Return the rows with empty cells at the positions without one."""
    return [
        sorted(
            [*cells, *(_empty_cell(x) for x in range(width) if (x, y) not in occupied)],
            key=lambda cell: cell["x"],
        )
        for y, cells in enumerate(rows)
    ]


def _pad_rows(rows: list[list[Cell]], width: int, columns: int) -> list[list[Cell]]:
    """Return the rows of a section, extended to the number of columns of the table."""
    return [[*cells, *(_empty_cell(x) for x in range(width, columns))] for cells in rows]


def _empty_cell(x: int) -> Cell:
    return {"x": x, "colspan": 1, "rowspan": 1, "align": "", "head": False, "c": []}
