"""What it says about an address that a mail came back, arrived or was reported as spam.

A relay says so while it is spoken to (`alert_queue`), a provider of mail later (`mail_events`).
"""

from datetime import timedelta

from django.utils import timezone

from publications.news import Failure

from .models import Subscriber

MAX_BOUNCING = timedelta(days=14)
"""How long mails may come back for now before the address counts as failed."""


def record_failure(subscriber: Subscriber, failure: Failure) -> None:
    """Store that a mail came back.

    An address that comes back for long has failed. A failure of the relay says nothing about it, and ends the time that
    counts: after weeks of a wrong setting the first mail may well be refused for now, as by greylisting.
    """
    if failure == Failure.NOT_ACCEPTED:
        end_bouncing(subscriber)
        return
    now = timezone.now()
    since = subscriber.bouncing_since or now
    has_failed = failure == Failure.REJECTED or since < now - MAX_BOUNCING
    values = {"failed_at": now} if has_failed else {"bouncing_since": since}
    Subscriber.objects.filter(pk=subscriber.pk).update(**values)


def end_bouncing(subscriber: Subscriber) -> None:
    """Store that nothing counts against an address any more, as once a mail has arrived."""
    if subscriber.bouncing_since:
        Subscriber.objects.filter(pk=subscriber.pk).update(bouncing_since=None)
