"""The content of daily and weekly mails is read once, however different the choices of their readers are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, AlertMailPurpose, Timing
from tests.factories import make_live, make_tag

from .factories import make_subscriber

pytestmark = pytest.mark.django_db
MAX_QUERIES = 12
"""Of a mail: what its subscriber has chosen, what that is called, and the settings of the site."""


def test_a_daily_mail_of_other_choices_costs_no_query_for_each_event():
    record_events()
    topics = [make_tag() for _number in range(12)]
    choices = [Choice({"topic": topic.slug}) for topic in topics]
    readers = [make_subscriber(*choices[start:], timing=Timing.DAILY) for start in (0, 1)]
    for topic in topics:
        make_live(tags=(topic,))
    expand_alerts()
    first, second = (
        AlertMail.objects.create(subscriber=reader, purpose=AlertMailPurpose.DAILY, period_end=timezone.now())
        for reader in readers
    )
    second.period_end = first.period_end
    writer = MailWriter()
    writer.build(first)

    with CaptureQueriesContext(connection) as queries:
        message = writer.build(second)

    assert message.body.count("/publications/") == len(topics) - 1
    assert len(queries) <= MAX_QUERIES
