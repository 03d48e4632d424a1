"""The desk counts before a text ends those who are then mailed, at once and in digests."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from subscriptions.conditions import Choice
from subscriptions.digest_counts import list_recipients
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Subscriber, Timing
from subscriptions.periods import PERIODS
from subscriptions.retention import MAIL_DAYS, delete_old_mails
from tests.factories import make_live, make_tag

from .ended_texts import (
    A_DAY,
    A_WEEK,
    COUNTS,
    TITLE,
    count_withdrawal,
    delete_log,
    make_readers,
    publish,
    read_titles,
    send,
    send_for_days,
    undo,
    withdraw,
)
from .factories import make_subscriber

pytestmark = pytest.mark.django_db


def test_who_subscribes_between_a_text_and_its_digest_reads_that_it_is_withdrawn(clock):
    """Long after, when the log of mails is deleted."""
    make_subscriber(paused_until=timezone.now() + 99 * A_DAY)  # with whose choice it is matched
    clock.shift(A_DAY)
    publication = publish()
    for _day in range(2):
        send()
        clock.shift(A_DAY)
    send()
    _at_once, _daily, weekly = make_readers()
    for _day in range(8):
        send()
        clock.shift(A_DAY)
    delete_log(clock)
    expected = count_withdrawal(publication.editions.get())
    withdraw(publication)

    assert send_for_days(clock) == {weekly.pk}
    assert expected == {Timing.AT_ONCE: 0, Timing.DAILY: 0, Timing.WEEKLY: 1}


@pytest.mark.parametrize("has_log", [True, False])
@pytest.mark.parametrize("end", [withdraw, undo])
def test_those_alone_in_whose_language_mails_named_a_text_read_that_it_has_ended(clock, end, has_log):
    clock.shift(A_DAY)
    readers = {reader.pk for reader in make_readers()}
    make_readers(locale="sv")
    with time_machine.travel(timezone.now(), tick=False):
        publication = publish()
        make_live(language="sv", translation_of=publication)
    for _day in range(7):
        send()
        clock.shift(A_DAY)
    if not has_log:
        delete_log(clock)
    expected = COUNTS[end](publication.editions.get())
    end(publication)
    expand_alerts()
    digests = {timing: list_recipients(timing, timezone.now()).count() for timing in PERIODS}

    assert read_titles(clock) == readers
    assert expected == dict.fromkeys(Timing, 1) == {Timing.AT_ONCE: 1, **digests}


def test_a_digest_of_another_choice_is_no_reason_to_read_that_a_text_is_withdrawn(clock):
    """A reader who was mailed at once of its topic, but for a pause, and daily of another one."""
    gas, coal = make_tag("Gas"), make_tag("Coal")
    reader = make_subscriber(Choice({"topic": coal.slug}), timing=Timing.DAILY)
    at_once = Choice({"topic": gas.slug}).store()
    reader.subscriptions.create(condition=at_once, timing=Timing.AT_ONCE, confirmed_at=timezone.now())
    Subscriber.objects.update(paused_until=timezone.now() + timedelta(hours=2))
    publication = make_live(title=TITLE, tags=[gas]).publication
    make_live(tags=[coal])
    expand_alerts()
    clock.shift(A_DAY)
    sent = send()
    expected = count_withdrawal(publication.editions.get())
    withdraw(publication)

    assert sent and read_titles(clock) == set()
    assert not any(expected.values())


@pytest.mark.parametrize("days", [0, 1, 7, MAIL_DAYS + 8])
@pytest.mark.parametrize("end", [withdraw, undo])
def test_the_desk_counts_before_an_end_those_who_are_then_mailed(clock, end, days):
    for choices in ([], [Choice(query=TITLE)], [Choice({"kind": "quick-comment"}), Choice()]):
        make_readers(*choices)
        make_readers(*choices, locale="sv")
    make_subscriber(paused_until=timezone.now() + timedelta(days=99))
    clock.shift(timedelta(hours=1))
    publication = publish()
    for _day in range(days + 1):
        send()
        clock.shift(A_DAY)
    delete_old_mails()
    make_readers(Choice(publication=publication.pk))
    make_readers()

    expected = COUNTS[end](publication.editions.get())
    end(publication)
    expand_alerts()
    queued = AlertMail.objects.pending().filter(event__isnull=False).count()
    digests = {timing: list_recipients(timing, timezone.now()).count() for timing in PERIODS}
    alerted = len(send())
    clock.shift(A_WEEK)
    queue_digests()
    mailed = {timing: count_digests(timing) for timing in PERIODS}

    assert expected[Timing.AT_ONCE] == queued == alerted
    assert mailed == digests
    assert expected == {Timing.AT_ONCE: alerted, **mailed}
    assert end is undo or all(expected.values())


def count_digests(timing: Timing) -> int:
    """Return how many digests of a timing that wait have something to say."""
    mails = AlertMail.objects.due().filter(purpose=PERIODS[timing].purpose).select_related("subscriber")
    return sum(MailWriter().build(mail) is not None for mail in mails)
