"""Replace code, literal text and raw tables by placeholders while a text is rewritten.

Spans are found in one pass, because a pattern such as `<!--.*?-->` scans to the end of the text for every opening
without an end.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

MARK = re.compile("\ue000(\\d+)\ue001")
FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$", re.MULTILINE)
BACKTICKS = re.compile("`+")
BLANK_LINES = re.compile(r"(\n{2,})")
LIST_ITEM = re.compile(r"[ \t]*(?:[*+-]|\d+[.)])[ \t]|[ \t]+\S")
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

    def restore(self, text: str) -> str:
        """Return the text with marks replaced by the stored texts, which may contain marks themselves."""
        for _level in range(4):
            if not MARK.search(text):
                break
            text = MARK.sub(self._stored_text, text)
        return MARK.sub("", text)

    def _stored_text(self, match: re.Match[str]) -> str:
        number = int(match[1][:9])
        return self.texts[number] if number < len(self.texts) else ""

    def keep_code(self, text: str) -> str:
        """Replace code by marks: fenced blocks, in the site's Markdown syntax, and inline code."""
        return "".join(map(self._keep_inline_code, BLANK_LINES.split(self._keep_blocks(text))))

    def _keep_blocks(self, text: str) -> str:
        parts, position = [], 0
        for opening_match, closing_match in _find_fenced_blocks(text):
            if opening_match.start() >= position:
                parts += [
                    text[position : opening_match.start()],
                    self._keep_block(opening_match, text[opening_match.end() + 1 : closing_match.start()]),
                ]
                position = closing_match.end() + 1
        return "".join([*parts, text[position:]])

    def _keep_inline_code(self, paragraph: str) -> str:
        parts, position = [], 0
        for start, end in _find_inline_code(paragraph):
            parts += [paragraph[position:start], self.keep(paragraph[start:end])]
            position = end
        return "".join([*parts, paragraph[position:]])

    def _keep_block(self, opening_match: re.Match[str], code: str) -> str:
        indent = opening_match["indent"].expandtabs(4)
        code = self.restore(code).rstrip("\n")
        lines = [line.removeprefix(opening_match["indent"]) for line in code.split("\n")]
        if not indent and _follows_list(opening_match.string, opening_match.start()):
            return f"\n{self.keep(f'<pre><code>{_escape_lines(lines)}</code></pre>')}\n\n"
        depth = 4 + 4 * ((len(indent) + 3) // 4)
        block = "\n".join(" " * depth + line if line.strip() else "" for line in lines)
        return f"\n{self.keep(block)}\n\n" if code.strip() else "\n"


def _find_fenced_blocks(text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Yield the lines that open a code block, each with the line that closes it, of the same length or longer."""
    lines = list(FENCE.finditer(text))
    ends: list[re.Match[str] | None] = []
    fences_by_character: dict[str, list[re.Match[str]]] = {"`": [], "~": []}  # the last and longest first
    for line in reversed(lines):
        closing_fences = fences_by_character[line["fence"][0]]
        position = bisect_right(closing_fences, -len(line["fence"]), key=lambda fence: -len(fence["fence"]))
        ends.append(closing_fences[position - 1] if position else None)
        if not line["info"].strip(" \t`~"):
            del closing_fences[
                bisect_left(closing_fences, -len(line["fence"]), key=lambda fence: -len(fence["fence"])) :
            ]
            closing_fences.append(line)
    for line, end in zip(lines, reversed(ends), strict=True):
        if end and "`" not in line["info"]:
            yield line, end


def _find_inline_code(paragraph: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of inline code, which ends at the next run of as many backticks."""
    runs = list(BACKTICKS.finditer(paragraph))
    next_runs: dict[int, re.Match[str]] = {}  # by length
    ends: list[re.Match[str] | None] = []
    for run in reversed(runs):
        ends.append(next_runs.get(len(run[0])))
        next_runs[len(run[0])] = run
    position = 0
    for run, end in zip(runs, reversed(ends), strict=True):
        if end and run.start() >= position:
            position = end.end()
            yield run.start(), position


def find_code(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of blocks of code and of inline code."""
    position = 0
    for opening, closing in _find_fenced_blocks(text):
        if opening.start() >= position:
            position = closing.end()
            yield opening.start(), position
    position = 0
    for paragraph in BLANK_LINES.split(text):
        yield from ((position + start, position + end) for start, end in _find_inline_code(paragraph))
        position += len(paragraph)


def _follows_list(text: str, position: int) -> bool:
    """Whether an indented block here would belong to a list item."""
    before = text[max(0, position - 3000) : position].rstrip("\n").rpartition("\n")[2]
    return bool(LIST_ITEM.match(before))


def _escape_lines(lines: list[str]) -> str:
    return "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def remove_marks(text: str) -> str:
    """Return the text without the characters that marks consist of."""
    return text.replace("\ue000", "").replace("\ue001", "")


def find_spans(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of spans; the search stops at the first opening without an end."""
    position = 0
    while (opening_match := opening.search(text, position)) and (
        closing_match := closing.search(text, opening_match.end())
    ):
        position = closing_match.end()
        yield opening_match.start(), position


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
