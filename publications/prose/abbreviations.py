"""Abbreviations that the text explains, marked wherever they stand as words."""

import re
from collections.abc import Iterator, Mapping

from publications.html_tree import VERBATIM, Element, is_bare_link

from .limits import check_growth
from .source import HIDDEN, shown


def explain(trees: list[Element], meanings: Mapping[str, str]) -> None:
    """Mark each abbreviation with its meaning; code and addresses shown as they are stay untouched."""
    if meanings:
        Explaining(meanings).explain(trees)


class Explaining:
    def __init__(self, meanings: Mapping[str, str]) -> None:
        self.meanings = {word: shown(HIDDEN.sub("", meaning)) for word, meaning in meanings.items()}
        words = sorted(self.meanings, key=len, reverse=True)
        self.pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)")
        self.added = 0

    def explain(self, trees: list[Element]) -> None:
        for element in [element for tree in trees for element in _readable(tree)]:
            element.children = [part for child in element.children for part in self._parts(child)]

    def _parts(self, child: Element | str) -> list[Element | str]:
        if isinstance(child, Element):
            return [child]
        parts: list[Element | str] = list(self.pattern.split(child))
        parts[1::2] = [self._abbreviation(word) for word in parts[1::2]]
        return [part for part in parts if part != ""]

    def _abbreviation(self, word: str) -> Element:
        self.added += len(self.meanings[word])
        check_growth(self.added)
        return Element("abbr", {"title": self.meanings[word]}, [word])


def _readable(tree: Element) -> Iterator[Element]:
    waiting = [tree]
    while waiting:
        element = waiting.pop()
        if element.tag not in VERBATIM | {"abbr"} and not is_bare_link(element):
            yield element
            waiting += element.elements
