"""Frozen for migration 0048: what it needs of `publications.markup.typography`."""

import re
from collections.abc import Iterator
from functools import partial

from .html_tree import VERBATIM, Element, is_bare_link
from .source import unmask

# Outer and inner quotation marks, opening and closing.
ENGLISH = ("“", "”", "‘", "’")
SWEDISH = ("”", "”", "’", "’")
GERMAN = ("„", "“", "‚", "‘")
POLISH = ("„", "”", "‚", "’")
GUILLEMETS = ("«", "»", "„", "“")
SOUTHERN = ("«", "»", "“", "”")
NARROW = "\N{NARROW NO-BREAK SPACE}"
QUOTATION_MARKS = {
    "be": GUILLEMETS,
    "bg": GERMAN,
    "ca": SOUTHERN,
    "cs": GERMAN,
    "da": ("»", "«", "›", "‹"),
    "de": GERMAN,
    "el": SOUTHERN,
    "es": SOUTHERN,
    "et": ("„", "“", "‚", "‘"),
    "fi": SWEDISH,
    "fr": ("«" + NARROW, NARROW + "»", "“", "”"),
    "hr": ("„", "”", "‘", "’"),
    "hu": ("„", "”", "»", "«"),
    "hy": GUILLEMETS,
    "is": GERMAN,
    "it": SOUTHERN,
    "ka": ("„", "“", "‚", "‘"),
    "lt": GERMAN,
    "lv": GUILLEMETS,
    "nb": ("«", "»", "‘", "’"),
    "nn": ("«", "»", "‘", "’"),
    "no": ("«", "»", "‘", "’"),
    "pl": POLISH,
    "ro": ("„", "”", "«", "»"),
    "ru": GUILLEMETS,
    "sk": GERMAN,
    "sl": GERMAN,
    "sr": POLISH,
    "sv": SWEDISH,
    "uk": GUILLEMETS,
}
APOSTROPHE = "’"
PLACEHOLDER = "\ufffc"  # for code, an image or an address, which count as a word
CANDIDATE = re.compile(r"""[a-z+]{2,12}://[^\s"']+|www\.[^\s"']+|["']|(?<!-)-{2,3}(?!-)|(?<!\.)\.{3}(?!\.)""")
STRAIGHT_MARK = re.compile(r"""["']|--|\.\.\.""")
CLOSING = re.compile(r"(?<=\S)'(?!\w)")
DECADE = re.compile(r"[0-9]{2}s?\b")
PLAIN = {"--": "–", "---": "—", "...": "…"}
OPENERS = frozenset("([{<-–—/«„“‘‚¿¡=+|")


def apply_typography(root: Element, language: str) -> None:
    """Replace the marks in all texts of the tree and restore masked characters."""
    marks = QUOTATION_MARKS.get(primary_language(language), ENGLISH)
    for passage in _passages(root):
        _refine_passage(passage, marks)
    for element in root.walk():
        element.children = [unmask(child) if isinstance(child, str) else child for child in element.children]


def _passages(element: Element) -> Iterator[list[tuple[Element, int] | str]]:
    """Yield the passages of inline text, as parent and index of each text, with placeholders for other content."""
    passage: list[tuple[Element, int] | str] = []
    for child in _inline_parts(element):
        if isinstance(child, Element):
            yield passage
            passage = []
            yield from _passages(child)
        else:
            passage.append(child)
    yield passage


def _inline_parts(element: Element) -> Iterator[Element | tuple[Element, int] | str]:
    for index, child in enumerate(element.children):
        if isinstance(child, str):
            yield (element, index)
        elif child.tag == "br":
            yield "\n"
        elif child.tag in VERBATIM or child.tag == "img" or is_bare_link(child):
            yield PLACEHOLDER
        elif child.tag != "ref" and child.is_inline:
            yield from _inline_parts(child)
        elif child.tag != "ref":
            yield child


def _refine_passage(passage: list[tuple[Element, int] | str], marks: tuple[str, str, str, str]) -> None:
    texts = [part if isinstance(part, str) else str(part[0].children[part[1]]) for part in passage]
    passage_text = "".join(texts)
    if not STRAIGHT_MARK.search(passage_text):
        return
    quotes = Quotes(passage_text, marks)
    start = 0
    for part, text in zip(passage, texts, strict=True):
        if not isinstance(part, str):
            part[0].children[part[1]] = CANDIDATE.sub(partial(quotes.mark, start), text)
        start += len(text)


class Quotes:
    """Chooses the marks for the straight quotes of one passage, in order."""

    def __init__(self, passage: str, marks: tuple[str, str, str, str]) -> None:
        self.passage = passage
        self.marks = marks
        self.last_inner = max((match.start() for match in CLOSING.finditer(passage)), default=-1)
        self.is_inner_open = False

    def mark(self, start: int, match: re.Match[str]) -> str:
        """Return the replacement for a match in a text that starts at `start` in the passage."""
        characters = match[0]
        if characters in PLAIN:
            return PLAIN[characters]
        if len(characters) > 1:
            return characters
        index = start + match.start()
        before, after = self._character_before(index), self._character_after(index)
        is_free = not before or before.isspace() or before in OPENERS
        is_opening = is_free and bool(after) and not after.isspace()
        if characters == '"':
            return self.marks[0] if is_opening else self.marks[1]
        return self._inner_mark(is_opening, index, after)

    def _inner_mark(self, is_opening: bool, index: int, after: str) -> str:
        if is_opening and index < self.last_inner and not DECADE.match(self.passage, index + 1):
            self.is_inner_open = True
            return self.marks[2]
        if self.is_inner_open and not after.isalnum():
            self.is_inner_open = False
            return self.marks[3]
        return APOSTROPHE

    def _character_before(self, index: int) -> str:
        """Return the character before a mark, ignoring up to two other quotes."""
        return self.passage[max(index - 3, 0) : index].rstrip("\"'")[-1:]

    def _character_after(self, index: int) -> str:
        return self.passage[index + 1 : index + 4].lstrip("\"'")[:1]


def primary_language(language: str) -> str:
    """Return the primary subtag of a language tag: `sv` of `sv-FI`."""
    return language.replace("_", "-").partition("-")[0].lower()
