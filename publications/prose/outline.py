"""The headings of a text as they were written, before the page puts their levels in order."""

from publications.html_tree import HEADINGS

from .dialect import parse
from .limits import check_size
from .parts import Unrenderable
from .plaintext import words_of
from .source import clean


def outline(markdown: str) -> tuple[tuple[int, str], ...]:
    """Level and words of each heading of the body; none of a text that cannot be rendered."""
    try:
        check_size(markdown)
        body, _notes = parse(clean(markdown))
    except (Unrenderable, RecursionError):
        return ()
    return tuple(
        (int(element.tag[1]), words) for element in body.find_all(*HEADINGS) if (words := words_of(element))
    )
