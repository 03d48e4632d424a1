"""What the mails of one event, or of one day or week, are chosen from: read once in each locale, for all of them.

A hundred thousand readers with three choices each have more different mails than can be written once each: only the
choosing and the writing are done for each of them, and no query.
"""

from collections.abc import Hashable, Iterable
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import override

from publications.models import Edition

from .entries import MailEntry, describe_events
from .expansion import ENDING_TYPES, list_events
from .labels import describe_condition
from .models import AlertEvent, AlertMail, AlertMailPurpose, AlertType, Condition, EventMatch, Timing
from .timings import list_left_out

type LeftOut = frozenset[tuple[int, int]]
NOTHING: LeftOut = frozenset()
DIGESTS = (AlertMailPurpose.DAILY, AlertMailPurpose.WEEKLY)


def content_key(mail: AlertMail) -> Hashable:
    """Return what is the same for all mails that have the same content."""
    return mail.purpose, mail.event_id, mail.period_end, mail.subscriber.locale


class MailContent:
    """The content of a mail and of all others with its `content_key`. It is true until something public changes.

    Attributes:
        matches: the conditions that the events have fulfilled, each with these events.
    """

    def __init__(self, mail: AlertMail) -> None:
        self._event, self._locale = mail.event_id, mail.subscriber.locale
        self._period = AlertMailPurpose(mail.purpose), mail.period_end
        self.matches = self._find_matches()
        self._labels: dict[int, str] = {}
        self._earlier: dict[tuple[AlertMailPurpose, datetime], frozenset[int]] = {}

    def list_reasons(self, conditions: Iterable[int], left_out: LeftOut = NOTHING) -> frozenset[int]:
        """Return which conditions choose any event."""
        return frozenset(pk for pk in conditions if self._chosen_by(pk, left_out))

    def find_mailed(self, subscriber: int) -> frozenset[int]:
        """Return the editions, of those that were taken back, that an earlier digest to a subscriber was of."""
        if not self._taken_back:
            return frozenset()
        sent = AlertMail.objects.filter(subscriber=subscriber, sent_at__isnull=False, purpose__in=DIGESTS)
        periods = sent.values_list("purpose", "period_end")
        return frozenset().union(*(self._find_earlier(AlertMailPurpose(name), end) for name, end in periods))

    def select(
        self, reasons: frozenset[int], left_out: LeftOut = NOTHING, mailed: frozenset[int] = frozenset()
    ) -> list[MailEntry]:
        """Return what a subscriber reads who has chosen these conditions: the last entry of each publication.

        Args:
            left_out: what they do not choose all the same, as pairs of condition and event.
            mailed: what `find_mailed` has found.
        """
        selected = self._select_events(reasons, left_out, mailed)
        last = {
            event.edition.publication_id: entry
            for event in selected
            if (entry := self._entries.get(event.pk))
        }
        return list(last.values())

    def label(self, reasons: frozenset[int]) -> list[str]:
        """Return what conditions are called, in the order of the alphabet."""
        if new := reasons - self._labels.keys():
            with override(self._locale):
                for condition in Condition.objects.filter(pk__in=new):
                    self._labels[condition.pk] = describe_condition(condition)
        return sorted(self._labels[pk] for pk in reasons if pk in self._labels)

    def list_left_out(self, subscriber: int, timing: Timing, changed: Iterable[int]) -> LeftOut:
        """Return what conditions of a subscriber do not choose, as their timing was changed."""
        return list_left_out(subscriber, timing, changed, self._own_events())

    def _chosen_by(self, condition: int, left_out: LeftOut) -> set[int]:
        events = self.matches.get(condition, set())
        return {pk for pk in events if (condition, pk) not in left_out} if left_out else events

    def _select_events(
        self, reasons: frozenset[int], left_out: LeftOut, mailed: frozenset[int]
    ) -> list[AlertEvent]:
        """Return the events that a subscriber has chosen.

        What was taken back is said to whoever was mailed about it: by a mail at once, for whatever reason, or by a
        digest of before. Others of a day or week are those whose texts the language of the subscriber shows.
        """
        if self._event:
            return [event for event in self._events if reasons or event.type == AlertType.TAKEN_BACK]
        chosen = set().union(*(self._chosen_by(pk, left_out) for pk in reasons))
        shown = self._shown | {self._followed[pk] for pk in reasons if pk in self._followed}
        events = [event for event in self._events if event.pk in chosen]
        return [event for event in events if _is_included(event, shown=shown, mailed=mailed)]

    def _find_matches(self) -> dict[int, set[int]]:
        matches = EventMatch.objects.filter(event__in=self._own_events())
        found: dict[int, set[int]] = {}
        for condition, event in matches.values_list("condition", "event"):
            found.setdefault(condition, set()).add(event)
        return found

    def _own_events(self) -> QuerySet[AlertEvent]:
        return AlertEvent.objects.filter(pk=self._event) if self._event else list_events(*self._period)

    @cached_property
    def taken_back(self) -> int | None:
        """The edition that the mail says was published by mistake, if it is of nothing else."""
        if not self._event:
            return None
        return next((event.edition_id for event in self._events if event.type == AlertType.TAKEN_BACK), None)

    @cached_property
    def _events(self) -> list[AlertEvent]:
        return list(self._own_events().select_related("edition").order_by("happens_at", "site_version"))

    @cached_property
    def _entries(self) -> dict[int, MailEntry]:
        with override(self._locale):
            return describe_events(self._events, is_short=not self._event)

    @cached_property
    def _followed(self) -> dict[int, int]:
        """The publications of the conditions that are of one publication."""
        followed = Condition.objects.filter(pk__in=self.matches, publication__isnull=False)
        return dict(followed.values_list("pk", "publication"))

    @cached_property
    def _shown(self) -> set[int]:
        publications = {event.edition.publication_id for event in self._events}
        shown = Edition.objects.live().for_locale(self._locale).filter(publication__in=publications)
        return set(shown.values_list("publication", flat=True))

    @cached_property
    def _taken_back(self) -> dict[int, datetime]:
        """When which editions were taken back."""
        return {
            event.edition_id: event.happens_at for event in self._events if event.type == AlertType.TAKEN_BACK
        }

    def _find_earlier(self, purpose: AlertMailPurpose, period_end: datetime) -> frozenset[int]:
        """Return the editions that a digest of another period was of, of those that were taken back after its end."""
        key = purpose, period_end
        if key not in self._earlier:
            taken_back = [edition for edition, at in self._taken_back.items() if at > period_end]
            earlier = list_events(*key).filter(edition__in=taken_back)
            earlier = earlier.exclude(type=AlertType.TAKEN_BACK)
            self._earlier[key] = frozenset(earlier.values_list("edition", flat=True))
        return self._earlier[key]


def _is_included(event: AlertEvent, *, shown: set[int], mailed: frozenset[int]) -> bool:
    if event.type == AlertType.TAKEN_BACK:
        return event.edition_id in mailed
    return event.type in ENDING_TYPES or event.edition.publication_id in shown
