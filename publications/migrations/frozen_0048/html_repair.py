"""Frozen for migration 0048: what it needs of `publications.markup.html_repair`."""

import re
from collections.abc import Collection
from html import unescape

from .html_tree import (
    ALLOWED,
    ATTRIBUTE_VALUES,
    ATTRIBUTES,
    BLOCKS,
    DROPPED,
    GLOBAL_ATTRIBUTES,
    HEADINGS,
    INLINE,
    NESTED_BLOCKS,
    UNWRAPPED_BLOCKS,
    VERBATIM,
    VOID,
    Element,
)
from .source import MASKED, TAG, MarkupMask, unmask

Names = Collection[str]
MAX_DEPTH = 80
ATTRIBUTE = re.compile(r"""([^\s"'<>=/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
REQUIRED_PARENTS = {"li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"}}
TABLE_LEVELS = {"table": 0, "caption": 3, "thead": 1, "tbody": 1, "tfoot": 1, "tr": 2, "th": 3, "td": 3}
IMPLIED_CHILDREN = {
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
SCOPE_ELEMENTS = {
    "body",
    "blockquote",
    "td",
    "th",
    "caption",
}  # an end tag does not close elements outside of these
PHRASING_ONLY = HEADINGS | {"pre", "dt", "caption"}  # these contain no blocks


def repair_html(html: str, mask: MarkupMask, token: str) -> Element:
    """Return the tree of some HTML below a `body`.

    Args:
        mask: restores comments, which are kept within code.
        token: the part of their names by which references to notes are recognized.
    """
    return TreeBuilder(mask, re.compile(f"ref{token}n([0-9]+)")).feed(html)


class TreeBuilder:
    """Builds a valid tree from tags and text, with a stack of open elements."""

    def __init__(self, mask: MarkupMask, reference: re.Pattern[str]) -> None:
        self.mask = mask
        self.reference = reference
        self.stack = [Element("body")]

    def feed(self, html: str) -> Element:
        index = 0
        unclosed: set[str] = set()
        while match := TAG.search(html, index):
            self.add_text(html[index : match.start()])
            index = match.end()
            tag = match[2].lower()
            if match[1]:
                self.close(tag)
            elif tag in DROPPED and tag not in unclosed:
                end = re.compile(f"</{tag}[^<>]*>", re.IGNORECASE).search(html, index)
                index = end.end() if end else index
                unclosed |= set() if end else {tag}
            else:
                self.open(tag, match[3])
        self.add_text(html[index:])
        return self.stack[0]

    def add_text(self, raw: str) -> None:
        text = unescape(raw).replace("\r", " ")
        if "\ufdd5" in text:
            is_code = any(element.tag in VERBATIM for element in self.stack)
            text = MASKED.sub(self.mask.original_comment if is_code else "", text)
        if text.strip():
            self._imply_text_parent()
        elif not text or self._is_between_blocks():
            return
        self.top.children.append(text)

    def open(self, tag: str, attributes: str) -> None:
        if match := self.reference.fullmatch(tag):
            self._add_reference(match[1])
        elif tag in UNWRAPPED_BLOCKS:
            self._end_paragraph()
            self._keep_id(attributes)
        elif tag not in ALLOWED or (len(self.stack) > MAX_DEPTH and tag not in VOID):
            return
        elif self._make_room(tag):
            self._push(Element(tag, _parse_attributes(tag, attributes)))

    def close(self, tag: str) -> None:
        if tag in UNWRAPPED_BLOCKS:
            self._end_paragraph()
        elif tag in ALLOWED and tag not in VOID:
            names = HEADINGS if tag in HEADINGS else {tag}
            stops = {"table"} if tag in TABLE_LEVELS else SCOPE_ELEMENTS
            self._pop_to(names, stops, through=True, within=INLINE if tag in INLINE else ())

    @property
    def top(self) -> Element:
        return self.stack[-1]

    def _push(self, element: Element) -> None:
        self.top.children.append(element)
        if element.tag not in VOID:
            self.stack.append(element)

    def _pop_to(self, names: Names, stops: Names, *, through: bool = False, within: Names = ()) -> bool:
        """Close elements until one of `names` is on top (`through`: is closed as well); do not cross `stops`."""
        for index in range(len(self.stack) - 1, 0, -1):
            tag = self.stack[index].tag
            if tag in names:
                del self.stack[index if through else index + 1 :]
                return True
            if tag in stops or (within and tag not in within):
                return False
        return False

    def _make_room(self, tag: str) -> bool:
        """Close and open elements so that this one is valid here; return False if it cannot be."""
        if tag in NESTED_BLOCKS:
            return self._make_room_for_part(tag)
        if tag in BLOCKS:
            self._end_paragraph()
            self._imply_block_parent()
            return self.top.tag not in PHRASING_ONLY
        self._imply_text_parent()
        return True

    def _make_room_for_part(self, tag: str) -> bool:
        if tag == "caption":
            is_allowed = self._pop_to({"table"}, ()) and not self.top.children
        elif tag in TABLE_LEVELS:
            is_allowed = self._make_room_in_table(tag)
        else:
            is_allowed = self._pop_to(REQUIRED_PARENTS[tag], SCOPE_ELEMENTS)
        if not is_allowed:
            self._end_paragraph()
        return is_allowed

    def _make_room_in_table(self, tag: str) -> bool:
        if not any(element.tag == "table" for element in self.stack):
            return False
        while self.top.tag != "table" and TABLE_LEVELS.get(self.top.tag, 9) >= TABLE_LEVELS[tag]:
            self.stack.pop()
        while TABLE_LEVELS[self.top.tag] < TABLE_LEVELS[tag] - 1:
            self._push(Element(IMPLIED_CHILDREN[self.top.tag]))
        return True

    def _end_paragraph(self) -> None:
        while self.top.tag in INLINE:
            self.stack.pop()
        if self.top.tag == "p":
            self.stack.pop()
        elif not self._is_between_blocks():
            self.top.children.append("\n")

    def _is_between_blocks(self) -> bool:
        """Whether white space here is insignificant: before, between and after blocks."""
        last = self.top.children[-1] if self.top.children else None
        if isinstance(last, Element) and not last.is_inline:
            return True
        return self.top.tag in IMPLIED_CHILDREN or (last is None and self.top.tag not in INLINE)

    def _imply_block_parent(self) -> None:
        while IMPLIED_CHILDREN.get(self.top.tag, "p") != "p":
            self._push(Element(IMPLIED_CHILDREN[self.top.tag]))

    def _imply_text_parent(self) -> None:
        while self.top.tag in IMPLIED_CHILDREN:
            self._push(Element(IMPLIED_CHILDREN[self.top.tag]))

    def _keep_id(self, attributes: str) -> None:
        """Keep the id of a removed element as an empty span before its content."""
        if name := _parse_attributes("span", attributes).get("id"):
            self._imply_text_parent()
            self.top.children.append(Element("span", {"id": name}))

    def _add_reference(self, number: str) -> None:
        self._imply_text_parent()
        indexes = [index for index, element in enumerate(self.stack) if element.tag == "a"]
        parent = self.stack[indexes[0] - 1] if indexes else self.top  # links cannot be nested
        parent.children.append(Element("ref", {"n": number}))


def _parse_attributes(tag: str, source: str) -> dict[str, str]:
    allowed = ATTRIBUTES.get(tag, GLOBAL_ATTRIBUTES)
    attributes: dict[str, str] = {}
    for match in ATTRIBUTE.finditer(source):
        name = match[1].lower()
        if name in allowed and name not in attributes:
            value = " ".join(MASKED.sub("", unmask(unescape(match[2] or match[3] or match[4] or ""))).split())
            if ATTRIBUTE_VALUES[name].fullmatch(value):
                attributes[name] = value
    return attributes
