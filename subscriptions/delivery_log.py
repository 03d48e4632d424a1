"""What was sent to subscribers, to how many, and what mail servers replied: numbers and replies, never an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from .models import AlertEvent, AlertMail, AlertMailPurpose

MAX_DELIVERIES = 50
MAX_REPLIES = 3
MAX_READ_REPLIES = 500
"""Replies that are read, the most frequent first: some servers name each mail in theirs."""

type DeliveryKey = tuple[str, int | None, datetime | None]
"""Purpose, event and end of the period, which mails of one delivery share."""


@dataclass(frozen=True)
class Delivery:
    """The mails of one event, or of one day or week, to readers who have not left since.

    Attributes:
        at: the moment of the event, or the end of the day or week.
        pending: those that are neither sent nor given up.
        last_sent_at: None until one is sent.
        replies: what servers replied about those that are not sent, with how many mails, the most frequent first.
    """

    purpose: AlertMailPurpose
    event: AlertEvent | None
    at: datetime
    sent: int
    pending: int
    given_up: int
    last_sent_at: datetime | None
    replies: list[tuple[str, int]]


def list_deliveries() -> list[Delivery]:
    """Return the last deliveries of which mails are stored, the newest first, at most `MAX_DELIVERIES`."""
    rows = list(_count_mails())
    events = AlertEvent.objects.select_related("edition").in_bulk({row["event"] for row in rows} - {None})
    replies = _count_replies()
    deliveries = [
        Delivery(
            purpose=AlertMailPurpose(row["purpose"]),
            event=(event := events.get(row["event"])),
            at=event.happens_at if event else row["period_end"],
            sent=row["sent"],
            pending=row["pending"],
            given_up=row["given_up"],
            last_sent_at=row["last_sent_at"],
            replies=replies.get((row["purpose"], row["event"], row["period_end"]), []),
        )
        for row in rows
    ]
    return sorted(deliveries, key=lambda delivery: delivery.at, reverse=True)[:MAX_DELIVERIES]


def _count_mails():
    """Return the numbers of each delivery; mails that ask to confirm are of none."""
    rows = AlertMail.objects.exclude(purpose=AlertMailPurpose.CONFIRM)
    return rows.values("purpose", "event", "period_end").annotate(
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        pending=Count("pk", filter=Q(next_attempt_at__isnull=False)),
        given_up=Count("pk", filter=Q(sent_at=None, next_attempt_at=None)),
        last_sent_at=Max("sent_at"),
    )


def _count_replies() -> Mapping[DeliveryKey, list[tuple[str, int]]]:
    failed = AlertMail.objects.filter(sent_at=None).exclude(last_error="")
    rows = failed.values_list("purpose", "event", "period_end", "last_error").annotate(count=Count("pk"))
    replies: dict[DeliveryKey, list[tuple[str, int]]] = {}
    for *key, reply, count in rows.order_by("-count", "last_error")[:MAX_READ_REPLIES]:
        of_delivery = replies.setdefault(tuple(key), [])
        if len(of_delivery) < MAX_REPLIES:
            of_delivery.append((reply, count))
    return replies
