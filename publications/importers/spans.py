"""Spans of a text from an opening to its end, found in one pass.

A pattern such as `<!--.*?-->` looks to the end of the text once for every opening that has no end. Here the first
opening without an end is the last that is looked at: those behind it have none either.
"""

import re
from collections.abc import Callable

ATTRIBUTES = r"""(?:(?:[^<>"']++|"[^"]*+"|'[^']*+')*+(?=>)|[^<>]*+(?=>))"""
"""All that stands in a tag behind its name. Where quotes do not close, the tag ends at the next angle.

Of two tags that begin within each other at most one can still be open at any sign behind them, so that looking for
the ends of all takes no more than a few passes.
"""


def replace_spans(
    text: str,
    opening: re.Pattern[str],
    closing: re.Pattern[str],
    put: Callable[[re.Match[str], str, str], str],
) -> str:
    """The text with other words for its spans; `put` gets the opening, what stands within, and the whole span."""
    pieces, place = [], 0
    while (opened := opening.search(text, place)) and (closed := closing.search(text, opened.end())):
        within, whole = text[opened.end() : closed.start()], text[opened.start() : closed.end()]
        pieces += [text[place : opened.start()], put(opened, within, whole)]
        place = closed.end()
    return "".join([*pieces, text[place:]])
