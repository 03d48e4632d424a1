"""Send the mails of queues over SMTP, one after the other, each marked as sent once the relay has accepted it.

A row is locked while it is sent. On PostgreSQL others skip it, so that several senders share the work; on SQLite, and
with a limit of mails a second, there is one sender at a time. A sender that is killed between the acceptance of the
relay and its own commit sends the mail again, with the same Message-ID; at no other moment is a mail sent twice, and
none is missed.
"""

import logging
import re
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from time import monotonic, sleep
from traceback import format_tb
from typing import Any, Protocol

from django.core.mail import EmailMessage, mailers
from django.db import Error, connection, transaction
from django.db.models import Model

from publications.site_lock import hold_process_lock

LOCK_FILE, ADVISORY_LOCK = "send-mail", 7_306_212
POLICY_STATUS = re.compile(r"\b5\.7\.\d")
"""How a relay replies that refuses by its rules, such as one that this site may not use (RFC 3463, section 3.8). It
refuses the site, not the address."""
NOT_AVAILABLE = 421
MAX_REPLY_CHARACTERS = 2_000
"""Of what a relay replies, which may be megabytes."""
EMPTY_QUEUE_SECONDS = 1
MAX_RELAY_ERRORS = 3
"""Mails in a row that the relay itself fails to take, after which it counts as unreachable: the others stay due."""
logger = logging.getLogger(__name__)


class Failure(Enum):
    """Why a mail was not sent.

    Attributes:
        NOT_WRITTEN: it could not be written.
        NOT_ACCEPTED: the relay failed, or refused the mail or the site; its address may be right.
        BOUNCED: its address was refused for now.
        REJECTED: its address was refused for good, or is none.
    """

    NOT_WRITTEN = auto()
    NOT_ACCEPTED = auto()
    BOUNCED = auto()
    REJECTED = auto()


class MailQueue[M: Model](Protocol):
    """Mails that wait in a table."""

    def claim(self) -> M | None:
        """Return the next mail that is due, locked until the end of the transaction; None without one."""

    def build(self, mail: M) -> EmailMessage | None:
        """Return the text of a mail as it is now, None if there is nothing left to say."""

    def mark_sent(self, mail: M) -> None:
        """Store that the relay has accepted a mail."""

    def mark_failed(self, mail: M, error: str, failure: Failure) -> str:
        """Store that a mail could not be sent, and when it is tried again; return the error as it may be shown."""

    def drop(self, mail: M) -> None:
        """Delete a mail that has nothing left to say."""

    def mark_unreachable(self, error: str) -> int:
        """Store for administrators that the relay cannot be reached; return how many mails wait for it."""


@dataclass
class SendResult:
    """What a run did.

    Attributes:
        dropped: mails that had nothing left to say.
        relay_error: why the relay could not be reached, or "".
        is_done: whether no mail is due any more.
    """

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    relay_error: str = ""
    is_done: bool = False


def sender_lock(*, is_shared: bool) -> AbstractContextManager[bool]:
    """Return a context that gives whether this process may send. The lock ends with the process.

    Args:
        is_shared: whether others may send at the same time, which SQLite never allows. A limit of mails a second is
            kept by one sender at a time.
    """
    if is_shared and connection.features.has_select_for_update_skip_locked:
        return nullcontext(True)
    return hold_process_lock(LOCK_FILE, key=ADVISORY_LOCK)


def send_due(
    queues: Sequence[MailQueue], result: SendResult, *, rate: float = 0, seconds: float = float("inf")
) -> None:
    """Send the mails that are due; the caller holds `sender_lock`. It ends early where the relay cannot be reached.

    Args:
        queues: before each mail they are read in this order, so that the first one hardly waits for the others: one
            that was empty is read again after `EMPTY_QUEUE_SECONDS`, or once all others are empty, too.
        result: is added to.
        rate: at most so many mails a second; 0 for no limit.
        seconds: how long to go on before the caller looks for what is new.
    """
    sender = _Sender(queues, mailers.default, result)
    ends_at = monotonic() + seconds
    with _asynchronous_commits():
        try:
            while monotonic() < ends_at and sender.send_next():
                sender.keep_rate(rate)
        finally:
            sender.close()


@contextmanager
def _asynchronous_commits() -> Iterator[None]:
    """Let commits not wait for the disk, which takes longer than all the rest of a mail.

    No kill of a process loses them. A power failure may: then the last mails come again, with the same Message-ID.
    """
    if connection.in_atomic_block:
        yield
        return
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL" if is_sqlite else "SET synchronous_commit=off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL" if is_sqlite else "RESET synchronous_commit")


def _claiming() -> transaction.Atomic | nullcontext:
    """Return the transaction that keeps the lock on a row. On SQLite it would keep everybody else from writing."""
    return transaction.atomic() if connection.features.has_select_for_update_skip_locked else nullcontext()


