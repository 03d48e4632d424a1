"""The mails to subscribers as a queue of the sender.

Mails of a subscriber are sent in their order: a mail waits while one before it was refused for now, and while another
sender has the lock on the subscriber. A stop at the desk holds back all but the mails that ask to confirm, which go
first.
"""

import re
from datetime import timedelta
from time import monotonic

from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .mails import MailWriter
from .models import AlertMail, AlertMailPurpose, AlertState, Subscriber

ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")
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
        return self._claim_confirmation() or self._first(_alerts())

    def _claim_confirmation(self) -> AlertMail | None:
        """They have no index of their own: between two looks all is skipped that is due before them."""
        if monotonic() < self._look_for_confirmations_at:
            return None
        mail = self._first(AlertMail.objects.due().filter(purpose=AlertMailPurpose.CONFIRM))
        if not mail:
            self._look_for_confirmations_at = monotonic() + CONFIRMATION_SECONDS
        return mail

    def _first(self, mails) -> AlertMail | None:
        locked = mails.select_related("subscriber").select_for_update(
            skip_locked=True, of=("self", "subscriber")
        )
        return locked.first()

    def build(self, mail: AlertMail) -> EmailMessage | None:
        return self._writer.build(mail)

    def mark_sent(self, mail: AlertMail) -> None:
        mail.mark_sent()
        if mail.subscriber.bouncing_since:
            Subscriber.objects.filter(pk=mail.subscriber_id).update(bouncing_since=None)

    def mark_failed(
        self, mail: AlertMail, error: str, *, is_refused: bool = False, is_final: bool = False
    ) -> None:
        mail.mark_failed(ADDRESS.sub("(address)", error), is_final=is_final)
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


def _alerts():
    """Return the mails of lists that are due and wait for no other mail of their subscriber."""
    stopped = AlertState.objects.filter(stopped_at__isnull=False)
    earlier = AlertMail.objects.pending().filter(
        subscriber=OuterRef("subscriber"), pk__lt=OuterRef("pk"), attempts__gt=0
    )
    waits = Q(subscriber__bouncing_since__isnull=False) & Exists(
        earlier.exclude(purpose=AlertMailPurpose.CONFIRM)
    )
    mails = AlertMail.objects.due().exclude(purpose=AlertMailPurpose.CONFIRM)
    return mails.filter(~waits, ~Exists(stopped))
