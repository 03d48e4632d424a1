"""Keep the lines and words of a source that an edit left alone, where Markdown has several ways to write the same.

Of several blocks that were edited `pair_blocks` finds the source of each, so that an edit leaves other blocks alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape
from typing import NamedTuple

MAX_COMPARED_PAIRS = 2_000_000
"""How many pairs of lines or words are compared in a text, which takes some tenths of a second: a list of a thousand
lines, say, or many paragraphs. The blocks after them are written as the site writes them."""
LINES = re.compile(r"(?:[ \t]*+\n)*+[^\n]++")
WORDS = re.compile(r"[ \t\n]*+[^ \t\n]++")
WORD = re.compile(r"\w+")
MAX_PAIRED_BLOCKS = 10_000
"""How many pairs of a source and a block of HTML are compared in a text; the blocks after them are compared as one."""
SURE_WORDS = 3
"""How many words two blocks share other than by chance."""
NO_LETTER = re.compile(r"[\W_]+")


@dataclass
class ComparisonBudget:
    """How many pairs may still be compared in a text: of lines or words, or of blocks."""

    pairs: int = MAX_COMPARED_PAIRS

    def spend(self, pairs: int) -> bool:
        """Return whether so many may be compared, and subtract them if so."""
        is_enough = pairs <= self.pairs
        self.pairs -= pairs if is_enough else 0
        return is_enough


def keep_source(
    source: str,
    rewritten: str,
    edited: str,
    budget: ComparisonBudget,
    patterns: Sequence[re.Pattern[str]] = (LINES, WORDS),
) -> str:
    """Return edited Markdown with those lines and words that were not edited as their source has them.

    Args:
        source: the Markdown before the edit, as somebody wrote it.
        rewritten: the same as the site writes it; what it shares with `edited` was not edited.
        edited: the Markdown after the edit, as the site writes it.
        budget: that of all blocks of the text.
        patterns: the parts to compare, larger ones first, each with the white space before it.

    Returns:
        Text that has to be parsed, to see whether it means the same as `edited`; or `edited`, if the source has other
        words than `rewritten` or nothing is left of the budget.
    """
    if not patterns:
        return _space_of(source if _space_of(rewritten) == _space_of(edited) else edited) + edited.lstrip()
    pattern, *smaller = patterns
    before, after = pattern.findall(rewritten.rstrip()), pattern.findall(edited.rstrip())
    parts = _align(pattern.findall(source.rstrip()), before)
    if parts is None or not budget.spend(len(before) * len(after)):
        return keep_source(source, rewritten, edited, budget, smaller) if smaller else edited
    kept: list[str] = []
    for operation, start, end, first, last in SequenceMatcher(None, before, after).get_opcodes():
        if operation == "equal":
            kept += parts[start:end]
            continue
        if (
            smaller and 0 < end - start < last - first
        ):  # lines that were split: the words go on in the new ones
            split = parts[start:end], before[start:end], after[first:last]
            kept.append(keep_source(*map("".join, split), budget, smaller))
            continue
        changes = list(zip(parts[start:end], before[start:end], after[first:last], strict=False))
        kept += [keep_source(*change, budget, smaller) for change in changes] + after[
            first + len(changes) : last
        ]
        if start + len(changes) < end < len(parts):  # what follows a part that is gone takes its place
            parts[end] = _space_of(parts[start + len(changes)]) + parts[end].lstrip()
    return "".join(kept)


class BlockPair(NamedTuple):
    """Sources of blocks before an edit, and the HTML of what stands in their place."""

    sources: list[str]
    htmls: list[str]


def pair_blocks(sources: Sequence[str], htmls: Sequence[str], budget: ComparisonBudget) -> list[BlockPair]:
    """Return the blocks of HTML in their order, each with the sources before the edit that share most of its words.

    What shares no words is paired by its place. What was inserted or deleted belongs to the pair before it.

    Args:
        budget: that of all edited blocks of the text, of `MAX_PAIRED_BLOCKS`.
    """
    if not budget.spend(len(sources) * len(htmls)):
        return [BlockPair(list(sources), list(htmls))]
    source_words, html_words = ([set(WORD.findall(text)) for text in texts] for texts in (sources, htmls))
    shared = [[_count_shared(words, others) for others in html_words] for words in source_words]
    pairs: list[BlockPair] = []
    start, first = 0, 0
    for index, position in [*_best_matches(shared), (len(sources), len(htmls))]:
        begin, end = (
            first,
            position,
        )  # without the parts of blocks that were split, and what was put between these
        for at in range(first, position if pairs else first):
            if shared[start - 1][at] >= (1 if at == begin else SURE_WORDS):
                begin = at + 1
        least = SURE_WORDS if index > start else 1
        for at in range(position - 1, begin - 1 if index < len(sources) else position, -1):
            if shared[index][at] >= (least if at == end - 1 else SURE_WORDS):
                end = at
        if pairs:
            pairs[-1].htmls.extend(htmls[first:begin])
        between = BlockPair(list(sources[start:index]), list(htmls[begin:end]))
        if pairs and not (between.sources and between.htmls):
            pairs[-1].sources.extend(between.sources)
            pairs[-1].htmls.extend(between.htmls)
        else:
            pairs.append(between)
        pairs.append(BlockPair(list(sources[index : index + 1]), list(htmls[end : position + 1])))
        start, first = index + 1, position + 1
    return [pair for pair in pairs if pair.htmls]


def _count_shared(words: set[str], others: set[str]) -> int:
    """Return how many words two blocks share, or 0 if it is less than half of those of the shorter one."""
    count = len(words & others)
    return count if 2 * count >= min(len(words), len(others)) else 0


def _best_matches(shared: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the pairs of indexes, both ascending, that share most words in all."""
    columns = len(shared[0]) if shared else 0
    best = [[0] * (columns + 1) for _row in range(len(shared) + 1)]
    for row in range(len(shared) - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            match = shared[row][column] and shared[row][column] + best[row + 1][column + 1]
            best[row][column] = max(match, best[row + 1][column], best[row][column + 1])
    matches, row, column = [], 0, 0
    while row < len(shared) and column < columns:
        if best[row][column] == best[row + 1][column]:
            row += 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            matches.append((row, column))
            row, column = row + 1, column + 1
    return matches


def _space_of(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _align(parts: list[str], rewritten: list[str]) -> list[str] | None:
    """Return the parts of a source that each rewritten part stands for, joined, or None if that is unclear."""
    if len(parts) == len(rewritten):
        return parts
    groups, remaining = [], iter(parts)
    for part in rewritten:
        expected, group, letters = _letters(part), "", ""
        while not group or len(letters) < len(expected):
            if (following := next(remaining, None)) is None:
                return None
            group += following
            letters += _letters(following)
        if letters != expected:
            return None
        groups.append(group)
    return None if next(remaining, None) else groups


def _letters(text: str) -> str:
    return NO_LETTER.sub("", unescape(text))
