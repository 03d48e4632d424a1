"""Daily and weekly mails: when they end, which events they are of, and what becomes of those that were missed."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import MAX_EVENT_AGE, expand_alerts, queue_digests
from subscriptions.mails import MailWriter
from subscriptions.models import AlertEvent, AlertMail, AlertMailPurpose, Timing
from subscriptions.periods import PERIODS, last_end, list_events
from tests.factories import make_live

from .ended_texts import send
from .factories import make_subscriber
from .mail_texts import text_of_mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _started():
    """What happens from here on is news."""
    record_events()


def at(day: int, hour: int) -> datetime:
    return timezone.make_aware(datetime(2024, 4, day, hour))


@pytest.mark.parametrize(
    ("timing", "now", "end"),
    [
        (Timing.DAILY, at(10, 8), at(10, 7)), (Timing.DAILY, at(10, 6), at(9, 7)),
        (Timing.WEEKLY, at(10, 8), at(8, 7)), (Timing.WEEKLY, at(8, 7), at(8, 7)), (Timing.WEEKLY, at(8, 6), at(1, 7)),
    ],
)  # fmt: skip
def test_digests_end_in_the_morning_and_on_mondays(timing, now, end):
    assert last_end(timing, now) == end


def test_each_event_is_in_one_digest(monkeypatch):
    daily, weekly = make_subscriber(timing=Timing.DAILY), make_subscriber(timing=Timing.WEEKLY)
    make_subscriber(Choice({"topic": "coal"}), timing=Timing.DAILY)
    queue_digests()
    start = timezone.now()
    monday = last_end(Timing.WEEKLY, start) + timedelta(days=7)
    make_live()
    expand_alerts()
    for minutes in range(0, 8 * 24 * 60, 360):
        monkeypatch.setattr(timezone, "now", lambda minutes=minutes: start + timedelta(minutes=minutes))
        queue_digests()

    mails = AlertMail.objects.order_by("pk")
    assert [(mail.subscriber_id, mail.purpose) for mail in mails if mail.purpose == "daily"] == [
        (daily.pk, "daily")
    ]
    assert [(mail.subscriber_id, mail.period_end) for mail in mails if mail.purpose == "weekly"] == [
        (weekly.pk, monday)
    ]
    assert all(list_events(AlertMailPurpose(mail.purpose), mail.period_end).count() == 1 for mail in mails)


@pytest.mark.parametrize("timing", [Timing.DAILY, Timing.WEEKLY])
def test_a_digest_that_was_missed_for_days_is_sent_later(timing, monkeypatch):
    subscriber = make_subscriber(timing=timing)
    queue_digests()
    make_live()
    expand_alerts()
    missed = last_end(timing, timezone.now()) + PERIODS[timing].length

    monkeypatch.setattr(timezone, "now", lambda: missed + timedelta(days=3))
    queue_digests()

    assert [mail.period_end for mail in subscriber.mails.all()] == [missed]


def test_what_was_taken_back_is_in_the_digests_of_those_alone_who_were_mailed_about_it():
    with time_machine.travel(at(10, 8), tick=False) as clock:
        queue_digests()
        early = make_subscriber(timing=Timing.DAILY)
        publication = make_live().publication
        expand_alerts()
        clock.shift(timedelta(days=1))
        send()
        late = make_subscriber(timing=Timing.DAILY)
        actions.undo(publication, by=None)
        expand_alerts()
        clock.shift(timedelta(days=1))
        queue_digests()

        texts = [text_of_mail(MailWriter().build(reader.mails.latest("pk"))) for reader in (early, late)]

    assert "Published by mistake" in texts[0] and not texts[1]


def test_what_was_taken_back_before_the_first_digest_after_it_is_in_none():
    with time_machine.travel(at(9, 8), tick=False) as clock:
        queue_digests()
        reader = make_subscriber(timing=Timing.DAILY)
        weekly = Choice({"language": "en"}).store()
        reader.subscriptions.create(condition=weekly, timing=Timing.WEEKLY, confirmed_at=timezone.now())
        make_live(title="Other")
        mistake = make_live(title="Mistake").publication
        expand_alerts()
        actions.undo(mistake, by=None)
        clock.shift(timedelta(minutes=1))
        expand_alerts()
        texts = []
        for days in (1, 6):
            clock.shift(timedelta(days=days))
            queue_digests()
            texts.append(text_of_mail(MailWriter().build(reader.mails.latest("pk"))))
            AlertMail.objects.update(sent_at=timezone.now(), next_attempt_at=None)

    assert ["Other" in text for text in texts] == [True, True]
    assert not any("Mistake" in text for text in texts)


@pytest.mark.parametrize("timing", Timing)
def test_a_digest_after_a_pause_is_of_its_period_and_mails_at_once_are_not_sent_later(timing):
    with time_machine.travel(at(9, 8), tick=False) as clock:  # a Tuesday
        queue_digests()
        reader = make_subscriber(timing=timing, paused_until=at(15, 0))
        for day, title in ((10, "Early"), (14, "Late")):
            clock.move_to(at(day, 8))
            make_live(title=title)
            expand_alerts()
        clock.move_to(at(15, 8))
        expand_alerts()

        text = "".join(text_of_mail(MailWriter().build(mail)) for mail in reader.mails.all())

    said = {title for title in ("Early", "Late") if title in text}
    assert said == {Timing.AT_ONCE: set(), Timing.DAILY: {"Late"}, Timing.WEEKLY: {"Early", "Late"}}[timing]


def test_what_is_old_when_it_is_found_is_mailed_to_nobody(monkeypatch):
    for timing in Timing:
        make_subscriber(timing=timing)
    queue_digests()
    make_live()
    found = timezone.now() + MAX_EVENT_AGE + timedelta(days=1)
    for days in (0, 7):
        monkeypatch.setattr(timezone, "now", lambda days=days: found + timedelta(days=days))
        expand_alerts()

    assert AlertEvent.objects.get().matched_at == found
    assert not AlertMail.objects.exists()
