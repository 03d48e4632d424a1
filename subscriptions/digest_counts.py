"""How many readers a digest goes to by now: those to whom its mail, which is written later, has something to say.

What `mail_content` decides for each reader is decided here for all at once, so that the desk shows it at any time.

Whoever has chosen an event twice, to come at different times, reads of it in the first of these mails. Until that one
is sent or given up, the event counts for it alone; a later one has it if the first one fails.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.lookups import In

from publications.locales import LOCALES
from publications.models import Edition, list_showing_locales

from .expansion import ENDING_TYPES, choose_edition
from .mailed_events import COVERED_BY, Ending, is_informed_of
from .models import (
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    AlertState,
    AlertType,
    EventMatch,
    MailedEvent,
    Subscriber,
    Subscription,
    Timing,
)
from .periods import last_end, list_matched, next_end
from .timings import has_timing, timing_of_match


class HoldingEvent(NamedTuple):
    """An event that holds, and the locales in which it is for all who choose it."""

    event: AlertEvent
    locales: tuple[str, ...]


def list_recipients(timing: Timing, now: datetime) -> QuerySet[Subscriber]:
    """Return who gets the next digest, with what was matched until now."""
    readers = find_readers(list(list_matched(last_end(timing, now), now)), timing)
    return Subscriber.objects.reachable().filter(readers)


def find_readers(events: Sequence[AlertEvent], timing: Timing, only: AlertEvent | None = None) -> Q:
    """Return whom a digest tells of any of these events, paused or not.

    Args:
        events: all that the digest is of.
        only: one of them; whom it tells of this one.
    """
    holding = _find_holding(events)
    if not holding:
        return Q(pk__in=[])
    matches = _list_shown(holding, timing, reader=OuterRef("pk"))
    matches = matches.filter(event=only.pk) if only else matches
    is_named = _is_covered_by(MailedEvent.objects.all(), events)
    return Q(Exists(matches.filter(~(is_named | _is_to_be_named(holding, timing)))))


def _find_holding(events: Sequence[AlertEvent]) -> list[HoldingEvent]:
    prefetch_related_objects(events, Prefetch("edition", Edition.objects.without_texts()))
    live = Edition.objects.live().without_texts()
    by_publication = {
        edition.publication_id: edition
        for edition in live.filter(publication__in={event.edition.publication_id for event in events})
    }
    languages = _list_languages({edition.translation_group for edition in by_publication.values()})
    found = []
    for event in events:
        if edition := choose_edition(event, by_publication.get(event.edition.publication_id)):
            locales = LOCALES
            if event.type not in ENDING_TYPES:
                locales = list_showing_locales(edition.language, languages[edition.translation_group])
            found.append(HoldingEvent(event, tuple(locales)))
    return found


def _list_languages(translation_groups: Collection[int]) -> dict[int, set[str]]:
    """Return the languages of the live editions of each translation group."""
    languages: dict[int, set[str]] = defaultdict(set)
    live = Edition.objects.live().filter(translation_group__in=translation_groups).order_by()
    for group, language in live.values_list("translation_group", "language"):
        languages[group].add(language)
    return languages


def _list_shown(holding: Sequence[HoldingEvent], timing: Timing, *, reader: Any) -> QuerySet[EventMatch]:
    """Return the matches that a reader has chosen for a digest, and may read: what is for all in their locale, what
    they follow in the same digest, and what has ended.
    """
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for event, locales in holding:
        if event.type not in ENDING_TYPES:
            groups[locales].append(event.pk)
    parts = [Q(event__in=events, locale__in=locales) for locales, events in groups.items()]
    if any(len(locales) < len(LOCALES) for locales in groups):
        followed = _list_matches(holding, timing, reader=OuterRef("reader"))
        followed = followed.filter(condition__publication=OuterRef("event__edition__publication"))
        parts.append(~Q(event__type__in=ENDING_TYPES) & Exists(followed))
    if any(event.type in ENDING_TYPES for event, _locales in holding):
        parts.append(is_informed_of(Ending.refer_to("event__", reader=OuterRef("reader")), "event__"))
    return _list_matches(holding, timing, reader=reader).filter(reduce(or_, parts))


def _list_matches(holding: Sequence[HoldingEvent], timing: Timing, *, reader: Any) -> QuerySet[EventMatch]:
    """Return the matches of these events that a reader has chosen for a digest."""
    subscriptions = "condition__subscriptions"
    own = {f"{subscriptions}__subscriber": reader, f"{subscriptions}__confirmed_at__isnull": False}
    matches = EventMatch.objects.filter(event__in=[event.pk for event, _locales in holding], **own).annotate(
        reader=F(f"{subscriptions}__subscriber"),
        locale=F(f"{subscriptions}__subscriber__locale"),
        timing_then=timing_of_match(),
    )
    return matches.filter(timing_then=timing)


def _is_to_be_named(holding: Sequence[HoldingEvent], timing: Timing) -> Q:
    """Return whether a mail that comes before the digest is still to name the event of a match."""
    events = [event for event, _locales in holding]
    is_alert = _is_covered_by(AlertMail.objects.pending(), events)
    if timing != Timing.WEEKLY:
        return is_alert
    own = Subscription.objects.confirmed().filter(has_timing(Timing.DAILY))
    daily = _list_shown(holding, Timing.DAILY, reader=OuterRef("reader")).filter(_is_same_or_covers(events))
    return is_alert | (
        Q(reader__in=own.values("subscriber")) & Exists(daily.filter(_is_in_next_daily(events)))
    )


def _is_covered_by(rows: QuerySet, events: Sequence[AlertEvent]) -> Q:
    """Return whether the reader of a match has a row of its event, or of a later one that covers it.

    Few have any: for most readers the database looks no further than at the list of these.
    """
    named = rows.filter(event__in=[event.pk for event in events])
    covering = rows.filter(_is_same_or_covers(events), subscriber=OuterRef("reader"))
    return Q(reader__in=named.values("subscriber")) & Exists(covering)


def _is_same_or_covers(events: Sequence[AlertEvent]) -> Q:
    """Return whether an event is that of a match, or one after it that covers it (`COVERED_BY`)."""
    types: dict[AlertType, set[int]] = defaultdict(set)
    for event in events:
        types[AlertType(event.type)].add(event.pk)
    is_later = Q(
        event__edition__publication=OuterRef("event__edition__publication"),
        event__happens_at__gte=OuterRef("event__happens_at"),
    )
    condition = Q(event=OuterRef("event"))
    for covered, covering in COVERED_BY.items():
        condition |= is_later & Q(In(OuterRef("event"), types[covered]), event__type__in=covering)
    return condition & Q(event__in=[event.pk for event in events])


def _is_in_next_daily(events: Sequence[AlertEvent]) -> Q:
    """Return whether the daily mail with a match is not queued yet, or waits."""
    state = AlertState.objects.filter(daily_until__isnull=False).first()
    waiting = AlertMail.objects.pending().filter(
        subscriber=OuterRef("reader"), purpose=AlertMailPurpose.DAILY
    )
    ends: dict[datetime, list[int]] = defaultdict(list)
    for event in events:
        ends[next_end(Timing.DAILY, event.matched_at - timedelta.resolution)].append(event.pk)
    condition = Q(pk__in=[])
    for end, pks in ends.items():
        is_queued = state and end <= state.daily_until
        condition |= Q(Exists(waiting.filter(period_end=end)) if is_queued else Q(), event__in=pks)
    return condition
