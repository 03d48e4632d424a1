"""Of a withdrawal those alone are mailed who know the text from a mail, or follow it; at once and in digests."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from publications.models import Edition, Publication
from subscriptions.audience import count_readers_of_mistake, count_readers_of_withdrawal
from subscriptions.conditions import Choice
from subscriptions.digest_counts import list_recipients
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MailWriter
from subscriptions.manage import change_subscriptions
from subscriptions.models import AlertMail, AlertType, Subscriber, Timing
from subscriptions.periods import PERIODS
from subscriptions.retention import MAIL_DAYS, delete_old_mails
from subscriptions.sending import resume_sending, stop_sending
from tests.factories import make_live, make_tag, saved

from .factories import make_subscriber
from .mail_texts import text_of_mail

pytestmark = pytest.mark.django_db
TITLE, NOTE = "zzqtitle", "zzqnote"
MONDAY = "2026-05-04 06:00Z"
"""After the daily and weekly mails."""
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture
def clock() -> Iterator:
    with time_machine.travel(MONDAY) as clock:
        record_events()
        queue_digests()
        yield clock


def make_readers(*choices: Choice, **fields) -> list[Subscriber]:
    return [make_subscriber(*choices, timing=timing, **fields) for timing in Timing]


def publish() -> Publication:
    return make_live(title=TITLE).publication


def withdraw(publication: Publication) -> None:
    actions.withdraw(publication, by=None, note=NOTE)


def send() -> dict[int, str]:
    """Send what is due, and return what each subscriber reads."""
    expand_alerts()
    writer, texts = MailWriter(), {}
    for mail in AlertMail.objects.due().select_related("subscriber"):
        if message := writer.build(mail):
            mail.mark_sent()
            texts[mail.subscriber_id] = texts.get(mail.subscriber_id, "") + text_of_mail(message)
        else:
            mail.delete()
    return texts


def send_for_days(clock, days: int = 8) -> set[int]:
    """Send what is due now and each morning; return who reads that the text is withdrawn."""
    informed = set()
    for _day in range(days):
        informed |= {reader for reader, text in send().items() if "Withdrawn" in text and TITLE in text}
        clock.shift(A_DAY)
    return informed


def read_titles(clock, days: int = 8) -> set[int]:
    """Send the same; return who reads of the text at all."""
    informed = set()
    for _day in range(days):
        informed |= {reader for reader, text in send().items() if TITLE in text or NOTE in text}
        clock.shift(A_DAY)
    return informed


def test_what_is_withdrawn_before_the_sender_runs_is_named_in_no_mail(clock):
    make_readers()
    withdraw(publish())

    assert read_titles(clock) == set()


def test_what_is_withdrawn_while_mails_are_stopped_is_named_in_no_mail(clock):
    make_readers()
    stop_sending(by="An administrator")
    publication = publish()
    expand_alerts()
    clock.shift(2 * A_DAY)
    expand_alerts()
    withdraw(publication)
    expand_alerts()
    waiting = AlertMail.objects.pending().filter(event__type=AlertType.WITHDRAWN).count()
    resume_sending()

    assert waiting == 0 and read_titles(clock) == set()


def test_what_is_withdrawn_before_a_digest_is_not_named_in_it(clock):
    at_once, _daily, _weekly = make_readers()
    publication = publish()
    send()
    withdraw(publication)

    assert send_for_days(clock) == {at_once.pk}


def test_who_read_of_the_text_reads_that_it_is_withdrawn(clock):
    readers = {reader.pk for reader in make_readers()}
    publication = publish()
    for _day in range(8):
        send()
        clock.shift(A_DAY)
    withdraw(publication)

    assert send_for_days(clock) == readers


def test_who_read_of_an_earlier_edition_reads_that_the_text_is_withdrawn(clock):
    reader = make_subscriber()
    publication = publish()
    send()
    actions.publish(saved(publication, body="Other."), by=None, change="silent")
    withdraw(publication)

    assert send_for_days(clock) == {reader.pk}


def test_who_has_subscribed_since_does_not_read_of_it_but_who_follows_the_text_does(clock):
    publication = publish()
    send()
    clock.shift(A_DAY)
    make_readers()
    followers = {reader.pk for reader in make_readers(Choice(publication=publication.pk))}
    withdraw(publication)

    assert send_for_days(clock) == followers


def test_a_digest_without_the_text_is_no_reason_to_read_that_it_is_withdrawn(clock):
    """A reader who has another topic, and chooses that of the text after it was in digests."""
    gas, coal = make_tag("Gas"), make_tag("Coal")
    readers = make_readers(Choice({"topic": coal.slug}))
    publication = make_live(title=TITLE, tags=[gas]).publication
    make_live(tags=[coal])
    for _day in range(8):
        send()
        clock.shift(A_DAY)
    for reader in readers:
        change_subscriptions(
            reader,
            locale="en",
            timings={},
            removed=(),
            added=[Choice({"topic": gas.slug})],
            timing=reader.subscriptions.get().timing,
        )
    withdraw(publication)

    assert send_for_days(clock) == set()


def test_after_the_log_of_mails_is_deleted_those_know_a_text_who_had_chosen_it_then(clock):
    readers = {reader.pk for reader in make_readers()}
    clock.shift(A_DAY)
    publication = publish()
    for _day in range(8):
        send()
        clock.shift(A_DAY)
    make_readers()
    clock.shift(timedelta(days=MAIL_DAYS))
    queue_digests()
    delete_old_mails()
    assert not AlertMail.objects.exists()
    withdraw(publication)

    assert send_for_days(clock) == readers


def test_nobody_counts_as_mailed_about_a_text_from_an_archive(clock):
    make_readers()
    clock.shift(A_DAY)
    publication = make_live(title=TITLE, published_at=timezone.now() - timedelta(days=300)).publication
    clock.shift(timedelta(days=MAIL_DAYS + 1))
    queue_digests()
    withdraw(publication)

    assert read_titles(clock) == set()


def test_who_was_being_mailed_reads_that_the_text_is_withdrawn(clock):
    reader, _other = make_subscriber(), make_subscriber()
    publication = publish()
    expand_alerts()
    withdraw(publication)
    expand_alerts()
    reader.mails.get(event__type=AlertType.NEW).mark_sent()  # by a sender that had it with the relay

    assert send_for_days(clock) == {reader.pk}


def count_withdrawal(edition: Edition) -> dict[Timing, int]:
    return count_readers_of_withdrawal(edition).counts


def count_mistake(edition: Edition) -> dict[Timing, int]:
    return {Timing.AT_ONCE: count_readers_of_mistake(edition)}


@pytest.mark.parametrize("days", [0, 1, 7, MAIL_DAYS + 8])
@pytest.mark.parametrize(
    ("end", "count"),
    [(withdraw, count_withdrawal), (lambda text: actions.undo(text, by=None), count_mistake)],
    ids=["withdraw", "undo"],
)
def test_the_desk_counts_before_an_end_those_who_are_then_mailed(clock, end, count, days):
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

    expected = count(publication.editions.get())
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
    if count is count_withdrawal:
        assert expected == {Timing.AT_ONCE: alerted, **mailed} and all(expected.values())


def count_digests(timing: Timing) -> int:
    """Return how many digests of a timing that wait have something to say."""
    mails = AlertMail.objects.due().filter(purpose=PERIODS[timing].purpose).select_related("subscriber")
    return sum(MailWriter().build(mail) is not None for mail in mails)


def test_a_withdrawal_costs_a_mail_one_query(clock, django_assert_max_num_queries):
    for _number in range(3):
        make_subscriber()
    publication = publish()
    send()
    withdraw(publication)
    expand_alerts()
    first, *others = AlertMail.objects.pending().select_related("subscriber")
    writer = MailWriter()
    writer.build(first)

    with django_assert_max_num_queries(3 * len(others)):
        assert all(writer.build(mail) for mail in others)
