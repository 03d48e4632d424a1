"""The mails to subscribers as a queue of the sender.

Mails of a subscriber are sent in their order: a mail waits while one before it was refused for now. Whoever sends mails
of a subscriber, or deletes them, has the lock on the subscriber; the mails themselves are not locked. A stop at the
desk holds back all but the mails that ask to confirm, which go first.
"""

from time import monotonic
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from publications.models.prepared_queries import DATETIME, INTEGER, PreparedQuery
from publications.news import Failure

from .bounces import end_bouncing, record_failure
from .mails import MailWriter
from .models import AlertMail, AlertMailPurpose, AlertState, Subscriber

CONFIRMATION_SECONDS = 1
"""How often mails that ask to confirm are looked for among many others."""


class AlertQueue:
    """See `publications.news.MailQueue`."""

    def __init__(self) -> None:
        self._writer = MailWriter()
        self._look_for_confirmations_at = 0.0

    def claim(self) -> AlertMail | None:
        return self._claim_confirmation() or _claim(_next_alert)

    def _claim_confirmation(self) -> AlertMail | None:
        """They have no index of their own: between two looks all is skipped that is due before them."""
        if monotonic() < self._look_for_confirmations_at:
            return None
        mail = _claim(_next_confirmation)
        if not mail:
            self._look_for_confirmations_at = monotonic() + CONFIRMATION_SECONDS
        return mail

    def build(self, mail: AlertMail) -> EmailMessage | None:
        return self._writer.build(mail)

    def mark_sent(self, mail: AlertMail) -> None:
        """A provider that reports what becomes of a mail accepts it in any case."""
        mail.mark_sent()
        _store_retries(mail, has_retries=False)
        if not settings.MAIL_EVENTS_PROVIDER:
            end_bouncing(mail.subscriber)

    def mark_failed(self, mail: AlertMail, error: str, failure: Failure) -> str:
        if failure == Failure.NOT_WRITTEN:
            mail.mark_unwritten(error)
            return mail.last_error
        mail.mark_failed(error, is_final=failure == Failure.REJECTED)
        record_failure(mail.subscriber, failure)
        _store_retries(mail, has_retries=True)
        return mail.last_error

    def drop(self, mail: AlertMail) -> None:
        mail.delete()

    def mark_unreachable(self, error: str) -> int:
        return AlertMail.objects.due().count()


def _store_retries(mail: AlertMail, *, has_retries: bool) -> None:
    """Store whether other mails of the subscriber may have to wait for one; those that ask to confirm never do."""
    subscriber = mail.subscriber
    if mail.purpose != AlertMailPurpose.CONFIRM and subscriber.has_retries != has_retries:
        Subscriber.objects.filter(pk=subscriber.pk).update(has_retries=has_retries)


def _claim(find: PreparedQuery[AlertMail]) -> AlertMail | None:
    """Return the first mail that a query finds, its subscriber locked.

    What is found may have been sent before the subscriber was locked, or one before it may have come back: the first
    one of the subscriber is looked for again. On SQLite there is one sender at a time.
    """
    now = timezone.now()
    while mail := next(iter(find(now=now)), None):
        if not connection.features.has_select_for_update_skip_locked:
            return mail
        if first := next(iter(find(now=now, subscriber=mail.subscriber_id)), None):
            return first
    return None


def _confirmations(now: Any, subscriber: Any = None) -> QuerySet[AlertMail]:
    return _lock_first(AlertMail.objects.due(now).confirmations(), subscriber)


def _alerts(now: Any, subscriber: Any = None) -> QuerySet[AlertMail]:
    """Return the first of the mails of lists that are due and wait for no other mail of their subscriber."""
    stopped = AlertState.objects.filter(stopped_at__isnull=False)
    earlier = AlertMail.objects.pending().filter(
        subscriber=OuterRef("subscriber"), pk__lt=OuterRef("pk"), attempts__gt=0
    )
    waits = Q(subscriber__has_retries=True) & Exists(earlier.exclude(purpose=AlertMailPurpose.CONFIRM))
    mails = AlertMail.objects.due(now).exclude(purpose=AlertMailPurpose.CONFIRM)
    return _lock_first(mails.filter(~waits, ~Exists(stopped)), subscriber)


def _lock_first(mails: QuerySet[AlertMail], subscriber: Any) -> QuerySet[AlertMail]:
    """Return the first one with its subscriber, who is locked; new mails may be queued for them all the same."""
    own = mails.filter(subscriber=subscriber) if subscriber is not None else mails
    joined = own.select_related("subscriber")
    return joined.select_for_update(skip_locked=True, of=("subscriber",), no_key=True)[:1]


_next_confirmation = PreparedQuery(_confirmations, now=DATETIME, subscriber=INTEGER)
_next_alert = PreparedQuery(_alerts, now=DATETIME, subscriber=INTEGER)
