"""undo: take back the last thing that was published or scheduled.

What it does depends on what stands, and is said before it is done:
an edition that waits is cancelled; a live one gives way to the text before it, as a new edition;
the first edition is withdrawn. An undo cannot itself be undone: publish the working copy instead.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import search
from publications.disk_reserve import with_disk_reserve
from publications.models import ActionType, Change, Edition, EndReason, Publication

from .public_state import refuse_outdated_state
from .transaction import ActionContext, ActionRefused, Outdated, begin_action, lock_publication
from .windows import (
    cancel_scheduled,
    copy_edition,
    end_edition,
    live_edition,
    scheduled_edition,
    store_editions,
)


class UndoType(Enum):
    CANCEL = "cancel"
    RESTORE = "restore"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class UndoPlan:
    """What an undo would do: the edition it takes back, and the one whose text returns."""

    what: UndoType
    edition: Edition
    restored: Edition | None = None


def plan_undo(publication: Publication) -> UndoPlan | None:
    """Return what `undo` would do now, or None where there is nothing to undo."""
    return _plan(publication, timezone.now())


@with_disk_reserve
@transaction.atomic
def undo(
    publication: Publication, *, by, edition: int | None = None, state: str | None = None
) -> Edition | None:
    """Undo the last edition of a publication.

    Args:
        edition: the number of the edition that the editor means.
        state: the `public_state` that the editor saw.

    Returns:
        The new edition where an earlier text returns, else None.

    Raises:
        ClockBehind: the clock of the server stands before the last action.
        Outdated: what is public has changed since the editor saw it.
        ActionRefused: there is nothing to undo.
    """
    action = begin_action(by=by, publication=publication)
    piece = lock_publication(publication)
    refuse_outdated_state(piece, state)
    plan = _plan(piece, action.at)
    if not plan:
        raise ActionRefused(
            _("There is nothing to undo here. To change what readers see, publish the working copy.")
        )
    if edition is not None and edition != plan.edition.number:
        raise Outdated(_("Something else has been published since. Look again before you undo."))
    restored = _DOING[plan.what](piece, plan, action)
    search.sync_publication(piece, action.at)
    action.write_audit_entry(
        ActionType.CANCEL if plan.what is UndoType.CANCEL else ActionType.UNDO,
        plan.edition,
        publication=piece,
        edition=plan.edition.number,
        restored=plan.restored.number if plan.restored else None,
    )
    return restored


def _plan(publication: Publication, at: datetime) -> UndoPlan | None:
    if waiting := scheduled_edition(publication, at):
        return UndoPlan(UndoType.CANCEL, waiting)
    live = live_edition(publication, at)
    if not live or live.restored_from_id:
        return None
    before = (
        publication.editions.not_cancelled()
        .exclude(end_reason=EndReason.UNDONE)
        .filter(visible_until=live.visible_from, visible_from__lt=live.visible_from, expires_at__gt=at)
        .first()
    )
    return UndoPlan(UndoType.RESTORE, live, before) if before else UndoPlan(UndoType.WITHDRAW, live)


def _cancel(piece: Publication, plan: UndoPlan, action: ActionContext) -> None:
    cancel_scheduled(piece, action.at)


def _withdraw(piece: Publication, plan: UndoPlan, action: ActionContext) -> None:
    end_edition(plan.edition, at=action.at, why=EndReason.UNDONE)


def _restore(piece: Publication, plan: UndoPlan, action: ActionContext) -> Edition:
    until = plan.restored.expires_at
    end_edition(plan.edition, at=action.at, why=EndReason.UNDONE)
    again = copy_edition(plan.restored)
    again.edition.number = piece.editions.next_number()
    again.edition.change, again.edition.published_by = Change.SILENT, action.by
    again.edition.visible_from, again.edition.expires_at = action.at, until
    again.edition.visible_until = until
    again.edition.restored_from = plan.restored
    return store_editions([again])[0]


_DOING = {UndoType.CANCEL: _cancel, UndoType.RESTORE: _restore, UndoType.WITHDRAW: _withdraw}
