"""Two people at one row: which fields somebody else has changed since a form was opened, and what becomes of that.

A form carries how each of its fields stood. What only one side changed is merged without a word; where both
changed the same field nothing is stored, and what stands now is said beside what was typed.
"""

import hashlib
from collections.abc import Iterable

from django.db.models import Model

SHOWN = 300  # characters of a long text, from where it begins to differ
BEFORE = 60  # characters of it that come before


def marks_of(values: dict[str, object]) -> str:
    """How fields stood, in a few letters each: "title=3f2a… kind=9c01…"."""
    return " ".join(f"{name}={mark_of(value)}" for name, value in values.items())


def read(marks: str) -> dict[str, str]:
    return dict(each.split("=", 1) for each in marks.split() if "=" in each)


def mark_of(value: object) -> str:
    return hashlib.blake2s(plain(value).encode(), digest_size=6).hexdigest()


def plain(value: object) -> str:
    """A value of a form, typed or stored, as text that can be compared and read."""
    if value is None:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, list | tuple):
        return ",".join(plain(each) for each in _firsts(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _firsts(pairs: Iterable) -> Iterable[object]:
    """Choosers have pairs of row and role."""
    return (each[0] if isinstance(each, list | tuple) else each for each in pairs)


def where_it_differs(stored: str, typed: str) -> str:
    """A text, or of a long one the part from where it is no longer what was typed."""
    if len(stored) <= SHOWN:
        return stored
    pairs = zip(stored, typed, strict=False)
    same = next((place for place, (one, other) in enumerate(pairs) if one != other), len(typed))
    start = max(0, same - BEFORE)
    part = stored[start : start + SHOWN]
    return f"{'…' if start else ''}{part}{'…' if start + SHOWN < len(stored) else ''}"
