"""Send the mails that are due, to staff and to subscribers."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.mail import can_send_mail
from publications.database_log import empty_database_log
from publications.models import OutboxMail
from publications.news import SendResult, StaffQueue, expand_events, send_due, sender_lock
from subscriptions.alert_queue import AlertQueue
from subscriptions.expansion import expand_alerts
from subscriptions.issue_mails import MAIL_BUILDERS
from subscriptions.models import AlertMail
from subscriptions.removal import delete_outdated

EXIT_UNREACHABLE = 3
SECONDS = 20
"""How long mails are sent before a run looks for what has happened since: a long list delays no news."""


class Command(BaseCommand):
    help = (
        "Send the mails that are due: to staff news at once, and each morning a daily mail; to subscribers alerts, "
        "daily and weekly mails, and the mails that ask to confirm. Meant to be run every minute "
        "by a timer. Each person chooses at the desk which news are mailed. A mail that cannot be sent is tried "
        f"again, after longer and longer waits, for {OutboxMail.count_retry_days()} days, one to a subscriber for "
        f"{AlertMail.count_retry_days()}; the desk lists those to staff under Outbox, and counts the others under "
        "Subscribers. "
        "Several runs may overlap, of which one sends at a time on SQLite, and with MAIL_RATE; a run may be stopped at "
        "any moment: the next goes on. Without EMAIL_URL nothing is sent. Ends with 3 where the mail server cannot be "
        "reached; all mails then wait for it."
    )

    def handle(self, *args, **options) -> None:
        with sender_lock(is_shared=not settings.MAIL_RATE) as is_free:
            if not is_free:
                self._write_line(options, "Another run is sending.")
                return
            delete_outdated()
            empty_database_log()
            if not can_send_mail():
                expand_events(is_mail_on=False)
                self._write_line(options, "Mail is off: EMAIL_URL is not set.")
                return
            result = _send_all()
        if result.relay_error:
            raise CommandError(
                f"The mail server cannot be reached ({result.relay_error}). Mails to be sent later: {result.failed}.",
                returncode=EXIT_UNREACHABLE,
            )
        self._write_line(options, f"Sent: {result.sent}. To be tried again, or given up: {result.failed}.")

    def _write_line(self, options: dict, text: str) -> None:
        if options["verbosity"] > 0:
            self.stdout.write(text)


def _send_all() -> SendResult:
    """Send what is due, and what becomes due until that is sent."""
    result, queues = SendResult(), (StaffQueue(MAIL_BUILDERS), AlertQueue())
    while not (result.is_done or result.relay_error):
        expand_events()
        expand_alerts()
        send_due(queues, result, rate=settings.MAIL_RATE, seconds=SECONDS)
    return result
