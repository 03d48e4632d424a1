"""The outbox of mails to staff as a queue of the sender."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.core.mail import EmailMessage

from publications.models import MAX_ERROR_CHARACTERS, OutboxMail

from .mails import build_mail
from .sender import Failure

NO_BUILDERS: Mapping = MappingProxyType({})


class StaffQueue:
    """See `MailQueue`.

    Args:
        builders: functions of apps that this one does not know, which build their mails, by purpose.
    """

    def __init__(
        self, builders: Mapping[str, Callable[[OutboxMail], EmailMessage | None]] = NO_BUILDERS
    ) -> None:
        self._builders = builders

    def claim(self) -> OutboxMail | None:
        return OutboxMail.claim_next()

    def build(self, mail: OutboxMail) -> EmailMessage | None:
        return self._builders.get(mail.purpose, build_mail)(mail)

    def mark_sent(self, mail: OutboxMail) -> None:
        mail.mark_sent()

    def mark_failed(self, mail: OutboxMail, error: str, failure: Failure) -> str:
        mail.mark_failed(error, is_final=failure == Failure.REJECTED)
        return mail.last_error

    def drop(self, mail: OutboxMail) -> None:
        mail.delete()

    def mark_unreachable(self, error: str) -> int:
        due = OutboxMail.objects.due().select_for_update(skip_locked=True).values_list("pk", flat=True)
        waiting = OutboxMail.objects.filter(pk__in=list(due))
        return waiting.update(last_error=error[:MAX_ERROR_CHARACTERS])
