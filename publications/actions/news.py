"""The news that an edition brings, stored by the action that stores the edition."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone

from publications.models import Change, Edition, NewsEvent, NewsType

REMINDER_TIME = time(6)
"""When on the day before, in the time zone of the site: ahead of the daily mail."""
NEWS_OF_CHANGES = {
    Change.FIRST: NewsType.PUBLISHED,
    Change.CORRECTION: NewsType.CORRECTED,
    Change.UPDATE: NewsType.CORRECTED,
}
"""Silent fixes are no news."""


def store_news(editions: Iterable[Edition], *, by, at: datetime) -> None:
    """Store the news of new editions: their publication and, of scheduled ones, a reminder on the day before."""
    NewsEvent.objects.bulk_create(
        event for edition in editions for event in _events_of(edition, by=by, at=at)
    )


def store_republication_news(edition: Edition, *, by) -> None:
    """Store that a withdrawn text is public again: the news of its first publication were withdrawn with it."""
    NewsEvent.objects.create(
        type=NewsType.PUBLISHED,
        happens_at=edition.visible_from,
        by=by,
        publication_id=edition.publication_id,
        edition=edition,
    )


def _events_of(edition: Edition, *, by, at: datetime) -> Iterable[NewsEvent]:
    rows = {"by": by, "publication_id": edition.publication_id, "edition": edition}
    if news_type := NEWS_OF_CHANGES.get(Change(edition.change)):
        yield NewsEvent(type=news_type, happens_at=edition.visible_from, **rows)
    if edition.is_scheduled and (reminded_at := _reminder(edition.visible_from, at)):
        yield NewsEvent(type=NewsType.TOMORROW, happens_at=reminded_at, **rows)


def _reminder(starts_at: datetime, now: datetime) -> datetime | None:
    """Return the morning before, or now if that is past; None on the day itself."""
    day_before = timezone.localtime(starts_at).date() - timedelta(days=1)
    if timezone.localtime(now).date() > day_before:
        return None
    return max(now, timezone.make_aware(datetime.combine(day_before, REMINDER_TIME)))
