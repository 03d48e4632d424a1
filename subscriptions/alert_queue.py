"""The mails to subscribers as a queue of the sender.

Mails of a subscriber are sent in their order: a mail waits while one before it was refused for now, and while another
sender has the lock on the subscriber. A stop at the desk holds back all but the mails that ask to confirm, which go
first.
"""

from datetime import timedelta
from time import monotonic
from typing import Any

from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from publications.models.prepared_queries import DATETIME, PreparedQuery

from .mails import MailWriter
from .models import AlertMail, AlertMailPurpose, AlertState, Subscriber

MAX_BOUNCING = timedelta(days=14)
"""How long mails may come back for now before the address counts as failed."""
CONFIRMATION_SECONDS = 1
"""How often mails that ask to confirm are looked for among many others."""


class AlertQueue:
    """See `publications.news.MailQueue`."""

    def __init__(self) -> None:
        self._writer = MailWriter()
        self._look_for_confirmations_at = 0.0

    def claim(self) -> AlertMail | None:
        return self._claim_confirmation() or next(iter(_next_alert(now=timezone.now())), None)

    def _claim_confirmation(self) -> AlertMail | None:
        """They have no index of their own: between two looks all is skipped that is due before them."""
        if monotonic() < self._look_for_confirmations_at:
            return None
        mail = next(iter(_next_confirmation(now=timezone.now())), None)
        if not mail:
            self._look_for_confirmations_at = monotonic() + CONFIRMATION_SECONDS
        return mail

    def build(self, mail: AlertMail) -> EmailMessage | None:
        return self._writer.build(mail)

    def mark_sent(self, mail: AlertMail) -> None:
        mail.mark_sent()
        if mail.subscriber.bouncing_since:
            Subscriber.objects.filter(pk=mail.subscriber_id).update(bouncing_since=None)

    def mark_failed(
        self, mail: AlertMail, error: str, *, is_refused: bool = False, is_final: bool = False
    ) -> None:
        mail.mark_failed(error, is_final=is_final)
        if not is_refused:
            return
        now, since = timezone.now(), mail.subscriber.bouncing_since
        is_final = is_final or (since is not None and since < now - MAX_BOUNCING)
        values = {"failed_at": now} if is_final else {"bouncing_since": since or now}
        Subscriber.objects.filter(pk=mail.subscriber_id).update(**values)

    def drop(self, mail: AlertMail) -> None:
        mail.delete()

    def mark_unreachable(self, error: str) -> int:
        return AlertMail.objects.due().count()


def _confirmations(now: Any) -> QuerySet[AlertMail]:
    return _lock_first(AlertMail.objects.due(now).filter(purpose=AlertMailPurpose.CONFIRM))


def _alerts(now: Any) -> QuerySet[AlertMail]:
    """Return the first of the mails of lists that are due and wait for no other mail of their subscriber."""
    stopped = AlertState.objects.filter(stopped_at__isnull=False)
    earlier = AlertMail.objects.pending().filter(
        subscriber=OuterRef("subscriber"), pk__lt=OuterRef("pk"), attempts__gt=0
    )
    waits = Q(subscriber__bouncing_since__isnull=False) & Exists(
        earlier.exclude(purpose=AlertMailPurpose.CONFIRM)
    )
    mails = AlertMail.objects.due(now).exclude(purpose=AlertMailPurpose.CONFIRM)
    return _lock_first(mails.filter(~waits, ~Exists(stopped)))


def _lock_first(mails: QuerySet[AlertMail]) -> QuerySet[AlertMail]:
    """Return the first one with its subscriber, both locked."""
    joined = mails.select_related("subscriber")
    return joined.select_for_update(skip_locked=True, of=("self", "subscriber"))[:1]


_next_confirmation = PreparedQuery(_confirmations, now=DATETIME)
_next_alert = PreparedQuery(_alerts, now=DATETIME)
