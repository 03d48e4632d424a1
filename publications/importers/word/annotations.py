"""Read comments, headers and footers, the creator and the language of a Word file.

Comments keep their author, text and passage. They become comments on the draft, never part of its text.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element

from publications.locales import language_code
from publications.ooxml import NETWORK_ADDRESS, WordPackage, attribute_at, join_text

from ..language_detection import COMMON_WORDS, detect_language
from .blocks import NoteSeries, all_paragraphs
from .losses import ConversionLosses

MAX_PASSAGE_CHARACTERS = 300
MAX_COMMENT_CHARACTERS = 5_000
MAX_CONTEXT_CHARACTERS = 32
MAX_COMMENTS = 1_000
MIN_COMMENT_YEAR = 1980

MACROS = "vbaProject.bin"


@dataclass(frozen=True)
class WordComment:
    """A comment on a passage; `is_resolved` if it is marked as resolved in Word.

    `prefix` and `suffix` are the characters before and after the passage. A reply names the index of its thread in the
    list of comments.
    """

    by: str
    text: str
    passage: str = ""
    at: str = ""
    is_resolved: bool = False
    prefix: str = ""
    suffix: str = ""
    reply_to: int | None = None


@dataclass
class CommentRanges:
    """Tracks the open comment ranges while the text is read, and collects their passages."""

    open: list[str] = field(default_factory=list)
    passages: dict[str, str] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    suffixes: dict[str, str] = field(default_factory=dict)
    closing: list[str] = field(default_factory=list)
    recent_text: str = ""

    def begin(self, comment_id: str) -> None:
        self.open.append(comment_id)
        self.passages.setdefault(comment_id, "")
        self.prefixes.setdefault(comment_id, self.recent_text)

    def end(self, comment_id: str) -> None:
        self.open = [open_id for open_id in self.open if open_id != comment_id]
        if comment_id not in self.suffixes:
            self.suffixes[comment_id] = ""
            self.closing.append(comment_id)

    def add_reference(self, comment_id: str) -> None:
        if comment_id not in self.references:
            self.references.append(comment_id)

    def add_text(self, text: str) -> None:
        self.recent_text = (self.recent_text + text)[-MAX_CONTEXT_CHARACTERS:]
        for comment_id in self.closing:
            self.suffixes[comment_id] = (self.suffixes[comment_id] + text)[:MAX_CONTEXT_CHARACTERS]
        self.closing = [
            comment_id
            for comment_id in self.closing
            if len(self.suffixes[comment_id]) < MAX_CONTEXT_CHARACTERS
        ]
        for comment_id in self.open:
            if len(self.passages[comment_id]) < MAX_PASSAGE_CHARACTERS:
                self.passages[comment_id] += text

    def read(self, root: Element | None, comments_extended: Element | None) -> list[WordComment]:
        """Return the comments in document order.

        Args:
            root: the comments part.
            comments_extended: the part that marks resolved comments and replies (w15:commentsEx).
        """
        parents = _parent_paragraphs(comments_extended)
        resolved = _resolved_paragraphs(comments_extended) if comments_extended is not None else set()
        elements = (
            {element.get("w:id", ""): element for element in root if element.tag == "w:comment"}
            if root is not None
            else {}
        )
        order = [
            *self.references,
            *(comment_id for comment_id in elements if comment_id not in self.references),
        ]
        ids = [comment_id for comment_id in order[:MAX_COMMENTS] if comment_id in elements]
        indexes = {
            paragraph.get("w14:paraId", ""): index
            for index, comment_id in enumerate(ids)
            for paragraph in elements[comment_id].iter("w:p")
        }
        threads = {child: indexes[parent] for child, parent in parents.items() if parent in indexes}
        return [
            self._build_comment(comment_id, elements[comment_id], resolved, threads) for comment_id in ids
        ]

    def _build_comment(
        self, comment_id: str, element: Element, resolved: set[str], threads: dict[str, int]
    ) -> WordComment:
        paragraphs = list(element.iter("w:p"))
        paragraph_ids = [paragraph.get("w14:paraId", "") for paragraph in paragraphs]
        text = "\n".join(join_text(paragraph, "w:t") for paragraph in paragraphs).strip()
        passage = " ".join(self.passages.get(comment_id, "").split())
        return WordComment(
            by=element.get("w:author", "")[:150],
            text=text[:MAX_COMMENT_CHARACTERS],
            passage=passage[:MAX_PASSAGE_CHARACTERS],
            at=_parse_comment_time(element.get("w:date", "")),
            is_resolved=any(paragraph_id in resolved for paragraph_id in paragraph_ids),
            prefix=self.prefixes.get(comment_id, ""),
            suffix=self.suffixes.get(comment_id, ""),
            reply_to=next((threads[paragraph] for paragraph in paragraph_ids if paragraph in threads), None),
        )


def _parent_paragraphs(comments_extended: Element | None) -> dict[str, str]:
    """Return the paragraph id of the thread by that of each reply."""
    return {
        element.get("w15:paraId", ""): parent
        for element in (comments_extended if comments_extended is not None else ())
        if (parent := element.get("w15:paraIdParent"))
    }


def _resolved_paragraphs(comments_extended: Element) -> set[str]:
    """Return the paragraph ids of resolved comments and of the replies to them."""
    entries: Iterable[Element] = [element for element in comments_extended if element.tag == "w15:commentEx"]
    resolved = {
        element.get("w15:paraId", "") for element in entries if element.get("w15:done") in ("1", "true")
    }
    return resolved | {
        element.get("w15:paraId", "")
        for element in entries
        if element.get("w15:paraIdParent", "-") in resolved
    }


def _parse_comment_time(text: str) -> str:
    """Return the time of a comment without a zone: Word writes the author's local time, usually with a false Z.

    Programs that know no time write the first day of the year 1.
    """
    try:
        written_at = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return ""
    return written_at.isoformat(timespec="minutes") if written_at.year >= MIN_COMMENT_YEAR else ""


def read_comments(package: WordPackage, ranges: CommentRanges) -> list[WordComment]:
    """Return the comments of a file whose text was read with `ranges`."""
    parts = (package.first_related("comments"), package.first_related("commentsExtended"))
    return ranges.read(*(package.parse(part) if part else None for part in parts))


def read_creator(package: WordPackage) -> str:
    """Return the creator in the properties of the file, which is often wrong or empty."""
    root = package.parse("docProps/core.xml")
    creator = root.find("dc:creator") if root is not None else None
    return " ".join((creator.text or "").split())[:120] if creator is not None else ""


def report_omitted_parts(package: WordPackage, notes: NoteSeries, losses: ConversionLosses) -> None:
    """Report headers, footers, unreferenced notes, an external template and macros as losses."""
    for kind in ("header", "footer"):
        for part in package.all_related(kind):
            text = " ".join(join_text(package.parse(part), "w:t").split())
            if any(character.isalpha() for character in text):
                losses.headers_and_footers.append(text)
    for blocks in notes.unreferenced:
        if text := " ".join(paragraph.text for paragraph in all_paragraphs(blocks)).strip():
            losses.lost_notes.append(text)
    settings = package.first_related("settings")
    relations = package.relations_of(settings).values() if settings else ()
    for relation in relations:
        is_template = relation.kind == "attachedTemplate" and relation.is_external
        if is_template and NETWORK_ADDRESS.match(relation.target):
            losses.template = relation.target
    losses.macros = any(name.endswith(MACROS) for name in package.entries)


def determine_language(document: Element, styles: Element | None, text: str) -> tuple[str, str]:
    """Return the language of the text, and the language set in the file (the same if none is set)."""
    declared = _declared_language(document, styles)
    detected = detect_language(text)
    if detected and declared in ("", *COMMON_WORDS):
        return detected, declared or detected
    return declared or "en", declared or "en"


def _declared_language(document: Element, styles: Element | None) -> str:
    """Return the language set for most of the text."""
    default_language = attribute_at(styles, "w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    characters: Counter[str] = Counter()
    for run in document.iter("w:r"):
        characters[attribute_at(run, "w:rPr/w:lang") or default_language] += len(join_text(run, "w:t"))
    return language_code(characters.most_common(1)[0][0] if characters else default_language)
