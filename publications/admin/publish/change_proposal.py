"""The kind of change that the publish form proposes, from the difference to the live edition.

Only a person knows whether the published text was wrong, so a correction is never proposed. A silent fix is proposed
where only punctuation, links, topics or the spelling of one word changed; otherwise the editor has to choose.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.diff import Difference, DiffOperation, DiffPassage, DiffRun
from publications.models import Change, EndReason, Publication
from publications.search import edit_distance

NEGATION = re.compile(r"\b(?:not?|never|none|cannot|inte|ej|icke|aldrig|ingen|inget|inga)\b|n['’]t\b")
NUMBER = re.compile(
    r"\d|\b(?:hundred|thousand|million|billion|trillion|dozen|half|double|hundra|tusen|miljon|miljard|biljon)",
)
WORD = re.compile(r"\w+")
MIN_RESPELLED_LETTERS = 5
"""Letters of the shortest word that may change by one letter: "Iran" and "Iraq" are two words."""
LONG_WORD_LETTERS = 9
"""Letters of the shortest word that may change by two letters."""
SILENT_FIX_FIELDS = {"tags"}
"""Fields other than the text that may change in a silent fix."""
CHOICES = (
    (
        Change.SILENT,
        gettext_lazy("Silent fix: a misprint. Readers see the new words and no note; the date stays."),
    ),
    (
        Change.CORRECTION,
        gettext_lazy("Correction: something was wrong. The note below stands on the page; the date stays."),
    ),
    (
        Change.UPDATE,
        gettext_lazy(
            "Update: something has happened since. The page says so, and the date moves: lists and feeds show "
            "it first again."
        ),
    ),
)
AS_NEW = (
    Change.FIRST,
    gettext_lazy(
        "New: what was published by mistake has been taken back. It gets the date of its new publication, and readers "
        "are informed of it as of any new text."
    ),
)
"""What else a text may be to readers after it was taken back."""


def list_changes(publication: Publication) -> list[tuple[str, str]]:
    """Return what the next edition of a publication may be to readers, with labels for a form."""
    last = publication.editions.last_public_by(timezone.now())
    return [*([AS_NEW] if last and last.end_reason == EndReason.UNDONE else []), *CHOICES]


@dataclass(frozen=True)
class ChangeProposal:
    """The kind of change to select, or None, and the reason as a sentence."""

    change: Change | None
    reason: str


def propose_change(difference: Difference | None, field_names: Iterable[str] = ()) -> ChangeProposal:
    """Return the kind of change to select.

    Args:
        difference: from the live edition; None without one.
        field_names: the fields beside the text that differ (see `FieldChange`).
    """
    if difference is None:
        return ChangeProposal(
            None, _("It is not public now. Say what it is to those who have read it before.")
        )
    changed = [passage for passage in difference.passages if passage.change is not DiffOperation.KEPT]
    if any(passage.kind == "byline" for passage in changed):
        return ChangeProposal(None, _("Nothing is proposed, as the authors change."))
    if set(field_names) - SILENT_FIX_FIELDS:
        return ChangeProposal(None, _("Nothing is proposed, as more than the text changes."))
    text = " ".join(run.text for run in _changed_runs(changed) if run.role != "address").casefold()
    if NUMBER.search(text):
        return ChangeProposal(
            None, _("Nothing is proposed, as a figure changes: was what readers have read wrong?")
        )
    if NEGATION.search(text):
        return ChangeProposal(
            None, _("Nothing is proposed, as a “not” comes or goes: was what readers have read wrong?")
        )
    if not _is_cosmetic(changed):
        return ChangeProposal(
            None, _("More than spelling or punctuation changes: choose what it is to readers.")
        )
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
    """Return whether only punctuation, links and the spelling of one word changed."""
    if any(passage.change is not DiffOperation.CHANGED for passage in passages):
        return False  # a whole block came, went or moved
    if any(run.role not in ("", "address") for run in _changed_runs(passages)):
        return False  # a footnote or an image
    respelled = {pair for passage in passages for pair in _replaced_words(passage)}
    return len(respelled) <= 1 and all(_is_respelling(before, after) for before, after in respelled)


def _replaced_words(passage: DiffPassage) -> Iterator[tuple[str, str]]:
    """Yield the words of each changed span before and after, without punctuation, where they differ."""
    for is_unchanged, runs in groupby(passage.runs, key=lambda run: run.change is DiffOperation.KEPT):
        if is_unchanged:
            continue
        changed_runs = [run for run in runs if not run.role]
        before, after = (
            " ".join(WORD.findall("".join(run.text for run in changed_runs if run.change is change)))
            for change in (DiffOperation.DELETED, DiffOperation.INSERTED)
        )
        if before != after:
            yield before, after


def _is_respelling(before: str, after: str) -> bool:
    """Return whether two spans are one word in two spellings: other capitals, joined or split, a letter changed.

    The first letter stays: "legal" and "illegal", "import" and "export" are two words.
    """
    old, new = before.casefold().replace(" ", ""), after.casefold().replace(" ", "")
    if not old or not new:
        return False
    if old == new:
        return True
    if " " in before or " " in after or old[0] != new[0]:
        return False
    if sorted(old) == sorted(new):
        return edit_distance(old, new) == 1  # two letters exchanged
    length = min(len(old), len(new))
    return length >= MIN_RESPELLED_LETTERS and edit_distance(old, new) <= (
        2 if length >= LONG_WORD_LETTERS else 1
    )
