"""What stands beside the text: comments in the margin, headers and footers, who made the file, and its language.

Comments say who said what, of which words. They become comments beside the draft, never text.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element

from publications.locales import language_code
from publications.ooxml import NETWORK_ADDRESS, WordPackage, attribute_at, join_text

from .blocks import NoteSeries, all_paragraphs
from .losses import ConversionLosses

MAX_PASSAGE_CHARACTERS = 300
MAX_COMMENT_CHARACTERS = 5_000
MAX_COMMENTS = 1_000

MACROS = "vbaProject.bin"
COMMON_WORDS = {
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
CERTAIN_FROM = 40
MIN_RATIO = 3
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class WordComment:
    """A remark of somebody on a passage. `is_settled` where it was marked as done in Word."""

    by: str
    text: str
    passage: str = ""
    at: str = ""
    is_settled: bool = False


@dataclass
class CommentRanges:
    """Follows which comments are open while the text is read, and keeps the words they are about."""

    open: list[str] = field(default_factory=list)
    passages: dict[str, str] = field(default_factory=dict)
    met: list[str] = field(default_factory=list)

    def begin(self, identity: str) -> None:
        self.open.append(identity)
        self.passages.setdefault(identity, "")

    def end(self, identity: str) -> None:
        self.open = [each for each in self.open if each != identity]

    def add_reference(self, identity: str) -> None:
        if identity not in self.met:
            self.met.append(identity)

    def add_text(self, text: str) -> None:
        for identity in self.open:
            if len(self.passages[identity]) < MAX_PASSAGE_CHARACTERS:
                self.passages[identity] += text

    def read(self, root: Element | None, more: Element | None) -> list[WordComment]:
        """The comments of the file, in the order of the text. `more` tells which are done (w15:commentsEx)."""
        done = _done(more) if more is not None else set()
        elements = (
            {each.get("w:id", ""): each for each in root if each.tag == "w:comment"}
            if root is not None
            else {}
        )
        order = [*self.met, *(identity for identity in elements if identity not in self.met)]
        return [
            self._comment(each, elements[each], done) for each in order[:MAX_COMMENTS] if each in elements
        ]

    def _comment(self, identity: str, element: Element, done: set[str]) -> WordComment:
        paragraphs = list(element.iter("w:p"))
        text = "\n".join(join_text(each, "w:t") for each in paragraphs).strip()
        passage = " ".join(self.passages.get(identity, "").split())
        return WordComment(
            by=element.get("w:author", "")[:150],
            text=text[:MAX_COMMENT_CHARACTERS],
            passage=passage[:MAX_PASSAGE_CHARACTERS],
            at=_parse_comment_time(element.get("w:date", "")),
            is_settled=any(each.get("w14:paraId", "") in done for each in paragraphs),
        )


def _done(more: Element) -> set[str]:
    """The paragraphs of comments that are done, and of their answers."""
    entries: Iterable[Element] = [each for each in more if each.tag == "w15:commentEx"]
    done = {each.get("w15:paraId", "") for each in entries if each.get("w15:done") in ("1", "true")}
    return done | {
        each.get("w15:paraId", "") for each in entries if each.get("w15:paraIdParent", "-") in done
    }


def _parse_comment_time(text: str) -> str:
    """Word writes clock time of the writer without a zone, most often with a Z that is none."""
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).isoformat(timespec="minutes") if text else ""
    except ValueError:
        return ""


def read_comments(package: WordPackage, ranges: CommentRanges) -> list[WordComment]:
    """Return the comments of a file; `ranges` have followed its text."""
    parts = (package.first_related("comments"), package.first_related("commentsExtended"))
    return ranges.read(*(package.parse(part) if part else None for part in parts))


def read_creator(package: WordPackage) -> str:
    """Who made the file, as it says itself: often a colleague, or nobody."""
    root = package.parse("docProps/core.xml")
    found = root.find("dc:creator") if root is not None else None
    return " ".join((found.text or "").split())[:120] if found is not None else ""


def note_surroundings(package: WordPackage, notes: NoteSeries, losses: ConversionLosses) -> None:
    """Note headers, footers, notes without a place, a template elsewhere, and macros."""
    for kind in ("header", "footer"):
        for part in package.all_related(kind):
            text = " ".join(join_text(package.parse(part), "w:t").split())
            if any(sign.isalpha() for sign in text):
                losses.frames.append(text)
    for blocks in notes.unreferred:
        if text := " ".join(each.text for each in all_paragraphs(blocks)).strip():
            losses.lost_notes.append(text)
    settings = package.first_related("settings")
    for each in package.relations_of(settings).values() if settings else ():
        if each.kind == "attachedTemplate" and each.is_external and NETWORK_ADDRESS.match(each.target):
            losses.template = each.target
    losses.macros = any(name.endswith(MACROS) for name in package.entries)


def find_language(document: Element, styles: Element | None, text: str) -> tuple[str, str]:
    """The language of the text, and the one that the file notes (the same where it notes none)."""
    marked = _marked(document, styles)
    spoken = _guess_language(text)
    if spoken and marked in ("", *COMMON_WORDS):
        return spoken, marked or spoken
    return marked or "en", marked or "en"


def _marked(document: Element, styles: Element | None) -> str:
    """The language that most of the words are marked with."""
    by_default = attribute_at(styles, "w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    counted: Counter[str] = Counter()
    for run in document.iter("w:r"):
        counted[attribute_at(run, "w:rPr/w:lang") or by_default] += len(join_text(run, "w:t"))
    return language_code(counted.most_common(1)[0][0] if counted else by_default)


def _guess_language(text: str) -> str:
    """English or Swedish, where the little words say so clearly."""
    found = Counter(WORD.findall(text.casefold()))
    counts = {code: sum(found[word] for word in common) for code, common in COMMON_WORDS.items()}
    (first, most), (_second, least) = sorted(counts.items(), key=lambda each: -each[1])
    return first if most >= min(CERTAIN_FROM, max(3, len(found) // 10)) and most >= MIN_RATIO * least else ""
