"""What runs of the sender delete: what nobody has confirmed in time, and old mails with their events."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscriptions.conditions import Choice
from subscriptions.expansion import expand_alerts
from subscriptions.models import (
    AlertEvent,
    AlertMail,
    Subscriber,
)
from subscriptions.retention import MAIL_DAYS, NAMED_DAYS, delete_old_mails
from tests.factories import make_live

from .factories import make_subscriber, make_unconfirmed
from .sending import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording")]


@pytest.mark.usefixtures("sink")
def test_a_run_deletes_what_was_not_confirmed_in_time():
    late, early = make_unconfirmed(Choice()), make_unconfirmed(Choice())
    type(late).objects.filter(pk=late.pk).update(requested_at=timezone.now() - timedelta(hours=49))

    send()

    assert list(Subscriber.objects.all()) == [early.subscriber]


def test_old_mails_go_and_their_events_stay_for_a_year():
    make_subscriber()
    for days in (NAMED_DAYS + 1, MAIL_DAYS + 1):
        make_live()
        expand_alerts()
        old = timezone.now() - timedelta(days=days)
        AlertMail.objects.filter(sent_at=None).update(sent_at=old, next_attempt_at=None)
        AlertEvent.objects.filter(happens_at__gt=old).update(happens_at=old, matched_at=old)
    waiting = make_subscriber()
    make_live()
    expand_alerts()
    AlertMail.objects.exclude(subscriber=waiting).delete()
    AlertEvent.objects.filter(mails__isnull=False).update(
        happens_at=old - 400 * timedelta(days=1), matched_at=old
    )
    newest = AlertEvent.objects.get(mails__isnull=False)

    delete_old_mails()

    assert [mail.event for mail in AlertMail.objects.all()] == [newest]
    assert [event.happens_at for event in AlertEvent.objects.exclude(pk=newest.pk)] == [old]
