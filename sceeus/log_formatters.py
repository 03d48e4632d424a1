"""Log formatters that cut the secret part of review links, calendar addresses and links in mails; a traceback filter.

These links grant access by themselves, and may be logged with a refused request, a traceback or by the development
server. `deploy/` does the same for the access logs of nginx and Caddy.
"""

import logging
import re
from http import HTTPStatus

from django.utils.log import ServerFormatter

SECRET_ADDRESS = re.compile(
    r"((?:/|%2F)(?:desk(?:/|%2F)(?:review|confirm|password_reset|calendar|news(?:/|%2F)stop)"
    r"|en(?:/|%2F)alerts|sv(?:/|%2F)aviseringar)(?:/|%2F))[^\s\"'<>]+",
    re.IGNORECASE,
)
TOKEN = re.compile(r"(?<![\w-])(?=[a-z\d_-]*[A-Z])[\w-]{43}(?![\w-])", re.ASCII)
"""The token of a mail, also in an address that is not quite that of its page."""


def cut_secret_addresses(text: str) -> str:
    """Return a text with everything after `/desk/review/` and the other prefixes of secret addresses as "…"."""
    return TOKEN.sub("…", SECRET_ADDRESS.sub(r"\1…", text))


class LogFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return cut_secret_addresses(super().format(record))


class ForbiddenFilter(logging.Filter):
    """Leave out the traceback of a page that answers 403: it is no fault of the site."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == HTTPStatus.FORBIDDEN:
            record.exc_info = record.exc_text = None
        return True


class DevelopmentServerFormatter(ServerFormatter):
    def format(self, record: logging.LogRecord) -> str:
        return cut_secret_addresses(super().format(record))
