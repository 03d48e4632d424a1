"""Placeholders: notes of the author that should not be published.

The patterns are matched against what readers would see (titles, summaries, the rendered text without code), so that
the brackets of links and footnotes in Markdown do not matter. They are narrow enough to match nothing in texts that
were published on purpose: people confirm questions that come too often without reading them.
"""

import re
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from .draft import PreflightDraft, PreflightIssue, truncate_text

PLACEHOLDER = "placeholder"
"""The name of the issues."""
MAX_PLACEHOLDERS = 5

# How a note in brackets begins, and how one ends: "[Here: a table]", "[figure to be checked]", "(källa?)".
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
    """Yield an issue for each placeholder that readers would see, at most `MAX_PLACEHOLDERS`."""
    yield from islice(_placeholders(draft), MAX_PLACEHOLDERS)


def find_placeholders(text: str) -> Iterator[str]:
    """Yield the placeholders in plain text, in order, without those that overlap an earlier one."""
    end = 0
    for match in sorted((m for pattern in PATTERNS for m in pattern.finditer(text)), key=_by_position):
        if match.start() >= end:
            end = match.end()
            yield match[0]


def _by_position(match: re.Match) -> tuple[int, int]:
    return match.start(), -match.end()


def _placeholders(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    template = _("“%(text)s” looks like a note to yourself.")
    for field, text in draft.texts.items():
        for placeholder in find_placeholders(text):
            line = draft.line_of(placeholder) if field == "body" else 0
            yield PreflightIssue(PLACEHOLDER, template % {"text": truncate_text(placeholder)}, field, line)
