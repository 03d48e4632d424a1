"""Replace a passage in Markdown so that the emphasis it began, ended or cut stays balanced."""

import re
from typing import NamedTuple

DELIMITER = r"(?:(?<!\\)[*_]{1,3})?"
LINE_PREFIX = r"\n[^\S\n]*+(?:>[^\S\n]*+)*+"
GAP_BEFORE = rf"(?:(?<!\s)(?:[^\S\n]++(?:{LINE_PREFIX})?+|{LINE_PREFIX}))?"
GAP_AFTER = rf"(?:[^\S\n]*+(?:{LINE_PREFIX})?+)"
"""White space around a passage, with at most one line break and the marks of a quotation after it."""
DELIMITER_IN_PASSAGE = re.compile(r"(?<=[^\\*_])[*_]{1,3}(?=[^*_])")
BLOCK_START = re.compile(r"(?:\A|\n)[\s>*+.)0-9-]*(?:\[\^[^\]\n]*\]:\s*)?\Z")
BLOCK_END = re.compile(r"\s*(?:\n|\Z)")


class Emphasis(NamedTuple):
    """The delimiters around a removed passage: those that end emphasis before it, and begin emphasis after it.

    `left` and `right` enclose the mark in its place.
    """

    closing: str
    left: str
    right: str
    opening: str


def with_emphasis(pattern: str) -> re.Pattern[str]:
    """Return the pattern of a passage with the delimiters and the white space around it, each as a group."""
    return re.compile(
        f"(?P<gap_before>{GAP_BEFORE})(?P<left>{DELIMITER})(?P<words>{pattern})(?P<right>{DELIMITER})"
        f"(?P<gap_after>{GAP_AFTER})",
        re.IGNORECASE,
    )


def balance_emphasis(left: str, passage: str, right: str, *, is_mark_empty: bool) -> Emphasis:
    """Return the delimiters that keep the emphasis balanced once the passage is removed.

    Args:
        left: the delimiters directly before the passage.
        passage: as it stands in the text.
        right: those directly after it.
        is_mark_empty: whether nothing takes its place, so that the delimiters of both sides would enclose nothing.
    """
    closing = opening = ""
    for match in DELIMITER_IN_PASSAGE.finditer(passage):
        delimiter = match[0]
        if _is_literal(match):
            continue
        if _begins_emphasis(match, right):
            opening += delimiter
        else:
            opening, delimiter = _cancel(opening, delimiter)
            left, delimiter = _cancel(left, delimiter)
            closing += delimiter
    opening, right = _cancel(opening, right)
    if is_mark_empty:
        left, right = _cancel(left, right)
        return Emphasis(closing + right, "", "", left + opening)
    return Emphasis(closing, left, right, opening)


def _begins_emphasis(match: re.Match[str], right: str) -> bool:
    """Whether a delimiter begins emphasis: after white space, or within a word if the emphasis ends after it."""
    if _has_space_after(match):
        return False
    return _has_space_before(match) or right.startswith(match[0])


def _is_literal(match: re.Match[str]) -> bool:
    """Whether characters are no delimiter: between spaces, or underscores within a word."""
    if _has_space_before(match):
        return _has_space_after(match)
    return match[0].startswith("_") and not _has_space_after(match)


def _has_space_before(match: re.Match[str]) -> bool:
    return match.string[match.start() - 1].isspace()


def _has_space_after(match: re.Match[str]) -> bool:
    return match.string[match.end()].isspace()


def _cancel(opening: str, closing: str) -> tuple[str, str]:
    """Return opening and closing delimiters without the pairs in which one directly ends the other."""
    while opening and closing and opening[-1] == closing[0]:
        opening, closing = opening[:-1], closing[1:]
    return opening, closing


def replace_emphasized(match: re.Match[str], emphasis: Emphasis, mark: str, context: str) -> str:
    """Return what replaces a match of `with_emphasis`.

    Emphasis ends before the white space in front of the mark, and begins after the white space behind it, as parsers
    require. Where there is no white space, the mark is emphasized as well.

    Args:
        mark: escaped for its position.
        context: the text before the match.
    """
    closing, left, right, opening = emphasis
    gap_before, gap_after = match["gap_before"], match["gap_after"]
    if not mark and "\n" in gap_before and "\n" in gap_after:
        gap_before = ""  # an empty line would end the paragraph
    if BLOCK_START.search(context):
        closing = ""  # no emphasis can have begun before it
    if BLOCK_END.match(match.string, match.end()):
        opening = ""  # none can end after it
    if (gap_before or not mark) and not context.endswith("\\"):
        gap_before, closing = closing + gap_before, ""
    if gap_after:
        gap_after, opening = gap_after + opening, ""
    if closing == opening:
        closing = opening = ""
    return f"{gap_before}{opening}{left}{mark}{right}{closing}{gap_after}"
