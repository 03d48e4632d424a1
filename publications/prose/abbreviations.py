"""Abbreviations that the text explains, marked wherever they stand as words."""

import re
from collections.abc import Iterator, Mapping

from .limits import check_growth
from .source import HIDDEN, shown
from .tree import Node, shows_its_address
from .vocabulary import VERBATIM


def explain(trees: list[Node], meanings: Mapping[str, str]) -> None:
    """Mark each abbreviation with its meaning; code and addresses shown as they are stay untouched."""
    if meanings:
        Explaining(meanings).explain(trees)


class Explaining:
    def __init__(self, meanings: Mapping[str, str]) -> None:
        self.meanings = {word: shown(HIDDEN.sub("", meaning)) for word, meaning in meanings.items()}
        words = sorted(self.meanings, key=len, reverse=True)
        self.pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)")
        self.added = 0

    def explain(self, trees: list[Node]) -> None:
        for node in [node for tree in trees for node in _readable(tree)]:
            node.children = [part for child in node.children for part in self._parts(child)]

    def _parts(self, child: Node | str) -> list[Node | str]:
        if isinstance(child, Node):
            return [child]
        parts: list[Node | str] = list(self.pattern.split(child))
        parts[1::2] = [self._abbreviation(word) for word in parts[1::2]]
        return [part for part in parts if part != ""]

    def _abbreviation(self, word: str) -> Node:
        self.added += len(self.meanings[word])
        check_growth(self.added)
        return Node("abbr", {"title": self.meanings[word]}, [word])


def _readable(tree: Node) -> Iterator[Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node.tag not in VERBATIM | {"abbr"} and not shows_its_address(node):
            yield node
            waiting += node.nodes
