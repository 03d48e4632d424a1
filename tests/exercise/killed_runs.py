"""What the senders do that are killed. To be imported after `django.setup()`; it opens no connection."""

from time import monotonic, sleep

from django.core.management import call_command

from publications.management.commands import send_mail as send_mail
from publications.models import AuditEntry
from subscriptions.models import AlertMail, AlertState

SECONDS = 0.5
"""How long a sender waits for something to send."""


def send() -> None:
    ends_at = monotonic() + SECONDS
    while not _has_work() and monotonic() < ends_at:
        sleep(0.005)
    call_command("send_mail", verbosity=0)


def _has_work() -> bool:
    read = AlertState.objects.values("read_site_version")[:1]
    return AlertMail.objects.due().exists() or AuditEntry.objects.filter(site_version__gt=read).exists()
