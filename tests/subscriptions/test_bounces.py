"""What it says about an address that the relay refuses a mail, and what about the relay."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from subscriptions.bounces import MAX_BOUNCING
from subscriptions.models import AlertMail, Subscriber
from tests.factories import make_live

from .factories import make_subscriber
from .sending import ADDRESS, retry, send, subjects

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording")]
BOUNCED, UNREACHABLE, NOT_PERMITTED = "450 Try later", "421 Closing", "554 5.7.1 Relay access denied"
DAYS = MAX_BOUNCING.days


@pytest.mark.parametrize(
    ("replies", "has_failed"),
    [
        ({0: BOUNCED, DAYS - 1: BOUNCED}, False),
        ({0: BOUNCED, 7: BOUNCED, DAYS + 1: BOUNCED}, True),
        ({0: NOT_PERMITTED, DAYS + 5: BOUNCED}, False),
        ({0: UNREACHABLE, DAYS + 5: BOUNCED}, False),
        ({0: BOUNCED, 7: NOT_PERMITTED, DAYS + 1: BOUNCED}, False),
        ({0: BOUNCED, 7: UNREACHABLE, DAYS + 1: BOUNCED, 2 * DAYS + 2: BOUNCED}, True),
        ({0: BOUNCED, DAYS + 1: UNREACHABLE}, False),
        ({0: NOT_PERMITTED, DAYS + 5: NOT_PERMITTED}, False),
    ],
)
def test_only_what_an_address_is_refused_for_counts_against_it(sink, replies, has_failed):
    make_subscriber(address=ADDRESS)
    make_live()
    started_at = timezone.now()
    with time_machine.travel(started_at, tick=False) as clock:
        for day, reply in replies.items():
            clock.move_to(started_at + timedelta(days=day))
            sink.replies[ADDRESS] = reply
            retry()
            send()

    assert AlertMail.objects.get().attempts == len(replies)
    assert bool(Subscriber.objects.get().failed_at) == has_failed


@pytest.mark.parametrize("reply", ["452 Mailbox full", NOT_PERMITTED])
def test_later_mails_wait_for_one_that_was_refused(sink, reply):
    make_subscriber(address=ADDRESS)
    make_live(title="Gas")
    sink.replies[ADDRESS] = reply
    send()
    make_live(title="Coal")
    sink.replies.clear()

    send()

    assert Subscriber.objects.get().has_retries and subjects(sink) == []
    retry()
    send()
    subscriber = Subscriber.objects.get()
    assert subjects(sink) == ["New: “Gas”", "New: “Coal”"]
    assert (subscriber.has_retries, subscriber.bouncing_since) == (False, None)


def test_an_address_that_is_refused_for_good_is_not_tried_again(sink):
    subscriber = make_subscriber(address=ADDRESS)
    make_live()
    sink.replies[ADDRESS] = f"550 5.1.1 <{ADDRESS}>: no such user"

    send()

    subscriber.refresh_from_db()
    mail = AlertMail.objects.get()
    assert subscriber.failed_at and mail.next_attempt_at is None
    assert mail.last_error == "550 5.1.1"
    sink.replies.clear()
    make_live()
    send()
    assert sink.mails == [] and AlertMail.objects.count() == 1


def test_a_relay_that_refuses_everybody_by_its_rules_loses_no_subscriber(sink):
    make_subscriber(address=ADDRESS)
    make_live(title="Gas")
    sink.replies[ADDRESS] = f"554 5.7.1 <{ADDRESS}>: Relay access denied"

    send()

    assert Subscriber.objects.get().failed_at is None
    sink.replies.clear()
    retry()
    send()
    assert subjects(sink) == ["New: “Gas”"]


@pytest.mark.usefixtures("sink")
def test_a_provider_that_reports_deliveries_accepts_what_may_still_come_back(settings):
    settings.MAIL_EVENTS_PROVIDER = "postmark"
    make_subscriber(address=ADDRESS, bouncing_since=timezone.now())
    make_live()

    send()

    assert AlertMail.objects.get().sent_at and Subscriber.objects.get().bouncing_since
