"""Tables that scroll in a frame, so that the page does not, with headings that say what they head."""

from collections.abc import Iterator, Sequence

from publications.html_tree import Element

from .plaintext import words_of


def shape_tables(trees: Sequence[Element], label: str) -> None:
    """Frame every table. Several are numbered in their labels, for landmarks need names of their own."""
    frames = [frame for tree in trees for frame in _frames(tree)]
    for number, frame in enumerate(frames, start=1):
        name = f"{label} {number}" if len(frames) > 1 else label
        frame.attributes = {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": name}
    for table in [table for tree in trees for table in tree.find_all("table")]:
        _shape(table)


def _frames(element: Element) -> Iterator[Element]:
    """Put a frame around each table that stands in no other."""
    for place, child in enumerate(element.children):
        if isinstance(child, str):
            continue
        if child.tag == "table":
            frame = Element("div", {}, [child])
            element.children[place] = frame
            yield frame
        else:
            yield from _frames(child)


def _shape(table: Element) -> None:
    table.children = [section for section in table.elements if section.tag != "thead" or words_of(section)]
    for section in table.elements:
        for row in section.elements:
            _shape_row(row, is_head=section.tag == "thead")


def _shape_row(row: Element, *, is_head: bool) -> None:
    cells = row.elements
    is_head = is_head or all(cell.tag == "th" for cell in cells)
    for place, cell in enumerate(cells):
        if align := cell.attributes.pop("align", ""):
            cell.attributes["data-align"] = align
        if cell.tag == "th":
            _shape_heading(cell, "col" if is_head else "row" if place == 0 else "")


def _shape_heading(cell: Element, scope: str) -> None:
    if not words_of(cell):
        cell.tag = "td"
    elif scope and not cell.attributes.keys() & {"colspan", "rowspan"}:
        cell.attributes["scope"] = scope
