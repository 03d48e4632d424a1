"""The headings of a text as they were written, before the page puts their levels in order."""

from .dialect import parse
from .limits import check_size
from .parts import Unrenderable
from .plaintext import words_of
from .source import clean
from .vocabulary import HEADINGS


def outline(markdown: str) -> tuple[tuple[int, str], ...]:
    """Level and words of each heading of the body; none of a text that cannot be rendered."""
    try:
        check_size(markdown)
        body, _notes = parse(clean(markdown))
    except (Unrenderable, RecursionError):
        return ()
    return tuple(
        (int(node.tag[1]), words) for node in body if node.tag in HEADINGS and (words := words_of(node))
    )
