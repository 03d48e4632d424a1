"""Limits of sign-ups: of mails to an address, of forms of a network, and of all forms."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscriptions import signup
from subscriptions.models import (
    AlertMail,
    SignUpAttempt,
    Subscriber,
    Timing,
)
from subscriptions.refusals import refuse_sign_ups
from subscriptions.removal import delete_outdated, remove_subscriber
from subscriptions.signup import LINK_LIMIT, MAIL_LIMIT, NETWORK_LIMIT, SignUpLimit
from subscriptions.tokens import TokenPurpose

from .factories import make_subscriber
from .own_pages import url
from .sign_up import ADDRESS, pass_time, sign_up

pytestmark = pytest.mark.django_db


def test_an_address_is_mailed_at_most_three_times_a_day(client):
    counts = []
    for minutes in (0, 11, 11, 11, 24 * 60):
        pass_time(minutes=minutes)
        sign_up(client, f"reader+{minutes}@example.org")
        counts.append(SignUpAttempt.objects.filter(mail_due_at__isnull=False).count())

    assert counts == [1, 2, 3, 3, 4]


def ask_for_link(client, subscriber: Subscriber):
    return client.post(url("send_link", subscriber, TokenPurpose.LEAVE))


def count_mailed(send: Callable[[], object], times: int) -> int:
    """Return how many mails are queued by forms that are sent some time after each other."""
    before = AlertMail.objects.count()
    for _time in range(times):
        pass_time(minutes=11)
        assert send().status_code == 200
    return AlertMail.objects.count() - before


@pytest.mark.parametrize("is_link_first", [True, False])
def test_links_that_are_mailed_keep_nobody_from_confirming_nor_the_other_way_round(client, is_link_first):
    subscriber = make_subscriber(address=ADDRESS)
    forms = [lambda: ask_for_link(client, subscriber), lambda: sign_up(client)]

    counts = [count_mailed(form, 5) for form in (forms if is_link_first else forms[::-1])]

    assert counts == [LINK_LIMIT.count, MAIL_LIMIT.count]


def test_links_count_as_forms_of_a_network(client):
    subscriber = make_subscriber(address=ADDRESS)
    for _number in range(NETWORK_LIMIT.count):
        ask_for_link(client, subscriber)

    assert ask_for_link(client, subscriber).status_code == 429 and sign_up(client).status_code == 429


def test_a_mail_within_ten_minutes_of_another_is_sent_once_they_are_over(client):
    """Whoever has confirmed one alert, left, or lost the mail, waits for the next one, and must get it."""
    sign_up(client)
    pass_time(minutes=4)
    remove_subscriber(Subscriber.objects.get())
    sign_up(client)
    [first] = AlertMail.objects.pending()
    AlertMail.objects.update(next_attempt_at=None, sent_at=timezone.now())
    sign_up(client)
    [second] = AlertMail.objects.pending()

    waits = [
        round((due - timezone.now()) / timedelta(minutes=1))
        for due in (first.next_attempt_at, second.next_attempt_at)
    ]
    assert waits == [6, 16]


def test_forms_for_one_mailbox_are_counted_one_after_another(client):
    """On PostgreSQL by a lock of its own, since its spellings have several subscribers; on SQLite all that write wait."""
    with CaptureQueriesContext(connection) as queries:
        for address in ("reader@example.org", "rea.der+two@example.org"):
            sign_up(client, address)

    calls = re.findall(r"pg_advisory_xact_lock\(.*?\)", " ".join(query["sql"] for query in queries))
    is_postgresql = connection.vendor == "postgresql"
    assert (len(calls), len(set(calls))) == ((2, 1) if is_postgresql else (0, 0))


def test_a_network_sends_no_more_than_so_many_forms(client):
    for number in range(NETWORK_LIMIT.count):
        sign_up(client, f"reader{number}@example.org")

    refused = sign_up(client, "one-more@example.org")
    other = client.post("/en/alerts/", {"email": "other@example.org"}, REMOTE_ADDR="203.0.113.9")

    assert (refused.status_code, other.status_code) == (429, 200)
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    assert SignUpAttempt.objects.count() == Subscriber.objects.count() == NETWORK_LIMIT.count + 1


NEVER_SEEN, MAILED, REFUSED = "never-seen@example.org", "mailed@example.org", "refused@example.org"


def wait_of_next_form(client, address: str) -> int:
    """Return the Retry-After of a form, in minutes, after one for an address and a minute later as many as there may be.

    The forms are those of a network of their own.
    """
    network = {"REMOTE_ADDR": f"203.0.113.{SignUpAttempt.objects.count() % 200}"}
    client.post("/en/alerts/", {"email": address}, **network)
    pass_time(minutes=1)
    for number in range(NETWORK_LIMIT.count):
        response = client.post("/en/alerts/", {"email": f"own{number}@example.org"}, **network)
    assert response.status_code == 429
    return round(int(response.headers["Retry-After"]) / 60)


def test_when_the_next_form_may_be_sent_says_nothing_of_an_address(client):
    """Whoever knows when it would be by their own forms alone would learn who has signed up, or refuses mails."""
    sign_up(client, MAILED)
    AlertMail.objects.update(next_attempt_at=None, sent_at=timezone.now())
    refuse_sign_ups(make_subscriber(address=REFUSED))

    assert [wait_of_next_form(client, address) for address in (NEVER_SEEN, MAILED, REFUSED)] == [59, 59, 59]


def test_forms_of_programs_are_counted_and_answered_as_all_are(client):
    for number in range(NETWORK_LIMIT.count):
        website = "https://spam.example" if number % 2 else ""
        assert sign_up(client, f"own{number}@example.org", website=website).status_code == 200

    answers = [
        sign_up(client, "own@example.org", website=website) for website in ("https://spam.example", "")
    ]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert answers[0].content == answers[1].content


def test_a_mail_that_is_due_later_counts_for_a_day_from_then_on(client):
    for _time in range(2):
        sign_up(client)
        AlertMail.objects.update(next_attempt_at=None, sent_at=timezone.now())
    pass_time(hours=23, minutes=55)

    delete_outdated()
    pass_time(minutes=6)
    delete_outdated()

    assert SignUpAttempt.objects.get().mail_due_at > timezone.now() - MAIL_LIMIT.period


def test_all_networks_together_send_no_more_than_so_many_forms(client, monkeypatch):
    monkeypatch.setattr(signup, "SITE_LIMIT", SignUpLimit(3, timedelta(hours=1)))
    codes = [
        client.post("/en/alerts/", {"email": f"a{n}@example.org"}, REMOTE_ADDR=f"203.0.113.{n}").status_code
        for n in range(5)
    ]

    assert codes == [200, 200, 200, 429, 429]
    assert SignUpAttempt.objects.count() == Subscriber.objects.count() == 3
    pass_time(hours=1)
    assert sign_up(client).status_code == 200


def test_somebody_else_changes_nothing_of_what_is_confirmed(client):
    subscriber = make_subscriber(address=ADDRESS, timing=Timing.DAILY)

    sign_up(client, timing="weekly", locale="sv")

    subscriber.refresh_from_db()
    assert subscriber.locale == "en"
    assert subscriber.subscriptions.get().timing == Timing.DAILY
