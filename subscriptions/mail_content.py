"""What the mails of one event, or of one day or week, are chosen from: read once in each locale, for all of them.

A hundred thousand readers with three choices each have more different mails than can be written once each: only the
choosing and the writing are done for each of them, by at most four small queries.
"""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import override

from publications.models import Edition
from publications.models.prepared_queries import INTEGER, INTEGERS, InList, PreparedQuery

from .entries import MailEntry, describe_events, merge_entries, sort_entries
from .expansion import ENDING_TYPES
from .labels import describe_condition
from .mailed_events import COVERED_BY, find_informed
from .models import (
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    AlertType,
    Condition,
    EventMatch,
    MailedEvent,
    Subscription,
)
from .periods import TIMING_OF, list_events
from .timings import has_timing, is_changed, list_other_timings


def content_key(mail: AlertMail) -> Hashable:
    """Return what is the same for all mails that have the same content."""
    return mail.purpose, mail.event_id, mail.period_end, mail.subscriber.locale


@dataclass(frozen=True)
class Selection:
    """What a subscriber reads of a content: whoever has the same one gets the same mail.

    Attributes:
        reasons: the conditions of the subscriber that choose any event.
        excluded: matches that belong to another mail, as the timing was changed: pairs of condition and event.
        endings: the events, of those that say that a text has ended, that the subscriber may read.
        covered: the events that a mail has named to the subscriber, or covered by a later one (`COVERED_BY`).
    """

    reasons: frozenset[int]
    excluded: frozenset[tuple[int, int]]
    endings: frozenset[int]
    covered: frozenset[int]


def _chosen(*, subscriber: Any, timing: Any) -> QuerySet:
    chosen = Subscription.objects.confirmed().filter(has_timing(timing), subscriber=subscriber)
    return chosen.annotate(is_changed=is_changed()).values_list("condition", "is_changed")


def _mailed(*, subscriber: Any, events: Any) -> QuerySet:
    mailed = MailedEvent.objects.filter(InList(F("event"), events), subscriber=subscriber)
    return mailed.values_list("event")


_chosen_conditions = PreparedQuery(_chosen, subscriber=INTEGER)
_mailed_events = PreparedQuery(_mailed, subscriber=INTEGER, events=INTEGERS)


