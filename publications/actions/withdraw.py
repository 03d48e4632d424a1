"""withdraw: take a piece from its readers, now; what was public is kept, and its address says so."""

from django.db import transaction
from django.utils.translation import gettext as _

from publications import search
from publications.disk_reserve import with_disk_reserve
from publications.models import ActionType, EndReason, Publication

from .public_state import refuse_outdated_state
from .transaction import ActionRefused, begin_action, lock_publication
from .windows import cancel_scheduled, end_edition, live_edition


@with_disk_reserve
@transaction.atomic
def withdraw(publication: Publication, *, by, note: str = "", state: str | None = None) -> None:
    """End the live edition now and cancel the scheduled one.

    What was public until now, earlier editions included, stays withdrawn when the publication is published again.

    Args:
        note: the reason, shown to readers at the address.
        state: the `public_state` that the editor saw.

    Raises:
        ClockBehind: the clock of the server stands before the last action.
        Outdated: what is public has changed since the editor saw it.
        ActionRefused: nothing is live or scheduled.
    """
    action = begin_action(by=by, publication=publication)
    piece = lock_publication(publication)
    refuse_outdated_state(piece, state)
    cancelled = cancel_scheduled(piece, action.at)
    live = live_edition(piece, action.at)
    if not (live or cancelled):
        raise ActionRefused(_("This publication is not public, and nothing waits to be."))
    if live:
        end_edition(live, at=action.at, why=EndReason.WITHDRAWN, note=note.strip())
        piece.editions.filter(visible_from__lte=action.at, end_reason=EndReason.NONE).update(
            end_reason=EndReason.WITHDRAWN
        )
    search.sync_publication(piece, action.at)
    action.write_audit_entry(
        ActionType.WITHDRAW if live else ActionType.CANCEL,
        live or cancelled,
        publication=piece,
        edition=(live or cancelled).number,
        note=note.strip(),
        cancelled=cancelled.number if cancelled else None,
    )
