"""Paragraphs of the classic editor: blank lines separate them, and other line ends are line breaks.

WordPress stores such texts without `<p>` and adds it when it shows them (`wpautop`,
<https://developer.wordpress.org/reference/functions/wpautop/>).
"""

import re
from collections import Counter
from collections.abc import Iterator

from publications.html_tree import split_names

WRAPPERS = split_names(
    "address article aside blockquote body center details div fieldset figure footer form header "
    "main nav section"
)
"""Blocks whose text stands in paragraphs."""
CELLS = split_names("dd dt figcaption legend li td th")
"""Blocks that hold their text as it is, and paragraphs only if there are several."""
LINES = split_names("caption h1 h2 h3 h4 h5 h6 p summary")
"""Blocks that have no paragraphs in them."""
LISTS = split_names("colgroup dl map menu ol optgroup select table tbody tfoot thead tr ul")
VOID_BLOCKS = frozenset({"hr", "col"})
BLOCKS = WRAPPERS | CELLS | LINES | LISTS | VOID_BLOCKS
VERBATIM = split_names(
    "pre script style textarea svg video audio iframe object noscript math template noembed noframes title"
)
"""Elements whose line ends are no paragraphs."""
RAW_TEXT = split_names("script style textarea iframe")
"""Those of them whose content is text: it has no comments."""
DIVIDERS = ("more", "nextpage")
"""Comments that divide a text where a list cuts it, or into pages."""
_TAG = re.compile(r"<(?:(?P<comment>!--)|(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*+)(?P<rest>[^<>]*+)>)")
_BLANK_LINES = re.compile(r"\n[ \t\xa0]*(?:\n[ \t\xa0]*)+")
_BREAK = re.compile(r"(?:<br ?/?>)?(?<![ \t])[ \t]*+\n[ \t]*+")
_KEPT_LINE_END = "\ue0ff"


def add_paragraphs(text: str) -> str:
    """Return the HTML of a text of the classic editor, with its paragraphs and line breaks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_KEPT_LINE_END, "")
    return "".join(_Paragraphs(text).build()).replace(_KEPT_LINE_END, "\n")


class _Paragraphs:
    """Goes through a text with a stack of open blocks; `line` is text that no block has interrupted yet."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[str] = []
        self.open_names: Counter[str] = Counter()
        self.line: list[str] = []
        self.unclosed: set[str] = set()

    def build(self) -> Iterator[str]:
        position = 0
        while match := _TAG.search(self.text, position):
            self.line.append(self.text[position : match.start()])
            position = match.end()
            name = (match["name"] or "").lower()
            if match["comment"]:
                position = self._end_of("-->", position)
                self._add_comment(self.text[match.start() : position])
            elif name in VERBATIM and not match["end"]:
                position = self._end_of_verbatim(name, position)
                verbatim = self.text[match.start() : position].replace("\n", _KEPT_LINE_END)
                if name == "pre":
                    yield from (*self._take_paragraphs(), verbatim)
                else:
                    self.line.append(verbatim)
            elif name in BLOCKS:
                yield from self._take_paragraphs()
                self._open_or_close(name, is_end=bool(match["end"]))
                yield match[0]
            else:
                self.line.append(match[0].replace("\n", " "))
        self.line.append(self.text[position:])
        yield from self._take_paragraphs()

    def _end_of(self, end: str, position: int) -> int:
        """Return the position after an end, or the same if there is none."""
        found = -1 if end in self.unclosed else self.text.find(end, position)
        if found < 0:
            self.unclosed.add(end)
            return position
        return found + len(end)

    def _end_of_verbatim(self, name: str, position: int) -> int:
        """Return the position after the end tag of an element; one in a comment ends nothing."""
        end = self._end_of(f"</{name}>", position)
        while name not in RAW_TEXT and (start := self.text.find("<!--", position, end)) >= 0:
            position = self._end_of("-->", start)
            if position == start:
                break
            if position > end:
                end = self._end_of(f"</{name}>", position)
        return end

    def _add_comment(self, comment: str) -> None:
        is_divider = comment.removeprefix("<!--").strip().startswith(DIVIDERS)
        self.line.append("\n\n" if is_divider else comment.replace("\n", _KEPT_LINE_END))

    def _open_or_close(self, name: str, *, is_end: bool) -> None:
        if name in VOID_BLOCKS:
            return
        if is_end:
            while self.open_names[name] and self._pop() != name:
                pass
            return
        if self.open and (self.open[-1] == "p" or (name == "li" and self.open[-1] == "li")):
            self._pop()
        self.open.append(name)
        self.open_names[name] += 1

    def _pop(self) -> str:
        name = self.open.pop()
        self.open_names[name] -= 1
        return name

    def _take_paragraphs(self) -> list[str]:
        """Return the text since the last block, as paragraphs where its block has them."""
        text, self.line = "".join(self.line), []
        if not text.strip():
            return ["\n"] if text else []
        parts = [part for part in map(str.strip, _BLANK_LINES.split(text)) if part]
        block = self.open[-1] if self.open else "body"
        if block in LISTS:
            return [f"{part}\n" for part in parts]
        lines = [_BREAK.sub("<br />\n", part) for part in parts]
        if block in LINES or (block in CELLS and len(lines) == 1):
            spaces = (text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :])
            return [("</p>\n<p>" if block == "p" else "<br />\n").join(lines).join(spaces)]
        return [f"<p>{line}</p>\n" for line in lines]
