"""A change of how often a reader is mailed: nothing is lost by it, and nothing mailed twice."""

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from publications import actions
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MailWriter
from subscriptions.manage import change_subscriptions
from subscriptions.models import AlertMail, EarlierTiming, Subscriber, Timing
from subscriptions.personal_data import describe_subscriber
from subscriptions.retention import MAIL_DAYS, delete_old_mails
from tests.factories import make_live

from .ended_texts import send
from .factories import make_subscriber
from .mail_texts import text_of_mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _started():
    """What happens from here on is news."""
    record_events()
    queue_digests()


def change(subscriber: Subscriber, timing: Timing) -> None:
    timings = {row.pk: timing for row in subscriber.subscriptions.all()}
    change_subscriptions(subscriber, locale="en", timings=timings, removed=())


def choose_anew(subscriber: Subscriber, timing: Timing) -> None:
    """Remove all, and add it again with another timing, in one form."""
    rows = subscriber.subscriptions.select_related("condition")
    choices = [Choice(row.condition.filters) for row in rows]
    keys = [row.pk for row in rows]
    change_subscriptions(subscriber, locale="en", timings={}, removed=keys, added=choices, timing=timing)


def wait_a_week(monkeypatch) -> None:
    start = timezone.now()
    for days in range(9):
        monkeypatch.setattr(timezone, "now", lambda days=days: start + timedelta(days=days))
        queue_digests()


def mailed(subscriber: Subscriber) -> Counter:
    """Return how often each text is in the mails."""
    writer = MailWriter()
    mails = subscriber.mails.select_related("subscriber").order_by("pk")
    texts = [text_of_mail(writer.build(mail)) for mail in mails]
    titles = [f"Text {number}" for number in range(len(Timing) + 1)]
    return Counter(title for title in titles for text in texts if title in text)


@pytest.mark.parametrize("change_all", [change, choose_anew])
@pytest.mark.parametrize("timings", list(product(Timing, repeat=3)), ids="-".join)
def test_each_text_is_mailed_once_however_often_the_timing_changes(timings, change_all, monkeypatch):
    subscriber = make_subscriber(Choice({"kind": "quick-comment"}), Choice(), timing=timings[0])
    for number, timing in enumerate(timings):
        change_all(subscriber, timing)
        make_live(title=f"Text {number}")
        expand_alerts()
    wait_a_week(monkeypatch)

    assert mailed(subscriber) == {f"Text {number}": 1 for number in range(len(timings))}


def test_a_mail_that_waits_is_sent_though_the_timing_is_changed():
    subscriber = make_subscriber()
    make_live(title="Text 0")
    expand_alerts()

    change(subscriber, Timing.WEEKLY)

    assert mailed(subscriber) == {"Text 0": 1}


def test_changes_without_anything_published_between_store_nothing():
    subscriber = make_subscriber()
    make_live()
    expand_alerts()

    for timing in [Timing.DAILY, Timing.WEEKLY, Timing.AT_ONCE] * 3:
        change(subscriber, timing)

    assert EarlierTiming.objects.get().timing == Timing.AT_ONCE


def test_an_earlier_timing_is_shown_to_the_reader_and_deleted_with_the_mails(monkeypatch):
    subscriber = make_subscriber(timing=Timing.DAILY)
    make_live()
    expand_alerts()
    change(subscriber, Timing.AT_ONCE)
    [shown] = describe_subscriber(subscriber)["subscriptions"]
    later = timezone.now() + timedelta(days=MAIL_DAYS + 1)
    monkeypatch.setattr(timezone, "now", lambda: later)

    delete_old_mails()

    assert [row["timing"]["code"] for row in shown["earlier_timings"]] == [Timing.DAILY]
    assert not EarlierTiming.objects.exists()


def test_who_is_being_mailed_while_a_text_is_taken_back_gets_to_know_it():
    sent, unsent = make_subscriber(), make_subscriber()
    publication = make_live().publication
    expand_alerts()
    actions.undo(publication, by=None)
    expand_alerts()

    sent.mails.get(event__type="new").mark_sent()  # by a sender that had it with the relay

    writer = MailWriter()
    mistakes = AlertMail.objects.filter(event__type="taken_back").select_related("subscriber")
    written = {mail.subscriber: bool(writer.build(mail)) for mail in mistakes}
    assert written == {sent: True, unsent: False}


def test_who_read_of_a_text_in_a_digest_gets_to_know_at_once_that_it_was_a_mistake(monkeypatch):
    subscriber, other = make_subscriber(timing=Timing.DAILY), make_subscriber(timing=Timing.AT_ONCE)
    publication = make_live(title="Text 0").publication
    expand_alerts()
    other.mails.all().delete()
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    send()
    change(subscriber, Timing.AT_ONCE)
    actions.undo(publication, by=None)

    expand_alerts()

    [mail] = AlertMail.objects.pending().select_related("subscriber")
    assert mail.subscriber == subscriber
    assert "Published by mistake" in text_of_mail(MailWriter().build(mail))
