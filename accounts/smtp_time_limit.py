"""Connections to a mail server with a limit for each mail as a whole, and for the length of each reply.

The timeout of `smtplib` is for each reading alone: a server that sends one byte before each would hold a sender, and
the rows that it has locked, for as long as it likes. It keeps all lines of a reply, however many a server sends.
"""

import smtplib
import socket
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import BinaryIO

TIME_LIMIT = 60
"""Seconds for connecting and signing in, and for each mail.

RFC 5321 (section 4.5.3.2) allows a server minutes, after which it may have taken the mail. Relays need seconds.
"""
MAX_REPLY_BYTES = 65_536
"""Of all lines of a reply. Relays send hundreds."""


class LimitedReplies:
    """The lines of a connection, of which those of one reply are so many bytes at most."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._bytes_left = MAX_REPLY_BYTES

    def begin_reply(self) -> None:
        self._bytes_left = MAX_REPLY_BYTES

    def readline(self, size: int) -> bytes:
        """Return the next line.

        Raises:
            OSError: the reply is too long; `smtplib` closes the connection then.
        """
        line = self._file.readline(size)
        self._bytes_left -= len(line)
        if self._bytes_left < 0:
            raise OSError(f"a reply of the mail server has more than {MAX_REPLY_BYTES:,} bytes.")
        return line

    def close(self) -> None:
        self._file.close()


class TimeLimitedSMTP(smtplib.SMTP):
    """A connection that is cut where the server takes longer than `TIME_LIMIT`, or its reply is longer than
    `MAX_REPLY_BYTES`: it then counts as disconnected.

    A thread cuts it, by a second handle of the socket, which works while TLS is negotiated, too.
    """

    _ends_at = float("inf")
    _is_closed: Event | None = None
    _is_cut = False

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Return the socket before TLS: `SMTP_SSL` extends this method for the same reason."""
        self._ends_at, self._is_closed = monotonic() + TIME_LIMIT, Event()
        connection = super()._get_socket(host, port, timeout)
        arguments = connection.dup(), self._is_closed
        Thread(target=self._cut_in_time, args=arguments, name="smtp", daemon=True).start()
        return connection

    def _cut_in_time(self, handle: socket.socket, is_closed: Event) -> None:
        with handle:
            while not is_closed.wait(TIME_LIMIT / 60):
                if monotonic() > self._ends_at:
                    self._is_cut = True
                    with suppress(OSError):  # the server has closed it
                        handle.shutdown(socket.SHUT_RDWR)
                    return

    def getreply(self) -> tuple[int, bytes]:
        """Return a reply, but not the first half of one: the code of “550 5.7.1” is not that of “550”."""
        if not self.file:  # nothing is read yet, or nothing since TLS began
            self.file = LimitedReplies(self.sock.makefile("rb"))
        self.file.begin_reply()
        reply = super().getreply()
        if self._is_cut:
            self.close()
            raise smtplib.SMTPServerDisconnected(f"The mail server took longer than {TIME_LIMIT} seconds.")
        return reply

    def sendmail(self, *args, **options) -> dict:
        self._ends_at = monotonic() + TIME_LIMIT
        refused = super().sendmail(*args, **options)
        self._ends_at = float("inf")  # until the next mail
        return refused

    def quit(self) -> tuple[int, bytes]:
        self._ends_at = monotonic() + TIME_LIMIT
        return super().quit()

    def close(self) -> None:
        if self._is_closed:
            self._is_closed.set()
        super().close()


class TimeLimitedSMTPS(smtplib.SMTP_SSL, TimeLimitedSMTP):
    """The same with TLS from the start."""
