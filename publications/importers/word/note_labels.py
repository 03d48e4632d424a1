"""Labels of notes: a later file of an author counts its notes anew, and one more note moves all that follow.

So that a merge compares notes and not their numbers, a note of the later text takes the label that the same note had
in the earlier one, and a new note takes a label that nobody has used.
"""

import re
from collections.abc import Iterable

from publications.diff import longest_in_order

DEFINED = re.compile(r"^\[\^([^\]\n]+)\]:[ ]?(.*(?:\n(?:    .*|[ ]*)(?=\n|\Z))*)", re.MULTILINE)
LABEL = re.compile(r"\[\^([^\]\n]+)\]")


def align_note_labels(later: str, earlier: str, *, taken: Iterable[str] = ()) -> str:
    """The later text with the labels of the earlier one. `taken` are texts whose labels no new note may have."""
    before, after = notes_in(earlier), notes_in(later)
    known = _same(before, after)
    used = {label for text in (earlier, *taken) for label in LABEL.findall(text)}
    fresh = (str(number) for number in range(1, len(used) + len(after) + 2) if str(number) not in used)
    names = {label: known.get(label) or next(fresh) for label in after}
    return LABEL.sub(lambda found: f"[^{names.get(found[1], found[1])}]", later)


def notes_in(text: str) -> dict[str, str]:
    """The words of notes by their labels, in the order they stand below the text."""
    return {found[1]: " ".join(found[2].split()) for found in DEFINED.finditer(text)}


def _same(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """Labels of the later text with those of the same notes in the earlier: word for word, then by their place."""
    labels, later_labels = list(before), list(after)
    places = {words: place for place, words in enumerate(before.values())}
    pairs = [(places[words], place) for place, words in enumerate(after.values()) if words in places]
    kept = longest_in_order(sorted(pairs))
    found = {later_labels[other]: labels[one] for one, other in kept}
    start = other_start = 0
    for one, other in [*kept, (len(labels), len(later_labels))]:
        if one - start == other - other_start:  # as many as before: changed, not added
            found |= dict(zip(later_labels[other_start:other], labels[start:one], strict=True))
        start, other_start = one + 1, other + 1
    return found
