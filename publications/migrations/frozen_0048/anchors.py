"""Frozen for migration 0048: what it needs of `publications.markup.anchors`."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile
from typing import NamedTuple

from .dialect import parse_markdown
from .html_tree import Element, is_inline_child, parse
from .matching import Budget, match
from .source import Unrenderable, check_size, clean_source, unmask

TOKEN = re.compile(r"\w+|[^\w\s]")
MAX_STEPS = 400_000
"""Limit for one comparison of two texts."""
MAX_OCCURRENCES = 1_000
"""Of a quotation in a text; later ones are not found."""
MIN_KEPT = 0.5
"""The share of its words that a range must keep; of fewer it is no longer about them."""


class TextRange(NamedTuple):
    """A range of a plain text, in characters."""

    start: int
    end: int


def anchor_text(markdown: str) -> str:
    """Return the plain text that comments are anchored in; Markdown that cannot be rendered is a text itself."""
    try:
        check_size(markdown)
        body, notes = parse_markdown(clean_source(markdown))
    except (Unrenderable, RecursionError):
        return " ".join(markdown.split())
    return "\n".join(line for root in (body, *notes.values()) for line in _lines(root))


def anchor_text_of_html(html: str) -> str:
    """Return the plain text of stored HTML, line by line as `anchor_text` does."""
    return "\n".join(_lines(parse(html)))


def _lines(element: Element) -> Iterator[str]:
    for is_inline, children in groupby(element.children, key=is_inline_child):
        if is_inline:
            text = unmask("".join(_inline_parts(Element("p", {}, list(children)))))
            yield from [line] if (line := " ".join(text.split())) else []
        else:
            for child in children:
                yield from _lines(child)


def _inline_parts(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag == "br":
            yield " "
        elif not _is_note_reference(child):
            yield from _inline_parts(child)


def _is_note_reference(element: Element) -> bool:
    return element.tag == "ref" or any(
        child.get("class") == "footnote-ref" for child in element.elements if element.tag == "sup"
    )


def find_quote(
    text: str, quote: str, *, near: int = 0, prefix: str = "", suffix: str = ""
) -> TextRange | None:
    """Return the occurrence of a quotation whose context agrees most, of several such the nearest; None for none.

    Args:
        near: where it is expected to start.
        prefix, suffix: the characters before and after it, where it was selected.
    """
    starts = [
        found.start()
        for found, _number in zip(re.finditer(re.escape(quote), text), range(MAX_OCCURRENCES), strict=False)
        if quote
    ]

    def rank(start: int) -> tuple[int, int]:
        before = text[max(0, start - len(prefix)) : start]
        after = text[start + len(quote) :][: len(suffix)]
        agreement = _count_equal(before[::-1], prefix[::-1]) + _count_equal(after, suffix)
        return agreement, -abs(start - near)

    start = max(starts, key=rank, default=None)
    return None if start is None else TextRange(start, start + len(quote))


def _count_equal(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def move_ranges(before: str, after: str, ranges: Sequence[TextRange]) -> list[TextRange | None]:
    """Return where the words of ranges are after a change of the text; None for a range that has lost most of them.

    A range follows its words: the words around an edit of some of them stay its words, and words that were moved are
    found by their quotation.
    """
    if before == after:
        return list(ranges)
    old, new = list(TOKEN.finditer(before)), list(TOKEN.finditer(after))
    pairs = match([token[0] for token in old], [token[0] for token in new], Budget(MAX_STEPS))
    kept = [(old[index], new[other]) for index, other in pairs]
    return [_move_range(before, after, text_range, kept) for text_range in ranges]


def _move_range(
    before: str, after: str, text_range: TextRange, kept: Sequence[tuple[re.Match, re.Match]]
) -> TextRange | None:
    quote = before[text_range.start : text_range.end]
    inside = [pair for pair in kept if pair[0].end() > text_range.start and pair[0].start() < text_range.end]
    words = [pair for pair in inside if pair[0][0].isalnum()]
    if not words:
        return find_quote(after, quote, near=text_range.start)
    moved = TextRange(_new_start(inside[0], text_range), _new_end(inside[-1], text_range))
    if after[moved.start : moved.end] == quote or len(words) >= MIN_KEPT * len(_words(quote)):
        return moved
    return find_quote(after, quote, near=moved.start)


def _new_start(pair: tuple[re.Match, re.Match], text_range: TextRange) -> int:
    old, new = pair
    return new.start() + max(0, text_range.start - old.start())


def _new_end(pair: tuple[re.Match, re.Match], text_range: TextRange) -> int:
    old, new = pair
    return new.end() - max(0, old.end() - text_range.end)


def _words(text: str) -> list[str]:
    return [token for token in TOKEN.findall(text) if token.isalnum()]
