"""What a change is to readers, proposed from the difference: a small fix can be seen, a correction cannot.

Only a person knows whether what readers have read was wrong. So a correction is never proposed, and where a mistake
is likely (a figure, a name on the byline) or the change is more than small, nothing is.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from publications.difference import Change as Fate
from publications.difference import Difference
from publications.models import Change

NEGATION = re.compile(r"\b(?:not?|never|none|cannot|inte|ej|icke|aldrig|ingen|inget|inga)\b|n['’]t\b")
FEW = 40
"""Characters put in and taken out, by whole words, up to which a change is small: two or three misspelled words."""


@dataclass(frozen=True)
class Proposal:
    """The change that is chosen beforehand, if any, and why, in a sentence."""

    change: Change | None
    why: str


def proposed(difference: Difference | None) -> Proposal:
    """A proposal for the difference from what readers see now; None where they see nothing."""
    if difference is None:
        return Proposal(None, _("It is not public now. Say what it is to those who have read it before."))
    if difference.is_empty:
        return Proposal(Change.SILENT, _("Proposed: a silent fix, as the words are the same."))
    if any(passage.kind == "byline" for passage in _changed(difference)):
        return Proposal(None, _("Nothing is proposed, as the authors change."))
    words = _words(difference)
    if any(sign.isdigit() for word in words for sign in word):
        return Proposal(
            None, _("Nothing is proposed, as a figure changes: was what readers have read wrong?")
        )
    if NEGATION.search(" ".join(words).casefold()):
        return Proposal(
            None, _("Nothing is proposed, as a “not” comes or goes: was what readers have read wrong?")
        )
    if difference.moved or sum(map(len, words)) > FEW:
        return Proposal(None, _("Nothing is proposed, as more than a few letters change."))
    return Proposal(
        Change.SILENT,
        _("Proposed: a silent fix, as few letters change. If readers have read something wrong, choose correction."),
    )  # fmt: skip


def _changed(difference: Difference):
    return (passage for passage in difference.passages if passage.change is not Fate.KEPT)


def _words(difference: Difference) -> list[str]:
    """All that is put in or taken out."""
    runs = (run for passage in _changed(difference) for run in passage.runs if run.change is not Fate.KEPT)
    return [run.text.strip() for run in runs]
