"""Tables as a grid in which every place is taken once, which HTML leaves to the browser to see to."""

from collections.abc import Callable

from publications.html_tree import Element

Cell = dict[str, object]
MOST_COLUMNS = 60
ALIGNED = {"left": "left", "right": "right", "center": "center"}


def grid_of(table: Element, content: Callable[[Element], list]) -> dict[str, object]:
    """The rows of a table, head and body apart, each filled to the same number of columns."""
    sections = [_rows(rows, content) for rows in _sections(table)]
    columns = max((width for _cells, width in sections), default=0)
    head = _is_head(table)
    filled = [_filled(cells, width, columns) for cells, width in sections]
    return {
        "columns": columns,
        "head": filled[0] if head and filled else [],
        "rows": [row for section in (filled[1:] if head else filled) for row in section],
    }


def _sections(table: Element) -> list[list[Element]]:
    """Rows by the section they stand in: no cell reaches from one into the next. Rows of headings alone go first."""
    found = [_rows_in(section) for section in table.elements if section.tag in ("thead", "tbody", "tfoot")]
    loose = [row for row in table.elements if row.tag == "tr"]
    sections = [rows for rows in [*found, loose] if rows]
    if sections and not _has_head_section(table) and _is_head(table):
        sections[:1] = [rows for rows in (sections[0][:1], sections[0][1:]) if rows]
    return sections


def _rows_in(section: Element) -> list[Element]:
    return [row for row in section.elements if row.tag == "tr"]


def _has_head_section(table: Element) -> bool:
    return any(section.tag == "thead" and _rows_in(section) for section in table.elements)


def _is_head(table: Element) -> bool:
    """Whether the first row heads the columns: it stands in a head, or is made of headings alone."""
    if _has_head_section(table):
        return True
    first = next(iter(table.find_all("tr")), None)
    return bool(first and first.elements) and all(cell.tag == "th" for cell in first.elements)


def _rows(rows: list[Element], content: Callable[[Element], list]) -> tuple[list[list[Cell]], int]:
    """The cells of some rows with their places, and how many columns they take."""
    taken: set[tuple[int, int]] = set()
    placed: list[list[Cell]] = []
    for y, row in enumerate(rows):
        cells = []
        for element in (each for each in row.elements if each.tag in ("td", "th")):
            x = next(x for x in range(MOST_COLUMNS + 1) if (x, y) not in taken)
            if x == MOST_COLUMNS:
                break
            cell = _cell(element, content, x=x, most_rows=len(rows) - y)
            cell["colspan"] = _free(taken, x, y, int(cell["colspan"]))
            taken |= {(x + i, y + j) for i in range(cell["colspan"]) for j in range(cell["rowspan"])}
            cells.append(cell)
        placed.append(cells)
    width = max((x for x, _y in taken), default=-1) + 1
    return _with_gaps(placed, taken, width), width


def _free(taken: set[tuple[int, int]], x: int, y: int, wanted: int) -> int:
    """How far a cell may reach to the right before it meets another, or the edge."""
    ends = (i for i in range(1, wanted) if (x + i, y) in taken or x + i >= MOST_COLUMNS)
    return next(ends, wanted)


def _cell(element: Element, content: Callable[[Element], list], *, x: int, most_rows: int) -> Cell:
    return {
        "x": x,
        "colspan": min(_number(element.get("colspan")), MOST_COLUMNS),
        "rowspan": min(_number(element.get("rowspan")), most_rows),
        "align": ALIGNED.get(element.get("data-align"), ""),
        "head": element.tag == "th",
        "c": content(element),
    }


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() else 1


def _with_gaps(rows: list[list[Cell]], taken: set[tuple[int, int]], width: int) -> list[list[Cell]]:
    """Rows with an empty cell wherever the HTML has none."""
    return [
        sorted(
            [*cells, *(_empty(x) for x in range(width) if (x, y) not in taken)], key=lambda cell: cell["x"]
        )
        for y, cells in enumerate(rows)
    ]


def _filled(rows: list[list[Cell]], width: int, columns: int) -> list[list[Cell]]:
    """Rows of a narrower section, as wide as the widest."""
    return [[*cells, *(_empty(x) for x in range(width, columns))] for cells in rows]


def _empty(x: int) -> Cell:
    return {"x": x, "colspan": 1, "rowspan": 1, "align": "", "head": False, "c": []}
