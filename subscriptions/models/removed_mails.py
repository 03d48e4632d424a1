"""Numbers of what was mailed to readers who have left: of them nothing else stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Q, Sum

from .alerts import AlertEvent, AlertMailPurpose


class RemovedKey(NamedTuple):
    """What a number is of, as in `RemovedMails`."""

    purpose: str
    event: int | None
    period_end: datetime | None


class RemovedNumbers(NamedTuple):
    """How many were sent and given up."""

    sent: int = 0
    given_up: int = 0


class RemovedMailsQuerySet(models.QuerySet):
    def of_deliveries(self) -> Self:
        """Those that count mails, not what mails have named."""
        return self.filter(Q(purpose=AlertMailPurpose.ALERT) | Q(period_end__isnull=False))

    def count_sent(self, event: AlertEvent, purpose: AlertMailPurpose) -> int:
        """Return how many mails that are counted here have named an event."""
        return self.filter(event=event, purpose=purpose).aggregate(count=Sum("sent", default=0))["count"]

    def add(self, numbers: Mapping[RemovedKey, RemovedNumbers]) -> None:
        """Add to the numbers, at the end of a transaction: rows are made, then locked, in the same order by all."""
        keys = sorted(numbers, key=str)
        self.bulk_create(
            [self.model(purpose=key.purpose, event_id=key.event, period_end=key.period_end) for key in keys],
            ignore_conflicts=True,
        )
        is_near = Q(event__in={key.event for key in keys}) | Q(
            period_end__in={key.period_end for key in keys}
        )
        rows = []
        for row in self.filter(is_near).select_for_update().order_by("pk"):
            if added := numbers.get(RemovedKey(row.purpose, row.event_id, row.period_end)):
                row.sent += added.sent
                row.given_up += added.given_up
                rows.append(row)
        self.bulk_update(rows, ["sent", "given_up"])


class RemovedMails(models.Model):
    """How many mails of a delivery readers had who have left since, or how many of their digests have named an event.

    Attributes:
        event: of mails at once; with the purpose of a digest the event that it has named.
        period_end: the end of the day or week that digests are of.
        sent: mails, or digests that have named the event.
    """

    purpose = models.CharField(max_length=10, choices=AlertMailPurpose)
    event = models.ForeignKey(
        AlertEvent, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )  # found by `removed_once_an_event`
    period_end = models.DateTimeField(null=True)
    sent = models.PositiveIntegerField(default=0)
    given_up = models.PositiveIntegerField(default=0)

    objects = RemovedMailsQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["event", "purpose"], condition=Q(event__isnull=False), name="removed_once_an_event"
            ),
            models.UniqueConstraint(
                fields=["period_end", "purpose"],
                condition=Q(period_end__isnull=False),
                name="removed_once_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.event_id or self.period_end}"
