"""Stored HTML as the blocks that the template `pdf.typ` sets: lists and dictionaries of text, with nothing to run.

A table becomes a grid in which every place is taken once, which HTML leaves to the browser.
"""

from collections.abc import Callable, Collection, Sequence
from itertools import groupby

from publications.html_tree import HEADINGS, Element, is_inline_child, parse

from .inline import InlineContext, Run, clean_text, direction_of, inline_runs, language_of

MAX_NESTING = 7  # blocks in blocks: what lies deeper stands beside, not below

Block = dict[str, object]
Cell = dict[str, object]
MAX_COLUMNS = 60
ALIGNED = {"left": "left", "right": "right", "center": "center"}


def text_blocks(html: str, *, address: str, images: Collection[str] = ()) -> dict[str, object]:
    """Return the blocks of a text, its notes by number, and the notes that nothing refers to.

    `address` is what links are relative to; `images` are the keys of the images that can be shown.
    """
    body = parse(html)
    notes = _notes_in(body)
    anchors = frozenset(
        element.get("id")
        for element in body.walk()
        if element.tag != "span" and element.get("id")[:2] in ("p-", "s-")
    )
    context = InlineContext(
        address=address,
        anchors=anchors,
        aliases=_aliases_in(body, anchors),
        notes=frozenset(notes),
        images=frozenset(images),
    )
    reader = BlockReader(context)
    blocks = reader.blocks([child for child in body.children if not _is_notes(child)])
    context.is_note = True
    read_notes = {number: reader.blocks(note.children) for number, note in sorted(notes.items())}
    return {
        "blocks": blocks,
        "notes": {str(number): content for number, content in read_notes.items() if number in context.met},
        "rest": [{"n": n, "c": content} for n, content in read_notes.items() if n not in context.met],
    }


def _aliases_in(body: Element, anchors: frozenset[str]) -> dict[str, str]:
    """The ids of authors, each with the id of the heading or paragraph it stands in; nothing where that has none."""
    aliases = {span.get("id"): "" for span in body.find_all("span") if span.get("id")}
    owners = [element for element in body.walk() if element.get("id") in anchors and element.tag != "span"]
    for owner in owners:
        aliases |= {span.get("id"): owner.get("id") for span in owner.walk() if span.get("id") in aliases}
    heads = [span for head in body.find_all("thead") for span in head.walk()]
    repeated = {span.get("id") for span in heads}  # the head of a table stands on every page of it
    return {name: owner for name, owner in aliases.items() if owner or name not in repeated}


def _is_notes(child: Element | str) -> bool:
    return isinstance(child, Element) and "footnotes" in child.get("class").split()


def _notes_in(body: Element) -> dict[int, Element]:
    items = [item for section in body.elements if _is_notes(section) for item in section.walk()]
    named = {item.get("id").removeprefix("fn-"): item for item in items if item.get("id").startswith("fn-")}
    return {int(number): item for number, item in named.items() if number.isdigit()}


