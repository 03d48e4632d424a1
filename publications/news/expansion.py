"""Expand events into the outbox: a mail for everybody who is mailed at once, an entry of the daily mail for the others.

Each event is expanded once, in a transaction that also marks it, so that a process killed at any moment leaves neither
half of an event's mails nor a second set of them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from publications.models import MailPurpose, MailTiming, NewsEvent, NewsType, OutboxMail, UserSettings

DIGEST_TIME = time(7)
"""When daily and weekly mails are sent, to staff and to subscribers, in the time zone of the site."""
MAX_EVENT_AGE = timedelta(days=7)
"""Older events, from before mail was configured or while nothing was sent, are no longer mailed.

Digests to subscribers are as late as that at most.
"""
BATCH_EVENTS = 100


def expand_events(*, is_mail_on: bool = True) -> int:
    """Put all events that are due on mails; return how many events there were.

    Args:
        is_mail_on: False marks them only, so that they are not mailed once mail is configured.
    """
    count = 0
    while batch := _expand_batch(is_mail_on=is_mail_on):
        count += batch
    return count


@transaction.atomic
def _expand_batch(*, is_mail_on: bool) -> int:
    now = timezone.now()
    events = list(
        NewsEvent.objects.due()
        .filter(expanded_at=None)
        .order_by("happens_at", "pk")
        .select_for_update(skip_locked=True)[:BATCH_EVENTS]
    )
    recent = [event.pk for event in events if event.happens_at > now - MAX_EVENT_AGE]
    if is_mail_on and recent:
        for user in _mailed_users():
            _expand_for(user, recent, now)
    NewsEvent.objects.filter(pk__in=[event.pk for event in events]).update(expanded_at=now)
    return len(events)


def _mailed_users() -> Iterable:
    users = get_user_model().objects.filter(is_active=True, is_staff=True).exclude(email="")
    return users.order_by("pk")


def _expand_for(user, pks: Sequence[int], now: datetime) -> None:
    choices = UserSettings.of(user)
    by_timing: dict[MailTiming, list[NewsEvent]] = {timing: [] for timing in MailTiming}
    for event in NewsEvent.objects.visible_to(user).filter(pk__in=pks).with_rows():
        by_timing[_timing(event, choices, now)].append(event)
    for event in by_timing[MailTiming.AT_ONCE]:
        mail = _get_or_create_mail(user, MailPurpose.NEWS, f"{event.pk}:{user.pk}", now)
        mail.events.add(event)
    if daily := by_timing[MailTiming.DAILY]:
        _open_digest(user, now).events.add(*daily)


def _timing(event: NewsEvent, choices: UserSettings, now: datetime) -> MailTiming:
    """Return when a person is mailed about an event: at once if the daily mail would come too late."""
    timing = choices.timing(NewsType(event.type))
    is_reminder = event.type == NewsType.TOMORROW
    if timing == MailTiming.DAILY and is_reminder and event.edition.visible_from <= next_digest_time(now):
        return MailTiming.AT_ONCE
    return timing


def _open_digest(user, now: datetime) -> OutboxMail:
    """Return the next daily mail of a user that no sender has tried yet, locked against senders."""
    due_at = next_digest_time(now)
    while True:
        key = f"{user.pk}:{timezone.localtime(due_at):%Y-%m-%d}"
        mail = _get_or_create_mail(user, MailPurpose.DIGEST, key, due_at)
        if not mail.sent_at and not mail.attempts and not mail.is_given_up:
            return mail
        due_at = next_digest_time(due_at)


def next_digest_time(after: datetime) -> datetime:
    """Return the next morning at which daily mails are sent."""
    day = timezone.localtime(after).date()
    while (due_at := timezone.make_aware(datetime.combine(day, DIGEST_TIME))) <= after:
        day += timedelta(days=1)
    return due_at


def _get_or_create_mail(user, purpose: MailPurpose, key: str, due_at: datetime) -> OutboxMail:
    """Return the mail of a key, locked. A sender that finds nothing to say in a mail deletes it."""
    stored = OutboxMail.objects.select_for_update().filter(key=f"{purpose}:{key}")
    while not (mail := stored.first()):
        new = OutboxMail.build(purpose, key, user.email, user=user, due_at=due_at)
        OutboxMail.objects.bulk_create([new], ignore_conflicts=True)
    return mail
