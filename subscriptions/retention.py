"""Delete old mails to subscribers, and the events that they were of."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .models import AlertEvent, AlertMail, EarlierTiming, EventMatch, MailedEvent, RemovedMails

MAIL_DAYS = 30
"""How long mails that are sent or given up are kept: what was sent to whom is nobody's business for longer."""


def find_start_of_log() -> datetime:
    """Return the moment since which it is known what was sent to whom: mails about what happened before are deleted."""
    return timezone.now() - timedelta(days=MAIL_DAYS)


def delete_old_mails() -> int:
    """Delete mails that were sent or given up some time ago, and events that no mail will need; return how many rows.

    A mail that could not be written for as long, through a fault of the site, is given up.

    A withdrawal is said to the searches that had found the text, however long ago: these matches stay.
    """
    limit = find_start_of_log()
    ended = Q(event__happens_at__lt=limit) | Q(period_end__lt=limit)
    has_ended = Q(next_attempt_at=None) | ~Q(last_error="")
    count = AlertMail.objects.filter(ended, has_ended).delete()[0]
    MailedEvent.objects.filter(event__happens_at__lt=limit).delete()
    RemovedMails.objects.filter(ended).delete()
    needed = EventMatch.objects.filter(event=OuterRef("pk")).exclude(condition__query="")
    waiting = AlertMail.objects.filter(event=OuterRef("pk"))
    EarlierTiming.objects.filter(until__lt=limit).delete()
    events = AlertEvent.objects.filter(~Exists(needed), ~Exists(waiting), matched_at__lt=limit)
    return count + events.delete()[0]
