"""Convert stored HTML to blocks for the template `pdf.typ`: lists and dictionaries of text, without code.

A block is {"t": type} with its content as runs or blocks in "c", text in "s", or entries in "items".
"""

from collections.abc import Collection, Sequence
from itertools import groupby

from publications.html_tree import HEADINGS, Element, is_inline_child, parse

from .inline import InlineContext, Run, clean_text, direction_of, inline_runs, language_of
from .tables import build_grid

MAX_NESTING = 7  # of blocks in blocks; deeper ones are moved up

Block = dict[str, object]


def text_blocks(html: str, *, address: str, images: Collection[str] = ()) -> dict[str, object]:
    """Return the `blocks` of a text, its `notes` by number, and its `unreferenced_notes`.

    Args:
        address: the URL that links are relative to.
        images: the keys of the images that are available.
    """
    body = parse(html)
    notes = _find_notes(body)
    anchors = frozenset(
        element.get("id")
        for element in body.walk()
        if element.tag != "span" and element.get("id")[:2] in ("p-", "s-")
    )
    context = InlineContext(
        address=address,
        anchors=anchors,
        aliases=_map_aliases(body, anchors),
        notes=frozenset(notes),
        images=frozenset(images),
    )
    reader = BlockReader(context)
    blocks = reader.blocks([child for child in body.children if not _is_notes(child)])
    context.is_note = True
    read_notes = {number: reader.blocks(note.children) for number, note in sorted(notes.items())}
    return {
        "blocks": blocks,
        "notes": {
            str(number): content
            for number, content in read_notes.items()
            if number in context.referenced_notes
        },
        "unreferenced_notes": [
            {"n": n, "c": content} for n, content in read_notes.items() if n not in context.referenced_notes
        ],
    }


def _map_aliases(body: Element, anchors: frozenset[str]) -> dict[str, str]:
    """Return the ids of authors with the id of the heading or paragraph around each, or an empty string."""
    aliases = {span.get("id"): "" for span in body.find_all("span") if span.get("id")}
    anchored = [element for element in body.walk() if element.get("id") in anchors and element.tag != "span"]
    for element in anchored:
        aliases |= {span.get("id"): element.get("id") for span in element.walk() if span.get("id") in aliases}
    in_headers = {span.get("id") for header in body.find_all("thead") for span in header.walk()}
    # the header of a table is repeated on every page, so that an anchor in it would not be unique
    return {name: anchor for name, anchor in aliases.items() if anchor or name not in in_headers}


def _is_notes(child: Element | str) -> bool:
    return isinstance(child, Element) and "footnotes" in child.get("class").split()


def _find_notes(body: Element) -> dict[int, Element]:
    sections = [section for section in body.elements if _is_notes(section)]
    items = [item for section in sections for item in section.find_all("li")]
    by_number = {
        item.get("id").removeprefix("fn-"): item for item in items if item.get("id").startswith("fn-")
    }
    return {int(number): item for number, item in by_number.items() if number.isascii() and number.isdigit()}


class BlockReader:
    """Reads blocks in their context; heading levels are reduced where the HTML skips one."""

    def __init__(self, context: InlineContext) -> None:
        self.context = context
        self.level = 1

    def blocks(self, children: Sequence[Element | str], depth: int = 0) -> list[Block]:
        """Return the blocks of an element with block or inline content, or both."""
        blocks: list[Block] = []
        for is_inline, group in groupby(children, key=is_inline_child):
            if is_inline:
                blocks += self._paragraph(Element("p", {}, list(group)))
                continue
            for element in group:
                blocks += self._block(element, depth)
        return blocks

    def _block(self, element: Element, depth: int) -> list[Block]:
        if depth >= MAX_NESTING and element.tag not in ("p", "pre", "hr"):
            return self.blocks(element.children, depth)
        read = getattr(self, f"_{READERS.get(element.tag, 'children')}")
        return [_add_language(block, element) for block in read(element, depth)]

    def _children(self, element: Element, depth: int) -> list[Block]:
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
            block |= {"numbers": item_numbers(element, items), "type": element.get("type") or "1"}
        return [block] if items else []

    def _terms(self, element: Element, depth: int) -> list[Block]:
        """Return a list of terms, each with its descriptions."""
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
        caption = self._caption(element, "figcaption")
        key = image.get("data-image") if image else ""
        if key not in self.context.images:
            return [{"t": "p", "c": caption}] if caption else []
        link = next((child.get("href") for child in element.elements if child.tag == "a"), "")
        target = inline_runs([Element("a", {"href": link}, ["x"])], self.context) if link else []
        return [
            {
                "t": "figure",
                "image": key,
                "alt": clean_text(image.get("alt")),
                "caption": caption,
                **_link_attribute(target),
            }
        ]

    def _table(self, element: Element, depth: int) -> list[Block]:
        grid = build_grid(element, lambda cell: self.blocks(cell.children, depth + 1))
        if not grid["columns"]:
            return []
        repeats = not _refers_to_notes(grid["head"])  # a note is on one page, a repeated header on all
        return [{"t": "table", "caption": self._caption(element, "caption"), "repeats": repeats, **grid}]

    def _caption(self, element: Element, tag: str) -> list[Run]:
        captions = [child for child in element.elements if child.tag == tag]
        return [run for caption in captions for run in inline_runs(caption.children, self.context)]


READERS = {
    "p": "paragraph", "ul": "list", "ol": "list", "dl": "terms", "pre": "code", "hr": "rule", "table": "table",
    "blockquote": "quote", "figure": "figure", **dict.fromkeys(HEADINGS, "heading"),
}  # fmt: skip


def _refers_to_notes(value: object) -> bool:
    if isinstance(value, dict):
        return "note" in value or any(map(_refers_to_notes, value.values()))
    return isinstance(value, list) and any(map(_refers_to_notes, value))


def item_numbers(element: Element, items: Sequence[Element]) -> list[int]:
    """Return the number of each item of an ordered list."""
    step = -1 if "reversed" in element.attributes else 1
    number = _parse_integer(element.get("start"), len(items) if step < 0 else 1)
    numbers = []
    for item in items:
        number = _parse_integer(item.get("value"), number)
        numbers.append(number)
        number += step
    return numbers


def _parse_integer(text: str, default: int) -> int:
    return int(text) if text.lstrip("-").isdigit() and text.isascii() else default


def _link_attribute(target: list[Run]) -> Block:
    return {"a": target[0]["a"]} if target and "a" in target[0] else {}


def _add_language(block: Block, element: Element) -> Block:
    """Return the block with the language and direction of its element, if that sets them."""
    attributes = {"lang": language_of(element), "dir": direction_of(element)}
    return {**{name: value for name, value in attributes.items() if value}, **block}
