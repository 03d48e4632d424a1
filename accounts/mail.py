"""Mail that a server sends while the response is already on its way, by one thread of the process.

Management commands wait until it is sent, and fail where it cannot be.

How long a mail server takes would otherwise tell that there was somebody to write to. A process that stops ends once
its mail is sent: Python waits for the thread, and each mail server has a limited time. The limits on reset mails bound
how many wait.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

_executor = ThreadPoolExecutor(1, "mail")
log = logging.getLogger(__name__)
is_in_background = False


def send_in_background() -> None:
    """Let the mails of this process, which is that of a server, be sent by a thread."""
    global is_in_background
    is_in_background = True


class BackgroundEmailBackend(smtp.EmailBackend):
    """Django's SMTP backend that, in a server, returns before the mail is sent and logs what fails."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if not is_in_background:
            return super().send_messages(email_messages)
        try:
            _executor.submit(self._send_or_log, email_messages)
        except RuntimeError:  # the process ends and takes no more work
            self._send_or_log(email_messages)
        return len(email_messages)

    def _send_or_log(self, email_messages: Sequence[EmailMessage]) -> None:
        try:
            super().send_messages(email_messages)
        except Exception:  # what a mail server or its connection says is not one kind of error
            log.exception("A mail could not be sent.")
