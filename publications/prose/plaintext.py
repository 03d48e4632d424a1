"""The words of a text without its markup: for search, comparison, counting, and machines that read."""

import re
from collections.abc import Iterator
from itertools import chain, groupby

from .tree import Node, is_inline_child

IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")  # a word each
GAP = re.compile(r"[\s/–—]+")
LETTER = re.compile(r"[^\W_]")


def words_of(node: Node) -> str:
    """The text of one passage, on one line; a reference to a note is no word of it."""
    return " ".join("".join(_pieces(node)).split())


def text_of(tree: Node) -> str:
    """Readable text: blocks with a blank line between, list items and rows on lines of their own."""
    return "\n\n".join(_blocks(tree))


def count_words(text: str) -> int:
    """Words in any alphabet: what stands between spaces and holds a letter or digit; an ideograph is one."""
    ideographs = len(IDEOGRAPH.findall(text))
    return ideographs + sum(1 for word in GAP.split(IDEOGRAPH.sub(" ", text)) if LETTER.search(word))


def _pieces(node: Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield child
        elif child.tag == "img":
            yield child.attributes.get("alt", "")
        elif child.tag == "br":
            yield "\n"
        else:
            yield from _pieces(child)
            yield "" if child.is_inline else "\n"


def _blocks(node: Node) -> Iterator[str]:
    """The blocks in an element that holds blocks, or words, or both."""
    for is_inline, children in groupby(node.children, key=is_inline_child):
        if is_inline:
            text = words_of(Node("p", {}, list(children)))
            yield from [text] if text else []
        else:
            yield from chain.from_iterable(FORMS.get(child.tag, _blocks)(child) for child in children)


def _lines(node: Node) -> Iterator[str]:
    """A list, a figure: each of its blocks on a line."""
    lines = chain.from_iterable(_blocks(Node("div", {}, [child])) for child in node.nodes)
    if text := "\n".join(lines):
        yield text


def _rows(node: Node) -> Iterator[str]:
    """A table: each row on a line, tabs between its cells."""
    captions = [words_of(child) for child in node.nodes if child.tag == "caption"]
    sections = [child for child in node.nodes if child.tag != "caption"]
    rows = ["\t".join(words_of(cell) for cell in row.nodes) for section in sections for row in section.nodes]
    if lines := [line for line in captions + rows if line.strip()]:
        yield "\n".join(lines)


def _as_written(node: Node) -> Iterator[str]:
    """Code: with its line feeds and spaces."""
    if text := "".join(_pieces(node)).strip("\n"):
        yield text


FORMS = {"ul": _lines, "ol": _lines, "dl": _lines, "figure": _lines, "table": _rows, "pre": _as_written}
