"""Tables that scroll in a frame, so that the page does not, with headings that say what they head."""

from collections.abc import Iterator, Sequence

from .plaintext import words_of
from .tree import Node


def shape_tables(trees: Sequence[Node], label: str) -> None:
    """Frame every table. Several are numbered in their labels, for landmarks need names of their own."""
    frames = [frame for tree in trees for frame in _frames(tree)]
    for number, frame in enumerate(frames, start=1):
        name = f"{label} {number}" if len(frames) > 1 else label
        frame.attributes = {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": name}
    for table in [node for tree in trees for node in tree if node.tag == "table"]:
        _shape(table)


def _frames(node: Node) -> Iterator[Node]:
    """Put a frame around each table that stands in no other."""
    for place, child in enumerate(node.children):
        if isinstance(child, str):
            continue
        if child.tag == "table":
            frame = Node("div", {}, [child])
            node.children[place] = frame
            yield frame
        else:
            yield from _frames(child)


def _shape(table: Node) -> None:
    table.children = [section for section in table.nodes if section.tag != "thead" or words_of(section)]
    for section in table.nodes:
        for row in section.nodes:
            _shape_row(row, is_head=section.tag == "thead")


def _shape_row(row: Node, *, is_head: bool) -> None:
    cells = row.nodes
    is_head = is_head or all(cell.tag == "th" for cell in cells)
    for place, cell in enumerate(cells):
        if align := cell.attributes.pop("align", ""):
            cell.attributes["data-align"] = align
        if cell.tag == "th":
            _shape_heading(cell, "col" if is_head else "row" if place == 0 else "")


def _shape_heading(cell: Node, scope: str) -> None:
    if not words_of(cell):
        cell.tag = "td"
    elif scope and not cell.attributes.keys() & {"colspan", "rowspan"}:
        cell.attributes["scope"] = scope
