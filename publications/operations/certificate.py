"""The certificate of the site: until when it is valid, read by a TLS handshake with the public address.

A command reads it on a timer and stores it; no request waits for the handshake.
"""

import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from publications.models import Operation, OperationRecord

TIMEOUT = 10  # seconds
MAX_REASON = 300


def read_expiry(url: str, context: ssl.SSLContext | None = None) -> datetime:
    """Return until when the certificate of a server is valid.

    Raises:
        OSError: the server cannot be reached, or its certificate is not valid now.
    """
    parts = urlsplit(url)
    context = context or ssl.create_default_context()
    with (
        socket.create_connection((parts.hostname, parts.port or 443), timeout=TIMEOUT) as connection,
        context.wrap_socket(connection, server_hostname=parts.hostname) as encrypted,
    ):
        seconds = ssl.cert_time_to_seconds(encrypted.getpeercert()["notAfter"])
    return datetime.fromtimestamp(seconds, UTC)


def record_certificate(context: ssl.SSLContext | None = None) -> None:
    """Store until when the certificate of SITE_URL is valid, or why that is not known; nothing for a site by http."""
    if not settings.SITE_URL.startswith("https://"):
        return
    try:
        detail = {"expires_at": read_expiry(settings.SITE_URL, context).isoformat()}
    except OSError as error:
        detail = {"error": " ".join(str(error).split())[:MAX_REASON]}
    OperationRecord.store(Operation.CERTIFICATE, timezone.now(), **detail)
