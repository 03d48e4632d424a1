"""Of a withdrawal those alone are mailed who know the text from a mail, or follow it; at once and in digests."""

from datetime import timedelta

import pytest
from django.utils import timezone

from publications import actions
from subscriptions.conditions import Choice
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MAX_ENTRIES
from subscriptions.manage import change_subscriptions
from subscriptions.models import AlertMail, AlertType, MailedEvent, Subscriber, Timing
from subscriptions.personal_data import describe_subscriber
from subscriptions.removal import remove_subscriber
from subscriptions.retention import MAIL_DAYS, NAMED_DAYS, delete_old_mails
from subscriptions.sending import resume_sending, stop_sending
from tests.factories import make_live, make_tag, saved

from .ended_texts import (
    A_DAY,
    TITLE,
    count_withdrawal,
    delete_log,
    make_readers,
    publish,
    read_titles,
    send,
    send_for_days,
    withdraw,
)
from .factories import make_subscriber

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("days", [0, NAMED_DAYS])
def test_after_the_log_of_mails_is_deleted_those_are_known_for_a_year_to_whom_mails_named_a_text(clock, days):
    readers = {reader.pk for reader in make_readers()}
    clock.shift(A_DAY)
    publication = publish()
    for _day in range(8):
        send()
        clock.shift(A_DAY)
    make_readers()
    delete_log(clock)
    clock.shift(timedelta(days=days))
    queue_digests()
    delete_old_mails()
    followers = {reader.pk for reader in make_readers(Choice(publication=publication.pk))}
    withdraw(publication)

    assert send_for_days(clock) == followers | (set() if days else readers)


def pause(reader: Subscriber) -> None:
    Subscriber.objects.filter(pk=reader.pk).update(paused_until=timezone.now() + 10 * A_DAY)


def refuse_mails(_reader: Subscriber) -> None:
    expand_alerts()
    for mail in AlertMail.objects.pending():
        mail.mark_failed("554 5.7.1 no", is_final=True)


def publish_many(_reader: Subscriber) -> None:
    """A digest then names the text under “more”."""
    for _number in range(MAX_ENTRIES):
        make_live(title="Another")


@pytest.mark.parametrize("timing", Timing)
@pytest.mark.parametrize("has_log", [True, False])
@pytest.mark.parametrize(
    "before, after",
    [(pause, None), (None, refuse_mails), (publish_many, None)],
    ids=["paused", "refused", "more"],
)
def test_whom_no_mail_has_named_the_text_reads_of_no_withdrawal_however_late(
    clock, timing, has_log, before, after
):
    reader = make_subscriber(timing=timing)
    if before:
        before(reader)
    publication = publish()
    for _day in range(8):
        if after:
            after(reader)
        send()
        clock.shift(A_DAY)
    clock.shift(3 * A_DAY)
    send()
    is_named = reader.mailed_events.filter(event__edition__title=TITLE).exists()
    if not has_log:
        delete_log(clock)
    withdraw(publication)

    assert is_named is (before is publish_many and timing == Timing.AT_ONCE)
    assert send_for_days(clock) == ({reader.pk} if is_named else set())


@pytest.mark.parametrize("choice", [Choice(query=TITLE), Choice()])
def test_a_search_that_had_found_a_text_counts_as_long_as_what_mails_have_named(clock, choice):
    reader = make_subscriber(choice)
    publication = publish()
    send()
    clock.shift(timedelta(days=NAMED_DAYS - 1))
    queue_digests()
    delete_old_mails()
    withdraw(publication)

    assert send_for_days(clock) == {reader.pk}


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


@pytest.mark.parametrize("timing", Timing)
def test_who_has_replaced_the_choice_since_reads_that_the_text_is_withdrawn(clock, timing):
    gas = make_tag("Gas")
    reader = make_subscriber(Choice({"topic": gas.slug}), timing=timing)
    publication = make_live(title=TITLE, tags=[gas]).publication
    for _day in range(8):
        send()
        clock.shift(A_DAY)
    [former] = reader.subscriptions.all()
    change_subscriptions(
        reader, locale="en", timings={}, removed=[former.pk], added=[Choice()], timing=timing
    )
    expected = count_withdrawal(publication.editions.get())
    withdraw(publication)

    assert expected == {**dict.fromkeys(Timing, 0), timing: 1}
    assert send_for_days(clock) == {reader.pk}


def test_what_a_long_digest_leaves_out_counts_as_named_to_nobody(clock):
    reader = make_subscriber(timing=Timing.DAILY)
    for _number in range(MAX_ENTRIES):
        make_live(title="Another")
    publication = publish()
    expand_alerts()
    clock.shift(A_DAY)
    [text] = send().values()
    named = set(reader.mailed_events.values_list("event__edition__title", flat=True))
    withdraw(publication)

    assert "1 more" in text and TITLE not in text
    assert named == {"Another"} and send_for_days(clock) == set()


@pytest.mark.parametrize("has_left", [False, True])
def test_what_was_named_is_kept_for_a_year_and_goes_with_who_leaves(clock, has_left):
    reader = make_subscriber()
    title = publish().editions.get().title
    send()
    [shown] = describe_subscriber(reader)["mailed_events"]
    if has_left:
        remove_subscriber(reader)
    counts = [MailedEvent.objects.count()]
    for shift in (NAMED_DAYS - 1, 2):
        clock.shift(timedelta(days=shift))
        delete_old_mails()
        counts.append(MailedEvent.objects.count())

    assert shown["type"]["code"] == AlertType.NEW and shown["title"] == title
    assert counts == ([0, 0, 0] if has_left else [1, 1, 0])
