"""Align the labels of notes between two versions of a Word file.

Word numbers notes by position, so that an inserted note renumbers all after it. For a merge, a note keeps the label it
had in the earlier version, and a new note gets an unused label.
"""

import re
from collections.abc import Iterable

from publications.diff import longest_increasing_subsequence

DEFINITION = re.compile(r"^\[\^([^\]\n]+)\]:[ ]?(.*(?:\n(?:    .*|[ ]*)(?=\n|\Z))*)", re.MULTILINE)
LABEL = re.compile(r"\[\^([^\]\n]+)\]")


def align_note_labels(later_text: str, earlier_text: str, *, reserved_texts: Iterable[str] = ()) -> str:
    """Return the later text with the labels of the earlier one.

    Args:
        reserved_texts: texts whose labels new notes must not use.
    """
    earlier_notes, later_notes = find_notes(earlier_text), find_notes(later_text)
    matches = _match_labels(earlier_notes, later_notes)
    used = {label for text in (earlier_text, *reserved_texts) for label in LABEL.findall(text)}
    unused = (str(number) for number in range(1, len(used) + len(later_notes) + 2) if str(number) not in used)
    new_labels = {label: matches.get(label) or next(unused) for label in later_notes}
    return LABEL.sub(lambda match: f"[^{new_labels.get(match[1], match[1])}]", later_text)


def find_notes(text: str) -> dict[str, str]:
    """Return the texts of notes by label, in source order."""
    return {match[1]: " ".join(match[2].split()) for match in DEFINITION.finditer(text)}


def _match_labels(earlier_notes: dict[str, str], later_notes: dict[str, str]) -> dict[str, str]:
    """Return the earlier label of each later note: of equal notes first, then of those in gaps of equal size."""
    labels, later_labels = list(earlier_notes), list(later_notes)
    indexes = {text: index for index, text in enumerate(earlier_notes.values())}
    pairs = [(indexes[text], index) for index, text in enumerate(later_notes.values()) if text in indexes]
    equal = longest_increasing_subsequence(sorted(pairs))
    matches = {later_labels[later_index]: labels[index] for index, later_index in equal}
    start = later_start = 0
    for index, later_index in [*equal, (len(labels), len(later_labels))]:
        if index - start == later_index - later_start:  # as many as before: changed, not added
            matches |= dict(zip(later_labels[later_start:later_index], labels[start:index], strict=True))
        start, later_start = index + 1, later_index + 1
    return matches
