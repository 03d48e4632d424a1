"""Stored HTML as the blocks that `paper.typ` sets: lists and dictionaries with text in them, and nothing to run."""

from collections.abc import Sequence
from itertools import groupby

from publications.html_tree import HEADINGS, Element, is_inline_child, parse

from .parts import Paper
from .runs import Ground, Run, clean, direction_of, language_of, runs_of
from .tables import grid_of

DEEPEST = 7  # blocks in blocks: what lies deeper stands beside, not below

Block = dict[str, object]


def text_of(paper: Paper) -> dict[str, object]:
    """The text of a paper: its blocks, the notes by their numbers, and those that nothing refers to."""
    body = parse(paper.html)
    notes = _notes_in(body)
    anchors = frozenset(
        element.get("id")
        for element in body.walk()
        if element.tag != "span" and element.get("id")[:2] in ("p-", "s-")
    )
    ground = Ground(
        address=paper.address,
        anchors=anchors,
        aliases=_aliases_in(body, anchors),
        notes=frozenset(notes),
        pictures=frozenset(paper.pictures),
    )
    reader = _Reader(ground)
    blocks = reader.blocks([child for child in body.children if not _is_notes(child)])
    ground.is_note = True
    read_notes = {number: reader.blocks(note.children) for number, note in sorted(notes.items())}
    return {
        "blocks": blocks,
        "notes": {str(number): content for number, content in read_notes.items() if number in ground.met},
        "rest": [{"n": n, "c": content} for n, content in read_notes.items() if n not in ground.met],
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


class _Reader:
    """Reads blocks on their ground; headings never skip a level, whatever the HTML says."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
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
        if depth >= DEEPEST and element.tag not in ("p", "pre", "hr"):
            return self.blocks(element.children, depth) or []
        read_it = getattr(self, f"_{READERS.get(element.tag, 'inside')}")
        return [_spoken(block, element) for block in read_it(element, depth)]

    def _inside(self, element: Element, depth: int) -> list[Block]:
        return self.blocks(element.children, depth)

    def _paragraph(self, element: Element, depth: int = 0) -> list[Block]:
        runs = runs_of(element.children, self.ground)
        block = {"t": "p", "c": runs}
        if element.get("id") in self.ground.anchors:
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
                items[-1]["term"] = runs_of(part.children, self.ground)
            else:
                items[-1]["c"] += self.blocks(part.children, depth + 1)
        return [{"t": "dl", "items": items}] if items else []

    def _quote(self, element: Element, depth: int) -> list[Block]:
        blocks = self.blocks(element.children, depth + 1)
        return [{"t": "quote", "c": blocks}] if blocks else []

    def _code(self, element: Element, depth: int) -> list[Block]:
        text = clean(element.text).strip("\n").expandtabs(4)
        return [{"t": "pre", "s": text}] if text.strip() else []

    def _rule(self, element: Element, depth: int) -> list[Block]:
        return [{"t": "hr"}]

    def _figure(self, element: Element, depth: int) -> list[Block]:
        image = next(iter(element.find_all("img")), None)
        captions = [each for each in element.elements if each.tag == "figcaption"]
        caption = [run for each in captions for run in runs_of(each.children, self.ground)]
        key = image.get("data-image") if image else ""
        if key not in self.ground.pictures:
            return [{"t": "p", "c": caption}] if caption else []
        link = next((each.get("href") for each in element.elements if each.tag == "a"), "")
        target = runs_of([Element("a", {"href": link}, ["x"])], self.ground) if link else []
        return [
            {"t": "figure", "image": key, "alt": clean(image.get("alt")), "caption": caption, **_led(target)}
        ]

    def _table(self, element: Element, depth: int) -> list[Block]:
        grid = grid_of(element, lambda cell: self.blocks(cell.children, depth + 1))
        if not grid["columns"]:
            return []
        captions = [each for each in element.elements if each.tag == "caption"]
        caption = [run for each in captions for run in runs_of(each.children, self.ground)]
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


def _spoken(block: Block, element: Element) -> Block:
    """The block in the language and direction of its element, where it has its own."""
    told = {"lang": language_of(element), "dir": direction_of(element)}
    return {**{name: value for name, value in told.items() if value}, **block}
