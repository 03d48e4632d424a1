"""How many readers a digest goes to by now: those to whom its mail, which is written later, has something to say.

What `mail_content` decides for each reader is decided here for all at once, so that the desk shows it at any time.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial, reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from publications.locales import LOCALES
from publications.models import Edition, list_showing_locales

from .earlier_mails import find_readers_in_digest
from .expansion import ENDING_TYPES, choose_edition
from .models import AlertEvent, Subscriber, Subscription, Timing
from .periods import last_end, list_matched
from .timings import list_chosen

type FindChosen = Callable[[Collection[int]], QuerySet[Subscription]]
"""Finds the subscriptions that choose any of these events for a digest."""


class HoldingEvent(NamedTuple):
    """An event that holds, and the locales in which it is for all who choose it."""

    event: AlertEvent
    locales: tuple[str, ...]


def list_recipients(timing: Timing, now: datetime) -> QuerySet[Subscriber]:
    """Return who gets the next digest, with what was matched until now."""
    since = last_end(timing, now)
    readers = find_readers(list(list_matched(since, now)), timing, since=since)
    return Subscriber.objects.reachable().filter(readers)


def find_readers(events: Sequence[AlertEvent], timing: Timing, *, since: datetime) -> Q:
    """Return whom a digest tells of any of these events, paused or not.

    Args:
        since: the end of the digest before.
    """
    find_chosen = partial(list_chosen, timing=timing, since=since)
    holding = _find_holding(events)
    endings = [event for event, _locales in holding if event.type in ENDING_TYPES]
    parts = [
        *_list_shown(holding, find_chosen),
        *_list_followed(holding, events, find_chosen),
        find_readers_in_digest(endings, timing),
    ]
    return reduce(or_, parts, Q(pk__in=[]))


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


def _list_shown(holding: Sequence[HoldingEvent], find_chosen: FindChosen) -> list[Q]:
    """Return who chooses what is for all in their locale."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for event, locales in holding:
        if event.type not in ENDING_TYPES:
            groups[locales].append(event.pk)
    return [
        Q(pk__in=find_chosen(events).values("subscriber"), locale__in=locales)
        for locales, events in groups.items()
    ]


def _list_followed(
    holding: Sequence[HoldingEvent], events: Sequence[AlertEvent], find_chosen: FindChosen
) -> list[Q]:
    """Return who chooses what is not for all, and follows its publication, in whatever locale."""
    groups: dict[int, list[int]] = defaultdict(list)
    for event, locales in holding:
        if len(locales) < len(LOCALES):
            groups[event.edition.publication_id].append(event.pk)
    follows = find_chosen([event.pk for event in events]).filter(condition__publication__in=groups)
    followed = set(follows.values_list("condition__publication", flat=True))
    return [
        Q(pk__in=find_chosen(groups[publication]).values("subscriber"))
        & Q(pk__in=follows.filter(condition__publication=publication).values("subscriber"))
        for publication in followed
    ]
