"""Mails that texts have ended, and the numbers of the desk, cost as many queries for many texts as for one."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from subscriptions.digest_counts import list_recipients
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Timing
from tests.factories import make_live

from .ended_texts import send
from .factories import make_subscriber

pytestmark = pytest.mark.django_db
MAX_QUERIES_OF_MAIL = 4
"""The state of the site, and of the reader: what was chosen, what mails before have named, and of which endings they read."""
MAX_QUERIES_OF_COUNT = 9


@pytest.mark.parametrize("endings", [1, 5, 60])
def test_many_endings_cost_no_more_queries_than_one(endings, django_assert_max_num_queries):
    with time_machine.travel("2026-05-05 06:00Z") as clock:
        record_events()
        queue_digests()
        for _number in range(3):
            make_subscriber(timing=Timing.DAILY)
        texts = [make_live().publication for _number in range(endings)]
        expand_alerts()
        clock.shift(timedelta(days=1))
        queue_digests()
        send()
        for text in texts:
            actions.withdraw(text, by=None)
        expand_alerts()
        with django_assert_max_num_queries(MAX_QUERIES_OF_COUNT):
            assert list_recipients(Timing.DAILY, timezone.now()).count() == 3
        clock.shift(timedelta(days=1))
        queue_digests()
        first, *others = AlertMail.objects.pending().select_related("subscriber")
        writer = MailWriter()
        writer.build(first)

        with django_assert_max_num_queries(MAX_QUERIES_OF_MAIL * len(others)):
            assert all(writer.build(mail) for mail in others)
