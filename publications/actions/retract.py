"""Retract a publication that stays readable, express a concern about it, or lift the concern.

Each is a new edition with the text of the live one, a notice to readers, and the notice in its columns. The edition
ends when the live one would have ended. A scheduled edition is cancelled. Only undoing a retraction ends it; `publish`
refuses a retracted publication. One person is enough also for a kind that needs two to publish, as a harmful text must
not wait: that is recorded, and news for all staff. The transitions are in
`docs/decisions/0078-retracted-and-readable.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import search
from publications.models import (
    NOTICE_COLUMNS,
    ActionType,
    Change,
    Edition,
    EditorialStatus,
    EndReason,
    Publication,
    find_missing_approval,
    needs_approval,
)
from publications.reserved_disk_space import retry_with_reserved_space

from .changed_pages import find_publications_showing
from .hidden_reason import revoke_confirmation
from .news import store_news, store_unapproved_news
from .public_state import refuse_outdated_state
from .transaction import ActionContext, ActionRefused, begin_action, lock_publication
from .windows import cancel_scheduled, copy_edition, cut_windows, live_edition, store_editions


@dataclass(frozen=True, kw_only=True)
class StatusChange:
    """A change of the editorial status.

    Attributes:
        allowed_from: the statuses of the live edition that it may follow.
        missing_note: the refusal of a change without a reason.
    """

    change: Change
    status: EditorialStatus
    action_type: ActionType
    allowed_from: tuple[EditorialStatus, ...]
    missing_note: Promise


RETRACTION = StatusChange(
    change=Change.RETRACTION,
    status=EditorialStatus.RETRACTED,
    action_type=ActionType.RETRACT,
    allowed_from=(EditorialStatus.NONE, EditorialStatus.CONCERN),
    missing_note=gettext_lazy("A retraction needs a reason that readers can read: say what is wrong."),
)
CONCERN = StatusChange(
    change=Change.CONCERN,
    status=EditorialStatus.CONCERN,
    action_type=ActionType.EXPRESS_CONCERN,
    allowed_from=(EditorialStatus.NONE,),
    missing_note=gettext_lazy(
        "An expression of concern needs a reason that readers can read: say what is in doubt."
    ),
)
LIFTING = StatusChange(
    change=Change.LIFTED,
    status=EditorialStatus.NONE,
    action_type=ActionType.LIFT_CONCERN,
    allowed_from=(EditorialStatus.CONCERN,),
    missing_note=gettext_lazy("Say to readers why the concern is lifted."),
)
STATUS_CHANGES = (RETRACTION, CONCERN, LIFTING)


@retry_with_reserved_space
@transaction.atomic
def retract(publication: Publication, *, by: User | None, note: str, state: str | None = None) -> Edition:
    """Retract a live publication: its text stays readable and is marked as retracted wherever it is shown.

    Args:
        note: the reason, shown to readers.
        state: the `public_state` that the editor saw; None is not compared.

    Returns:
        The new edition.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
        Outdated: what is public has changed since the editor saw it.
        ActionRefused: there is no reason, the publication is not live, or it is retracted already.
    """
    return _change_status(publication, RETRACTION, by=by, note=note, state=state)


@retry_with_reserved_space
@transaction.atomic
def express_concern(
    publication: Publication, *, by: User | None, note: str, state: str | None = None
) -> Edition:
    """Express a concern about a live publication, which is marked with it until it is lifted or retracted.

    Arguments, return value and exceptions are those of `retract`.
    """
    return _change_status(publication, CONCERN, by=by, note=note, state=state)


@retry_with_reserved_space
@transaction.atomic
def lift_concern(
    publication: Publication, *, by: User | None, note: str, state: str | None = None
) -> Edition:
    """Lift the concern about a live publication; the note says to readers why.

    Arguments, return value and exceptions are those of `retract`.
    """
    return _change_status(publication, LIFTING, by=by, note=note, state=state)


def status_refusal(live: Edition | None, last: Edition | None, change: StatusChange) -> str:
    """Return why the status of a publication cannot change so, as a sentence for an editor, or "".

    Args:
        live: the live edition.
        last: the last edition that was public.
    """
    if not live:
        if last and last.end_reason == EndReason.WITHDRAWN:
            return _(
                "This publication is withdrawn, so nobody reads it, and there is no text to mark. Take the withdrawal "
                "back first, or leave it withdrawn."
            )
        return _("This publication is not public, so there is no text that readers could be warned of.")
    if live.editorial_status in change.allowed_from:
        return ""
    return _REFUSALS[EditorialStatus(live.editorial_status)]()


_REFUSALS: dict[EditorialStatus, Callable[[], str]] = {
    EditorialStatus.RETRACTED: lambda: _(
        "This publication is retracted already. To change that, take the retraction back."
    ),
    EditorialStatus.CONCERN: lambda: _(
        "A concern about this publication is expressed already. Lift it, or retract the publication."
    ),
    EditorialStatus.NONE: lambda: _("No concern about this publication is expressed, so none can be lifted."),
}


def _change_status(
    publication: Publication, change: StatusChange, *, by: User | None, note: str, state: str | None
) -> Edition:
    if not note.strip():
        raise ActionRefused(str(change.missing_note))
    action = begin_action(by=by, publication=publication)
    publication = lock_publication(publication)
    refuse_outdated_state(publication, state)
    live = live_edition(publication, action.at)
    if refusal := status_refusal(live, publication.editions.last_public_by(action.at), change):
        raise ActionRefused(refusal)
    cancelled = cancel_scheduled(publication, action.at)
    if cancelled:
        publication.press_links.revoke()
        revoke_confirmation(publication)
    edition = _store_edition(live, change, note.strip(), action)
    is_unapproved = needs_approval(publication)
    if is_unapproved:
        store_unapproved_news(edition, by=by, at=action.at)
    store_news(edition, by=by, at=action.at)
    search.sync_publication(publication, action.at)
    action.write_audit_entry(
        change.action_type,
        edition,
        publication=publication,
        changed_publications=find_publications_showing([publication.pk]),
        recorded_editions=(edition,),
        edition=edition.number,
        note=edition.change_note,
        cancelled=cancelled.number if cancelled else None,
        without_approval=change.change.value if is_unapproved else "",
        text_without_approval=find_missing_approval(live),
    )
    return edition


def _store_edition(live: Edition, change: StatusChange, note: str, action: ActionContext) -> Edition:
    """Store a copy of the live edition with the new status, in place of it."""
    copy = copy_edition(live)
    edition = copy.edition
    edition.number = live.publication.editions.next_number()
    edition.change, edition.change_note, edition.published_by = change.change, note, action.by
    notice = (change.status, note, action.at) if change.status else ("", "", None)
    for column, value in zip(NOTICE_COLUMNS, notice, strict=True):
        setattr(edition, column, value)
    edition.restored_from = None
    edition.visible_from = action.at
    edition.expires_at = edition.visible_until = live.expires_at
    cut_windows(live.publication, at=action.at)
    return store_editions([copy])[0]
