"""Withdraw a publication now. Its editions are kept, and its address answers 410 Gone."""

from django.db import transaction
from django.utils.translation import gettext as _

from publications import search
from publications.models import FOREVER, ActionType, EndReason, Publication, needs_approval
from publications.reserved_disk_space import retry_with_reserved_space

from .hidden_reason import revoke_confirmation
from .news import store_translation_news, store_unapproved_news
from .public_state import refuse_outdated_state
from .transaction import ActionRefused, begin_action, lock_publication
from .windows import cancel_scheduled, end_edition, live_edition


@retry_with_reserved_space
@transaction.atomic
def withdraw(publication: Publication, *, by, note: str = "", state: str | None = None) -> None:
    """End the live edition now and cancel the scheduled one.

    One person is enough also for a kind that needs two to publish; that is recorded, and news for all staff.
    All editions that were public so far stay withdrawn when the publication is published again. Press links end.

    Args:
        note: the reason, shown to readers at the address.
        state: the `public_state` that the editor saw; None is not compared.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
        Outdated: what is public has changed since the editor saw it.
        ActionRefused: nothing is live or scheduled.
    """
    action = begin_action(by=by, publication=publication)
    publication = lock_publication(publication)
    refuse_outdated_state(publication, state)
    cancelled = cancel_scheduled(publication, action.at)
    live = live_edition(publication, action.at)
    until = live.expires_at if live and live.expires_at < FOREVER else None
    if not (live or cancelled):
        raise ActionRefused(_("This publication is not public, and nothing waits to be."))
    if live:
        end_edition(live, at=action.at, reason=EndReason.WITHDRAWN, note=note.strip())
        publication.editions.filter(visible_from__lte=action.at, end_reason=EndReason.NONE).update(
            end_reason=EndReason.WITHDRAWN
        )
        store_translation_news(live, by=by, at=action.at)
    revoke_confirmation(publication)
    is_unapproved = bool(live) and needs_approval(publication)
    if is_unapproved:
        store_unapproved_news(live, by=by, at=action.at, is_withdrawn=True)
    publication.press_links.revoke()
    search.sync_publication(publication, action.at)
    action.write_audit_entry(
        ActionType.WITHDRAW if live else ActionType.CANCEL,
        live or cancelled,
        publication=publication,
        edition=(live or cancelled).number,
        note=note.strip(),
        cancelled=cancelled.number if cancelled else None,
        until=until.isoformat() if until else None,
        without_approval="withdrawal" if is_unapproved else "",
    )
