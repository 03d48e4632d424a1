"""Find mails of the outbox that were not delivered: refused, given up, or waiting because nothing sends them."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from accounts.mail import can_send_mail
from publications.models import OutboxMail

from .report import Progress

OVERDUE_AFTER = timedelta(hours=1)


def find_undelivered(progress: Progress) -> Iterator[str]:
    for mail in OutboxMail.objects.failing():
        state = "given up" if mail.is_given_up else f"failed {mail.attempts} times"
        yield f"mail {mail.pk} to {mail.recipient}: {state}: {mail.last_error}"
    overdue = OutboxMail.objects.filter(
        last_error="", next_attempt_at__lte=timezone.now() - OVERDUE_AFTER
    ).count()
    if overdue and can_send_mail():
        yield f"mails that nobody has tried to send for an hour: {overdue}"
