"""A mail server whose replies do not end, at whatever pace, does not hold a connection for ever, nor fill the memory."""

import smtplib
import socket
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from accounts import smtp_time_limit
from accounts.mail import BackgroundEmailBackend
from tests.mail_sink import mail_sink

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


@contextmanager
def flooding(*, after: bytes) -> Iterator[int]:
    """Give the port of a server that repeats a line of a reply, as fast as it is read, once it is sent something."""

    def serve() -> None:
        connection, _address = server.accept()
        with connection, suppress(OSError):
            connection.sendall(b"220-Welcome\r\n220 Welcome\r\n")
            while after not in connection.recv(1000):
                connection.sendall(b"250 Fine\r\n")
            while True:
                connection.sendall(b"250-%s\r\n" % (b"x" * 1000) * 100)

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as executor:
        executor.submit(serve)
        yield server.getsockname()[1]


@pytest.mark.parametrize("command", [b"ehlo", b"rcpt", b"data"])
def test_a_reply_of_ever_more_lines_is_given_up_before_it_fills_the_memory(command, monkeypatch):
    monkeypatch.setattr(smtp_time_limit, "TIME_LIMIT", TIMEOUT)
    tracemalloc.start()
    with flooding(after=command) as port:
        connection = smtp_time_limit.TimeLimitedSMTP("127.0.0.1", port, timeout=TIMEOUT)
        with pytest.raises(
            smtplib.SMTPServerDisconnected, match="reply of the mail server has more than 65,536"
        ):
            connection.sendmail("site@example.org", ["reader@example.org"], "Text")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 20 * smtp_time_limit.MAX_REPLY_BYTES


def test_each_reply_has_a_limit_of_its_own(monkeypatch):
    monkeypatch.setattr(smtp_time_limit, "TIME_LIMIT", TIMEOUT)
    monkeypatch.setattr(smtp_time_limit, "MAX_REPLY_BYTES", 100)
    with mail_sink() as sink:
        host, port = sink.server_address
        with smtp_time_limit.TimeLimitedSMTP(host, port, timeout=TIMEOUT) as connection:
            codes = [connection.noop()[0] for _number in range(30)]

    assert codes == [250] * 30
