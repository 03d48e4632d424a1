"""Formatters that cut secret addresses out of everything that is logged.

A review link and the link of a reset mail open something by themselves. Whatever logs one
(a refused request, a traceback, the development server), what follows the name of the page goes.
deploy/ does the same to the access logs of nginx and Caddy.
"""

import logging
import re

from django.utils.log import ServerFormatter

SECRET_ADDRESS = re.compile(
    r"((?:/|%2F)desk(?:/|%2F)(?:review|password_reset)(?:/|%2F))[^\s\"'<>]+", re.IGNORECASE
)


def cut_secret_addresses(text: str) -> str:
    """Return a text with everything after `/desk/review/` and `/desk/password_reset/` as "…"."""
    return SECRET_ADDRESS.sub(r"\1…", text)


class LogFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return cut_secret_addresses(super().format(record))


class DevelopmentServerFormatter(ServerFormatter):
    def format(self, record: logging.LogRecord) -> str:
        return cut_secret_addresses(super().format(record))
