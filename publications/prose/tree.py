"""A small tree of elements, written as HTML that a browser and the sanitiser read in one way only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .vocabulary import INLINE, VOID

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"})
_VALUE = {**_TEXT, ord('"'): "&quot;"}


@dataclass(slots=True, eq=False)
class Node:
    """An element: its tag, its attributes in the order they are written, and what stands in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def __iter__(self) -> Iterator["Node"]:
        """This element and all below it, in the order of the text."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.nodes)

    @property
    def nodes(self) -> list["Node"]:
        """The elements directly in this one."""
        return [child for child in self.children if isinstance(child, Node)]

    @property
    def is_inline(self) -> bool:
        return self.tag in INLINE or self.tag in {"br", "wbr", "img", "ref"}

    def replace(self, change: Callable[["Node"], list["Node | str"]]) -> None:
        """Put what `change` gives in the place of each element below this one, the innermost first."""
        children: list[Node | str] = []
        for child in self.children:
            if isinstance(child, Node):
                child.replace(change)
                children += change(child)
            else:
                children.append(child)
        self.children = children


def is_blank(child: Node | str) -> bool:
    return isinstance(child, str) and not child.strip()


def shows_its_address(node: Node) -> bool:
    """Whether a link reads as the address it leads to, which is to stay as it is."""
    href = node.attributes.get("href", "")
    return bool(href) and len(node.children) == 1 and node.children[0] in (href, href.removeprefix("mailto:"))


def is_inline_child(child: Node | str) -> bool:
    return isinstance(child, str) or child.is_inline


def write(node: Node) -> str:
    """The element as HTML."""
    start = "".join(f' {name}="{value.translate(_VALUE)}"' for name, value in node.attributes.items())
    if node.tag in VOID:
        return f"<{node.tag}{start}>"
    return f"<{node.tag}{start}>{_write_content(node)}</{node.tag}>"


def _write_content(node: Node) -> str:
    parts = (child.translate(_TEXT) if isinstance(child, str) else write(child) for child in node.children)
    return "".join(parts)
