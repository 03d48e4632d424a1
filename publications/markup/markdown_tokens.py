"""Tokenize Markdown without parsing it: the spans that are not plain text, and the links within them.

A text can so be edited in place, and everything else in it stays as it was written.
"""

import re
from collections.abc import Iterator, Mapping

from .source import AUTOLINK, TAG

LABEL = r"(?:(?!\[\^)[^\]\n])++"
"""The label of a note. It ends where another begins, so that unclosed labels take linear time."""
NOTE_LABEL = re.compile(rf"\[\^({LABEL})\]")
GAP = r"(?>(?:[^\S\n]|\n(?!\s*\n))+)"
"""White space within a paragraph, matched without backtracking."""
TOKEN = re.compile(
    rf"""
      (?P<code>(?<![`\\])(?P<fence>`+)(?!`)(?:[^\n]|\n(?!\s*\n))+?(?<!`)(?P=fence)(?!`))
    | (?P<comment><!--(?:(?!<!--|-->).)*+-->)
    | (?P<auto>{AUTOLINK})
    | (?P<tag>{TAG.pattern.replace("(/?)", "/?", 1)})
    | (?P<meaning>^\*\[[^\]\n]*\]\ ?:[^\n]*)
    | (?P<label>\[\^{LABEL}\])
    | (?P<definition>^\ {{0,3}}\[[^\[\]^\n][^\[\]\n]*\]:\ *\S+)
    | \]\((?P<address>\s*+(?:<[^<>\n]*>|(?:(?:{GAP})?(?:[^()\s\\]|\\.|\([^()\n]*\)))*?))
         (?P<title>\s++(?:"[^"]*"|'[^']*'))?\s*+\)
    | (?P<bare>\b(?:https?://|www\.)[^\s<>\[\]"`|]*[^\s<>\[\]"`|.,;:!?)*_]|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
KINDS = ("code", "comment", "auto", "tag", "meaning", "label", "definition", "bare")
BRACKET = re.compile(r"([\[\]])")
FULL_REFERENCE = re.compile(r"\]\s?\[([^\[\]]*+)\]")
COLLAPSED_REFERENCE = re.compile(r"\[([^\[\]]++)\]\s?\[\]")
SHORT_REFERENCE = re.compile(r"(?<![\]!*])\[([^\[\]]++)\](?!\s?\[|[(:])")


def token_spans(source: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of each token that is not plain text, in order."""
    for match in TOKEN.finditer(source):
        if match["address"] is None:
            kind = next(name for name in KINDS if match[name])
            if kind != "bare":
                yield (*match.span(), kind)
            continue
        yield (*match.span("address"), "address")
        if match["title"]:
            yield (*match.span("title"), "title")


def inline_references(source: str, targets: Mapping[str, str]) -> str:
    """Return the text with its reference links, in any syntax, turned into inline links.

    Args:
        targets: by normalized label, each as `inline_target` returns it; other references stay.
    """

    def insert_target(match: re.Match[str], before: str) -> str:
        target = targets.get(normalize_label(match[1]))
        return match[0] if target is None else before + target

    if not targets:
        return source
    source = FULL_REFERENCE.sub(lambda match: insert_target(match, "]"), source)
    source = COLLAPSED_REFERENCE.sub(lambda match: insert_target(match, f"[{match[1]}]"), source)
    return SHORT_REFERENCE.sub(lambda match: insert_target(match, f"[{match[1]}]"), source)


def inline_target(address: str, title: str) -> str:
    """Return the target of an inline link, in its parentheses."""
    target = f"<{address}>" if re.search(r"[()\s]", address) else address
    return f'({target} "{title.replace(chr(34), "&quot;")}")' if title else f"({target})"


def normalize_label(label: str) -> str:
    """Return a label in the form in which references are compared."""
    return " ".join(label.split()).casefold()


class MarkdownOutput:
    """Markdown being written, in which the brackets of the current link can still be removed."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[int] = []

    def __str__(self) -> str:
        return "".join(self._parts)

    def add(self, text: str) -> None:
        for part in filter(None, BRACKET.split(text)):
            if part in ("[", "]") and not self.last(1).endswith("\\"):
                self._track_bracket(part)
            self._parts.append(part)

    def _track_bracket(self, bracket: str) -> None:
        if bracket == "[":
            self._open.append(len(self._parts))
        elif self._open:
            self._open.pop()

    def last(self, length: int) -> str:
        """Return the end of the text, at least this long if there is as much."""
        parts, count = [], 0
        for part in reversed(self._parts):
            if count >= length:
                break
            parts.append(part)
            count += len(part)
        return "".join(reversed(parts))

    def end_without_link(self) -> None:
        """End a link without its target: its text stays, without the brackets."""
        if not self._open:
            self.add("]()")
            return
        position = self._open.pop()
        self._parts[position] = ""
        if position:
            self._parts[position - 1] = self._parts[position - 1].removesuffix("!")
        while self._parts and not self._parts[-1]:
            self._parts.pop()
