"""Leave out words of a Markdown text that no reader of the old site saw, and name them.

They stand in comments of kramdown (kramdown.gettalong.org/syntax.html), in hidden elements of HTML, and in what a list
of attributes hides (`attribute_lists`).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from publications.html_tree import Element

from ..html.boilerplate import opens_on_click
from ..html.losses import collapsed_note, hidden_words_note, words_in
from ..html.source_tree import VOID, is_hidden, parse_html
from ..imported_file import ImportLog
from .attribute_lists import ATTRIBUTE_LIST, HiddenSpan, find_hidden_spans
from .page import split_visible_words
from .placeholders import ATTRIBUTES

TAG = re.compile(rf"<(?P<end>/?)(?P<name>[a-zA-Z][\w-]*+){ATTRIBUTES}>")
HIDING_WORD = re.compile(r"hidden|style|sr-only|screen-reader", re.IGNORECASE)
"""What stands in every tag and list of attributes that hides something."""
EXTENSION = re.compile(r"\{::(?P<name>comment|nomarkdown)\b(?P<attributes>[^{}\n]*)\}")
HIDING_MARKUP = re.compile(rf"{ATTRIBUTE_LIST.pattern}|\{{:[:/][^{{}}\n]*\}}")
EXTENSION_ENDS = {name: re.compile(rf"\{{:/(?:{name})?\}}") for name in ("comment", "nomarkdown")}

NOTE = re.compile(
    r"^ {0,3}\[\^([^\[\]\s]++)\]:[^\n]*+"
    r"(?:\n(?![ \t]*(?:\n|\Z)|[ ]{0,3}\[\^)[^\n]++|\n(?:[ \t]*\n)++(?: {4}|\t)[^\n]++)*+",
    re.MULTILINE,
)
NOTE_REFERENCE = re.compile(r"(?P<indent>^ {0,3})?+\[\^(?P<name>[^\[\]\s]++)\](?P<colon>:?)", re.MULTILINE)
"""A reference to a note; at the beginning of a line and with a colon it is the note itself."""

MAX_READINGS = 20
"""How often the words of a text are read on average, as parts that stay may be nested; one with more waits."""
HIDDEN = {"hidden": ""}


@dataclass
class HiddenWords:
    """Leaves out the hidden words of one text; `left_out` are the words of all.

    Args:
        restore: returns a text with what placeholders in it stand for.
    """

    log: ImportLog
    restore: Callable[[str], str]
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, text: str) -> str:
        """Return the text without hidden words; one of which it is not clear what is hidden becomes a draft."""
        if "{::" in text:
            text = self._without(text, self._find_extensions(text))
        if "[^" in text:
            text = self._without(text, _find_unused_notes(text))
        if "<" in text and HIDING_WORD.search(text):
            text = self._without(text, self._find_elements(text))
        if "{" in text and HIDING_WORD.search(text):
            text = self._without(text, find_hidden_spans(text, self.log))
        return text

    def _without(self, text: str, spans: Iterable[HiddenSpan]) -> str:
        parts, position, unread = [], 0, MAX_READINGS * len(text)
        for span in sorted(spans, key=lambda span: (span.start, span.end)):
            if span.start < position:
                continue
            unread -= span.end - span.start
            if unread < 0:
                self.log.hidden_part(text[span.start : span.start + 80].partition("\n")[0])
                break
            if not self._is_kept(text[span.start : span.end], span):
                parts.append(text[position : span.start])
                position = span.end
        return "".join([*parts, text[position:]])

    def _is_kept(self, source: str, span: HiddenSpan) -> bool:
        """Report hidden words, and return whether they stay, as the old site showed them at once or on a click."""
        source = self.restore(HIDING_MARKUP.sub("", source))
        tree = parse_html(
            source.replace("![", "<img>![")
        )  # so that `is_hidden` sees the pictures of Markdown
        element = tree.elements[0] if span.is_element else Element("div", span.attributes, tree.children)
        if not is_hidden(element):
            return True
        if opens_on_click(element):
            self.log.add(collapsed_note(element))
            return True
        if words := words_in(element):
            self.log.add(hidden_words_note(words))
        self.left_out += split_visible_words(source)
        return False

    def _find_extensions(self, text: str) -> Iterator[HiddenSpan]:
        """Yield the comments of kramdown, and what it writes for other formats than HTML alone."""
        position = 0
        for opening in EXTENSION.finditer(text):
            is_shown = opening["name"] == "nomarkdown" and (
                "type" not in opening["attributes"] or "html" in opening["attributes"]
            )
            if opening.start() < position or is_shown or opening["attributes"].endswith("/"):
                continue
            end = EXTENSION_ENDS[opening["name"]].search(text, opening.end())
            if not end:
                self.log.hidden_part(opening[0])
                return
            position = end.end()
            yield HiddenSpan(opening.start(), position, HIDDEN)

    def _find_elements(self, text: str) -> Iterator[HiddenSpan]:
        open_tags: dict[str, list[tuple[re.Match[str], bool]]] = defaultdict(list)
        for tag in TAG.finditer(text):
            name = tag["name"].lower()
            if tag["end"]:
                opening, hides = open_tags[name].pop() if open_tags[name] else (tag, False)
                if hides:
                    yield HiddenSpan(opening.start(), tag.end())
                continue
            hides = bool(HIDING_WORD.search(tag[0])) and any(map(is_hidden, parse_html(tag[0]).elements))
            if name in VOID and hides:
                yield HiddenSpan(*tag.span())
            elif name not in VOID and not tag[0].endswith("/>"):
                open_tags[name].append((tag, hides))
        for opening, hides in (item for items in open_tags.values() for item in items):
            if hides:
                self.log.hidden_part(" ".join(opening[0].split()))


def _find_unused_notes(text: str) -> Iterator[HiddenSpan]:
    """Yield the footnotes that nothing refers to, which kramdown and Goldmark do not print."""
    used = {
        match["name"].casefold()
        for match in NOTE_REFERENCE.finditer(text)
        if match["indent"] is None or not match["colon"]
    }
    for note in NOTE.finditer(text):
        if note[1].casefold() not in used:
            yield HiddenSpan(*note.span(), HIDDEN)
