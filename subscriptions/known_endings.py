"""Decide which endings a subscriber may read of, by two queries, however many texts have ended.

The rule is that of `earlier_mails`, which finds all readers of one ending; a query for each reader and ending would
cost more than the mails.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from publications.models.prepared_queries import INTEGER, PreparedQuery

from .earlier_events import EarlierEvent, EarlierEvents, Limits
from .models import AlertEvent, AlertMail, AlertType, EventMatch, Subscription, Timing
from .periods import TIMING_OF


def _sent(*, subscriber: Any) -> QuerySet:
    own = AlertMail.objects.filter(subscriber=subscriber, sent_at__isnull=False, purpose__in=TIMING_OF)
    return own.values_list("event", "purpose", "period_end", "sent_at")


def _subscribed(*, subscriber: Any) -> QuerySet:
    own = Subscription.objects.confirmed().filter(subscriber=subscriber)
    columns = ("condition", "condition__publication", "timing", "confirmed_at")
    return own.values_list(*columns, "earlier_timings__timing", "earlier_timings__until")


_sent_mails = PreparedQuery(_sent, subscriber=INTEGER)
_subscriptions = PreparedQuery(_subscribed, subscriber=INTEGER)


@dataclass
class OwnSubscription:
    """A confirmed subscription of a reader, with the timings before: pairs of until when, and which."""

    condition: int
    publication: int | None
    timing: str
    confirmed_at: datetime
    earlier: list[tuple[datetime, str]] = field(default_factory=list)

    def find_timing(self, at: datetime) -> str:
        """Return the timing that it had when an event was matched."""
        return min((pair for pair in self.earlier if pair[0] >= at), default=(at, self.timing))[1]


class Reader:
    """What is stored of a subscriber, who is given by primary key."""

    def __init__(self, subscriber: int) -> None:
        self.alerts: set[int] = set()
        self.digests: dict[tuple[Timing, datetime], datetime] = {}
        for event, purpose, period_end, sent_at in _sent_mails.values_list(subscriber=subscriber):
            if event:
                self.alerts.add(event)
            else:
                self.digests[TIMING_OF[purpose], period_end] = sent_at
        own: dict[int, OwnSubscription] = {}
        for condition, *values, timing, until in _subscriptions.values_list(subscriber=subscriber):
            row = own.setdefault(condition, OwnSubscription(condition, *values))
            if until:
                row.earlier.append((until, timing))
        self.subscriptions = list(own.values())


class KnownEndings:
    """The endings that the mails of one timing, in one locale, may tell."""

    def __init__(self, endings: Sequence[AlertEvent], timing: Timing, locale: str) -> None:
        self._endings, self._timing, self._locale = endings, timing, locale

    def find(self, subscriber: int) -> frozenset[int]:
        """Return those that a subscriber may read of, by primary key."""
        if not self._endings:
            return frozenset()
        reader = Reader(subscriber)
        return frozenset(ending.pk for ending in self._endings if self._may_read(reader, ending))

    def _may_read(self, reader: Reader, ending: AlertEvent) -> bool:
        """Return whether a mail has named the text to a reader, or they follow it.

        Whoever had a mail at once about a mistake gets another one that it was.
        """
        earlier, limits = self._earlier[ending.pk]
        is_withdrawn = ending.type == AlertType.WITHDRAWN
        alerts = reader.alerts if is_withdrawn or self._timing == Timing.AT_ONCE else ()
        if any(event.pk in alerts for event in earlier):
            return True
        if any(self._was_in_digest(reader, ending, event) for event in earlier):
            return True
        return is_withdrawn and any(
            row.publication == ending.edition.publication_id
            or self._is_before(row, limits, self._matches[ending.pk])
            for row in reader.subscriptions
        )

    def _was_in_digest(self, reader: Reader, ending: AlertEvent, event: EarlierEvent) -> bool:
        """Return whether a digest has named an event to a reader, before the text ended."""
        for digest in event.digests:
            sent_at = reader.digests.get((digest.timing, digest.end))
            if not sent_at or sent_at > ending.happens_at:
                continue
            for row in reader.subscriptions:
                if (
                    row.condition in self._matches[event.pk]
                    and row.confirmed_at <= digest.end
                    and row.find_timing(event.matched_at) == digest.timing
                    and (row.publication or self._locale in digest.locales)
                ):
                    return True
        return False

    def _is_before(self, row: OwnSubscription, limits: Limits, matches: set[int]) -> bool:
        """Return whether a text was chosen by when it was last in mails of which the log says no more."""
        limit = limits.get((Timing(row.timing), self._locale))
        return bool(limit) and row.condition in matches and row.confirmed_at < limit

    @cached_property
    def _earlier(self) -> Mapping[int, tuple[list[EarlierEvent], Limits]]:
        past = EarlierEvents(self._endings)
        return {ending.pk: (past.list_before(ending), past.find_limits(ending)) for ending in self._endings}

    @cached_property
    def _matches(self) -> Mapping[int, set[int]]:
        """The conditions that these events, and those before them, are matched with."""
        earlier = {event.pk for events, _limits in self._earlier.values() for event in events}
        events = earlier | {ending.pk for ending in self._endings}
        found: dict[int, set[int]] = defaultdict(set)
        matches = EventMatch.objects.filter(event__in=events)
        for event, condition in matches.values_list("event", "condition"):
            found[event].add(condition)
        return found
