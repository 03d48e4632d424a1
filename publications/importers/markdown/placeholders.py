"""Replace code, literal text and raw tables by placeholders while a text is rewritten.

Spans are found in one pass, because a pattern such as `<!--.*?-->` scans to the end of the text for every opening
without an end.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

MARK = re.compile("\ue000(\\d+)\ue001")
FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<behind>[^\n]*)$", re.MULTILINE)
TICKS = re.compile("`+")
BLANK = re.compile(r"(\n{2,})")
LIST = re.compile(r"[ \t]*(?:[*+-]|\d+[.)])[ \t]|[ \t]+\S")
ATTRIBUTES = r"""(?:(?:[^<>"']++|"[^"]*+"|'[^']*+')*+(?=>)|[^<>]*+(?=>))"""
"""The content of a tag after its name. If quotes do not close, the tag ends at the next angle bracket.

Of two nested openings at most one can still be open at any later character, so that finding the ends of all tags takes
only a few passes.
"""


class Placeholders:
    """Stores texts and returns marks for them."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def keep(self, text: str) -> str:
        self.texts.append(text)
        return f"\ue000{len(self.texts) - 1}\ue001"

    def put_back(self, text: str) -> str:
        """Return the text with marks replaced by the stored texts, which may contain marks themselves."""
        for _level in range(4):
            if not MARK.search(text):
                break
            text = MARK.sub(self._kept_text, text)
        return MARK.sub("", text)

    def _kept_text(self, match: re.Match[str]) -> str:
        number = int(match[1][:9])
        return self.texts[number] if number < len(self.texts) else ""

    def keep_code(self, text: str) -> str:
        """Replace code by marks: fenced blocks, in the site's Markdown syntax, and inline code."""
        return "".join(map(self._without_spans, BLANK.split(self._without_blocks(text))))

    def _without_blocks(self, text: str) -> str:
        parts, position = [], 0
        for opening_match, closing_match in _fenced(text):
            if opening_match.start() >= position:
                parts += [
                    text[position : opening_match.start()],
                    self._block(opening_match, text[opening_match.end() + 1 : closing_match.start()]),
                ]
                position = closing_match.end() + 1
        return "".join([*parts, text[position:]])

    def _without_spans(self, paragraph: str) -> str:
        parts, position = [], 0
        for start, end in _code_in_line(paragraph):
            parts += [paragraph[position:start], self.keep(paragraph[start:end])]
            position = end
        return "".join([*parts, paragraph[position:]])

    def _block(self, opening_match: re.Match[str], code: str) -> str:
        indent = opening_match["indent"].expandtabs(4)
        code = self.put_back(code).rstrip("\n")
        lines = [line.removeprefix(opening_match["indent"]) for line in code.split("\n")]
        if not indent and _follows_list(opening_match.string, opening_match.start()):
            return f"\n{self.keep(f'<pre><code>{_escaped(lines)}</code></pre>')}\n\n"
        depth = 4 + 4 * ((len(indent) + 3) // 4)
        block = "\n".join(" " * depth + line if line.strip() else "" for line in lines)
        return f"\n{self.keep(block)}\n\n" if code.strip() else "\n"


def _fenced(text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Yield the lines that open a code block, each with the line that closes it, of the same length or longer."""
    lines = list(FENCE.finditer(text))
    ends: list[re.Match[str] | None] = []
    closing: dict[str, list[re.Match[str]]] = {"`": [], "~": []}  # from far and long to near and short
    for line in reversed(lines):
        near = closing[line["fence"][0]]
        position = bisect_right(near, -len(line["fence"]), key=lambda fence: -len(fence["fence"]))
        ends.append(near[position - 1] if position else None)
        if not line["behind"].strip(" \t`~"):
            del near[bisect_left(near, -len(line["fence"]), key=lambda fence: -len(fence["fence"])) :]
            near.append(line)
    for line, end in zip(lines, reversed(ends), strict=True):
        if end and "`" not in line["behind"]:
            yield line, end


def _code_in_line(paragraph: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of inline code, which ends at the next run of as many backticks."""
    runs = list(TICKS.finditer(paragraph))
    near: dict[int, re.Match[str]] = {}
    ends: list[re.Match[str] | None] = []
    for run in reversed(runs):
        ends.append(near.get(len(run[0])))
        near[len(run[0])] = run
    position = 0
    for run, end in zip(runs, reversed(ends), strict=True):
        if end and run.start() >= position:
            position = end.end()
            yield run.start(), position


def _follows_list(text: str, position: int) -> bool:
    """Whether an indented block here would belong to a list item."""
    before = text[max(0, position - 3000) : position].rstrip("\n").rpartition("\n")[2]
    return bool(LIST.match(before))


def _escaped(lines: list[str]) -> str:
    return "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def without_marks(text: str) -> str:
    """Return the text without the characters that marks consist of."""
    return text.replace("\ue000", "").replace("\ue001", "")


def replace_spans(
    text: str,
    opening: re.Pattern[str],
    closing: re.Pattern[str],
    replacement: Callable[[re.Match[str], str, str], str],
) -> str:
    """Return the text with its spans replaced.

    The search stops at the first opening without an end, since later ones have none either.

    Args:
        replacement: gets the match of the opening, the content, and the whole span.
    """
    parts, position = [], 0
    while (opening_match := opening.search(text, position)) and (
        closing_match := closing.search(text, opening_match.end())
    ):
        content = text[opening_match.end() : closing_match.start()]
        span_source = text[opening_match.start() : closing_match.end()]
        parts += [text[position : opening_match.start()], replacement(opening_match, content, span_source)]
        position = closing_match.end()
    return "".join([*parts, text[position:]])
