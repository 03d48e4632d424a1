"""Find who was mailed about a text before it ended: nobody else reads in a mail that it has.

A mail that a text is withdrawn names it. So it goes to those who know the text from a mail, and to whoever follows this
very text; not to those whose mails had not left, nor to those who have subscribed since. That an edition was published
by mistake goes to those who were mailed about this edition.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from publications.models import Edition, EndReason

from .events import TYPE_OF_CHANGE, is_news
from .models import AlertEvent, AlertMail, AlertState, AlertType, Subscription
from .periods import PERIODS, list_matched, next_end
from .retention import MAIL_DAYS

SENT = Q(sent_at__isnull=False)
LONGEST_PERIOD = max(period.length for period in PERIODS.values())


def sent_or_leaving() -> Q:
    """Return which mails are sent, or may be with a relay at this moment; while mails are stopped none is."""
    is_stopped = Exists(AlertState.objects.filter(stopped_at__isnull=False))
    return SENT | (Q(next_attempt_at__isnull=False) & ~is_stopped)


def is_matched_with(event: AlertEvent) -> Q:
    """Return which subscriptions a stored event is matched with."""
    return Q(condition__matches__event=event.pk)


def reads_alert(event: AlertEvent) -> Q:
    """Return to which subscribers, of those for whom it is queued, a mail at once says that a text has ended."""
    if event.type == AlertType.TAKEN_BACK:
        return had_alert(event) | had_digest(event)
    return knows_withdrawn(event, is_matched_with(event))


def reads_in_digest(event: AlertEvent) -> Q:
    """Return to which subscribers, of those who have chosen it, a digest says that a text has ended.

    Whoever had a mail at once about a mistake gets another one that it was.
    """
    if event.type == AlertType.TAKEN_BACK:
        return had_digest(event)
    return knows_withdrawn(event, is_matched_with(event))


def knows_withdrawn(event: AlertEvent, matched: Q, mails: Q = SENT) -> Q:
    """Return which subscribers may read of a withdrawal, of those who have chosen it.

    Args:
        event: the withdrawal, stored or not.
        matched: which subscriptions it is matched with.
        mails: which earlier ones count.
    """
    follows = _own_subscriptions().filter(condition__publication=event.edition.publication_id)
    knows = Q(Exists(follows)) | had_alert(event, mails) | had_digest(event)
    if until := _find_last_unlogged(event):
        knows |= Q(Exists(_own_subscriptions().filter(matched, confirmed_at__lt=until)))
    return knows


def had_alert(event: AlertEvent, mails: Q = SENT) -> Q:
    """Return which subscribers have a mail of its own about what an event has ended.

    Args:
        mails: which mails count.
    """
    events = [earlier.pk for earlier in _list_earlier(event)]
    return Q(Exists(AlertMail.objects.filter(mails, event__in=events, subscriber=OuterRef("pk"))))


def had_digest(event: AlertEvent) -> Q:
    """Return which subscribers were sent a digest with what an event has ended, before it did."""
    return reduce(or_, map(Q, _find_digests(event)), Q(pk__in=[]))


def _find_digests(event: AlertEvent) -> Iterator[Q]:
    """Yield who was sent a digest and had chosen by its end what it says, for each digest and each earlier event."""
    sent = AlertMail.objects.filter(subscriber=OuterRef("pk"), sent_at__lte=event.happens_at)
    for earlier in _list_earlier(event):
        for timing, period in PERIODS.items():
            end = next_end(timing, earlier.matched_at - timedelta.resolution)
            digest = sent.filter(purpose=period.purpose, period_end=end)
            chosen = _own_subscriptions().filter(condition__matches__event=earlier.pk, confirmed_at__lte=end)
            yield Q(Exists(digest)) & Q(Exists(chosen))


def _own_subscriptions() -> QuerySet[Subscription]:
    return Subscription.objects.confirmed().filter(subscriber=OuterRef("pk"))


def _list_earlier(event: AlertEvent) -> QuerySet[AlertEvent]:
    """Return the other events of the publication, or of an edition that was taken back, whose mails may be kept."""
    now = timezone.now()
    events = list_matched(now - timedelta(days=MAIL_DAYS) - LONGEST_PERIOD, now).exclude(pk=event.pk)
    if event.type == AlertType.TAKEN_BACK:
        return events.filter(edition=event.edition_id)
    return events.filter(edition__publication=event.edition.publication_id)


def _find_last_unlogged(event: AlertEvent) -> datetime | None:
    """Return when a publication was last in mails of which the log says no more, if it was.

    Whoever had chosen it by then counts as mailed.
    """
    limit = timezone.now() - timedelta(days=MAIL_DAYS)
    editions = Edition.objects.ever_public(limit).filter(
        publication=event.edition.publication_id, change__in=TYPE_OF_CHANGE
    )
    kept = editions.exclude(end_reason=EndReason.UNDONE).order_by("-visible_from").without_texts()
    moments = (
        edition.visible_from
        for edition in kept
        if is_news(TYPE_OF_CHANGE[edition.change], edition, edition.visible_from)
    )
    return next(moments, None)
