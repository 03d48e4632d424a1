"""Readers who leave while mails are sent or queued, or others leave: PostgreSQL alone has locks of rows."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from publications import actions
from subscriptions.conditions import Choice
from subscriptions.expansion import expand_alerts
from subscriptions.models import (
    AlertEvent,
    AlertMail,
    MailedEvent,
    RemovedMails,
    Subscriber,
    Subscription,
    Timing,
)
from subscriptions.removal import delete_outdated, remove_subscriber
from tests.factories import make_live

from .ended_texts import undo, withdraw
from .factories import make_subscriber
from .other_connections import LOCK_SUBSCRIBERS, locked_by_another
from .sending import ADDRESS, send

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("recording"),
]
ALERT_SENT = {"purpose": "alert", "sent": 1, "given_up": 0}


def in_threads(*acts: Callable[[], object]) -> None:
    """Run all at once."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait(20)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result()


def list_numbers() -> list[dict]:
    return list(RemovedMails.objects.values("purpose", "sent", "given_up"))


@pytest.mark.parametrize("end", [undo, withdraw])
def test_who_left_while_a_mail_was_sent_is_mailed_nothing_more(sink, end):
    reader = make_subscriber(address=ADDRESS)
    publication = make_live().publication
    send()
    with locked_by_another(LOCK_SUBSCRIBERS):
        remove_subscriber(reader)
    left = [model.objects.count() for model in (AlertMail, MailedEvent, Subscription)]

    end(publication)
    expand_alerts()
    queued = AlertMail.objects.count()
    send()

    assert left == [0, 0, 0] and queued == 0 and len(sink.mails) == 1
    assert not Subscriber.objects.exists() and list_numbers() == [ALERT_SENT]


def test_who_leaves_while_mails_are_queued_is_mailed_nothing_more(sink):
    reader = make_subscriber(address=ADDRESS)
    publication = make_live().publication
    send()
    actions.undo(publication, by=None)
    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        expand_alerts()
        assert AlertMail.objects.pending().exists()
        pool.submit(in_threads, lambda: remove_subscriber(reader)).result()

    send()

    assert len(sink.mails) == 1 and not MailedEvent.objects.exists()


def test_a_mail_that_is_with_the_relay_as_its_reader_leaves_names_nothing():
    reader = make_subscriber()
    make_live()
    expand_alerts()
    mail = AlertMail.objects.get()
    with locked_by_another(LOCK_SUBSCRIBERS):
        remove_subscriber(reader)

    mail.mark_sent()

    assert not MailedEvent.objects.exists() and Subscriber.objects.exists()


def make_mailed_readers(count: int, events: Sequence[AlertEvent]) -> list[Subscriber]:
    """Return readers whose mails and digests were sent, in orders of their own."""
    readers = [make_subscriber(Choice(), timing=Timing.DAILY) for _number in range(count)]
    now = timezone.now()
    for number, reader in enumerate(readers):
        for event in events if number % 2 else reversed(events):
            reader.mails.create(purpose="alert", event=event, sent_at=now)
            reader.mailed_events.create(event=event, purpose="daily")
            end = event.happens_at + timedelta(hours=1)
            reader.mails.create(purpose="daily", period_end=end, sent_at=now)
    return readers


def test_readers_who_leave_at_once_are_all_counted_and_wait_for_nobody_who_waits_for_them():
    for _number in range(8):
        make_live()
    expand_alerts()
    events = list(AlertEvent.objects.all())
    for _round in range(4):
        readers = make_mailed_readers(6, events)
        Subscription.objects.filter(subscriber__in=readers[:2]).delete()
        in_threads(
            *(lambda reader=reader: remove_subscriber(reader) for reader in readers[2:]), delete_outdated
        )

    rows = RemovedMails.objects.values_list("purpose", "event", "sent")
    assert not Subscriber.objects.exists() and not AlertMail.objects.exists()
    assert {sent for _purpose, _event, sent in rows} == {24} and len(rows) == 3 * len(events)


def test_a_reader_who_leaves_twice_at_once_is_counted_once():
    make_live()
    expand_alerts()
    event = AlertEvent.objects.get()
    for _round in range(10):
        reader = make_subscriber()
        reader.mails.create(purpose="alert", event=event, sent_at=timezone.now())
        in_threads(*[lambda reader=reader: remove_subscriber(reader)] * 3)

    assert list_numbers() == [{**ALERT_SENT, "sent": 10}] and not Subscriber.objects.exists()
