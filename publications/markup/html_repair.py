"""Raw HTML of authors, and the output of the Markdown parser, repaired to a tree that is valid where it matters.

Any soup of tags is accepted. Inline elements stand in a block, items in a list, cells in a row, no block in a
paragraph, so that the sanitizer behind finds nothing to repair. Elements that the site does not know are left out here,
and attributes that an author may not set.
"""

import re
from collections.abc import Collection
from html import unescape

from publications.html_tree import (
    ATTRIBUTE_VALUES,
    ATTRIBUTES,
    BLOCKS,
    DROPPED,
    GLOBAL_ATTRIBUTES,
    HEADINGS,
    INLINE,
    KEPT,
    PARTS,
    UNWRAPPED_BLOCKS,
    VERBATIM,
    VOID,
    Element,
)

from .source import HIDDEN, TAG, MarkupMask, unmask

Names = Collection[str]

MAX_DEPTH = 80
ATTRIBUTE = re.compile(r"""([^\s"'<>=/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
OWNERS = {"li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"}}
LEVELS = {"table": 0, "caption": 3, "thead": 1, "tbody": 1, "tfoot": 1, "tr": 2, "th": 3, "td": 3}
IMPLIED = {
    "body": "p",
    "blockquote": "p",
    "ul": "li",
    "ol": "li",
    "dl": "dd",
    "table": "tbody",
    "thead": "tr",
    "tbody": "tr",
    "tfoot": "tr",
    "tr": "td",
}
FENCES = {"body", "blockquote", "td", "th", "caption"}  # an end tag does not reach across these
PHRASES = HEADINGS | {"pre", "dt", "caption"}  # these hold no blocks


def repair_html(html: str, mask: MarkupMask, seal: str) -> Element:
    """The tree of a piece of HTML, below a `body`. References to notes are known by their seal."""
    return TreeBuilder(mask, re.compile(f"ref{seal}n([0-9]+)")).feed(html)


class TreeBuilder:
    def __init__(self, mask: MarkupMask, reference: re.Pattern[str]) -> None:
        self.mask = mask
        self.reference = reference
        self.stack = [Element("body")]

    def feed(self, html: str) -> Element:
        place = 0
        unclosed: set[str] = set()
        while match := TAG.search(html, place):
            self.add_text(html[place : match.start()])
            place = match.end()
            tag = match[2].lower()
            if match[1]:
                self.close(tag)
            elif tag in DROPPED and tag not in unclosed:
                end = re.compile(f"</{tag}[^<>]*>", re.IGNORECASE).search(html, place)
                place = end.end() if end else place
                unclosed |= set() if end else {tag}
            else:
                self.open(tag, match[3])
        self.add_text(html[place:])
        return self.stack[0]

    def add_text(self, raw: str) -> None:
        text = unescape(raw).replace("\r", " ")
        if "\ufdd5" in text:
            is_code = any(element.tag in VERBATIM for element in self.stack)
            text = HIDDEN.sub(self.mask.comment if is_code else "", text)
        if text.strip():
            self._imply_phrase()
        elif not text or self._is_between_blocks():
            return
        self.top.children.append(text)

    def open(self, tag: str, attributes: str) -> None:
        if match := self.reference.fullmatch(tag):
            self._add_reference(match[1])
        elif tag in UNWRAPPED_BLOCKS:
            self._end_paragraph()
            self._keep_id(attributes)
        elif tag not in KEPT or (len(self.stack) > MAX_DEPTH and tag not in VOID):
            return
        elif self._make_room(tag):
            self._push(Element(tag, _attributes(tag, attributes)))

    def close(self, tag: str) -> None:
        if tag in UNWRAPPED_BLOCKS:
            self._end_paragraph()
        elif tag in KEPT and tag not in VOID:
            names = HEADINGS if tag in HEADINGS else {tag}
            stops = {"table"} if tag in LEVELS else FENCES
            self._pop_to(names, stops, through=True, within=INLINE if tag in INLINE else ())

    @property
    def top(self) -> Element:
        return self.stack[-1]

    def _push(self, element: Element) -> None:
        self.top.children.append(element)
        if element.tag not in VOID:
            self.stack.append(element)

    def _pop_to(self, names: Names, stops: Names, *, through: bool = False, within: Names = ()) -> bool:
        """Close elements until one of these names is on top, or closed as well; not across the stops."""
        for place in range(len(self.stack) - 1, 0, -1):
            tag = self.stack[place].tag
            if tag in names:
                del self.stack[place if through else place + 1 :]
                return True
            if tag in stops or (within and tag not in within):
                return False
        return False

    def _make_room(self, tag: str) -> bool:
        """Close and open what must be so that the element can stand here; False where it cannot."""
        if tag in PARTS:
            return self._make_room_for_part(tag)
        if tag in BLOCKS:
            self._end_paragraph()
            self._imply_block()
            return self.top.tag not in PHRASES
        self._imply_phrase()
        return True

    def _make_room_for_part(self, tag: str) -> bool:
        if tag == "caption":
            found = self._pop_to({"table"}, ()) and not self.top.children
        elif tag in LEVELS:
            found = self._make_room_in_table(tag)
        else:
            found = self._pop_to(OWNERS[tag], FENCES)
        if not found:
            self._end_paragraph()
        return found

    def _make_room_in_table(self, tag: str) -> bool:
        if not any(element.tag == "table" for element in self.stack):
            return False
        while self.top.tag != "table" and LEVELS.get(self.top.tag, 9) >= LEVELS[tag]:
            self.stack.pop()
        while LEVELS[self.top.tag] < LEVELS[tag] - 1:
            self._push(Element(IMPLIED[self.top.tag]))
        return True

    def _end_paragraph(self) -> None:
        while self.top.tag in INLINE:
            self.stack.pop()
        if self.top.tag == "p":
            self.stack.pop()
        elif not self._is_between_blocks():
            self.top.children.append("\n")

    def _is_between_blocks(self) -> bool:
        """Where space between words would be none: before, between and behind blocks."""
        last = self.top.children[-1] if self.top.children else None
        if isinstance(last, Element) and not last.is_inline:
            return True
        return self.top.tag in IMPLIED or (last is None and self.top.tag not in INLINE)

    def _imply_block(self) -> None:
        while IMPLIED.get(self.top.tag, "p") != "p":
            self._push(Element(IMPLIED[self.top.tag]))

    def _imply_phrase(self) -> None:
        while self.top.tag in IMPLIED:
            self._push(Element(IMPLIED[self.top.tag]))

    def _keep_id(self, attributes: str) -> None:
        """The id of an element that goes stands before what it held."""
        if "id" in (kept := _attributes("span", attributes)):
            self._imply_phrase()
            self.top.children.append(Element("span", {"id": kept["id"]}))

    def _add_reference(self, number: str) -> None:
        self._imply_phrase()
        places = [place for place, element in enumerate(self.stack) if element.tag == "a"]
        owner = self.stack[places[0] - 1] if places else self.top  # no link stands in a link: behind it
        owner.children.append(Element("ref", {"n": number}))


def _attributes(tag: str, written: str) -> dict[str, str]:
    allowed = ATTRIBUTES.get(tag, GLOBAL_ATTRIBUTES)
    found: dict[str, str] = {}
    for match in ATTRIBUTE.finditer(written):
        name = match[1].lower()
        if name in allowed and name not in found:
            value = " ".join(HIDDEN.sub("", unmask(unescape(match[2] or match[3] or match[4] or ""))).split())
            if ATTRIBUTE_VALUES[name].fullmatch(value):
                found[name] = value
    return found
