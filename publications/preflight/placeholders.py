"""Placeholders: notes to oneself that were meant to go before anybody else reads the text.

One list of patterns. Each is tried on what readers would see (titles, summaries, the rendered text without its
code), so that links and footnotes, which also stand in brackets in Markdown, are no matter. They are kept so
narrow that none of them is found in a text that was published on purpose: a question too many is soon clicked away.
"""

import re
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from .draft import PreflightDraft, PreflightIssue

MAX_PLACEHOLDERS = 5
SHOWN_CHARACTERS = 80

# What a note in brackets begins with, and what one ends with: "[Here: a table]", "[figure to be checked]", "(källa?)".
_OPENINGS = (
    "here", "insert", "add", "check", "ask", "verify", "confirm", "fill in", "todo", "to do", "note to self",
    "placeholder", "xx+", "tbc", "tbd", "tk",
    "här", "infoga", "lägg till", "kolla", "kontrollera", "fråga", "fyll i", "bekräfta",
    "тут", "здесь", "вставить", "вставити", "проверить", "перевірити", "уточнить", "уточнити",
)  # fmt: skip
_ENDINGS = (
    r"to be (?:checked|confirmed|added|inserted|updated|verified|written|completed|decided|supplied)",
    r"needs? (?:checking|a source|confirmation)", r"\b(?:source|figure|date|name|number|quote)\s*\?", r"\?\?",
    r"(?:ska|skall|måste|bör|att) (?:kollas|kontrolleras|bekräftas|kompletteras|skrivas|läggas till|uppdateras)",
    r"\b(?:källa|siffra|datum|namn|antal|citat)\s*\?", r"\bTB[CDA]", r"\bTK",
)  # fmt: skip

PATTERNS = (
    re.compile(r"\bTK(?:TK)*\b(?! ?\d)"),
    re.compile(r"\bXXX+\b"),
    re.compile(r"(?<=: )TB[CDA]\b(?=[.\s]*$)", re.MULTILINE),
    re.compile(r"\b(?:FIXME|TODO)\b(?=[:!\]\s]*$)", re.MULTILINE),
    re.compile(r"\?{3,}"),
    re.compile(r"\blorem ipsum dolor\b", re.IGNORECASE),
    re.compile(rf"\[\s*(?:{'|'.join(_OPENINGS)})\b[^\[\]]{{0,300}}\]", re.IGNORECASE),
    re.compile(rf"[\[(][^\[\]()]{{0,200}}?(?:{'|'.join(_ENDINGS)})[\s.!]*[\])]", re.IGNORECASE),
)


def placeholders(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """Yield a finding for each placeholder that readers would see, at most `MAX_PLACEHOLDERS`."""
    yield from islice(_placeholders(draft), MAX_PLACEHOLDERS)


def find_placeholders(text: str) -> Iterator[str]:
    """Yield the placeholders in plain text, in order; what an earlier one covers is not given again."""
    end = 0
    for match in sorted((m for pattern in PATTERNS for m in pattern.finditer(text)), key=_by_place):
        if match.start() >= end:
            end = match.end()
            yield match[0]


def _by_place(match: re.Match) -> tuple[int, int]:
    return match.start(), -match.end()


def _placeholders(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    said = _("“%(text)s” looks like a note to yourself.")
    for field, text in draft.texts.items():
        for found in find_placeholders(text):
            shown = " ".join(found.split())[:SHOWN_CHARACTERS]
            line = draft.line_of(found) if field == "body" else 0
            yield PreflightIssue("placeholder", said % {"text": shown}, field, line)


CONFIRMED = (placeholders,)
"""Checks whose findings have to be confirmed before publishing."""
