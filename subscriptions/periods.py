"""The days and weeks that daily and weekly mails are of.

Digests are of the events that were matched within their period, not of those that happened in it: an event whose action
was stored at the last moment is in the next one, and in none twice.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone

from publications.news import DIGEST_TIME, MAX_EVENT_AGE

from .models import AlertEvent, AlertMailPurpose, Timing

DIGEST_WEEKDAY = 0
"""The day of the weekly mail: Monday."""


class Period(NamedTuple):
    """What digests are of.

    Attributes:
        purpose: of their mails.
        column: of `AlertState`, with the end of the last period whose mails are queued.
    """

    purpose: AlertMailPurpose
    length: timedelta
    column: str


PERIODS = {
    Timing.DAILY: Period(AlertMailPurpose.DAILY, timedelta(days=1), "daily_until"),
    Timing.WEEKLY: Period(AlertMailPurpose.WEEKLY, timedelta(days=7), "weekly_until"),
}
TIMING_OF = {
    AlertMailPurpose.ALERT: Timing.AT_ONCE,
    **{period.purpose: timing for timing, period in PERIODS.items()},
}


def last_end(timing: Timing, at: datetime) -> datetime:
    """Return the last moment at which the mails of a timing were due."""
    local = timezone.localtime(at)
    day = local.date() - timedelta(days=local.weekday() - DIGEST_WEEKDAY if timing == Timing.WEEKLY else 0)
    while (end := timezone.make_aware(datetime.combine(day, DIGEST_TIME))) > at:
        day -= PERIODS[timing].length
    return end


def next_end(timing: Timing, at: datetime) -> datetime:
    """Return the next moment at which the mails of a timing are due.

    Args:
        timing: one that has a period.
        at: the moment that it is after.
    """
    day = timezone.localtime(last_end(timing, at)).date() + PERIODS[timing].length
    return timezone.make_aware(datetime.combine(day, DIGEST_TIME))


def list_events(purpose: AlertMailPurpose, end: datetime) -> QuerySet[AlertEvent]:
    """Return the events that a digest is of: those matched in its period."""
    return list_matched(find_start(purpose, end), end)


def find_start(purpose: AlertMailPurpose, end: datetime) -> datetime:
    """Return the moment that the events of a digest are after."""
    length = PERIODS[TIMING_OF[purpose]].length
    return timezone.make_aware(timezone.make_naive(end) - length)  # over a change of the clocks, too


def list_matched(after: datetime, until: datetime) -> QuerySet[AlertEvent]:
    """Return the events that were matched in a period, without those that were too old to be mailed."""
    matched = AlertEvent.objects.filter(matched_at__gt=after, matched_at__lte=until)
    return matched.filter(happens_at__gt=F("matched_at") - MAX_EVENT_AGE)
