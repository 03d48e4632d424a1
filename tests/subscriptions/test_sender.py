"""Sending to subscribers: the order of mails, readers who leave, and no address in any error."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.management import CommandError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin import submissions
from publications.news import expand_events, sender
from sceeus.service_urls import parse_email_url
from subscriptions import alert_queue
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MailWriter
from subscriptions.models import (
    ALERT_RETRY_DELAYS,
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    Subscriber,
    Subscription,
    SuppressedAddress,
    Timing,
)
from subscriptions.removal import delete_outdated, remove_subscriber
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_live, make_person, make_publication
from tests.mail_sink import mail_sink

from .factories import make_subscriber, make_unconfirmed
from .sending import ADDRESS, send, subjects

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording")]


def test_a_run_finds_what_happened_and_sends_it_once(sink):
    make_subscriber(address=ADDRESS)
    make_live(title="Gas")

    send()
    send()

    assert subjects(sink) == ["New: “Gas”"]
    assert AlertMail.objects.get().sent_at and not AlertMail.objects.pending().exists()


def test_what_has_nothing_left_to_say_is_dropped(sink):
    make_subscriber()
    publication = make_live().publication
    expand_alerts()
    actions.undo(publication, by=None)

    send()

    assert sink.mails == [] and not AlertMail.objects.exists()


def test_mails_to_staff_are_sent_first(sink):
    make_subscriber(address=ADDRESS)
    make_live()
    expand_alerts()
    make_person("Editors", email="ann@example.org")
    submissions.submit_for_checking(make_publication(), by=None)

    send()

    assert [accepted.recipient for accepted in sink.mails] == ["ann@example.org", ADDRESS]


@pytest.mark.parametrize(("seconds", "place"), [(0, 1), (60, 3)])
def test_mails_to_staff_that_come_later_wait_for_few_others_and_for_no_other_run(
    sink, monkeypatch, seconds, place
):
    monkeypatch.setattr(sender, "EMPTY_QUEUE_SECONDS", seconds)
    for _number in range(3):
        make_subscriber()
    make_live()
    make_person("Editors", email="ann@example.org")
    drafts = [make_publication()]
    mark_sent = alert_queue.AlertQueue.mark_sent

    def submit(self, mail) -> None:
        mark_sent(self, mail)
        if drafts:
            submissions.submit_for_checking(drafts.pop(), by=None)
            expand_events()

    monkeypatch.setattr(alert_queue.AlertQueue, "mark_sent", submit)
    send()

    assert [accepted.recipient for accepted in sink.mails].index("ann@example.org") == place


def test_a_weekly_mail_costs_few_queries(sink, monkeypatch):
    """Queues that were empty are read once in a while. On PostgreSQL a mail is looked at again once it is locked."""
    monkeypatch.setattr(sender, "EMPTY_QUEUE_SECONDS", 60)
    monkeypatch.setattr(alert_queue, "CONFIRMATION_SECONDS", 60)
    for _number in range(4):
        make_subscriber(Choice(), Choice({"language": "en"}), timing=Timing.WEEKLY)
    queue_digests()
    make_live()
    expand_alerts()
    mark_sent, ends = alert_queue.AlertQueue.mark_sent, []

    def record(self, mail) -> None:
        mark_sent(self, mail)
        ends.append(len(connection.queries_log))

    monkeypatch.setattr(alert_queue.AlertQueue, "mark_sent", record)
    week_later = timezone.now() + timedelta(days=7)
    with time_machine.travel(week_later, tick=False), CaptureQueriesContext(connection) as queries:
        send()

    last = [query["sql"] for query in queries.captured_queries[ends[-2] : ends[-1]]]
    is_shared = connection.features.has_select_for_update_skip_locked
    assert len(sink.mails) == 4
    assert len([sql for sql in last if "SAVEPOINT" not in sql]) == (7 if is_shared else 6), last


def test_a_mail_that_asks_to_confirm_waits_for_no_other(sink):
    make_subscriber(address=ADDRESS)
    make_live()
    expand_alerts()
    reader = make_unconfirmed(Choice(), address="new@example.org").subscriber
    reader.mails.create(purpose=AlertMailPurpose.CONFIRM, next_attempt_at=timezone.now())

    send()

    assert [accepted.recipient for accepted in sink.mails] == ["new@example.org", ADDRESS]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_senders_at_once_keep_the_order_of_a_subscriber():
    make_subscriber()
    for _number in range(3):
        make_live()
    expand_alerts()
    first, second, _third = AlertMail.objects.order_by("pk")
    queue = alert_queue.AlertQueue()

    def claim_in_other():
        connection.set_autocommit(False)
        return alert_queue.AlertQueue().claim()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            assert queue.claim() == first
            assert other.submit(claim_in_other).result() is None
            queue.mark_sent(first)
        with transaction.atomic():
            assert queue.claim() == second
        other.submit(lambda: connection.close()).result()  # that of the thread


def test_a_relay_that_is_down_for_an_hour_costs_no_mail(settings):
    make_subscriber(address=ADDRESS)
    make_live(title="Gas")
    with mail_sink() as sink:
        settings.MAILERS = {"default": parse_email_url(sink.url)}
    for _minute in range(len(ALERT_RETRY_DELAYS) + 1):
        with pytest.raises(CommandError, match="later: 1"):
            send()

    with mail_sink() as sink:
        settings.MAILERS = {"default": parse_email_url(sink.url)}
        send()
    assert subjects(sink) == ["New: “Gas”"]


@pytest.mark.postgresql
def test_a_mail_that_another_sender_has_sent_by_then_is_not_sent_again(monkeypatch):
    """A sender finds it, waits for nobody, and locks its subscriber once the other one has let go."""
    make_subscriber()
    for _number in range(2):
        make_live()
    expand_alerts()
    first, second = AlertMail.objects.order_by("pk")
    find_next = alert_queue._next_alert

    def find(**params) -> list[AlertMail]:
        found = list(find_next(**params))
        first.mark_sent()
        return found

    monkeypatch.setattr(alert_queue, "_next_alert", find)

    with transaction.atomic():
        assert alert_queue.AlertQueue().claim() == second


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_reader_leaves_while_the_relay_of_their_mail_does_not_answer(client):
    subscriber = make_subscriber(address=ADDRESS)
    make_live()
    expand_alerts()
    path = reverse("subscriptions:leave", args=[make_token(TokenPurpose.LEAVE, subscriber.uid)])
    with closing(connection.copy()) as sender, connection.cursor() as own:
        sender.set_autocommit(False)
        sender.cursor().execute("SELECT * FROM subscriptions_subscriber FOR NO KEY UPDATE")
        own.execute("SET lock_timeout = '1s'")
        try:
            assert client.post(path).status_code == 200
            assert delete_outdated() == 0, "nor do runs of the sender wait"
        finally:
            own.execute("RESET lock_timeout")
        assert not AlertMail.objects.exists() and not Subscription.objects.exists()

    assert SuppressedAddress.objects.exists() and delete_outdated() == 1


def test_a_mail_that_cannot_be_written_holds_up_no_other_and_shows_no_address(sink, monkeypatch, caplog):
    broken = make_subscriber(address="broken@example.org")
    make_subscriber(address=ADDRESS)
    make_live()
    build = MailWriter.build

    def fail(self, mail):
        if mail.subscriber_id == broken.pk:
            raise ValueError(f"no template for {mail.subscriber.address}")
        return build(self, mail)

    monkeypatch.setattr(MailWriter, "build", fail)
    with caplog.at_level(logging.DEBUG):
        send()

    assert len(subjects(sink)) == 1
    assert AlertMail.objects.get(subscriber=broken).last_error == "ValueError"
    assert Subscriber.objects.get(pk=broken.pk).failed_at is None
    assert "could not be written: ValueError" in caplog.text and "broken@example.org" not in caplog.text


def test_a_reader_who_leaves_while_the_mail_is_sent_is_gone(sink):
    subscriber = make_subscriber(address=ADDRESS)
    make_live()
    expand_alerts()
    mark_sent = alert_queue.AlertQueue.mark_sent

    def leave(self, mail):
        remove_subscriber(Subscriber.objects.get(pk=subscriber.pk))
        mark_sent(self, mail)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alert_queue.AlertQueue, "mark_sent", leave)
        send()

    assert len(sink.mails) == 1 and not AlertMail.objects.exists()


def test_a_message_keeps_its_message_id_over_all_attempts(sink):
    make_subscriber(address=ADDRESS)
    make_live()
    send()
    [first] = sink.mails
    AlertMail.objects.update(sent_at=None, next_attempt_at=timezone.now())

    send()

    assert len(sink.mails) == 2 and sink.mails[1].message["Message-ID"] == first.message["Message-ID"]


def test_news_from_before_a_long_silence_are_not_mailed(sink):
    make_subscriber()
    make_live()
    record_events()
    AlertEvent.objects.update(happens_at=timezone.now() - timedelta(days=8))

    send()

    assert sink.mails == [] and AlertEvent.objects.get().matched_at


def test_other_backends_get_the_texts_of_the_mail(settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    make_subscriber(address=ADDRESS)
    make_live(title="Gas")

    send()

    [sent] = django_mail.outbox
    assert sent.to == [ADDRESS] and sent.subject == "New: “Gas”" and "Gas" in sent.body
    assert sent.alternatives[0].mimetype == "text/html" and "List-Unsubscribe" in sent.extra_headers
