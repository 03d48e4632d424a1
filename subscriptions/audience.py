"""How many subscribers there are, what they chose, and what goes out to them: numbers alone, never an address."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from publications.models import Change, Edition, EditionWithRows

from .events import TYPE_OF_CHANGE, is_old_text
from .expansion import (
    DIGEST_TIME,
    PERIODS,
    find_edition,
    has_in_locale,
    is_shown_to,
    last_end,
    list_fulfilled,
    list_matched,
)
from .models import AlertMail, Condition, Subscriber, Subscription, Timing

RECENT_DAYS = 7
MAX_LISTED_CONDITIONS = 200


class ConditionCount(NamedTuple):
    """A condition with how many subscribers have chosen it, in all and by locale."""

    condition: Condition
    count: int
    by_locale: dict[str, int]


def count_conditions() -> list[ConditionCount]:
    """Return the conditions that most subscribers have chosen, at most `MAX_LISTED_CONDITIONS`."""
    rows = (
        Subscription.objects.confirmed()
        .values_list("condition", "subscriber__locale")
        .annotate(count=Count("pk"))
    )
    by_condition: dict[int, Counter[str]] = {}
    for pk, locale, count in rows:
        by_condition.setdefault(pk, Counter())[locale] = count
    first = sorted(by_condition.items(), key=lambda item: (-item[1].total(), item[0]))[:MAX_LISTED_CONDITIONS]
    conditions = Condition.objects.select_related("publication").in_bulk([pk for pk, _counts in first])
    return [ConditionCount(conditions[pk], counts.total(), dict(counts)) for pk, counts in first]


def count_subscribers() -> dict[str, int]:
    """Return how many subscribers are mailed, by locale."""
    confirmed = Subscription.objects.confirmed().values("subscriber")
    rows = Subscriber.objects.reachable().filter(pk__in=confirmed).values_list("locale")
    return dict(rows.annotate(count=Count("pk")).order_by("locale"))


@dataclass(frozen=True)
class DeliveryNumbers:
    """How the mails to subscribers go.

    Attributes:
        sent: in the last `RECENT_DAYS` days.
        pending: those that are due and not sent.
        retried: those that have failed, whenever they are due again.
        given_up: those that failed for good; they are kept for `MAIL_DAYS` days.
        unreachable: subscribers whose address was refused for good.
        bouncing: subscribers whose mails come back for now.
        paused: subscribers who have paused their mails.
    """

    sent: int
    pending: int
    retried: int
    given_up: int
    unreachable: int
    bouncing: int
    paused: int


def count_delivery() -> DeliveryNumbers:
    """Return how the delivery goes."""
    now = timezone.now()
    since = now - timedelta(days=RECENT_DAYS)
    mails = AlertMail.objects.aggregate(
        sent=Count("pk", filter=Q(sent_at__gt=since)),
        pending=Count("pk", filter=Q(next_attempt_at__lte=now)),
        retried=Count("pk", filter=Q(next_attempt_at__isnull=False, attempts__gt=0)),
        given_up=Count("pk", filter=Q(sent_at=None, next_attempt_at=None)),
    )
    subscribers = Subscriber.objects.aggregate(
        unreachable=Count("pk", filter=Q(failed_at__isnull=False)),
        bouncing=Count("pk", filter=Q(failed_at=None, bouncing_since__isnull=False)),
        paused=Count("pk", filter=Q(paused_until__gt=now)),
    )
    return DeliveryNumbers(**mails, **subscribers)


class UpcomingMails(NamedTuple):
    """Mails that go out later: when, what they are about, and to how many subscribers by now."""

    at: datetime
    edition: Edition | None
    timing: Timing
    count: int


def list_upcoming() -> list[UpcomingMails]:
    """Return what goes out next: scheduled editions, and the digests of what was matched since the last ones."""
    now = timezone.now()
    scheduled = Edition.objects.scheduled().filter(change__in=TYPE_OF_CHANGE)
    upcoming = []
    for edition in scheduled.order_by("visible_from"):
        if edition.change == Change.FIRST and is_old_text(edition, edition.visible_from):
            continue
        recipients = count_recipients(EditionWithRows.get(edition))
        upcoming.append(
            UpcomingMails(edition.visible_from, edition, Timing.AT_ONCE, recipients.counts[Timing.AT_ONCE])
        )
    for timing in PERIODS:
        upcoming.append(UpcomingMails(next_end(timing, now), None, timing, _count_digest(timing, now)))
    return sorted(upcoming, key=lambda mails: mails.at)


def next_end(timing: Timing, at: datetime) -> datetime:
    """Return the next moment at which the mails of a timing are due."""
    day = timezone.localtime(last_end(timing, at)).date() + PERIODS[timing].length
    return timezone.make_aware(datetime.combine(day, DIGEST_TIME))


def _count_digest(timing: Timing, now: datetime) -> int:
    """Return how many get a digest: those with a condition that an event fulfils which holds and is shown to them."""
    events = list_matched(last_end(timing, now), now).select_related("edition")
    is_informed = Q(pk__in=[])
    for event in events:
        if edition := find_edition(event):
            chosen = Subscription.objects.confirmed().filter(timing=timing, condition__matches__event=event)
            is_informed |= Q(pk__in=chosen.values("subscriber")) & is_shown_to(event, edition)
    return Subscriber.objects.reachable().filter(is_informed).count()


@dataclass(frozen=True)
class RecipientNumbers:
    """The subscribers who are informed of an edition.

    Attributes:
        counts: how many get a mail with it, by when; whoever chose it twice may be in several.
        choices: how many of them have named a value of a facet, by facet and value, the most chosen first.
        searches: how many conditions with a search may match besides, which is known once the edition is public.
    """

    counts: dict[Timing, int]
    choices: Sequence[tuple[str, str, int]] = ()
    searches: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def count_recipients(edition: EditionWithRows, *, is_ending: bool = False) -> RecipientNumbers:
    """Return who is informed of an edition, stored or not, as far as no search decides it.

    Args:
        is_ending: of its withdrawal, which is for readers in every locale.
    """
    matched = list(list_fulfilled(edition))
    plain = [(pk, filters) for pk, filters, query in matched if not query]
    shown = Q() if is_ending else has_in_locale(edition.edition)
    readers = Subscriber.objects.reachable().filter(shown)
    return RecipientNumbers(
        counts=_count_by_timing(readers, [pk for pk, _filters in plain]),
        choices=sorted(_count_choices(readers, plain), key=lambda choice: -choice[2]),
        searches=len(matched) - len(plain),
    )


def _count_by_timing(readers: QuerySet[Subscriber], conditions: Sequence[int]) -> dict[Timing, int]:
    chosen = Subscription.objects.confirmed().filter(condition__in=conditions)
    return {
        timing: readers.filter(pk__in=chosen.filter(timing=timing).values("subscriber")).count()
        for timing in Timing
    }


def _count_choices(
    readers: QuerySet[Subscriber], conditions: Sequence[tuple[int, dict[str, str]]]
) -> Iterator[tuple[str, str, int]]:
    """Yield facet, value and number of readers of what the matched conditions name."""
    by_choice: dict[tuple[str, str], list[int]] = {}
    for pk, filters in conditions:
        for choice in filters.items():
            by_choice.setdefault(choice, []).append(pk)
    for (name, value), keys in by_choice.items():
        subscriptions = Subscription.objects.confirmed().filter(condition__in=keys)
        yield name, value, readers.filter(pk__in=subscriptions.values("subscriber")).count()
