"""Convert inline HTML to a flat list of runs, nested only within links.

A run is {"s": text, "m": marks} with "lang" and "dir" where they differ; {"a": address} or {"to": anchor} with
runs in "c"; {"note": number}; {"image": …}; {"at": name}, the target of a link; or {"br": true}.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urljoin, urlsplit

from publications.html_tree import Element

MARKS = {
    "b": "strong", "strong": "strong", "i": "emph", "em": "emph", "cite": "emph", "dfn": "emph", "var": "emph",
    "code": "code", "kbd": "code", "samp": "code", "sup": "super", "sub": "sub", "u": "under", "ins": "under",
    "s": "strike", "del": "strike", "mark": "mark", "small": "small", "q": "quote",
}  # fmt: skip
SPACE = re.compile(r"[ \t\n\r\f]+")
NOTE = re.compile(r"#fn-([1-9][0-9]{0,5})")
LANGUAGE = re.compile(r"([a-z]{2,3})(-.*)?", re.IGNORECASE)
LONG_WORD = re.compile(r"\S{60,}")
BREAK_INTERVAL = 30
MAX_ADDRESS_CHARACTERS = 2000
LINK_SCHEMES = ("http", "https", "mailto", "tel")

HIDDEN_CATEGORIES = ("Cc", "Co", "Cs", "Cn")

Run = dict[str, object]


@dataclass
class InlineContext:
    """The state in which runs are read: the address links are relative to, the anchors, the notes referenced so far.

    `aliases` are other names of anchors; one without an anchor becomes an anchor within the line.
    """

    address: str
    anchors: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    notes: frozenset[int] = frozenset()
    images: frozenset[str] = frozenset()
    referenced_notes: list[int] = field(default_factory=list)
    is_note: bool = False

    def build_reference(self, number: int) -> "Run":
        """Return the run for a reference to a note: the first one places the note, others point to it.

        A reference within a note only links to the note, which is then at the end of the document: notes do not nest.
        """
        if number in self.referenced_notes:
            return {"note": number, "again": True}
        if self.is_note:
            return {"to": f"note-{number}", "c": [{"s": str(number), "m": ["super"]}]}
        self.referenced_notes.append(number)
        return {"note": number, "again": False}


@dataclass(frozen=True)
class InlineStyle:
    """Marks, language and direction of text from the elements around it."""

    marks: tuple[str, ...] = ()
    language: str = ""
    direction: str = ""

    def within(self, element: Element) -> "InlineStyle":
        mark = MARKS.get(element.tag)
        marks = self.marks if not mark or mark in self.marks else (*self.marks, mark)
        return replace(
            self,
            marks=marks,
            language=language_of(element) or self.language,
            direction=direction_of(element) or self.direction,
        )


def inline_runs(
    children: Iterable[Element | str], context: InlineContext, style: InlineStyle = InlineStyle()
) -> list[Run]:
    """Return inline content as runs, with white space collapsed as in a browser."""
    return _normalize_spaces(_runs(children, context, style))


def clean_text(text: str) -> str:
    """Return the text without characters that fonts do not contain, and with break points in long words."""
    characters = (
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in HIDDEN_CATEGORIES
    )
    return LONG_WORD.sub(_break_word, "".join(characters))


def _break_word(match: re.Match[str]) -> str:
    """Return a long word with zero-width spaces; URLs and text in ideographs have break points of their own."""
    word = match[0]
    if "://" in word or word.startswith("www.") or any(ord(character) > 0x2E80 for character in word):
        return word
    return "\u200b".join(
        word[start : start + BREAK_INTERVAL] for start in range(0, len(word), BREAK_INTERVAL)
    )


def language_of(element: Element) -> str:
    """Return the language without script and region, as typst expects it."""
    match = LANGUAGE.fullmatch(element.get("lang"))
    return match[1].lower() if match else ""


def direction_of(element: Element) -> str:
    return element.get("dir") if element.get("dir") in ("ltr", "rtl") else ""


def _runs(children: Iterable[Element | str], context: InlineContext, style: InlineStyle) -> list[Run]:
    runs: list[Run] = []
    for child in children:
        if isinstance(child, str):
            runs.append(_text(SPACE.sub(" ", child), style))
        else:
            runs += READERS.get(child.tag, _children)(child, context, style)
    return runs


def _text(text: str, style: InlineStyle) -> Run:
    run: Run = {"s": clean_text(text), "m": list(style.marks)}
    if style.language:
        run["lang"] = style.language
    if style.direction:
        run["dir"] = style.direction
    return run


def _children(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    return _runs(element.children, context, style.within(element))


def _link(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    if "footnote-backref" in element.get("class"):
        return []
    runs = _runs(element.children, context, style.within(element))
    if not any(str(run.get("s", "x")).strip() for run in runs):
        return runs
    return [{**target, "c": runs}] if (target := link_target(element.get("href"), context)) else runs


def link_target(href: str, context: InlineContext) -> Run:
    """Return the target of a link, an anchor in the document or an address; {} if it has none."""
    fragment = unquote(href[1:]) if href.startswith("#") else ""
    if fragment in context.anchors or fragment in context.aliases:
        return {"to": context.aliases.get(fragment) or fragment}
    try:
        address = urljoin(context.address, href)
        scheme = urlsplit(address).scheme
    except ValueError:
        return {}
    return {"a": address} if scheme in LINK_SCHEMES and len(address) < MAX_ADDRESS_CHARACTERS else {}


def _note(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    """Return a reference to a note, or other superscript text."""
    link = next((child for child in element.elements if child.tag == "a"), None)
    match = NOTE.fullmatch(link.get("href")) if link else None
    if not match or int(match[1]) not in context.notes:
        return _children(element, context, style)
    return [context.build_reference(int(match[1]))]


def _image(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    key = element.get("data-image")
    return [{"image": key, "alt": clean_text(element.get("alt"))}] if key in context.images else []


def _span(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    """Return the content of a span, after an anchor if links point to its id."""
    is_anchor = context.aliases.get(element.get("id")) == ""
    return [*([{"at": element.get("id")}] if is_anchor else []), *_children(element, context, style)]


def _break(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    return [{"br": True}]


def _word_break(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    return [_text("\u200b", style)]


READERS = {"a": _link, "sup": _note, "img": _image, "br": _break, "wbr": _word_break, "span": _span}


def _normalize_spaces(runs: list[Run]) -> list[Run]:
    """Remove spaces at both ends, after other spaces and at breaks, and empty runs."""
    normalizer = _SpaceNormalizer()
    normalized = [run for run in (normalizer.normalize(run) for run in runs) if run]
    _strip_end(normalized)
    return [run for run in normalized if not _is_empty(run)]


class _SpaceNormalizer:
    """Removes spaces that follow another space, across runs."""

    def __init__(self) -> None:
        self.follows_space = True

    def normalize(self, run: Run) -> Run:
        if "c" in run:
            return {
                **run,
                "c": [
                    nested
                    for nested in (self.normalize(nested) for nested in run["c"])
                    if not _is_empty(nested)
                ],
            }
        if "at" in run:
            return run
        if "s" not in run:
            self.follows_space = "br" in run
            return run
        text = str(run["s"])
        if self.follows_space and text.startswith(" "):
            text = text[1:]
        self.follows_space = text.endswith(" ") if text else self.follows_space
        return {**run, "s": text}


def _strip_end(runs: list[Run]) -> None:
    while runs and (_is_empty(runs[-1]) or "br" in runs[-1]):
        runs.pop()
    if not runs:
        return
    last = runs[-1]
    if "c" in last:
        _strip_end(last["c"])
    elif "s" in last:
        last["s"] = str(last["s"]).rstrip(" ")


def _is_empty(run: Run) -> bool:
    return run.get("s") == "" or run.get("c") == []
