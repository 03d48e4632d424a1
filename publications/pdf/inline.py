"""The words of a paragraph as runs: flat, so that no depth of markup is deeper than a run in a link.

A run is {"s": text, "m": marks} with "lang" and "dir" where they differ; {"a": address} or {"to": anchor} with
runs in "c"; {"note": number}; {"image": …}; {"at": name}, a place that links lead to; or {"br": true}.
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
UNBROKEN = re.compile(r"\S{60,}")
BREAK_EVERY = 30
MAX_ADDRESS = 2000
LINK_SCHEMES = ("http", "https", "mailto", "tel")

Run = dict[str, object]


@dataclass
class InlineContext:
    """What runs are read against: the address that links are relative to, the anchors, the notes met so far.

    `aliases` are other names of anchors; one without an anchor becomes a place in the line.
    """

    address: str
    anchors: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    notes: frozenset[int] = frozenset()
    images: frozenset[str] = frozenset()
    met: list[int] = field(default_factory=list)
    is_note: bool = False

    def reference(self, number: int) -> "Run":
        """Return what stands in the text for a note: the note itself the first time, else a reference to it.

        A note that only another note refers to stands at the end of the document, so that none is within another.
        """
        if number in self.met:
            return {"note": number, "again": True}
        if self.is_note:
            return {"to": f"note-{number}", "c": [{"s": str(number), "m": ["super"]}]}
        self.met.append(number)
        return {"note": number, "again": False}


@dataclass(frozen=True)
class InlineStyle:
    """Marks, language and direction that the elements around some words give them."""

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
    """Return the words and what stands among them, with white space as a reader sees it."""
    return _tidy(_runs(children, context, style))


def clean_text(text: str) -> str:
    """Return the text without characters that no font shows; words of sixty letters may break."""
    kept = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in UNSHOWN)
    return UNBROKEN.sub(_broken, kept)


UNSHOWN = ("Cc", "Co", "Cs", "Cn")


def _broken(match: re.Match[str]) -> str:
    """A word of sixty letters or more may break anywhere; an address has places of its own to break at."""
    word = match[0]
    if "://" in word or word.startswith("www.") or any(ord(sign) > 0x2E80 for sign in word):
        return word
    return "\u200b".join(word[start : start + BREAK_EVERY] for start in range(0, len(word), BREAK_EVERY))


def language_of(element: Element) -> str:
    """Return the language without script and region, as typst expects it."""
    found = LANGUAGE.fullmatch(element.get("lang"))
    return found[1].lower() if found else ""


def direction_of(element: Element) -> str:
    return element.get("dir") if element.get("dir") in ("ltr", "rtl") else ""


def _runs(children: Iterable[Element | str], context: InlineContext, style: InlineStyle) -> list[Run]:
    found: list[Run] = []
    for child in children:
        if isinstance(child, str):
            found.append(_text(SPACE.sub(" ", child), style))
        else:
            found += READERS.get(child.tag, _inside)(child, context, style)
    return found


def _text(text: str, style: InlineStyle) -> Run:
    run: Run = {"s": clean_text(text), "m": list(style.marks)}
    if style.language:
        run["lang"] = style.language
    if style.direction:
        run["dir"] = style.direction
    return run


def _inside(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    return _runs(element.children, context, style.within(element))


def _link(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    if "footnote-backref" in element.get("class"):
        return []
    inside = _runs(element.children, context, style.within(element))
    if not any(str(run.get("s", "x")).strip() for run in inside):
        return inside
    return [{**target, "c": inside}] if (target := target_of(element.get("href"), context)) else inside


def target_of(href: str, context: InlineContext) -> Run:
    """Return where a link leads: to a place in this document, or to an address; {} where it can lead nowhere."""
    fragment = unquote(href[1:]) if href.startswith("#") else ""
    if fragment in context.anchors or fragment in context.aliases:
        return {"to": context.aliases.get(fragment) or fragment}
    try:
        address = urljoin(context.address, href)
        scheme = urlsplit(address).scheme
    except ValueError:
        return {}
    return {"a": address} if scheme in LINK_SCHEMES and len(address) < MAX_ADDRESS else {}


def _note(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    """A reference to a note; any other raised words stay what they are."""
    link = next((child for child in element.elements if child.tag == "a"), None)
    found = NOTE.fullmatch(link.get("href")) if link else None
    if not found or int(found[1]) not in context.notes:
        return _inside(element, context, style)
    return [context.reference(int(found[1]))]


def _image(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    key = element.get("data-image")
    return [{"image": key, "alt": clean_text(element.get("alt"))}] if key in context.images else []


def _span(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    """Words, or an empty span whose id a link leads to."""
    is_place = context.aliases.get(element.get("id")) == ""
    return [*([{"at": element.get("id")}] if is_place else []), *_inside(element, context, style)]


def _break(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    return [{"br": True}]


def _nothing(element: Element, context: InlineContext, style: InlineStyle) -> list[Run]:
    return [_text("\u200b", style)]


READERS = {"a": _link, "sup": _note, "img": _image, "br": _break, "wbr": _nothing, "span": _span}


def _tidy(runs: list[Run]) -> list[Run]:
    """No space at either end, none after another or at a break, and no empty run."""
    state = _Spaces()
    tidied = [run for run in (state.tidy(run) for run in runs) if run]
    _strip_end(tidied)
    return [run for run in tidied if not _is_empty(run)]


class _Spaces:
    """Knows whether a space would be one too many."""

    def __init__(self) -> None:
        self.is_spaced = True

    def tidy(self, run: Run) -> Run:
        if "c" in run:
            return {
                **run,
                "c": [each for each in (self.tidy(each) for each in run["c"]) if not _is_empty(each)],
            }
        if "at" in run:
            return run
        if "s" not in run:
            self.is_spaced = "br" in run
            return run
        text = str(run["s"])
        if self.is_spaced and text.startswith(" "):
            text = text[1:]
        self.is_spaced = text.endswith(" ") if text else self.is_spaced
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
