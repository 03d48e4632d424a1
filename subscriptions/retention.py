"""Delete old mails to subscribers, what they have named, and the events that they were of."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .models import AlertEvent, AlertMail, EarlierTiming, MailedEvent, RemovedMails

MAIL_DAYS = 30
"""How long mails that are sent or given up are kept: what was sent to whom is nobody's business for longer."""
NAMED_DAYS = 365
"""How long it is kept what mails have named to whom: whoever may still rely on a text is told of its withdrawal."""


def find_start_of_log() -> datetime:
    """Return the moment since which it is known what was sent: mails about what happened before are deleted."""
    return timezone.now() - timedelta(days=MAIL_DAYS)


def delete_old_mails() -> int:
    """Delete mails that were sent or given up some time ago, and events that no mail will need; return how many rows.

    A mail that could not be written for as long, through a fault of the site, is given up.

    Events stay as long as what mails have named, with their matches: a withdrawal is said to the searches that had
    found the text.
    """
    limit, limit_of_named = find_start_of_log(), timezone.now() - timedelta(days=NAMED_DAYS)
    ended = Q(event__happens_at__lt=limit) | Q(period_end__lt=limit)
    has_ended = Q(next_attempt_at=None) | ~Q(last_error="")
    count = AlertMail.objects.filter(ended, has_ended).delete()[0]
    RemovedMails.objects.filter(ended).delete()
    MailedEvent.objects.filter(event__happens_at__lt=limit_of_named).delete()
    EarlierTiming.objects.filter(until__lt=limit).delete()
    waiting = AlertMail.objects.filter(event=OuterRef("pk"))
    events = AlertEvent.objects.filter(~Exists(waiting), matched_at__lt=limit_of_named)
    return count + events.delete()[0]