@dataclass
class _Sender:
    queues: Sequence[MailQueue]
    backend: Any
    result: SendResult
    last_attempt_at: float = float("-inf")
    relay_errors: int = 0
    skipped_until: dict[MailQueue, float] = field(default_factory=dict)
    logged: set[str] = field(default_factory=set)

    def send_next(self) -> bool:
        """Send the next mail; return whether to go on."""
        with _claiming():
            for queue in self._sort_queues():
                if mail := queue.claim():
                    return self._send(queue, mail)
                self.skipped_until[queue] = monotonic() + EMPTY_QUEUE_SECONDS
        self.result.is_done = True
        return False

    def _sort_queues(self) -> Sequence[MailQueue]:
        """Return the queues in their order, but last those that were empty just now."""
        now = monotonic()
        return sorted(self.queues, key=lambda queue: self.skipped_until.get(queue, now) > now)

    def keep_rate(self, rate: float) -> None:
        """Wait until the next mail may be sent."""
        if rate:
            sleep(max(0, self.last_attempt_at + 1 / rate - monotonic()))

    def _send(self, queue: MailQueue, mail: Model) -> bool:
        message = self._build(queue, mail)
        if message is None:
            return True
        if not self._connect():
            return False
        return self._deliver(queue, mail, message)

    def _build(self, queue: MailQueue, mail: Model) -> EmailMessage | None:
        """Return the mail; None if there is nothing left to say, or an error, which must not stop those behind it."""
        try:
            message = queue.build(mail)
        except Error:
            raise
        except Exception as error:
            self._log(mail, error)
            queue.mark_failed(mail, describe_error(error), Failure.NOT_WRITTEN)
            self.result.failed += 1
            return None
        if message is None:
            queue.drop(mail)
            self.result.dropped += 1
        return message

    def _log(self, mail: Model, error: Exception) -> None:
        """Log why a mail could not be written: once for all that fail in the same way."""
        frames = "".join(format_tb(error.__traceback__))  # without its text, which may have an address
        fault = f"{type(error).__name__}.\n{frames}"
        if fault not in self.logged:
            self.logged.add(fault)
            logger.error("Mail %s could not be written: %s", mail.pk, fault)

    def _connect(self) -> bool:
        """Connect to the relay unless connected; if that fails, all mails stay due."""
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException) as error:
            self._mark_unreachable(describe_error(error))
            return False
        return True

    def _mark_unreachable(self, error: str) -> None:
        self.result.relay_error = error
        self.result.failed += sum(queue.mark_unreachable(error) for queue in self.queues)

    def _deliver(self, queue: MailQueue, mail: Model, message: EmailMessage) -> bool:
        """Send a mail and mark it; return whether the relay can be expected to take others."""
        self.last_attempt_at = monotonic()
        try:
            self.backend.send_messages([message])
        except Exception as error:  # mail servers and connections raise errors of many classes
            text = queue.mark_failed(mail, describe_error(error), _classify(error))
            self.result.failed += 1
            self.close()
            self.relay_errors = self.relay_errors + 1 if _is_of_relay(error) else 0
            if self.relay_errors == MAX_RELAY_ERRORS:
                self._mark_unreachable(text)
            return self.relay_errors < MAX_RELAY_ERRORS
        queue.mark_sent(mail)
        self.result.sent += 1
        self.relay_errors = 0
        return True

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.backend.close()


def _classify(error: Exception) -> Failure:
    """Return what an error of sending is about.

    A relay that refuses by its rules refuses the site, not the address: that may be mended.
    """
    if isinstance(error, ValueError):
        return Failure.REJECTED
    if not isinstance(error, smtplib.SMTPRecipientsRefused) or _is_of_relay(error):
        return Failure.NOT_ACCEPTED
    [(code, reply)] = error.recipients.values()
    if code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failure.BOUNCED
    return Failure.NOT_ACCEPTED if POLICY_STATUS.match(_decode(reply)) else Failure.REJECTED


def _is_of_relay(error: Exception) -> bool:
    """Return whether the relay itself failed: it was silent, cut the connection, refused the sender or said that it
    is not available (421: RFC 5321, section 3.8).
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == NOT_AVAILABLE for code, _reply in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == NOT_AVAILABLE or isinstance(error, smtplib.SMTPSenderRefused)
    is_reply = isinstance(error, smtplib.SMTPException)
    return isinstance(error, smtplib.SMTPServerDisconnected) or (isinstance(error, OSError) and not is_reply)


def describe_error(error: Exception) -> str:
    """Return an error in a line: the start of the reply of the relay, or what the system says."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        text = "; ".join(f"{code} {_decode(reply)}" for code, reply in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        text = f"{error.smtp_code} {_decode(error.smtp_error)}"
    else:
        text = f"{type(error).__name__}: {error}"
    return text[:MAX_REPLY_CHARACTERS]


def _decode(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())
