"""What the processes do that are killed. To be imported after `django.setup()`; it opens no connection."""

from time import monotonic, sleep

from django.core.management import call_command

from publications.management.commands import send_mail as send_mail
from publications.models import AuditEntry, Edition
from subscriptions.models import AlertMail, AlertState
from tests.factories import make_live

TEXTS = 2
"""Of a run: several mails to each subscriber wait at once."""
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


def publish() -> None:
    """Publish the next texts. Their numbers are those of editions: a draft that a kill has left over is not counted."""
    for _number in range(TEXTS):
        make_live(title=f"Text {Edition.objects.count()}")
