"""A mail server that answers a byte at a time, each within the timeout, does not hold a connection for ever."""

import smtplib
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from accounts import smtp_time_limit
from accounts.mail import BackgroundEmailBackend

TLS_HANDSHAKE = b"\x16\x03\x03\x40\x00"  # its first record has 16 kB
TIMEOUT = 30


@pytest.fixture(autouse=True)
def _time_limit(monkeypatch):
    monkeypatch.setattr(smtp_time_limit, "TIME_LIMIT", 0.2)


@contextmanager
def dripping(greeting: bytes, start: bytes) -> Iterator[int]:
    """Give the port of a server that says the rest of a reply a byte at a time."""

    def serve() -> None:
        connection, _address = server.accept()
        with connection, suppress(OSError):
            connection.sendall(greeting)
            if greeting:
                connection.recv(1000)
            connection.sendall(start)
            while True:
                time.sleep(0.02)
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as executor:
        executor.submit(serve)
        yield server.getsockname()[1]


@pytest.mark.parametrize("use_ssl", [False, True])
def test_a_greeting_or_handshake_without_end_is_given_up(use_ssl):
    with dripping(b"", TLS_HANDSHAKE if use_ssl else b"220 ") as port:
        backend = BackgroundEmailBackend(
            alias="default", host="127.0.0.1", port=port, timeout=TIMEOUT, use_ssl=use_ssl
        )
        with pytest.raises(OSError):
            backend.open()


def test_half_a_reply_is_no_refusal():
    with dripping(b"220 Welcome\r\n", b"550 5.7") as port:
        connection = smtp_time_limit.TimeLimitedSMTP("127.0.0.1", port, timeout=TIMEOUT)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="longer than"):
            connection.rcpt("reader@example.org")
