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
from subscriptions.retention import MAIL_DAYS, delete_old_mails
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


def test_old_mails_go_and_what_a_withdrawal_needs_stays():
    make_subscriber(Choice(query="pipeline"))
    make_live(body="A pipeline.")
    make_live(body="A harbour.")
    expand_alerts()
    old = timezone.now() - timedelta(days=MAIL_DAYS + 1)
    AlertMail.objects.update(sent_at=old, next_attempt_at=None)
    AlertEvent.objects.update(happens_at=old, matched_at=old)
    waiting = make_subscriber()
    make_live()
    expand_alerts()

    delete_old_mails()

    assert [mail.subscriber_id for mail in AlertMail.objects.all()] == [waiting.pk]
    assert AlertEvent.objects.count() == 2, "that of the waiting mail, and the match of the search"
