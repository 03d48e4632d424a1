"""Lists as people type them, made ready for the parser.

An item nests by two spaces, where the parser wants four, and follows text without a blank line.
"""

import re

from .limits import check_nesting

QUOTE = re.compile(r"(?: {0,3}> ?)*+")
MARKER = re.compile(r"(?:[*+-]|[0-9]{1,9}\.) +(?=\S)")
FIRST = re.compile(r"[*+-]|1\.")  # any other number is more likely a year or a count at the start of a line
LEVEL = re.compile(r">|[*+-](?= )|[0-9]+\.(?= )")
LEVELS = re.compile(rf"(?: *+(?:{LEVEL.pattern}))*+")
RULE = re.compile(r"\*[ *]*|-[ -]*|_[ _]*")
STEP = 4


def indent_lists(lines: list[str]) -> list[str]:
    """The lines with four spaces for each level of a list; code and text outside stay as they are."""
    indenting = Indenting()
    return [indenting.line(line) for line in lines]


class Indenting:
    """Follows the open items of a list by the columns of their marks, line by line."""

    def __init__(self) -> None:
        self.items: list[int] = []
        self.quotes = 0
        self.is_after_blank = False
        self.is_in_paragraph = False  # text that the parser lets no item follow without a blank line

    def line(self, line: str) -> str:
        quote = QUOTE.match(line)[0]
        if quote.count(">") != self.quotes:
            self.items, self.quotes = [], quote.count(">")
            check_nesting(self.quotes)
        text = line[len(quote) :].lstrip(" ")
        is_item = bool(MARKER.match(text)) and not RULE.fullmatch(text)
        if is_item:
            check_nesting(len(LEVEL.findall(LEVELS.match(text)[0])))
        gap = f"{quote}\n" if is_item and self.is_in_paragraph and (self.items or FIRST.match(text)) else ""
        return f"{gap}{quote}{self._indent(text, len(line) - len(quote) - len(text), is_item)}"

    def _indent(self, text: str, indent: int, is_item: bool) -> str:
        wanted = self._wanted(indent, is_item) if text else 0
        is_own_text = self.is_in_paragraph or wanted > 0 or not self.items
        self.is_in_paragraph = bool(text) and not is_item and is_own_text
        self.is_after_blank = not text
        return " " * max(indent, wanted) + text

    def _wanted(self, indent: int, is_item: bool) -> int:
        """How far a line is to stand in at least."""
        if not is_item and not self.is_after_blank:
            return 0
        while self.items and indent < self.items[-1] + 2:
            self.items.pop()
        wanted = STEP * len(self.items)
        if is_item and (self.items or indent < STEP):
            self.items.append(indent)
            check_nesting(len(self.items))
        return wanted
