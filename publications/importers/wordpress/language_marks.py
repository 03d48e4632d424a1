"""Texts in several languages within one post, as qTranslate and its successors keep them.

Between marks such as `[:en]` and `[:sv]` (older: `<!--:en-->`) stand the words of one language, until `[:]`; what
stands outside of them is of all.
"""

import re
from collections.abc import Iterable

from publications.locales import language_code

_MARK = re.compile(r"\[:([a-z]{2})?\]|<!--:([a-z]{2})?-->|\{:([a-z]{2})?\}")


def find_marks(text: str) -> list[str]:
    """Return the codes of the languages in a text, each once."""
    if "[:" not in text and "<!--:" not in text and "{:" not in text:
        return []
    codes = (next(filter(None, match.groups()), "") for match in _MARK.finditer(text))
    return [code for code in dict.fromkeys(codes) if code]


def list_parts(content: str, others: Iterable[str], default: str) -> tuple[str, ...]:
    """Return the languages in which a post is a text, that of the site first; () if it has no marks.

    Args:
        content: its text.
        others: its title and other fields, whose marks count if the text has none.
    """
    codes = [code for code in find_marks(content) if language_code(code)]
    if not codes:
        marks = [code for text in others for code in find_marks(text)]
        return (default if default in marks else marks[0],) if marks else ()
    return tuple(sorted(codes, key=lambda code: language_code(code) != default))


def choose_part(text: str, code: str = "") -> str:
    """Return the words of a text in one language, with those of all; by default, and without any in it, the first."""
    codes = find_marks(text)
    if not codes:
        return text
    chosen = code if code in codes else codes[0]
    parts, current, position = [], "", 0
    for match in _MARK.finditer(text):
        if current in ("", chosen):
            parts.append(text[position : match.start()])
        current, position = next(filter(None, match.groups()), ""), match.end()
    if current in ("", chosen):
        parts.append(text[position:])
    return "".join(parts)


def list_unread(text: str) -> list[str]:
    """Return the codes in a text of languages that this site does not know."""
    return [code for code in find_marks(text) if not language_code(code)]
