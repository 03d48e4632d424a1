"""Change when a subscriber is mailed.

What counts is the timing that a subscription had when an event was matched: what came before a change is in the mail
of the timing before it. So a change loses no event, and mails none twice.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import AlertEvent, EarlierTiming, EventMatch, Subscription, Timing


def change_timing(subscription: Subscription, timing: Timing) -> None:
    """Change the timing of a subscription; what has been matched until now keeps the one before.

    The caller has the lock of `AlertState`, so that no event is matched at the same moment.
    """
    if subscription.timing == timing:
        return
    if subscription.confirmed_at and _has_matches(subscription):
        subscription.earlier_timings.create(timing=subscription.timing, until=timezone.now())
    subscription.timing = timing
    subscription.save(update_fields=["timing"])


def _has_matches(subscription: Subscription) -> bool:
    """Return whether anything was matched since the change before: without it nothing has to be kept."""
    matches = EventMatch.objects.filter(condition=subscription.condition_id)
    if last := subscription.earlier_timings.order_by("-until").first():
        matches = matches.filter(event__matched_at__gt=last.until)
    return matches.exists()


def has_timing(timing: Any) -> Q:
    """Return the condition that a subscription has a timing, or had it before a change."""
    earlier = EarlierTiming.objects.filter(subscription=OuterRef("pk"), timing=timing)
    return Q(timing=timing) | Q(Exists(earlier))


def is_changed() -> Exists:
    """Return whether a subscription had another timing before, as an expression."""
    return Exists(EarlierTiming.objects.filter(subscription=OuterRef("pk")))


def timing_of_match() -> Coalesce:
    """Return the timing that the subscription had, in a query of matches that is joined with subscriptions."""
    earlier = EarlierTiming.objects.filter(subscription=OuterRef("condition__subscriptions"))
    return _timing_then(earlier, F("condition__subscriptions__timing"))


def _timing_then(earlier: QuerySet[EarlierTiming], current: Any) -> Coalesce:
    """Return the timing that a subscription had when a match was stored, from its earlier and its current one."""
    then = earlier.filter(until__gte=OuterRef("event__matched_at")).order_by("until")
    return Coalesce(Subquery(then.values("timing")[:1]), current, output_field=CharField())


def list_other_timings(
    subscriber: int, timing: Timing, conditions: Collection[int], events: QuerySet[AlertEvent]
) -> frozenset[tuple[int, int]]:
    """Return the matches that belong to the mail of another timing, as pairs of condition and event.

    Args:
        subscriber: the primary key.
        conditions: those of the subscriptions whose timing was changed.
    """
    own = Subscription.objects.filter(subscriber=subscriber, condition=OuterRef("condition"))
    earlier = EarlierTiming.objects.filter(
        subscription__subscriber=subscriber,
        subscription__condition=OuterRef("condition"),
    )
    timing_then = _timing_then(earlier, Subquery(own.values("timing")))
    matches = EventMatch.objects.filter(event__in=events, condition__in=conditions)
    others = matches.annotate(timing_then=timing_then).exclude(timing_then=timing)
    return frozenset(others.values_list("condition", "event"))
