"""How many subscribers there are, and what goes out to them: numbers alone, never an address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from publications.models import ActionType, AuditEntry, Edition, EditionWithRows

from .digest_counts import find_readers, list_recipients
from .events import EDITION_ACTIONS, TYPE_OF_ACTION, TYPE_OF_CHANGE, is_news
from .expansion import find_matches, has_in_locale, list_alerted, list_fulfilled
from .mailed_events import Ending, is_informed
from .models import (
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    AlertState,
    AlertType,
    MailedEvent,
    RemovedMails,
    Subscriber,
    Subscription,
    Timing,
)
from .periods import PERIODS, last_end, list_matched, next_end

MAX_UPCOMING_EDITIONS = 20


def count_subscribers() -> dict[str, int]:
    """Return how many subscribers are mailed, by locale.

    Returns:
        Numbers by the code of a locale, without locales that nobody reads.
    """
    confirmed = Subscription.objects.confirmed().values("subscriber")
    rows = Subscriber.objects.reachable().filter(pk__in=confirmed).values_list("locale")
    return dict(rows.annotate(count=Count("pk")).order_by("locale"))


def count_held() -> tuple[int, int]:
    """Return how many mails a stop holds back that are due, and how many subscribers they go to."""
    due = AlertMail.objects.pending().filter(next_attempt_at__lte=timezone.now())
    held = due.exclude(purpose=AlertMailPurpose.CONFIRM).filter(subscriber__in=Subscriber.objects.reachable())
    return held.count(), held.values("subscriber").distinct().count()


class UpcomingMails(NamedTuple):
    """Mails that go out later.

    Attributes:
        at: when they go out.
        edition: what they are about; None for a digest.
        timing: when their readers are mailed.
        count: how many subscribers get one, as it is now.
    """

    at: datetime
    edition: Edition | None
    timing: Timing
    count: int


def list_upcoming() -> list[UpcomingMails]:
    """Return what goes out next: the next scheduled editions, and the digests of what was matched since the last.

    Returns:
        The next editions, at most `MAX_UPCOMING_EDITIONS`, and one digest of each period, the first to go out first.
    """
    now = timezone.now()
    scheduled = Edition.objects.scheduled().filter(change__in=TYPE_OF_CHANGE).order_by("visible_from")
    upcoming = []
    for edition in scheduled[:MAX_UPCOMING_EDITIONS]:
        if not is_news(TYPE_OF_CHANGE[edition.change], edition, edition.visible_from):
            continue
        recipients = count_recipients(EditionWithRows.get(edition), with_choices=False)
        upcoming.append(
            UpcomingMails(edition.visible_from, edition, Timing.AT_ONCE, recipients.counts[Timing.AT_ONCE])
        )
    for timing in PERIODS:
        upcoming.append(
            UpcomingMails(next_end(timing, now), None, timing, list_recipients(timing, now).count())
        )
    return sorted(upcoming, key=lambda mails: mails.at)


def find_uncounted_since() -> datetime | None:
    """Return since when something has happened that has no mails yet, as `send_mail` has not run since.

    Returns:
        The moment of the first that has not been looked at; None where all has, or nothing has ever been sent.
    """
    state = AlertState.objects.first()
    if not state:
        return None  # what happens before the first run is no news
    actions = {*EDITION_ACTIONS, *TYPE_OF_ACTION} - {ActionType.SCHEDULE}
    unread = AuditEntry.objects.filter(site_version__gt=state.read_site_version, action__in=actions)
    due = AlertEvent.objects.filter(matched_at=None, happens_at__lte=timezone.now())
    times = (
        unread.order_by("site_version").values_list("at", flat=True).first(),
        due.order_by("happens_at").values_list("happens_at", flat=True).first(),
    )
    return min(filter(None, times), default=None)


@dataclass(frozen=True)
class RecipientNumbers:
    """The subscribers who are informed of an edition.

    Attributes:
        counts: how many get a mail with it, by when; whoever chose it twice is in the first of these mails.
        choices: how many of them have named a value of a facet, by facet and value, the most chosen first.
        searches: how many conditions with a search may match besides, which is known once the edition is public.
    """

    counts: dict[Timing, int]
    choices: Sequence[tuple[str, str, int]] = ()
    searches: int = 0

    @property
    def has_any(self) -> bool:
        """Whether anybody is informed, or may be because of a search."""
        return any(self.counts.values()) or bool(self.searches)


def count_recipients(edition: EditionWithRows, *, with_choices: bool = True) -> RecipientNumbers:
    """Return who is informed of an edition, as far as no search decides it.

    Args:
        edition: stored or not.
        with_choices: count what they have chosen as well.
    """
    matched = list(list_fulfilled(edition))
    plain = [(pk, filters) for pk, filters, query in matched if not query]
    keys, readers = [pk for pk, _filters in plain], Subscriber.objects.reachable()
    shown = {
        timing: readers.filter(has_in_locale(edition.edition, timing if timing in PERIODS else None))
        for timing in Timing
    }
    choices = _count_choices(shown[Timing.AT_ONCE], plain if with_choices else ())
    return RecipientNumbers(
        _count_all(shown, keys),
        choices=sorted(choices, key=lambda choice: -choice[2]),
        searches=len(matched) - len(plain),
    )


class DigestNumbers(NamedTuple):
    """How many readers a digest tells of an event.

    Attributes:
        at: when it is due.
        sent: how many have been sent it, also of those who have left since.
        pending: how many get it later, as it is now.
    """

    at: datetime
    sent: int
    pending: int


def count_digests(event: AlertEvent, timing: Timing) -> DigestNumbers:
    """Return how many readers have an event in the daily or weekly mail.

    Args:
        event: one whose matches are stored.
    """
    period, end = PERIODS[timing], next_end(timing, event.matched_at - timedelta.resolution)
    start = last_end(timing, end - timedelta.resolution)
    events = list(list_matched(start, end).filter(edition__publication=event.edition.publication_id))
    readers = Subscriber.objects.filter(find_readers(events, timing, only=event))
    mails = AlertMail.objects.filter(purpose=period.purpose, period_end=end, subscriber__in=readers)
    is_queued = AlertState.objects.filter(**{f"{period.column}__gte": end}).exists()
    pending = mails.pending() if is_queued else readers.reachable()
    sent = MailedEvent.objects.filter(event=event, purpose=period.purpose).count()
    return DigestNumbers(end, sent + RemovedMails.objects.count_sent(event, period.purpose), pending.count())


def count_readers_of_withdrawal(edition: Edition) -> RecipientNumbers:
    """Return who is mailed when a live edition is withdrawn now, without those whose mails about it have not left."""
    event = AlertEvent(edition=edition, type=AlertType.WITHDRAWN, happens_at=timezone.now())
    keys, readers = _find_informed(event)
    return RecipientNumbers(_count_all(dict.fromkeys(Timing, readers), keys))


def count_readers_of_mistake(edition: Edition) -> RecipientNumbers:
    """Return who is mailed when a live edition is taken back now, without the same."""
    event = AlertEvent(edition=edition, type=AlertType.TAKEN_BACK, happens_at=timezone.now())
    keys, readers = _find_informed(event)
    digests = {timing: _list_chosen(readers, keys, timing) for timing in PERIODS}
    alerted = list_alerted(event, edition, Q(condition__in=keys))
    return RecipientNumbers(_count_each({Timing.AT_ONCE: alerted, **digests}))


def _find_informed(event: AlertEvent) -> tuple[list[int], QuerySet[Subscriber]]:
    """Return the conditions that what may end fulfils, and who reads of it if they have chosen it."""
    keys = list(find_matches(event, event.edition))
    ending = Ending.of(event)
    return keys, Subscriber.objects.reachable().filter(is_informed(ending, AlertType(event.type)))


def _count_all(
    readers: Mapping[Timing, QuerySet[Subscriber]], conditions: Sequence[int]
) -> dict[Timing, int]:
    """Return how many of the readers by timing have chosen any of the conditions so."""
    return _count_each({timing: _list_chosen(readers[timing], conditions, timing) for timing in Timing})


def _count_each(chosen: Mapping[Timing, QuerySet[Subscriber]]) -> dict[Timing, int]:
    """Return how many readers there are by timing, each counted for the first of their mails."""
    counts, before = {}, []
    for timing in Timing:
        found = chosen[timing].filter(*(~each for each in before))
        if count := found.count():
            before.append(Q(pk__in=chosen[timing].values("pk")))
        counts[timing] = count
    return counts


def _list_chosen(
    readers: QuerySet[Subscriber], conditions: Sequence[int] | QuerySet, timing: Timing
) -> QuerySet[Subscriber]:
    chosen = Subscription.objects.confirmed().filter(condition__in=conditions, timing=timing)
    return readers.filter(pk__in=chosen.values("subscriber"))


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
