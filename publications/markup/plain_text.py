"""The text of a tree without its markup: for search, comparison, counting, and machines that read."""

import re
from collections.abc import Iterator
from itertools import chain, groupby

from publications.html_tree import Element, is_inline_child

IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")  # a word each
GAP = re.compile(r"[\s/–—]+")
LETTER = re.compile(r"[^\W_]")


def inline_text(element: Element) -> str:
    """The text of one passage, on one line; a reference to a note is no word of it."""
    return " ".join("".join(_text_parts(element)).split())


def block_text(tree: Element) -> str:
    """Readable text: blocks with a blank line between, list items and rows on lines of their own."""
    return "\n\n".join(_blocks(tree))


def count_words(text: str) -> int:
    """Words in any alphabet: what stands between spaces and holds a letter or digit; an ideograph is one."""
    ideographs = len(IDEOGRAPH.findall(text))
    return ideographs + sum(1 for word in GAP.split(IDEOGRAPH.sub(" ", text)) if LETTER.search(word))


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
    """The blocks in an element that holds blocks, or words, or both."""
    for is_inline, children in groupby(element.children, key=is_inline_child):
        if is_inline:
            text = inline_text(Element("p", {}, list(children)))
            yield from [text] if text else []
        else:
            yield from chain.from_iterable(FORMS.get(child.tag, _blocks)(child) for child in children)


def _lines(element: Element) -> Iterator[str]:
    """A list, a figure: each of its blocks on a line."""
    lines = chain.from_iterable(_blocks(Element("div", {}, [child])) for child in element.elements)
    if text := "\n".join(lines):
        yield text


def _rows(element: Element) -> Iterator[str]:
    """A table: each row on a line, tabs between its cells."""
    captions = [inline_text(child) for child in element.elements if child.tag == "caption"]
    sections = [child for child in element.elements if child.tag != "caption"]
    rows = [
        "\t".join(inline_text(cell) for cell in row.elements)
        for section in sections
        for row in section.elements
    ]
    if lines := [line for line in captions + rows if line.strip()]:
        yield "\n".join(lines)


def _as_written(element: Element) -> Iterator[str]:
    """Code: with its line feeds and spaces."""
    if text := "".join(_text_parts(element)).strip("\n"):
        yield text


FORMS = {"ul": _lines, "ol": _lines, "dl": _lines, "figure": _lines, "table": _rows, "pre": _as_written}
