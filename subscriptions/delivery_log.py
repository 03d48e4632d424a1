"""What was sent to subscribers, to how many, and how delivery goes: numbers and codes, never an address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils import timezone

from .expansion import ENDING_TYPES
from .models import AlertEvent, AlertMail, AlertMailPurpose, RemovedMails, Subscriber, has_paused
from .periods import PERIODS, TIMING_OF, find_start, list_matched
from .replies import describe_codes

MAX_DELIVERIES = 50
RECENT_DAYS = 7
COUNTED_MAILS = 200_000
"""How many of the newest mails are counted, beside those that wait: a look takes as long with millions of others."""
MAX_REPLIES = 3
MAX_READ_REPLIES = 500
"""Replies that are read of all deliveries, the most frequent first."""
MAX_TEXTS = 3
MAX_READ_EVENTS = 2_000
"""Events of which the texts of all digests are read, the newest first."""

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
    """The mails of one event, or of one day or week; those that are sent or given up, also of readers who have left.

    Attributes:
        at: the moment of the event, or the end of the day or week.
        pending: those that are neither sent nor given up.
        is_cut: the delivery has more mails than are counted (`COUNTED_MAILS`).
        replies: why mails are not sent (codes, our words for them, how many), the most frequent first; not of readers
            who have left.
        texts: what a digest is of, at most `MAX_TEXTS`: the last event of each text. Each reader has their own choice.
        other_texts: how many more it is of.
    """

    purpose: AlertMailPurpose
    event: AlertEvent | None
    at: datetime
    sent: int
    pending: int
    given_up: int
    is_cut: bool
    replies: list[tuple[str, str, int]]
    texts: list[AlertEvent]
    other_texts: int


@dataclass(frozen=True)
class SentNumbers:
    """How many mails went out, and how many of these ask to confirm a subscription: they are of no delivery, and of
    readers who have left they are not counted.
    """

    total: int
    confirmations: int


def count_sent(counted: CountedMails, since: datetime | None = None) -> SentNumbers:
    """Return how many mails are sent, of those that are counted and kept, and to readers who have left.

    When a mail of who has left was sent is not kept: the moment of its event, or the end of its period, counts.

    Args:
        since: the moment after which they were sent; None for all.
    """
    mails = AlertMail.objects.filter(pk__gt=counted.after, sent_at__isnull=False)
    mails = mails.filter(sent_at__gt=since) if since else mails
    is_confirmation = Q(purpose=AlertMailPurpose.CONFIRM)
    numbers = mails.aggregate(total=Count("pk"), confirmations=Count("pk", filter=is_confirmation))
    removed = RemovedMails.objects.of_deliveries()
    removed = removed.filter(Q(event__happens_at__gt=since) | Q(period_end__gt=since)) if since else removed
    return SentNumbers(numbers["total"] + _sum(removed, "sent"), numbers["confirmations"])


def _sum(removed: QuerySet[RemovedMails], column: str) -> int:
    return removed.aggregate(sum=Sum(column, default=0))["sum"]


@dataclass(frozen=True)
class DeliveryNumbers:
    """How the mails to subscribers go.

    Attributes:
        sent: in the last `RECENT_DAYS` days, also to readers who have left since.
        pending: those that are due and not sent.
        retried: those that have failed or could not be written, whenever they are due again.
        given_up: those that failed for good; they are kept for `MAIL_DAYS` days.
        unreachable: subscribers whose address was refused for good.
        bouncing: subscribers whose mails come back for now.
        paused: subscribers who have paused their mails.
        is_cut: there are more mails than are counted (`COUNTED_MAILS`), of which some may be sent or given up.
    """

    sent: SentNumbers
    pending: int
    retried: int
    given_up: int
    unreachable: int
    bouncing: int
    paused: int
    is_cut: bool

    @property
    def has_failures(self) -> bool:
        return any((self.retried, self.given_up, self.unreachable, self.bouncing))

    @property
    def has_numbers(self) -> bool:
        """Return whether there is more to count than what was sent."""
        return any((self.has_failures, self.pending, self.paused))


def count_delivery(counted: CountedMails | None = None) -> DeliveryNumbers:
    """Return how the delivery goes.

    Args:
        counted: the mails that are counted, if the caller has found them.
    """
    counted = counted or CountedMails.find()
    now = timezone.now()
    sent = count_sent(counted, since=now - timedelta(days=RECENT_DAYS))
    waiting = AlertMail.objects.pending().aggregate(
        pending=Count("pk", filter=Q(next_attempt_at__lte=now)),
        retried=Count("pk", filter=Q(attempts__gt=0) | ~Q(last_error="")),
    )
    given_up = AlertMail.objects.filter(pk__gt=counted.after, sent_at=None, next_attempt_at=None).count()
    given_up += _sum(RemovedMails.objects.all(), "given_up")
    subscribers = Subscriber.objects.aggregate(
        unreachable=Count("pk", filter=Q(failed_at__isnull=False)),
        bouncing=Count("pk", filter=Q(failed_at=None, bouncing_since__isnull=False)),
        paused=Count("pk", filter=has_paused(now)),
    )
    return DeliveryNumbers(sent, given_up=given_up, is_cut=counted.after > 0, **waiting, **subscribers)


def list_deliveries(counted: CountedMails | None = None) -> list[Delivery]:
    """Return the last deliveries of which mails are counted.

    Args:
        counted: the mails that are counted, if the caller has found them.

    Returns:
        The newest first, at most `MAX_DELIVERIES`.
    """
    counted = counted or CountedMails.find()
    rows = _add_removed(_count_mails(counted))
    events = AlertEvent.objects.select_related("edition").in_bulk({row["event"] for row in rows} - {None})
    replies, texts = _count_replies(counted), _list_texts(rows)
    deliveries = [
        Delivery(
            purpose=AlertMailPurpose(row["purpose"]),
            event=(event := events.get(row["event"])),
            at=event.happens_at if event else row["period_end"],
            sent=row["sent"],
            pending=row["pending"],
            given_up=row["given_up"],
            is_cut=row["first"] <= counted.after or key == counted.cut,
            replies=replies.get(key, []),
            texts=(of_digest := texts.get(key, []))[:MAX_TEXTS],
            other_texts=max(0, len(of_digest) - MAX_TEXTS),
        )
        for row in rows
        if (key := tuple(row[name] for name in KEY_COLUMNS))
    ]
    return sorted(deliveries, key=lambda delivery: (delivery.at, delivery.purpose), reverse=True)[
        :MAX_DELIVERIES
    ]


def _count_mails(counted: CountedMails) -> QuerySet:
    """Return the numbers of each delivery."""
    return counted.mails.values(*KEY_COLUMNS).annotate(
        first=Min("pk"),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        pending=Count("pk", filter=Q(next_attempt_at__isnull=False)),
        given_up=Count("pk", filter=Q(sent_at=None, next_attempt_at=None)),
    )


def _add_removed(rows: Iterable[dict]) -> list[dict]:
    """Add the numbers of who has left. A delivery of them alone may have had older mails than are counted."""
    by_key = {tuple(row[name] for name in KEY_COLUMNS): row for row in rows}
    for removed in RemovedMails.objects.of_deliveries().values(*KEY_COLUMNS, "sent", "given_up"):
        sent, given_up = removed.pop("sent"), removed.pop("given_up")
        new = {**removed, "first": 1, "sent": 0, "pending": 0, "given_up": 0}
        row = by_key.setdefault(tuple(removed.values()), new)
        row["sent"] += sent
        row["given_up"] += given_up
    return list(by_key.values())


def _count_replies(counted: CountedMails) -> Mapping[DeliveryKey, list[tuple[str, str, int]]]:
    failed = counted.mails.filter(sent_at=None).exclude(last_error="")
    rows = failed.values_list(*KEY_COLUMNS, "last_error").annotate(count=Count("pk"))
    replies: dict[DeliveryKey, list[tuple[str, str, int]]] = {}
    for *key, codes, count in rows.order_by("-count", "last_error")[:MAX_READ_REPLIES]:
        of_delivery = replies.setdefault(tuple(key), [])
        if len(of_delivery) < MAX_REPLIES:
            of_delivery.append((codes, describe_codes(codes), count))
    return replies


def _list_texts(rows: Iterable[Mapping]) -> Mapping[DeliveryKey, list[AlertEvent]]:
    """Return the last event of each text that a digest is of: what has ended first, then the newest."""
    digests = [row for row in rows if TIMING_OF[row["purpose"]] in PERIODS]
    if not digests:
        return {}
    starts = [find_start(row["purpose"], row["period_end"]) for row in digests]
    events = list_matched(min(starts), max(row["period_end"] for row in digests)).select_related("edition")
    columns = (
        "type",
        "site_version",
        "happens_at",
        "matched_at",
        "edition__title",
        "edition__language",
        "edition__publication",
    )
    newest = list(events.only(*columns).order_by("-matched_at", "-pk")[:MAX_READ_EVENTS])
    return {
        tuple(row[name] for name in KEY_COLUMNS): _order_texts(
            event for event in newest if start < event.matched_at <= row["period_end"]
        )
        for row, start in zip(digests, starts, strict=True)
    }


def _order_texts(events: Iterable[AlertEvent]) -> list[AlertEvent]:
    newest_first = sorted(events, key=lambda event: (event.happens_at, event.pk), reverse=True)
    last: dict[int, AlertEvent] = {}
    for event in newest_first:
        last.setdefault(event.edition.publication_id, event)
    return sorted(last.values(), key=lambda event: event.type not in ENDING_TYPES)
