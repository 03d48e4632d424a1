"""A log handler that records which requests were answered with 500, for the page Operations of the desk."""

import logging
from contextlib import suppress
from http import HTTPStatus

from publications.failed_requests import record_failed_request

from .log_formatters import cut_secret_addresses


class FailedRequestHandler(logging.Handler):
    """Receives what Django logs about responses; never fails, as a full disk would make it."""

    def emit(self, record: logging.LogRecord) -> None:
        request = getattr(record, "request", None)
        if request is None or getattr(record, "status_code", None) != HTTPStatus.INTERNAL_SERVER_ERROR:
            return
        with suppress(Exception):
            record_failed_request(request.method, cut_secret_addresses(request.path))
