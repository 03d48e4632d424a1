"""Runs of the sender, and what they have sent."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from subscriptions.models import AlertMail

ADDRESS = "reader@example.org"


def send() -> None:
    call_command("send_mail", verbosity=0)


def subjects(sink, address: str = ADDRESS) -> list[str]:
    return [accepted.message["Subject"] for accepted in sink.mails if accepted.recipient == address]


def retry() -> None:
    """Let all that waits be due."""
    AlertMail.objects.pending().update(next_attempt_at=timezone.now() - timedelta(minutes=1))