class MailContent:
    """The content of a mail and of all others with its `content_key`. It is true until something public changes."""

    def __init__(self, mail: AlertMail) -> None:
        self._event, self._locale = mail.event_id, mail.subscriber.locale
        self._purpose, self._period_end = AlertMailPurpose(mail.purpose), mail.period_end
        self._timing = TIMING_OF[self._purpose]
        self._labels: dict[int, str] = {}

    def select(self, mail: AlertMail) -> Selection:
        """Return what the subscriber of a mail reads.

        Only a mail at once that has failed before may come after another one that has named its event.
        """
        subscriber = mail.subscriber_id
        chosen = _chosen_conditions.values_list(subscriber=subscriber, timing=self._timing)
        changed = [pk for pk, is_changed in chosen if is_changed]
        excluded: frozenset[tuple[int, int]] = frozenset()
        if changed:
            excluded = list_other_timings(subscriber, self._timing, changed, self._list_own_events())
        is_first = self._event and not mail.last_error
        covered = frozenset() if is_first else self._find_covered(subscriber)
        reasons = frozenset(pk for pk, _is_changed in chosen if self._chosen_by(pk, excluded) - covered)
        return Selection(reasons, excluded, find_informed(subscriber, self._endings), covered)

    def _find_covered(self, subscriber: int) -> frozenset[int]:
        """Return the events that a mail leaves out."""
        events = [event.pk for event in self._events]
        covered = set(_mailed_events.flat_list(subscriber=subscriber, events=events))
        later: dict[int, set[str]] = defaultdict(set)
        for event in reversed(self._events) if covered else ():
            named = later[event.edition.publication_id]
            if event.pk in covered:
                named.add(event.type)
            elif not named.isdisjoint(COVERED_BY.get(AlertType(event.type), ())):
                covered.add(event.pk)
        return frozenset(covered)

    def describe(self, selection: Selection) -> list[MailEntry]:
        """Return the entries of the mail: one of each publication."""
        found: dict[int, dict[int, MailEntry]] = {}
        for event in self._list_selected(selection):
            if entry := self._entries.get(event.pk):
                found.setdefault(event.edition.publication_id, {})[event.pk] = entry
        merged = (
            replace(merge_entries(list(entries.values())), events=tuple(entries))
            for entries in found.values()
        )
        return sort_entries(list(merged))

    def label(self, selection: Selection) -> list[str]:
        """Return what the reasons are called, in the order of the alphabet."""
        reasons = selection.reasons
        if new := reasons - self._labels.keys():
            with override(self._locale):
                for condition in Condition.objects.filter(pk__in=new):
                    self._labels[condition.pk] = describe_condition(condition)
        return sorted(self._labels[pk] for pk in reasons if pk in self._labels)

    def _list_selected(self, selection: Selection) -> list[AlertEvent]:
        """Return the events in the order in which they have happened.

        Who was mailed about a mistake reads at once that it was one, whatever they choose by now.
        """
        chosen = {pk for reason in selection.reasons for pk in self._chosen_by(reason, selection.excluded)}
        events = [
            event
            for event in self._events
            if event.pk in chosen or (self._event and event.type == AlertType.TAKEN_BACK)
        ]
        return [
            event
            for event in events
            if event.pk not in selection.covered and self._is_shown(event, selection)
        ]

    def _is_shown(self, event: AlertEvent, selection: Selection) -> bool:
        """Return whether a subscriber who has chosen an event may read of it: in their language, or as they follow it.

        A mail at once is queued for them alone.
        """
        if event.type in ENDING_TYPES:
            return event.pk in selection.endings
        publication = event.edition.publication_id
        followed = (self._followed.get(reason) for reason in selection.reasons)
        return bool(self._event) or publication in self._shown or publication in followed

    def _chosen_by(self, condition: int, excluded: frozenset[tuple[int, int]]) -> set[int]:
        events = self._matches.get(condition, set())
        return {pk for pk in events if (condition, pk) not in excluded} if excluded else events

    def _list_own_events(self) -> QuerySet[AlertEvent]:
        if self._event:
            return AlertEvent.objects.filter(pk=self._event)
        return list_events(self._purpose, self._period_end)

    @cached_property
    def _matches(self) -> dict[int, set[int]]:
        """The conditions that the events have fulfilled, each with these events."""
        matches = EventMatch.objects.filter(event__in=self._list_own_events())
        found: dict[int, set[int]] = {}
        for condition, event in matches.values_list("condition", "event"):
            found.setdefault(condition, set()).add(event)
        return found

    @cached_property
    def _events(self) -> list[AlertEvent]:
        own = self._list_own_events().select_related("edition")
        return list(own.order_by("happens_at", "site_version"))

    @cached_property
    def _entries(self) -> dict[int, MailEntry]:
        with override(self._locale):
            return describe_events(self._events, is_short=not self._event)

    @cached_property
    def _endings(self) -> list[int]:
        """The events that say that a text has ended, and hold."""
        return [
            event.pk for event in self._events if event.type in ENDING_TYPES and event.pk in self._entries
        ]

    @cached_property
    def _followed(self) -> dict[int, int]:
        """The publications of the conditions that are of one publication."""
        followed = Condition.objects.filter(pk__in=self._matches, publication__isnull=False)
        return dict(followed.values_list("pk", "publication"))

    @cached_property
    def _shown(self) -> set[int]:
        publications = {event.edition.publication_id for event in self._events}
        shown = Edition.objects.live().for_locale(self._locale).filter(publication__in=publications)
        return set(shown.values_list("publication", flat=True))
