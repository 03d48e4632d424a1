"""Undo the last action of a publication: publishing, scheduling or withdrawing.

A scheduled edition is cancelled. A live one is replaced by the text before it, as a new edition; the first edition is
withdrawn. A withdrawn text is published again as it was, as a new edition. `plan_undo` says which. A text that an undo
has made public cannot be undone: publish the draft instead.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import search
from publications.models import FOREVER, ActionType, Change, Edition, EndReason, Publication
from publications.reserved_disk_space import retry_with_reserved_space

from .news import store_missing_translation_news, store_republication_news
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
    REPUBLISH = "republish"


@dataclass(frozen=True)
class UndoPlan:
    """What an undo does: the edition that it is about, the one whose text it publishes, and the end of that."""

    type: UndoType
    edition: Edition
    restored: Edition | None = None
    until: datetime = FOREVER

    @property
    def has_end(self) -> bool:
        return self.until < FOREVER


def plan_undo(publication: Publication) -> UndoPlan | None:
    """Return what `undo` would do now, or None where there is nothing to undo."""
    return _plan(publication, timezone.now())


@retry_with_reserved_space
@transaction.atomic
def undo(
    publication: Publication, *, by, edition: int | None = None, state: str | None = None
) -> Edition | None:
    """Undo the last action of a publication.

    Args:
        edition: the number of the edition that the editor wants to undo; None is not compared.
        state: the `public_state` that the editor saw; None is not compared.

    Returns:
        The new edition where a text is public again, else None.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
        Outdated: what is public has changed since the editor saw it.
        ActionRefused: there is nothing to undo.
    """
    action = begin_action(by=by, publication=publication)
    publication = lock_publication(publication)
    refuse_outdated_state(publication, state)
    plan = _plan(publication, action.at)
    if not plan:
        raise ActionRefused(
            _("There is nothing to take back here. To change what readers see, publish the working copy.")
        )
    if edition is not None and edition != plan.edition.number:
        raise Outdated(_("Something else has been published since. Look again before you take it back."))
    restored = _UNDO_FUNCTIONS[plan.type](publication, plan, action)
    store_missing_translation_news(publication, by=by, at=action.at)
    search.sync_publication(publication, action.at)
    action.write_audit_entry(
        _ACTION_TYPES.get(plan.type, ActionType.UNDO),
        plan.edition,
        publication=publication,
        edition=plan.edition.number,
        restored=plan.restored.number if plan.restored else None,
    )
    return restored


def _plan(publication: Publication, at: datetime) -> UndoPlan | None:
    if scheduled := scheduled_edition(publication, at):
        return UndoPlan(UndoType.CANCEL, scheduled)
    live = live_edition(publication, at)
    if not live:
        return _plan_republication(publication, at)
    if live.restored_from_id:
        return None
    previous = (
        publication.editions.not_cancelled()
        .exclude(end_reason=EndReason.UNDONE)
        .filter(visible_until=live.visible_from, visible_from__lt=live.visible_from, expires_at__gt=at)
        .first()
    )
    if not previous:
        return UndoPlan(UndoType.WITHDRAW, live)
    return UndoPlan(UndoType.RESTORE, live, previous, previous.expires_at)


def _plan_republication(publication: Publication, at: datetime) -> UndoPlan | None:
    """Return a plan for the text that was withdrawn last, unless it would have ended by now."""
    last = publication.editions.last_public_by(at)
    if not last or last.end_reason != EndReason.WITHDRAWN:
        return None
    until = _end_before_withdrawal(publication, last)
    return UndoPlan(UndoType.REPUBLISH, last, last, until) if until > at else None


def _end_before_withdrawal(publication: Publication, edition: Edition) -> datetime:
    """Return the end that a withdrawn edition had: withdrawing has replaced it, its audit entry has kept it."""
    withdrawals = publication.audit_entries.filter(action=ActionType.WITHDRAW, detail__edition=edition.number)
    entry = withdrawals.order_by("-site_version").first()
    until = entry.detail.get("until") if entry else None
    return datetime.fromisoformat(until) if until else FOREVER


def _cancel(publication: Publication, plan: UndoPlan, action: ActionContext) -> None:
    cancel_scheduled(publication, action.at)
    publication.press_links.revoke()


def _withdraw(publication: Publication, plan: UndoPlan, action: ActionContext) -> None:
    end_edition(plan.edition, at=action.at, reason=EndReason.UNDONE)


def _restore(publication: Publication, plan: UndoPlan, action: ActionContext) -> Edition:
    end_edition(plan.edition, at=action.at, reason=EndReason.UNDONE)
    return _store_copy(publication, plan, action)


def _republish(publication: Publication, plan: UndoPlan, action: ActionContext) -> Edition:
    edition = _store_copy(publication, plan, action)
    store_republication_news(edition, by=action.by)
    return edition


def _store_copy(publication: Publication, plan: UndoPlan, action: ActionContext) -> Edition:
    copy = copy_edition(plan.restored)
    edition = copy.edition
    edition.number = publication.editions.next_number()
    edition.change, edition.published_by = Change.SILENT, action.by
    edition.visible_from, edition.expires_at, edition.visible_until = action.at, plan.until, plan.until
    edition.restored_from = plan.restored
    return store_editions([copy])[0]


_UNDO_FUNCTIONS = {
    UndoType.CANCEL: _cancel,
    UndoType.RESTORE: _restore,
    UndoType.WITHDRAW: _withdraw,
    UndoType.REPUBLISH: _republish,
}
_ACTION_TYPES = {UndoType.CANCEL: ActionType.CANCEL, UndoType.REPUBLISH: ActionType.REPUBLISH}
