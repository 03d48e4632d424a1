"""The outcomes of a file in an import, and their labels."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class FileOutcome(StrEnum):
    """The outcome of a file."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    """Not overwritten, because it was edited at the desk after its import."""
    REFUSED = "refused"


OUTCOME_LABELS = {
    FileOutcome.NEW: _("new"),
    FileOutcome.UPDATED: _("updated"),
    FileOutcome.UNCHANGED: _("unchanged"),
    FileOutcome.KEPT: _("left as the desk has it"),
    FileOutcome.REFUSED: _("refused"),
}
