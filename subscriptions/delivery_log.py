"""What was sent to subscribers, to how many, and what mail servers replied: numbers and codes, never an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Count, Max, Min, Q, QuerySet

from .models import AlertEvent, AlertMail, AlertMailPurpose
from .replies import describe_codes

MAX_DELIVERIES = 50
COUNTED_MAILS = 200_000
"""How many of the newest mails are counted, beside those that wait: a look takes as long with millions of others."""
MAX_REPLIES = 3
MAX_READ_REPLIES = 500
"""Replies that are read of all deliveries, the most frequent first."""

KEY_COLUMNS = ("purpose", "event", "period_end")
type DeliveryKey = tuple[str, int | None, datetime | None]
"""Purpose, event and end of the period, which mails of one delivery share."""


@dataclass(frozen=True)
class CountedMails:
    """The mails that are counted: the newest, and all that wait.

    The mails of a delivery are queued by one statement, so that their keys follow each other.

    Attributes:
        after: the key of the newest mail that is not counted; 0 where all are.
        cut: the delivery that it is of, of which a part is counted.
    """

    after: int = 0
    cut: DeliveryKey | None = None

    @classmethod
    def find(cls) -> Self:
        """Return where counting begins now: after all but the newest `COUNTED_MAILS`."""
        newest = AlertMail.objects.order_by("-pk").values_list("pk", *KEY_COLUMNS)
        for pk, *key in newest[COUNTED_MAILS : COUNTED_MAILS + 1]:
            return cls(pk, tuple(key))
        return cls()

    @property
    def mails(self) -> QuerySet[AlertMail]:
        """The mails, without those that ask to confirm, which are of no delivery."""
        mails = AlertMail.objects.exclude(purpose=AlertMailPurpose.CONFIRM)
        is_counted = Q(pk__gt=self.after) | Q(next_attempt_at__isnull=False)
        return mails.filter(is_counted) if self.after else mails


@dataclass(frozen=True)
class Delivery:
    """The mails of one event, or of one day or week, to readers who have not left since.

    Attributes:
        at: the moment of the event, or the end of the day or week.
        pending: those that are neither sent nor given up.
        last_sent_at: None until one is sent.
        is_cut: the delivery has more mails than are counted (`COUNTED_MAILS`).
        replies: why mails are not sent (codes, our words for them, how many), the most frequent first.
    """

    purpose: AlertMailPurpose
    event: AlertEvent | None
    at: datetime
    sent: int
    pending: int
    given_up: int
    last_sent_at: datetime | None
    is_cut: bool
    replies: list[tuple[str, str, int]]


def list_deliveries(counted: CountedMails | None = None) -> list[Delivery]:
    """Return the last deliveries of which mails are counted.

    Args:
        counted: the mails that are counted, if the caller has found them.

    Returns:
        The newest first, at most `MAX_DELIVERIES`.
    """
    counted = counted or CountedMails.find()
    rows = list(_count_mails(counted))
    events = AlertEvent.objects.select_related("edition").in_bulk({row["event"] for row in rows} - {None})
    replies = _count_replies(counted)
    deliveries = [
        Delivery(
            purpose=AlertMailPurpose(row["purpose"]),
            event=(event := events.get(row["event"])),
            at=event.happens_at if event else row["period_end"],
            sent=row["sent"],
            pending=row["pending"],
            given_up=row["given_up"],
            last_sent_at=row["last_sent_at"],
            is_cut=row["first"] <= counted.after or key == counted.cut,
            replies=replies.get(key, []),
        )
        for row in rows
        if (key := tuple(row[name] for name in KEY_COLUMNS))
    ]
    return sorted(deliveries, key=lambda delivery: delivery.at, reverse=True)[:MAX_DELIVERIES]


def _count_mails(counted: CountedMails) -> QuerySet:
    """Return the numbers of each delivery."""
    return counted.mails.values(*KEY_COLUMNS).annotate(
        first=Min("pk"),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        pending=Count("pk", filter=Q(next_attempt_at__isnull=False)),
        given_up=Count("pk", filter=Q(sent_at=None, next_attempt_at=None)),
        last_sent_at=Max("sent_at"),
    )


def _count_replies(counted: CountedMails) -> Mapping[DeliveryKey, list[tuple[str, str, int]]]:
    failed = counted.mails.filter(sent_at=None).exclude(last_error="")
    rows = failed.values_list(*KEY_COLUMNS, "last_error").annotate(count=Count("pk"))
    replies: dict[DeliveryKey, list[tuple[str, str, int]]] = {}
    for *key, codes, count in rows.order_by("-count", "last_error")[:MAX_READ_REPLIES]:
        of_delivery = replies.setdefault(tuple(key), [])
        if len(of_delivery) < MAX_REPLIES:
            of_delivery.append((codes, describe_codes(codes), count))
    return replies
