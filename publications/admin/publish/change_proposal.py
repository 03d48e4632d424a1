"""The kind of change that the publish form proposes, from the difference to what readers see now.

Only a person knows whether what readers have read was wrong, so a correction is never proposed. A silent fix is
proposed where nothing changed but punctuation, links, topics, or the spelling of one word; otherwise nothing is, and
the editor has to choose.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from publications.diff import Difference, DiffOperation, DiffPassage, DiffRun
from publications.models import Change
from publications.search import edit_distance

NEGATION = re.compile(r"\b(?:not?|never|none|cannot|inte|ej|icke|aldrig|ingen|inget|inga)\b|n['’]t\b")
NUMBER = re.compile(
    r"\d|\b(?:hundred|thousand|million|billion|trillion|dozen|half|double|hundra|tusen|miljon|miljard|biljon)",
)
WORD = re.compile(r"\w+")
MIN_MISSPELLED = 5
"""Letters of the shortest word whose spelling may change by a letter: "Iran" and "Iraq" are two words."""
LONG_WORD = 9
"""Letters from which a word may be spelled two letters off."""
SILENT_FACTS = {"tags"}
"""What may change beside the text in a silent fix."""


@dataclass(frozen=True)
class ChangeProposal:
    """The change that is chosen beforehand, if any, and why, in a sentence."""

    change: Change | None
    why: str


def propose_change(difference: Difference | None, facts: Iterable[str] = ()) -> ChangeProposal:
    """Return what to choose beforehand as the kind of change.

    Args:
        difference: from what readers see now; None where they see nothing.
        facts: the names of what differs beside the text (see `FieldChange`).
    """
    if difference is None:
        return ChangeProposal(
            None, _("It is not public now. Say what it is to those who have read it before.")
        )
    changed = [passage for passage in difference.passages if passage.change is not DiffOperation.KEPT]
    if any(passage.kind == "byline" for passage in changed):
        return ChangeProposal(None, _("Nothing is proposed, as the authors change."))
    if set(facts) - SILENT_FACTS:
        return ChangeProposal(None, _("Nothing is proposed, as more than the text changes."))
    words = " ".join(run.text for run in _changed_runs(changed) if run.role != "address").casefold()
    if NUMBER.search(words):
        return ChangeProposal(
            None, _("Nothing is proposed, as a figure changes: was what readers have read wrong?")
        )
    if NEGATION.search(words):
        return ChangeProposal(
            None, _("Nothing is proposed, as a “not” comes or goes: was what readers have read wrong?")
        )
    if not _is_cosmetic(changed):
        return ChangeProposal(None, _("Nothing is proposed, as more than the spelling of one word changes."))
    if not changed:
        return ChangeProposal(Change.SILENT, _("Proposed: a silent fix, as the words are the same."))
    return ChangeProposal(
        Change.SILENT,
        _("Proposed: a silent fix, as only punctuation, links or the spelling of one word change. If readers have "
          "read something wrong, choose correction."),
    )  # fmt: skip


def _changed_runs(passages: Iterable[DiffPassage]) -> Iterator[DiffRun]:
    return (run for passage in passages for run in passage.runs if run.change is not DiffOperation.KEPT)


def _is_cosmetic(passages: list[DiffPassage]) -> bool:
    """Whether nothing differs but punctuation, links and the spelling of one word, wherever it stands."""
    if any(passage.change is not DiffOperation.CHANGED for passage in passages):
        return False  # a whole block came, went or moved
    if any(run.role not in ("", "address") for run in _changed_runs(passages)):
        return False  # a footnote or an image
    respelled = {pair for passage in passages for pair in _replaced_words(passage)}
    return len(respelled) <= 1 and all(_is_respelling(before, after) for before, after in respelled)


def _replaced_words(passage: DiffPassage) -> Iterator[tuple[str, str]]:
    """The words of each changed stretch before and after, without their punctuation; equal ones left out."""
    for is_kept, runs in groupby(passage.runs, key=lambda run: run.change is DiffOperation.KEPT):
        if is_kept:
            continue
        stretch = [run for run in runs if not run.role]
        before, after = (
            " ".join(WORD.findall("".join(run.text for run in stretch if run.change is change)))
            for change in (DiffOperation.DELETED, DiffOperation.INSERTED)
        )
        if before != after:
            yield before, after


def _is_respelling(before: str, after: str) -> bool:
    """Whether two stretches are one word, spelled in two ways: other capitals, joined or parted, a letter off.

    The first letter stays: "legal" and "illegal", "import" and "export" are two words.
    """
    one, other = before.casefold().replace(" ", ""), after.casefold().replace(" ", "")
    if not one or not other:
        return False
    if one == other:
        return True
    if " " in before or " " in after or one[0] != other[0]:
        return False
    if sorted(one) == sorted(other):
        return edit_distance(one, other) == 1  # two letters exchanged
    shortest = min(len(one), len(other))
    return shortest >= MIN_MISSPELLED and edit_distance(one, other) <= (2 if shortest >= LONG_WORD else 1)