class BlockReader:
    """Reads blocks in their context; headings never skip a level, whatever the HTML says."""

    def __init__(self, context: InlineContext) -> None:
        self.context = context
        self.level = 1

    def blocks(self, children: Sequence[Element | str], depth: int = 0) -> list[Block]:
        """The blocks of an element that holds blocks, or words, or both."""
        found: list[Block] = []
        for is_inline, group in groupby(children, key=is_inline_child):
            if is_inline:
                found += self._paragraph(Element("p", {}, list(group)))
                continue
            for element in group:
                found += self._block(element, depth)
        return found

    def _block(self, element: Element, depth: int) -> list[Block]:
        if depth >= MAX_NESTING and element.tag not in ("p", "pre", "hr"):
            return self.blocks(element.children, depth) or []
        read_it = getattr(self, f"_{READERS.get(element.tag, 'inside')}")
        return [_with_language(block, element) for block in read_it(element, depth)]

    def _inside(self, element: Element, depth: int) -> list[Block]:
        return self.blocks(element.children, depth)

    def _paragraph(self, element: Element, depth: int = 0) -> list[Block]:
        runs = inline_runs(element.children, self.context)
        block = {"t": "p", "c": runs}
        if element.get("id") in self.context.anchors:
            block["id"] = element.get("id")
        return [block] if runs else []

    def _heading(self, element: Element, depth: int) -> list[Block]:
        if depth:
            return self._paragraph(element)
        self.level = max(2, min(int(element.tag[1]), self.level + 1))
        blocks = self._paragraph(element)
        return [{**block, "t": "h", "level": self.level} for block in blocks]

    def _list(self, element: Element, depth: int) -> list[Block]:
        items = [item for item in element.elements if item.tag == "li"]
        block: Block = {"t": element.tag, "items": [self.blocks(item.children, depth + 1) for item in items]}
        if element.tag == "ol":
            block |= {"numbers": numbers_of(element, items), "type": element.get("type") or "1"}
        return [block] if items else []

    def _terms(self, element: Element, depth: int) -> list[Block]:
        """Each term with what follows up to the next."""
        items: list[dict[str, list]] = []
        for part in element.elements:
            if part.tag == "dt" or not items:
                items.append({"term": [], "c": []})
            if part.tag == "dt":
                items[-1]["term"] = inline_runs(part.children, self.context)
            else:
                items[-1]["c"] += self.blocks(part.children, depth + 1)
        return [{"t": "dl", "items": items}] if items else []

    def _quote(self, element: Element, depth: int) -> list[Block]:
        blocks = self.blocks(element.children, depth + 1)
        return [{"t": "quote", "c": blocks}] if blocks else []

    def _code(self, element: Element, depth: int) -> list[Block]:
        text = clean_text(element.text).strip("\n").expandtabs(4)
        return [{"t": "pre", "s": text}] if text.strip() else []

    def _rule(self, element: Element, depth: int) -> list[Block]:
        return [{"t": "hr"}]

    def _figure(self, element: Element, depth: int) -> list[Block]:
        image = next(iter(element.find_all("img")), None)
        captions = [each for each in element.elements if each.tag == "figcaption"]
        caption = [run for each in captions for run in inline_runs(each.children, self.context)]
        key = image.get("data-image") if image else ""
        if key not in self.context.images:
            return [{"t": "p", "c": caption}] if caption else []
        link = next((each.get("href") for each in element.elements if each.tag == "a"), "")
        target = inline_runs([Element("a", {"href": link}, ["x"])], self.context) if link else []
        return [
            {
                "t": "figure",
                "image": key,
                "alt": clean_text(image.get("alt")),
                "caption": caption,
                **_led(target),
            }
        ]

    def _table(self, element: Element, depth: int) -> list[Block]:
        grid = grid_of(element, lambda cell: self.blocks(cell.children, depth + 1))
        if not grid["columns"]:
            return []
        captions = [each for each in element.elements if each.tag == "caption"]
        caption = [run for each in captions for run in inline_runs(each.children, self.context)]
        repeats = not _refers_to_notes(grid["head"])  # a note stands on one page, a head on all
        return [{"t": "table", "caption": caption, "repeats": repeats, **grid}]


READERS = {
    "p": "paragraph", "ul": "list", "ol": "list", "dl": "terms", "pre": "code", "hr": "rule", "table": "table",
    "blockquote": "quote", "figure": "figure", **dict.fromkeys(HEADINGS, "heading"),
}  # fmt: skip


def _refers_to_notes(value: object) -> bool:
    if isinstance(value, dict):
        return "note" in value or any(_refers_to_notes(each) for each in value.values())
    return isinstance(value, list) and any(_refers_to_notes(each) for each in value)


def numbers_of(element: Element, items: Sequence[Element]) -> list[int]:
    """The number that each item of an ordered list shows."""
    step = -1 if "reversed" in element.attributes else 1
    number = _whole(element.get("start"), len(items) if step < 0 else 1)
    numbers = []
    for item in items:
        number = _whole(item.get("value"), number)
        numbers.append(number)
        number += step
    return numbers


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.lstrip("-").isdigit() and text.isascii() else otherwise


def _led(target: list[Run]) -> Block:
    return {"a": target[0]["a"]} if target and "a" in target[0] else {}


def _with_language(block: Block, element: Element) -> Block:
    """The block in the language and direction of its element, where it has its own."""
    told = {"lang": language_of(element), "dir": direction_of(element)}
    return {**{name: value for name, value in told.items() if value}, **block}


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
            x = next(x for x in range(MAX_COLUMNS + 1) if (x, y) not in taken)
            if x == MAX_COLUMNS:
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
    ends = (i for i in range(1, wanted) if (x + i, y) in taken or x + i >= MAX_COLUMNS)
    return next(ends, wanted)


def _cell(element: Element, content: Callable[[Element], list], *, x: int, most_rows: int) -> Cell:
    return {
        "x": x,
        "colspan": min(_number(element.get("colspan")), MAX_COLUMNS),
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
