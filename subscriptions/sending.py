"""Stop and resume all mails to subscribers but those that confirm an address, and notice that nothing sends them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from .events import lock_state
from .models import AlertState

MAX_SENDER_PAUSE = timedelta(minutes=5)
"""A sender that has not looked at what has happened for so long does not run each minute."""


def is_sender_late(since: datetime | None) -> bool:
    """Return whether the sender should have run by now.

    Args:
        since: the moment of the first that it has not looked at; None where it has looked at all.
    """
    return bool(since) and timezone.now() - since > MAX_SENDER_PAUSE


def find_stop() -> AlertState | None:
    """Return the row that says who has stopped the mails and when; None while they are sent."""
    return AlertState.objects.filter(stopped_at__isnull=False).first()


@transaction.atomic
def stop_sending(*, by: str) -> bool:
    """Hold back all mails, and return whether they were sent until then. A mail that is being sent now is still sent.

    Args:
        by: the name of who does so.
    """
    state = lock_state()
    if state.stopped_at:
        return False
    state.stopped_at, state.stopped_by = timezone.now(), by
    state.save(update_fields=["stopped_at", "stopped_by"])
    return True


@transaction.atomic
def resume_sending() -> bool:
    """Let the mails go out that were held back, each is looked at again before; return whether they were."""
    state = lock_state()
    if not state.stopped_at:
        return False
    state.stopped_at, state.stopped_by = None, ""
    state.save(update_fields=["stopped_at", "stopped_by"])
    return True
