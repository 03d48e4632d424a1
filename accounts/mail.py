"""An e-mail backend that sends in a thread, so that the response does not wait for the mail server.

Otherwise the response time would reveal whether an account has the address. Management commands send at once and fail
if that fails. A process that stops waits for its thread, which the timeout of the mail server bounds; the limits on
reset mails bound how many mails wait.
"""

import logging
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from .smtp_time_limit import TimeLimitedSMTP, TimeLimitedSMTPS

CONSOLE = "django.core.mail.backends.console.EmailBackend"
PLAIN_ADDRESS = re.compile(
    r"(?:([\w -]+) <)?([\w+-]+(?:\.[\w+-]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?(1)>)", re.ASCII | re.IGNORECASE
)
"""A mail address of the signs that most consist of, alone or after such a name."""
_executor = ThreadPoolExecutor(1, "mail")
logger = logging.getLogger(__name__)
is_in_background = False


def can_send_mail() -> bool:
    """Return whether mail is sent: without `EMAIL_URL` it is printed on the console."""
    return settings.MAILERS["default"]["BACKEND"] != CONSOLE


def send_in_background() -> None:
    """Send the mails of this process, which is that of a server, in a thread."""
    global is_in_background
    is_in_background = True


class BackgroundEmailBackend(smtp.EmailBackend):
    """Django's SMTP backend; in a server it returns before the mail is sent, and logs errors."""

    @property
    def connection_class(self) -> type[TimeLimitedSMTP]:
        return TimeLimitedSMTPS if self.use_ssl else TimeLimitedSMTP

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if not is_in_background:
            return super().send_messages(email_messages)
        try:
            _executor.submit(self._send_or_log, email_messages)
        except RuntimeError:  # the process is stopping and its executor takes no more work
            self._send_or_log(email_messages)
        return len(email_messages)

    def prep_address(self, address: str, force_ascii: bool = True) -> str:
        """Return an address without its name. Django parses it, which takes longer than to write and send the mail."""
        plain = PLAIN_ADDRESS.fullmatch(address)
        return plain[2] if plain else super().prep_address(address, force_ascii)

    def _send_or_log(self, email_messages: Sequence[EmailMessage]) -> None:
        try:
            super().send_messages(email_messages)
        except Exception:  # mail servers and connections raise errors of many classes
            logger.exception("A mail could not be sent.")
