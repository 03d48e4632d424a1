"""What every queue of mails has in common: when a mail is due, and how its attempts are stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from .prepared_queries import update_row

RETRY_DELAYS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440, 1440)
)
"""How long after each failed attempt the next follows. After the last the mail is given up."""


class QueuedMailQuerySet(models.QuerySet):
    def pending(self) -> Self:
        """Mails that are neither sent nor given up."""
        return self.filter(next_attempt_at__isnull=False)

    def due(self, at: datetime | None = None) -> Self:
        """Mails to be sent now, or at this moment, in the order in which they became due."""
        return self.filter(next_attempt_at__lte=at or timezone.now()).order_by("next_attempt_at", "pk")


class QueuedMail(models.Model):
    """A mail that waits in a table until a mail server has accepted it.

    Attributes:
        retry_delays: how long after each failed attempt the next follows.
        next_attempt_at: when it is due; None once it is sent or given up.
        attempts: how often it failed. A relay that cannot be reached does not count.
    """

    retry_delays: ClassVar[Sequence[timedelta]] = RETRY_DELAYS
    next_attempt_at: datetime | None
    attempts: int
    last_error: str
    sent_at: datetime | None

    class Meta:
        abstract = True

    @classmethod
    def count_retry_days(cls) -> int:
        """Return for how many days a mail is tried again before it is given up, rounded."""
        return round(sum(cls.retry_delays, timedelta()) / timedelta(days=1))

    def mark_sent(self) -> None:
        self._store(sent_at=timezone.now(), next_attempt_at=None)

    def mark_failed(self, error: str, *, is_final: bool = False) -> None:
        """Store the error, and when to try again; a final one, or one too many, gives the mail up."""
        is_final = is_final or self.attempts >= len(self.retry_delays)
        self._store(
            next_attempt_at=None if is_final else timezone.now() + self.retry_delays[self.attempts],
            attempts=self.attempts + 1,
            last_error=error[: self._meta.get_field("last_error").max_length],
        )

    def _store(self, **values: object) -> None:
        """Store values, unless the row was deleted since it was read, as of who has left."""
        for name, value in values.items():
            setattr(self, name, value)
        update_row(type(self), self.pk, **values)
