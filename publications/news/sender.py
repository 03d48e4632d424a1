"""Send the mails of the outbox over SMTP, one after the other, each marked as sent once the relay has accepted it.

A row is locked while it is sent. On PostgreSQL others skip it, so that several senders share the work; on SQLite one
sender at a time holds a lock on a file. A sender that is killed between the acceptance of the relay and its own commit
sends the mail again, with the same Message-ID; at no other moment is a mail sent twice, and none is missed.
"""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from http import HTTPStatus

from django.core.mail import EmailMessage, mailers
from django.db import Error, connection, transaction

from publications.models import MAX_ERROR_CHARACTERS, OutboxMail
from publications.site_lock import hold_file_lock

from .mails import build_mail

LOCK_FILE = "send-mail"
logger = logging.getLogger(__name__)


@dataclass
class SendResult:
    """What a run did.

    Attributes:
        dropped: mails that had nothing left to say.
        relay_error: why the relay could not be reached, or "".
    """

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    relay_error: str = ""


@contextmanager
def sender_lock() -> Iterator[bool]:
    """Yield whether this process may send: on SQLite only while no other does. The lock ends with the process."""
    if connection.features.has_select_for_update_skip_locked:
        yield True
        return
    with hold_file_lock(LOCK_FILE) as is_free:
        yield is_free


def send_due() -> SendResult:
    """Send all mails that are due; the caller holds `sender_lock`. It ends early where the relay cannot be reached."""
    result = SendResult()
    backend = mailers.default
    try:
        while _send_next(backend, result):
            pass
    finally:
        _close(backend)
    return result


def _claim() -> transaction.Atomic | nullcontext:
    """Return the transaction that keeps the lock on a row. On SQLite it would keep everybody else from writing."""
    return transaction.atomic() if connection.features.has_select_for_update_skip_locked else nullcontext()


def _send_next(backend, result: SendResult) -> bool:
    """Send the next mail; return whether to go on."""
    with _claim():
        mail = OutboxMail.objects.due().select_for_update(skip_locked=True).first()
        if not mail:
            return False
        message = _write(mail, result)
        if message is None:
            return True
        if not _connect(backend, result):
            return False
        _deliver(backend, mail, message, result)
    return True


def _write(mail: OutboxMail, result: SendResult) -> EmailMessage | None:
    """Return the mail; None if there is nothing left to say, or an error, which must not stop the mails behind it."""
    try:
        message = build_mail(mail)
    except Error:
        raise
    except Exception as error:
        logger.exception("Mail %s could not be written.", mail.pk)
        _fail(mail, error, result, is_final=False)
        return None
    if message is None:
        mail.delete()
        result.dropped += 1
    return message


def _connect(backend, result: SendResult) -> bool:
    """Connect to the relay unless connected; if that fails, all mails stay due, with the error for administrators."""
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as error:
        result.relay_error = describe_error(error)
        due = OutboxMail.objects.due().select_for_update(skip_locked=True).values_list("pk", flat=True)
        waiting = OutboxMail.objects.filter(pk__in=list(due))
        result.failed += waiting.update(last_error=result.relay_error[:MAX_ERROR_CHARACTERS])
        return False
    return True


def _deliver(backend, mail: OutboxMail, message: EmailMessage, result: SendResult) -> None:
    try:
        backend.send_messages([message])
    except Exception as error:  # mail servers and connections raise errors of many classes
        _fail(mail, error, result, is_final=_is_final(error))
        _close(backend)
        return
    mail.mark_sent()
    result.sent += 1


def _fail(mail: OutboxMail, error: Exception, result: SendResult, *, is_final: bool) -> None:
    mail.mark_failed(describe_error(error), is_final=is_final)
    result.failed += 1


def _is_final(error: Exception) -> bool:
    """Return whether the address itself is refused for good: by the relay, or as no address at all."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= HTTPStatus.INTERNAL_SERVER_ERROR for code, _reply in error.recipients.values())
    return isinstance(error, ValueError)


def describe_error(error: Exception) -> str:
    """Return an error in a line: the reply of the relay, or what the system says."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_decode(reply)}" for code, reply in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decode(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _decode(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())


def _close(backend) -> None:
    with suppress(OSError, smtplib.SMTPException):
        backend.close()
