"""Remove a passage from Markdown without breaking the constructs around it.

A mark replaces the passage in text. A link, image or address that names the passage is removed; its text stays. Labels
of notes, which readers never see, are replaced.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import escape

from publications.html_tree import VERBATIM, Element

from .dialect import ABBREVIATION, REFERENCE
from .emphasis import BLOCK_START, balance_emphasis, replace_emphasized, with_emphasis
from .folding import FoldedText
from .markdown_styles import escape_block_start, escape_markdown
from .markdown_tokens import (
    NOTE_LABEL,
    TOKEN,
    MarkdownOutput,
    inline_references,
    inline_target,
    normalize_label,
    token_spans,
)
from .passages import PassageMatcher, collapse_markup

CONTEXT_BEFORE, CONTEXT_AFTER = 200, 2
"""Characters before and after a passage that decide how the mark is escaped."""
REST_OF_WORD = re.compile(r"\w{0,40}")
BRACKETED = re.compile(r"\[[\w ]+\]")
BEFORE_LINK = re.compile(r"\(|\s?\[")
ADDRESS_ATTRIBUTES = {"href", "src", "cite", "id", "name"}
MARKED_ID = re.compile(r"(?<![ \t])[ \t]*+\{:?[ \t]*+#([^\s{}]++)[^{}\n]*+\}")
ATTRIBUTE = re.compile(r"""(?<!\s)\s++([a-zA-Z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+)""")
UNCHANGED_TOKENS = ("auto", "label", "definition", "address")
"""Tokens in which the letters of the passage stay: addresses that do not name it, keys of images."""


class Redaction(PassageMatcher):
    """A passage to remove, and the mark that replaces it, which may be empty.

    The sets record what was removed: the matched `spellings`, the `links` and other `addresses` that named the passage,
    and the `files` that contained it.

    Attributes:
        searches_files: whether uploaded files of all formats are searched for it, not Word files alone.
        searched_files: whether it is in an uploaded file, by the name of that, for those that have been searched.
    """

    searches_files = False

    def __init__(self, passage: str, mark: str) -> None:
        super().__init__(passage)
        self.mark = mark
        self._emphasized = with_emphasis(self.pattern.pattern)
        self.spellings: set[str] = set()
        self.links: set[str] = set()
        self.addresses: set[str] = set()
        self.files: set[str] = set()
        self.searched_files: dict[str, bool] = {}

    @property
    def passages(self) -> list[str]:
        """What is redacted: one passage, or several spellings of a name."""
        return [self.passage]

    def redact_text(self, text: str) -> str:
        """Return plain text with the passage replaced by the mark."""
        return FoldedText(text).replace(
            self.pattern, lambda match: self._record_spelling(match, match.span()) or self.mark
        )

    def _record_spelling(self, match: re.Match[str], span: tuple[int, int]) -> None:
        start, end = span
        rest = REST_OF_WORD.match(match.string, end)[0].rstrip("_")
        self.spellings.add(collapse_markup(match.string[start:end] + rest))

    def redact_markdown(self, source: str) -> str:
        """Return Markdown with the passage replaced by the mark, without addresses and labels that name it."""
        source = self._inline_references(self._rename_labels(self._drop_ids(source)))
        return self._redact_words(self._redact_addresses(source))

    def _drop_ids(self, source: str) -> str:
        """Return the text without ids of headings and paragraphs (`{#grain}`) that name the passage."""
        return MARKED_ID.sub(lambda match: "" if self.is_in_address(match[1]) else match[0], source)

    def _rename_labels(self, source: str) -> str:
        """Replace labels of notes that name the passage by unused numbers."""
        labels = dict.fromkeys(NOTE_LABEL.findall(source))
        free = (str(number) for number in range(1, len(labels) + 2) if str(number) not in labels)
        names = {label: next(free) for label in labels if self.is_in_text_or_address(label)}
        return NOTE_LABEL.sub(lambda match: f"[^{names.get(match[1], match[1])}]", source)

    def _inline_references(self, source: str) -> str:
        """Turn reference links whose definition names the passage into inline links."""
        targets: dict[str, str] = {}

        def collect_target(match: re.Match[str]) -> str:
            label, address, title = match[1], match[2].strip("<>"), match[5] or match[6] or ""
            if label.startswith("^") or not any(map(self.is_in_text_or_address, (label, address, title))):
                return match[0]
            targets.setdefault(normalize_label(label), inline_target(address, title))
            return ""

        source = inline_references(REFERENCE.sub(collect_target, source), targets)
        return ABBREVIATION.sub(
            lambda match: "" if self.is_in_text_or_address(match["abbr"]) else match[0], source
        )

    def _redact_addresses(self, source: str) -> str:
        output, position = MarkdownOutput(), 0
        for match in TOKEN.finditer(source):
            output.add(source[position : match.start()])
            position = match.end()
            self._write_token(output, match)
        output.add(source[position:])
        return str(output)

    def _write_token(self, output: MarkdownOutput, match: re.Match[str]) -> None:
        """Add a token, without its address if that names the passage."""
        kind, address = match.lastgroup, match["address"]
        if address is not None and self._address_names_passage(address):
            self.links.add(address.strip().strip("<>"))
            output.end_without_link()
        elif kind in ("auto", "bare") and self.is_in_address(match[0]):
            self.links.add(match[0].strip("<>"))
            output.add(
                self._escape_mark(
                    output.last(CONTEXT_BEFORE), match.string[match.end() : match.end() + CONTEXT_AFTER]
                )
            )
        else:
            output.add(self._redact_tag(match[0]) if match["tag"] else match[0])

    def _redact_tag(self, tag: str) -> str:
        def drop_naming(match: re.Match[str]) -> str:
            if match[1].lower() not in ADDRESS_ATTRIBUTES or not self.is_in_address(match[2]):
                return match[0]
            self.links.add(match[2].strip("\"'"))
            return ""

        return ATTRIBUTE.sub(drop_naming, tag)

    def _redact_words(self, source: str) -> str:
        spans = list(token_spans(source))
        starts = [start for start, _end, _kind in spans]
        folded = FoldedText(source)

        def replace_match(match: re.Match[str]) -> str | None:
            position, _ = folded.find_span(*match.span("words"))
            start, end, kind = spans[bisect_right(starts, position) - 1] if starts else (0, 0, "")
            if not start <= position < end:
                return self._mark_in_text(match)
            if kind in UNCHANGED_TOKENS:
                return None
            self._record_spelling(match, match.span("words"))
            mark = _escape_attribute(self.mark) if kind in ("tag", "title") else self.mark
            return "".join([match["gap_before"], match["left"], mark, match["right"], match["gap_after"]])

        return folded.replace(self._emphasized, replace_match)

    def _mark_in_text(self, match: re.Match[str]) -> str:
        """Return the mark with the emphasis delimiters that keep those before and after it balanced."""
        self._record_spelling(match, match.span("words"))
        words = "" if "*" in self.passage or "_" in self.passage else match["words"]
        emphasis = balance_emphasis(match["left"], words, match["right"], is_mark_empty=not self.mark)
        start, end = match.start(), match.end("words")
        context = match.string[max(0, start - CONTEXT_BEFORE) : start]
        before = context + match["gap_before"] + emphasis.left
        mark = self._escape_mark(before, match.string[end : end + CONTEXT_AFTER])
        return replace_emphasized(match, emphasis, mark, context)

    def _escape_mark(self, before: str, after: str) -> str:
        """Return the mark, escaped for its position between these texts."""
        is_first = bool(BLOCK_START.search(before[-CONTEXT_BEFORE:]))
        is_definition = is_first and after.startswith(":")
        if BRACKETED.fullmatch(self.mark) and not is_definition and not BEFORE_LINK.match(after):
            return self.mark
        mark = escape_markdown(self.mark).replace("|", r"\|")
        return escape_block_start(mark) if is_first else mark

    def _address_names_passage(self, address: str) -> bool:
        return not address.strip().startswith("image:") and self.is_in_address(address)


def link_targets_of(root: Element) -> Iterator[str]:
    """Yield the link targets in a page, and the ids in it as fragments."""
    for element in root.walk():
        if "href" in element.attributes:
            yield element.attributes["href"]
        if "id" in element.attributes:
            yield f"#{element.attributes['id']}"


def readable_attributes(root: Element) -> Iterator[tuple[str, str]]:
    """Yield name and value of the attributes of a page that readers perceive: link targets and texts."""
    for element in root.walk():
        for name in ("href", "title", "alt"):
            if element.tag not in VERBATIM and name in element.attributes:
                yield name, element.attributes[name]


def _escape_attribute(mark: str) -> str:
    """Return the mark for use in an attribute or a title."""
    return escape(mark).replace("(", "&#40;").replace(")", "&#41;")
