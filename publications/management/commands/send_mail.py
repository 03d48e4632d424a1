"""Send the mails to staff that are due."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.mail import can_send_mail
from publications.models import RETRY_DAYS
from publications.news import StaffQueue, expand_events, send_due, sender_lock

EXIT_UNREACHABLE = 3


class Command(BaseCommand):
    help = (
        "Send staff the mails that are due: news at once, and each morning a daily mail. Meant to be run every minute "
        "by a timer. Each person chooses at the desk which news are mailed. A mail that cannot be sent is tried "
        f"again, after longer and longer waits, for {RETRY_DAYS} days; the desk lists these under Outbox. Several "
        "runs may overlap, and a run may be stopped at any moment: the next goes on. Without EMAIL_URL nothing is "
        "sent. Ends with 3 where the mail server cannot be reached; all mails then wait for it."
    )

    def handle(self, *args, **options) -> None:
        with sender_lock() as is_free:
            if not is_free:
                self._say(options, "Another run is sending.")
                return
            expand_events(is_mail_on=can_send_mail())
            if not can_send_mail():
                self._say(options, "Mail is off: EMAIL_URL is not set.")
                return
            result = send_due((StaffQueue(),), rate=settings.MAIL_RATE)
        if result.relay_error:
            raise CommandError(
                f"The mail server cannot be reached ({result.relay_error}). Mails to be sent later: {result.failed}.",
                returncode=EXIT_UNREACHABLE,
            )
        self._say(options, f"Sent: {result.sent}. To be tried again, or given up: {result.failed}.")

    def _say(self, options: dict, text: str) -> None:
        if options["verbosity"] > 0:
            self.stdout.write(text)
