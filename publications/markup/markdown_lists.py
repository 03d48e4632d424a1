"""Lists as Markdown: which items have blank lines between them, and blocks indented below a marker."""

from publications.html_tree import Element, is_inline_child

INDENT = " " * 4
LISTS = ("ul", "ol")


def is_loose(item: Element) -> bool:
    """Whether a list item contains more than text and one list: blank lines keep its blocks apart."""
    tags = [child.tag for child in item.elements if not is_inline_child(child)]
    last = next(
        (child for child in reversed(item.children) if not isinstance(child, str) or child.strip()), ""
    )
    has_text_below = bool(tags) and is_inline_child(last)
    return len(tags) > 1 or has_text_below or any(tag not in LISTS for tag in tags)


def is_open(item: Element) -> bool:
    """Whether the item below, without a blank line between, would be read as a part of the end of this one."""
    last = item.elements[-1] if item.elements else item
    if last.tag in LISTS and last is not item:
        return any(map(is_loose, last.elements)) or any(map(is_open, last.elements[-1:]))
    return last.tag == "blockquote"


def indent_blocks(blocks: list[str], marker: str, between: str) -> str:
    """Return blocks after a marker, with all lines but the first indented."""
    text = between.join(blocks).replace("\n", f"\n{INDENT}")
    return "\n".join(line if line.strip() else "" for line in f"{marker}{text}".split("\n"))
