"""The language of a text. What Word noted is often that of the keyboard, so the words have a say."""

import re
from collections import Counter
from xml.etree.ElementTree import Element

from publications.languages import language_code

from .tree import text_in, value

COMMON = {
    "en": {
        "the",
        "and",
        "of",
        "to",
        "in",
        "that",
        "is",
        "for",
        "with",
        "was",
        "this",
        "from",
        "which",
        "have",
        "been",
    },
    "sv": {
        "och",
        "att",
        "det",
        "som",
        "är",
        "för",
        "inte",
        "på",
        "av",
        "den",
        "till",
        "med",
        "ett",
        "men",
        "från",
    },
}
ENOUGH = 40
CLEARLY = 3
WORD = re.compile(r"[^\W\d_]+")


def language_of(document: Element, styles: Element | None, text: str) -> tuple[str, str]:
    """The language of the text, and the one that the file notes (the same where it notes none)."""
    marked = _marked(document, styles)
    spoken = _spoken(text)
    if spoken and marked in ("", *COMMON):
        return spoken, marked or spoken
    return marked or "en", marked or "en"


def _marked(document: Element, styles: Element | None) -> str:
    """The language that most of the words are marked with."""
    by_default = value(styles, "w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    counted: Counter[str] = Counter()
    for run in document.iter("w:r"):
        counted[value(run, "w:rPr/w:lang") or by_default] += len(text_in(run, "w:t"))
    return language_code(counted.most_common(1)[0][0] if counted else by_default)


def _spoken(text: str) -> str:
    """English or Swedish, where the little words say so clearly."""
    found = Counter(WORD.findall(text.casefold()))
    counts = {code: sum(found[word] for word in common) for code, common in COMMON.items()}
    (first, most), (_second, least) = sorted(counts.items(), key=lambda each: -each[1])
    return first if most >= min(ENOUGH, max(3, len(found) // 10)) and most >= CLEARLY * least else ""
