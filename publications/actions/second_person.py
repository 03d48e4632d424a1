"""What publishing a kind that needs two people takes: the approval of somebody else, or a reason in an emergency."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from publications.models import Approval, Change, Publication, find_approvals, needs_approval

from .transaction import ActionRefused

MIN_REASON_LETTERS = 3
"""Letters that a reason for publishing without a second person has at least."""


def is_reason(text: str) -> bool:
    """Return whether a text may be a reason, and is not a dot or an invisible character."""
    return sum(character.isalpha() for character in text) >= MIN_REASON_LETTERS


def approval_refusal(publication: Publication) -> str:
    """Return why one person does not publish a draft alone."""
    text = _("A %(kind)s needs two people: nobody else has approved this text as it is now.")
    return text % {"kind": publication.kind}


def kept_schedule_refusal(publication: Publication) -> str:
    """Return why one person does not keep the schedule of an edition alone."""
    text = _(
        "A %(kind)s needs two people, and nobody has approved that the edition that waits follows this one. Say why it "
        "stays, or let this one take its place."
    )
    return text % {"kind": publication.kind}


def require_approvals(
    publication: Publication, by: User | None, *, change: Change, note: str, reason: str, is_new: bool
) -> list[Approval] | None:
    """Return the approvals of the draft by others; None where one person may publish it.

    Args:
        reason: why it is published without an approval, or "".
        is_new: it has no edition.

    Raises:
        ActionRefused: nobody did, and it is no emergency.
    """
    if not needs_approval(publication, is_new=is_new):
        return None
    approvals = find_approvals(publication, by, change=change, note=note)
    if not (approvals or is_reason(reason)):
        raise ActionRefused(approval_refusal(publication))
    return approvals


def require_reason_to_keep(publication: Publication, reason: str) -> None:
    """Check the reason for keeping a schedule. Approvals of the text that waits were bound to the edition before.

    Raises:
        ActionRefused: there is none.
    """
    if not is_reason(reason):
        raise ActionRefused(kept_schedule_refusal(publication))
