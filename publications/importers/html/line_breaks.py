"""Divide text at double line breaks, as editors write it that know no paragraphs."""

from itertools import groupby

from publications.html_tree import Element, is_blank, split_names

from .source_tree import BLOCK_TAGS, Child, is_block

PHRASING_BLOCKS = split_names("p li dd div blockquote section article aside main center body")


def split_block(element: Element) -> list[Child]:
    """Return the paragraphs that a paragraph is, or another block with its text divided."""
    if element.tag == "p":
        parts = _split_at_breaks(element.children)
        return (
            [Element("p", dict(element.attributes), part) for part in parts] if len(parts) > 1 else [element]
        )
    if element.tag in BLOCK_TAGS and element.tag in PHRASING_BLOCKS:
        element.children = split_paragraphs(element.children)
    return [element]


def split_paragraphs(children: list[Child]) -> list[Child]:
    """Return children in which text with double line breaks is divided into paragraphs."""
    split: list[Child] = []
    for are_blocks, run in groupby(children, key=is_block):
        content = list(run)
        parts = [content] if are_blocks else _split_at_breaks(content)
        split += content if len(parts) == 1 else [Element("p", {}, part) for part in parts]
    return split


def _split_at_breaks(children: list[Child]) -> list[list[Child]]:
    """Return the parts of inline content between double line breaks, also of those within emphasis."""
    parts: list[list[Child]] = [[]]
    breaks = 0
    for child in children:
        if isinstance(child, Element) and child.tag == "br":
            breaks += 1
            parts[-1].append(child)
            continue
        if is_blank(child):
            parts[-1].append(child)
            continue
        if breaks > 1 and any(not _is_space(part) for part in parts[-1]):
            parts[-1] = _without_breaks_at_ends(parts[-1])
            parts.append([])
        breaks = 0
        inner = _split_at_breaks(child.children) if isinstance(child, Element) and child.children else [[]]
        if len(inner) < 2 or child.tag in ("code", "pre"):
            parts[-1].append(child)
            continue
        for index, content in enumerate(inner):
            if index:
                parts.append([])
            parts[-1].append(Element(child.tag, dict(child.attributes), content))
            child.attributes.pop("id", None)
    return [_without_breaks_at_ends(part) for part in parts] if len(parts) > 1 else parts


def _is_space(child: Child) -> bool:
    return is_blank(child) or (isinstance(child, Element) and child.tag == "br")


def _without_breaks_at_ends(children: list[Child]) -> list[Child]:
    start, end = 0, len(children)
    while start < end and _is_space(children[start]):
        start += 1
    while end > start and _is_space(children[end - 1]):
        end -= 1
    return children[start:end]
