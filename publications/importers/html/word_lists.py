"""Lists that were pasted from Word: paragraphs whose style names a list and a level, each with its mark as text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from publications.html_tree import Element, is_blank

from .losses import TextLosses
from .source_tree import Child, classes_of, styles_of, visible_text

LIST_STYLE = re.compile(r"(l\d+) level(\d)")
LIST_CLASS = re.compile(r"mso(?:listparagraph|listbullet|listnumber)")
MARK = re.compile(
    r"[\s\xa0]*+(?P<mark>[·•‣▪§oØüv–-](?=[\s\xa0])|\(?(?P<number>\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])[\s\xa0]++"
)
"""The mark of an item at the beginning of its text: bullets of Word are letters of its fonts for symbols."""
WHOLE_MARK = re.compile(r"[\s\xa0]*\(?(?P<number>\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)][\s\xa0]*")
MAX_LEVEL = 9


@dataclass
class _Item:
    """A paragraph that is an item: `number` is that of its mark, "" for a bullet."""

    content: list[Child]
    name: str
    level: int
    number: str


@dataclass
class _OpenList:
    element: Element
    name: str
    level: int
    items: list[Element] = field(default_factory=list)


def build_word_lists(root: Element, losses: TextLosses) -> None:
    """Turn such paragraphs into lists. A mark of text is left out: the list has its own."""
    for element in list(root.walk()):
        if any(map(_is_item, element.children)):
            element.children = list(_with_lists(element.children, losses))


def _is_item(child: Child) -> bool:
    if not isinstance(child, Element) or child.tag not in ("p", "div"):
        return False
    return bool(
        LIST_STYLE.search(styles_of(child).get("mso-list", ""))
        or any(map(LIST_CLASS.match, classes_of(child)))
    )


def _with_lists(children: list[Child], losses: TextLosses) -> Iterator[Child]:
    """Yield children with each run of items as lists, one in another where their levels rise."""
    open_lists: list[_OpenList] = []
    for child in children:
        item = _read_item(child, losses) if isinstance(child, Element) and _is_item(child) else None
        if item is None:
            if is_blank(child) and open_lists:
                continue
            open_lists = []
            yield child
            continue
        while open_lists and not _belongs(item, open_lists):
            open_lists.pop()
        if not open_lists or open_lists[-1].level < item.level:
            opened = _open_list(item)
            if open_lists:
                open_lists[-1].items[-1].children.append(opened.element)
            else:
                yield opened.element
            open_lists.append(opened)
        row = Element("li", {}, item.content)
        open_lists[-1].element.children.append(row)
        open_lists[-1].items.append(row)


def _belongs(item: _Item, open_lists: list[_OpenList]) -> bool:
    """Whether an item is one of the innermost open list, or of a list in it."""
    innermost = open_lists[-1]
    if item.level > innermost.level:
        return True
    is_same_kind = (innermost.element.tag == "ol") == bool(item.number)
    return item.level == innermost.level and is_same_kind and (item.level > 1 or item.name == innermost.name)


def _open_list(item: _Item) -> _OpenList:
    start = {"start": item.number} if item.number.isdecimal() and int(item.number) > 1 else {}
    return _OpenList(Element("ol" if item.number else "ul", start), item.name, item.level)


def _read_item(paragraph: Element, losses: TextLosses) -> _Item | None:
    """Return the item that a paragraph is; None for one that has the class of a list but no mark."""
    style = LIST_STYLE.search(styles_of(paragraph).get("mso-list", ""))
    marks = [span for span in paragraph.find_all("span") if "ignore" in styles_of(span).get("mso-list", "")]
    number = None
    if marks:
        match = WHOLE_MARK.fullmatch(visible_text(marks[0]).strip("\n"))
        number = match["number"] if match else ""
        losses.forget(marks[0])
        marks[0].children = []
    else:
        number = _strip_mark(paragraph, losses)
    if number is None and not style:
        return None
    level = min(int(style[2]), MAX_LEVEL) if style else 1
    return _Item(paragraph.children, style[1] if style else "", max(level, 1), number or "")


def _strip_mark(element: Element, losses: TextLosses) -> str | None:
    """Remove the mark at the beginning of an element and return its number, "" for a bullet, None if there is none."""
    for index, child in enumerate(element.children):
        if is_blank(child):
            continue
        if isinstance(child, Element):
            return _strip_mark(child, losses) if child.is_inline else None
        match = MARK.match(child)
        if not match:
            return None
        losses.forget(Element("p", {}, [match[0]]))
        element.children[index] = child[match.end() :]
        return match["number"] or ""
    return None
