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

    An address that comes back for long has failed. Where the relay fails it has not, and the time starts anew: the
    first mail after weeks of a wrong setting may well be refused for now, as by greylisting.
    """
    now = timezone.now()
    since = None if failure == Failure.NOT_ACCEPTED else subscriber.bouncing_since
    is_bouncing_for_long = since is not None and since < now - MAX_BOUNCING
    has_failed = failure == Failure.REJECTED or (failure == Failure.BOUNCED and is_bouncing_for_long)
    values = {"failed_at": now} if has_failed else {"bouncing_since": since or now}
    Subscriber.objects.filter(pk=subscriber.pk).update(**values)


def record_delivery(subscriber: Subscriber) -> None:
    """Store that a mail arrived, which ends a row of those that came back."""
    if subscriber.bouncing_since:
        Subscriber.objects.filter(pk=subscriber.pk).update(bouncing_since=None)
