"""Mail that is sent while the response is already on its way, by one thread of the process.

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


class BackgroundEmailBackend(smtp.EmailBackend):
    """Django's SMTP backend that returns before the mail is sent; what fails is logged."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            _executor.submit(self._send_now, email_messages)
        except RuntimeError:  # the process ends and takes no more work
            self._send_now(email_messages)
        return len(email_messages)

    def _send_now(self, email_messages: Sequence[EmailMessage]) -> None:
        try:
            super().send_messages(email_messages)
        except Exception:  # what a mail server or its connection says is not one kind of error
            log.exception("A mail could not be sent.")
