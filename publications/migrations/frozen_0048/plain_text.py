"""Frozen for migration 0048: what it needs of `publications.markup.plain_text`."""

import re
from collections.abc import Iterator
from itertools import chain, groupby

from .html_tree import Element, is_inline_child

IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")  # a word each
WORD = re.compile(r"[^\W_][^\s/–—]*+")


def inline_text(element: Element) -> str:
    """Return the inline text of an element on one line, without references to notes."""
    return " ".join("".join(_text_parts(element)).split())


def block_text(root: Element) -> str:
    """Return the text of a tree: blank lines between blocks, list items and table rows on separate lines."""
    return "\n\n".join(_blocks(root))


def count_words(text: str) -> int:
    """Return the number of words in any script: sequences with a letter or digit; an ideograph counts as one."""
    text, ideographs = IDEOGRAPH.subn(" ", text)
    return ideographs + len(WORD.findall(text))


def _text_parts(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag == "img":
            yield child.attributes.get("alt", "")
        elif child.tag == "br":
            yield "\n"
        else:
            yield from _text_parts(child)
            yield "" if child.is_inline else "\n"


def _blocks(element: Element) -> Iterator[str]:
    """Yield the blocks in an element with block or inline content, or both."""
    for is_inline, children in groupby(element.children, key=is_inline_child):
        if is_inline:
            text = inline_text(Element("p", {}, list(children)))
            yield from [text] if text else []
        else:
            yield from chain.from_iterable(BLOCK_READERS.get(child.tag, _blocks)(child) for child in children)


def _list_blocks(element: Element) -> Iterator[str]:
    """Yield a list or figure as one text, each block on a line."""
    lines = chain.from_iterable(_blocks(Element("div", {}, [child])) for child in element.elements)
    if text := "\n".join(lines):
        yield text


def _table_blocks(element: Element) -> Iterator[str]:
    """Yield a table as one text, each row on a line, with tabs between cells."""
    captions = [inline_text(child) for child in element.elements if child.tag == "caption"]
    sections = [child for child in element.elements if child.tag != "caption"]
    rows = [
        "\t".join(inline_text(cell) for cell in row.elements)
        for section in sections
        for row in section.elements
    ]
    if lines := [line for line in captions + rows if line.strip()]:
        yield "\n".join(lines)


def _code_blocks(element: Element) -> Iterator[str]:
    """Yield code with its line breaks and spaces."""
    if text := "".join(_text_parts(element)).strip("\n"):
        yield text


BLOCK_READERS = {
    **dict.fromkeys(("ul", "ol", "dl", "figure"), _list_blocks), "table": _table_blocks, "pre": _code_blocks,
}  # fmt: skip
