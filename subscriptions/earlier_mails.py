"""Find who was mailed about a text before it ended: nobody else reads in a mail that it has.

A mail that a text is withdrawn names it. So it goes to those to whom a mail has named the text, and to whoever follows
this very text; not to those whose mails had not left, nor to those who have subscribed since. That an edition was
published by mistake goes to those who were mailed about this edition.

Here all readers are found at once; what a mail says to its reader is decided by the same rule in `known_endings`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value, When

from publications.locales import LOCALES

from .earlier_events import EarlierEvent, EarlierEvents
from .models import AlertEvent, AlertMail, AlertState, AlertType, EventMatch, Subscription, Timing
from .periods import PERIODS
from .timings import timing_of_match

SENT = Q(sent_at__isnull=False)
LIMIT_COLUMNS = {(timing, locale): f"limit_{timing}_{locale}" for timing in Timing for locale in LOCALES}


class Ending(NamedTuple):
    """What a query asks about: values, or references to the query that it is a part of.

    Attributes:
        event: the primary key; None if it is not stored.
        scope: the lookup of the publication of earlier events, or of the edition that was taken back.
        follows: the publication.
        matched: which subscriptions it is matched with.
        limits: by when readers had chosen it, by timing and locale, if the log of mails says no more.
        earlier: the events before it, or before any ending of a query of many.
    """

    reader: Any
    event: Any
    happens_at: Any
    scope: Mapping[str, Any]
    follows: Any
    matched: Q
    limits: Mapping[tuple[Timing, str], Any]
    earlier: Sequence[EarlierEvent]

    @classmethod
    def of(cls, event: AlertEvent, matched: Q) -> "Ending":
        """Return an event, stored or not, for a query of subscribers."""
        past, publication = EarlierEvents([event]), event.edition.publication_id
        is_mistake = event.type == AlertType.TAKEN_BACK
        own = {"event__edition": event.edition_id}
        return cls(
            reader=OuterRef("pk"),
            event=event.pk,
            happens_at=event.happens_at,
            scope=own if is_mistake else {"event__edition__publication": publication},
            follows=publication,
            matched=matched,
            limits=past.find_limits(event),
            earlier=past.list_before(event),
        )


def sent_or_leaving() -> Q:
    """Return which mails are sent, or may be with a relay at this moment; while mails are stopped none is."""
    is_stopped = Exists(AlertState.objects.filter(stopped_at__isnull=False))
    return SENT | (Q(next_attempt_at__isnull=False) & ~is_stopped)


def is_matched_with(event: AlertEvent) -> Q:
    """Return which subscriptions a stored event is matched with."""
    return Q(condition__matches__event=event.pk)


def find_informed(ending: Ending, mails: Q = SENT) -> Q:
    """Return who may read of a withdrawal, of those who have chosen it.

    Args:
        mails: which earlier ones count.
    """
    follows = _own_subscriptions(ending).filter(condition__publication=ending.follows)
    informed = Q(Exists(follows)) | find_mailed_at_once(ending, mails) | find_mailed_in_digest(ending)
    limits = [
        Q(timing=timing, subscriber__locale=locale, confirmed_at__lt=limit)
        for (timing, locale), limit in ending.limits.items()
    ]
    if limits:
        informed |= Q(Exists(_own_subscriptions(ending).filter(ending.matched, reduce(or_, limits))))
    return informed


def find_mailed_at_once(ending: Ending, mails: Q = SENT) -> Q:
    """Return who has a mail of its own about what has ended.

    Args:
        mails: which mails count.
    """
    events = [event.pk for event in ending.earlier]
    own = AlertMail.objects.filter(mails, subscriber=ending.reader, event__in=events, **ending.scope)
    if ending.event:
        own = own.exclude(event=ending.event)
    return Q(Exists(own))


def find_mailed_in_digest(ending: Ending) -> Q:
    """Return who was sent a digest with what has ended, before it did: in their locale, or as they follow it."""
    mailed = [
        Q(Exists(_find_digests(ending, timing, named)))
        for timing in PERIODS
        if (named := reduce(or_, _list_named(ending.earlier, timing), Q()))
    ]
    return reduce(or_, mailed, Q(pk__in=[]))


def _find_digests(ending: Ending, timing: Timing, named: Q) -> QuerySet[EventMatch]:
    """Return the matches that a digest of a timing has named to the reader."""
    mails = "condition__subscriptions__subscriber__mails"
    sent = {f"{mails}__purpose": PERIODS[timing].purpose, f"{mails}__sent_at__lte": ending.happens_at}
    matches = EventMatch.objects.filter(
        named,
        condition__subscriptions__subscriber=ending.reader,
        condition__subscriptions__confirmed_at__lte=F(f"{mails}__period_end"),
        **sent,
        **ending.scope,
    )
    return matches.annotate(timing_then=timing_of_match()).filter(timing_then=timing)


def _list_named(earlier: Iterable[EarlierEvent], timing: Timing) -> list[Q]:
    """Return which matches were in which digest, and to whom it named the text."""
    groups: dict[tuple[datetime, tuple[str, ...]], list[int]] = defaultdict(list)
    for event in earlier:
        for digest in event.digests:
            if digest.timing == timing:
                groups[digest.end, digest.locales].append(event.pk)
    reader, follows = "condition__subscriptions__subscriber", Q(condition__publication__isnull=False)
    return [
        Q(event__in=events, **{f"{reader}__mails__period_end": end})
        & (Q(**{f"{reader}__locale__in": locales}) | follows)
        for (end, locales), events in groups.items()
    ]


def _own_subscriptions(ending: Ending) -> QuerySet[Subscription]:
    return Subscription.objects.confirmed().filter(subscriber=ending.reader)


def find_readers_in_digest(endings: Sequence[AlertEvent], timing: Timing) -> Q:
    """Return to which subscribers a digest of a timing says that any of these texts has ended.

    Whoever had a mail at once about a mistake gets another one that it was.
    """
    past, readers = EarlierEvents(endings), Q(pk__in=[])
    if mistakes := [event for event in endings if event.type == AlertType.TAKEN_BACK]:
        ending = _refer_to(mistakes, past, "event__edition")
        readers |= Q(Exists(_list_matches(mistakes, timing).filter(find_mailed_in_digest(ending))))
    if withdrawn := [event for event in endings if event.type == AlertType.WITHDRAWN]:
        ending = _refer_to(withdrawn, past, "event__edition__publication")
        matches = _annotate_limits(_list_matches(withdrawn, timing), withdrawn, past)
        readers |= Q(Exists(matches.filter(find_informed(ending))))
    return readers


def _list_matches(events: Sequence[AlertEvent], timing: Timing) -> QuerySet[EventMatch]:
    """Return the matches of these events that a subscriber reads in the mail of a timing."""
    subscriptions = "condition__subscriptions"
    own = {f"{subscriptions}__subscriber": OuterRef("pk"), f"{subscriptions}__confirmed_at__isnull": False}
    matches = EventMatch.objects.filter(event__in=[event.pk for event in events], **own)
    reader = F(f"{subscriptions}__subscriber")
    return matches.annotate(reader=reader, timing_then=timing_of_match()).filter(timing_then=timing)


def _refer_to(endings: Sequence[AlertEvent], past: EarlierEvents, scope: str) -> Ending:
    """Return what `_list_matches` finds, for a query within it.

    Args:
        scope: the lookup of what is the same for an ending and for what it has ended.
    """
    earlier = {event for ending in endings for event in past.list_before(ending)}
    return Ending(
        reader=OuterRef("reader"),
        event=OuterRef("event"),
        happens_at=OuterRef("event__happens_at"),
        scope={scope: OuterRef(scope)},
        follows=OuterRef("event__edition__publication"),
        matched=Q(condition__matches__event=OuterRef("event")),
        limits={key: OuterRef(name) for key, name in LIMIT_COLUMNS.items()},
        earlier=sorted(earlier),
    )


def _annotate_limits(
    matches: QuerySet[EventMatch], endings: Sequence[AlertEvent], past: EarlierEvents
) -> QuerySet[EventMatch]:
    """Return the matches with the limits of their events."""
    groups: dict[tuple[Timing, str], dict[datetime, list[int]]] = defaultdict(lambda: defaultdict(list))
    for ending in endings:
        for key, limit in past.find_limits(ending).items():
            groups[key][limit].append(ending.pk)
    columns = {
        name: Case(
            *(When(event__in=events, then=Value(limit)) for limit, events in groups[key].items()),
            output_field=DateTimeField(),
        )
        for key, name in LIMIT_COLUMNS.items()
    }
    return matches.annotate(**columns)
