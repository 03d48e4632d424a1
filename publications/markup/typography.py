"""Quotation marks, dashes and ellipses as each language prints them.

Only text is touched: no attribute, no code, no address that is shown as it is. A mark is judged by what stands around
it in the whole passage, across emphasis and links.
"""

import re
from collections.abc import Iterator
from functools import partial

from publications.html_tree import VERBATIM, Element, is_bare_link

from .source import unmask

# Outer and inner quotation marks, opening and closing.
ENGLISH = ("“", "”", "‘", "’")
SWEDISH = ("”", "”", "’", "’")
GERMAN = ("„", "“", "‚", "‘")
POLISH = ("„", "”", "‚", "’")
GUILLEMETS = ("«", "»", "„", "“")
SOUTHERN = ("«", "»", "“", "”")
NARROW = "\N{NARROW NO-BREAK SPACE}"
MARKS = {
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
OTHER = "\ufffc"  # stands for code, a picture or an address, which a mark may follow like a word
CANDIDATE = re.compile(r"""[a-z+]{2,12}://[^\s"']+|www\.[^\s"']+|["']|(?<!-)-{2,3}(?!-)|(?<!\.)\.{3}(?!\.)""")
CLOSING = re.compile(r"(?<=\S)'(?!\w)")
DECADE = re.compile(r"[0-9]{2}s?\b")
PLAIN = {"--": "–", "---": "—", "...": "…"}
OPENERS = frozenset("([{<-–—/«„“‘‚¿¡=+|")


def apply_typography(tree: Element, language: str) -> None:
    """Make the marks in all texts of the tree typographic, and show what was hidden from the parser."""
    marks = MARKS.get(primary(language), ENGLISH)
    for passage in _passages(tree):
        _refine_passage(passage, marks)
    for element in tree.walk():
        element.children = [unmask(child) if isinstance(child, str) else child for child in element.children]


def _passages(element: Element) -> Iterator[list[tuple[Element, int] | str]]:
    """The texts that are read in one go, as places in the tree; what is not text as a stand-in."""
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
    for place, child in enumerate(element.children):
        if isinstance(child, str):
            yield (element, place)
        elif child.tag == "br":
            yield "\n"
        elif child.tag in VERBATIM or child.tag == "img" or is_bare_link(child):
            yield OTHER
        elif child.tag != "ref" and child.is_inline:
            yield from _inline_parts(child)
        elif child.tag != "ref":
            yield child


def _refine_passage(passage: list[tuple[Element, int] | str], marks: tuple[str, str, str, str]) -> None:
    texts = [piece if isinstance(piece, str) else str(piece[0].children[piece[1]]) for piece in passage]
    whole = "".join(texts)
    if not CANDIDATE.search(whole):
        return
    quotes = Quotes(whole, marks)
    start = 0
    for piece, text in zip(passage, texts, strict=True):
        if not isinstance(piece, str):
            piece[0].children[piece[1]] = CANDIDATE.sub(partial(quotes.mark, start), text)
        start += len(text)


class Quotes:
    """Judges the straight quotes of one passage, from its start to its end."""

    def __init__(self, passage: str, marks: tuple[str, str, str, str]) -> None:
        self.passage = passage
        self.marks = marks
        self.last_inner = max((match.start() for match in CLOSING.finditer(passage)), default=-1)
        self.is_inner_open = False

    def mark(self, start: int, match: re.Match[str]) -> str:
        """The typographic mark for a straight one that was found in a text beginning at `start`."""
        found = match[0]
        if found in PLAIN:
            return PLAIN[found]
        if len(found) > 1:
            return found
        place = start + match.start()
        before, after = self._before(place), self._after(place)
        is_free = not before or before.isspace() or before in OPENERS
        is_opening = is_free and bool(after) and not after.isspace()
        if found == '"':
            return self.marks[0] if is_opening else self.marks[1]
        return self._inner(is_opening, place, after)

    def _inner(self, is_opening: bool, place: int, after: str) -> str:
        if is_opening and place < self.last_inner and not DECADE.match(self.passage, place + 1):
            self.is_inner_open = True
            return self.marks[2]
        if self.is_inner_open and not after.isalnum():
            self.is_inner_open = False
            return self.marks[3]
        return APOSTROPHE

    def _before(self, place: int) -> str:
        """The character before a mark, looking through at most two other quotes."""
        return self.passage[max(place - 3, 0) : place].rstrip("\"'")[-1:]

    def _after(self, place: int) -> str:
        return self.passage[place + 1 : place + 4].lstrip("\"'")[:1]


def primary(language: str) -> str:
    """The language of a tag, without script and region: `sv` of `sv-FI`."""
    return language.replace("_", "-").partition("-")[0].lower()
