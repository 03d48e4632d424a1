"""What was sent stays in the log once its readers have left, and nothing of the readers does."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.locales import localized_path
from subscriptions.conditions import Choice
from subscriptions.delivery_log import MAX_TEXTS, SentNumbers, count_delivery, list_deliveries
from subscriptions.expansion import expand_alerts
from subscriptions.models import (
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    AlertState,
    MailedEvent,
    Subscriber,
    Timing,
)
from subscriptions.removal import delete_outdated, remove_subscriber
from subscriptions.retention import MAIL_DAYS, delete_old_mails
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_live, make_person

from .factories import make_subscriber, make_unconfirmed
from .other_connections import LOCK_SUBSCRIBERS, locked_by_another
from .sending import send

pytestmark = pytest.mark.django_db
SENT, GIVEN_UP, WAITING, RETRIED = "sent", "given up", "waiting", "retried"


def store_mails(subscriber: Subscriber) -> dict[int, str]:
    """Store mails of each purpose in each state; return their states by primary key."""
    now, event = timezone.now(), AlertEvent.objects.get()
    states = {
        SENT: {"sent_at": now},
        GIVEN_UP: {"attempts": 9, "last_error": "550"},
        WAITING: {"next_attempt_at": now},
        RETRIED: {"next_attempt_at": now, "attempts": 1},
    }
    stored = {}
    for number, (state, values) in enumerate(states.items()):
        for purpose in set(AlertMailPurpose) - {AlertMailPurpose.ALERT}:
            end = now - timedelta(hours=number)
            stored[
                AlertMail.objects.create(subscriber=subscriber, purpose=purpose, period_end=end, **values).pk
            ] = state
    stored[AlertMail.objects.create(subscriber=subscriber, purpose="alert", event=event, sent_at=now).pk] = (
        SENT
    )
    return stored


def leave_by_page(client, subscriber: Subscriber) -> None:
    token = make_token(TokenPurpose.LEAVE, subscriber.uid)
    assert client.post(localized_path("en", "subscriptions:leave", token=token)).status_code == 200


def lose_subscriptions(client, subscriber: Subscriber) -> None:
    subscriber.subscriptions.all().delete()
    delete_outdated()


@pytest.fixture
def event(recording) -> AlertEvent:
    make_live()
    expand_alerts()
    return AlertEvent.objects.get()


@pytest.mark.parametrize("leave", [leave_by_page, lose_subscriptions])
def test_what_is_sent_or_given_up_stays_without_its_reader(client, event, leave):
    subscriber, other = make_subscriber(), make_subscriber()
    stored, kept = store_mails(subscriber), store_mails(other)

    leave(client, subscriber)

    left = set(AlertMail.objects.filter(subscriber=None).values_list("pk", flat=True))
    assert left == {pk for pk, state in stored.items() if state in (SENT, GIVEN_UP)}
    assert set(AlertMail.objects.exclude(subscriber=None).values_list("pk", flat=True)) == kept.keys()


def test_no_column_of_what_stays_is_of_a_reader_who_has_left(event):
    subscribers = [make_subscriber() for _number in range(2)]
    for subscriber in subscribers:
        store_mails(subscriber)
        MailedEvent.objects.store(subscriber.pk, [event.pk], purpose=AlertMailPurpose.DAILY)
        remove_subscriber(subscriber)

    columns = {
        AlertMail: {
            "id", "subscriber", "purpose", "event", "period_end", "next_attempt_at", "attempts", "last_error", "sent_at",
        },
        MailedEvent: {"id", "subscriber", "event", "purpose"},
    }  # fmt: skip
    for model, names in columns.items():
        assert {field.name for field in model._meta.get_fields()} == names
        assert set(model.objects.values_list("subscriber", flat=True)) == {None}
    assert not Subscriber.objects.exists()


def test_the_numbers_of_the_log_stay_as_they_are_when_all_readers_leave(event):
    subscribers = [make_subscriber() for _number in range(3)]
    for subscriber in subscribers:
        store_mails(subscriber)
    AlertMail.objects.pending().delete()
    before = list_deliveries(), count_delivery()
    assert before[1].sent == SentNumbers(total=12, confirmations=3)

    for subscriber in subscribers:
        remove_subscriber(subscriber)

    assert (list_deliveries(), count_delivery()) == before


def test_a_mail_that_waits_has_a_reader(event):
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertMail.objects.create(
            subscriber=None, purpose="alert", event=event, next_attempt_at=timezone.now()
        )


def test_what_has_stayed_is_deleted_like_other_mails(event):
    remove_subscriber_of(store_mails(make_subscriber()))
    past = timezone.now() - timedelta(days=MAIL_DAYS + 1)
    AlertEvent.objects.update(happens_at=past, matched_at=past)
    AlertMail.objects.filter(event=None).update(period_end=past)

    delete_old_mails()

    assert not AlertMail.objects.exists() and not AlertEvent.objects.exists()


def remove_subscriber_of(mails: dict[int, str]) -> None:
    remove_subscriber(Subscriber.objects.get(mails__in=list(mails)[:1]))


def test_a_withdrawal_that_was_mailed_is_in_the_log_after_its_only_reader_has_left(client, sink, recording):
    subscriber = make_subscriber()
    edition = make_live(title="On gas")
    send()
    actions.withdraw(edition.publication, by=None)
    send()

    leave_by_page(client, subscriber)

    client.force_login(make_person("Editors"))
    page, log = (
        " ".join(client.get(reverse(f"desk:{name}")).text.split())
        for name in ("subscribers", "subscriber-log")
    )
    assert "Withdrawn · edition 1" in log and log.count("sent to 1 reader") == 2 == len(sink.mails)
    assert "2 mails were sent in the last 30 days." in log
    assert "2 mails were sent in the last 7 days." in page


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_leaves_while_mails_are_sent_is_forgotten_afterwards(client, event):
    subscriber = make_subscriber()
    stored = store_mails(subscriber)

    with locked_by_another(LOCK_SUBSCRIBERS):
        leave_by_page(client, subscriber)
        assert not AlertMail.objects.pending().exists()
    delete_outdated()

    assert not Subscriber.objects.exists()
    assert AlertMail.objects.filter(subscriber=None).count() == sum(
        state in (SENT, GIVEN_UP) for state in stored.values()
    )


def test_a_digest_names_its_texts_what_has_ended_first(client, recording):
    make_subscriber(timing=Timing.DAILY)
    AlertState.objects.update(daily_until=timezone.now() - timedelta(days=1))
    editions = [make_live(title=f"Text {number}") for number in range(MAX_TEXTS + 2)]
    actions.withdraw(editions[0].publication, by=None)
    expand_alerts()
    AlertMail.objects.create(
        subscriber=Subscriber.objects.get(),
        purpose="daily",
        period_end=timezone.now(),
        sent_at=timezone.now(),
    )

    [delivery] = list_deliveries()

    assert [event.edition.title for event in delivery.texts] == [
        "Text 0",
        *(f"Text {number}" for number in range(MAX_TEXTS + 1, 2, -1)),
    ]
    assert delivery.texts[0].type == "withdrawn" and delivery.other_texts == 2
    client.force_login(make_person("Editors"))
    log = " ".join(client.get(reverse("desk:subscriber-log")).text.split())
    path = reverse("desk:publications_publication_change", args=[editions[0].publication_id])
    assert f'href="{path}"' in log and "(Withdrawn)" in log and "and 2 more" in log


def test_each_digest_names_the_texts_of_its_own_period(recording):
    reader, now = make_subscriber(timing=Timing.DAILY), timezone.now()
    for days in (3, 2, 1):
        make_live(title=f"{days} days ago")
        expand_alerts()
        moment = now - timedelta(days=days, hours=1)
        AlertEvent.objects.filter(edition__title=f"{days} days ago").update(
            matched_at=moment, happens_at=moment
        )
        AlertMail.objects.create(
            subscriber=reader, purpose="daily", period_end=now - timedelta(days=days), sent_at=now
        )
    AlertMail.objects.create(
        subscriber=reader, purpose="weekly", period_end=now - timedelta(days=1), sent_at=now
    )

    titles = {
        (each.purpose, each.at): [event.edition.title for event in each.texts] for each in list_deliveries()
    }

    daily = {("daily", now - timedelta(days=days)): [f"{days} days ago"] for days in (3, 2, 1)}
    weekly = {("weekly", now - timedelta(days=1)): [f"{days} days ago" for days in (1, 2, 3)]}
    assert titles == {**daily, **weekly}


def test_confirmations_count_in_no_delivery_but_in_the_sum(client):
    make_unconfirmed(Choice()).subscriber.mails.create(
        purpose="confirm", period_end=timezone.now(), sent_at=timezone.now()
    )
    make_subscriber().mails.create(purpose="weekly", period_end=timezone.now(), sent_at=timezone.now())
    client.force_login(make_person("Editors"))

    pages = [
        " ".join(client.get(reverse(f"desk:{name}")).text.split())
        for name in ("subscribers", "subscriber-log")
    ]

    assert "2 mails were sent in the last 7 days, 1 of them to ask for a confirmation." in pages[0]
    assert "2 mails were sent in the last 30 days, 1 of them to ask for a confirmation." in pages[1]
    assert sum(delivery.sent for delivery in list_deliveries()) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"failed_at": timezone.now()}, "The address of 1 reader was refused for good"),
        ({"bouncing_since": timezone.now()}, "The mails of 1 reader come back for now"),
    ],
)
def test_delivery_shows_what_has_failed_and_no_zero(client, fields, sentence):
    client.force_login(make_person("Editors"))
    before = client.get(reverse("desk:subscribers")).text
    make_subscriber(**fields)
    make_subscriber().mails.create(purpose="weekly", period_end=timezone.now(), attempts=1, last_error="550")

    page = " ".join(client.get(reverse("desk:subscribers")).text.split())

    assert "None has failed" in before and "No mail was sent in the last 7 days." in before
    assert (
        "None has failed" not in page
        and sentence in page
        and "1 mail was given up in the last 30 days" in page
    )
    delivery = page.partition('id="delivery"')[2].partition("</section>")[0]
    assert not re.search(r"(?<!\d)0 ", delivery)


def test_mails_that_cannot_be_written_count_as_failed_and_to_be_tried_again(client, settings, recording):
    make_subscriber()
    settings.SECRET_KEY = "another " * 8
    make_live()

    send()
    client.force_login(make_person("Administrators"))
    page = " ".join(client.get(reverse("desk:subscribers")).text.split())

    assert count_delivery().retried == AlertMail.objects.pending().count() == 1
    assert "1 mail has failed, and is tried again" in page and "None has failed" not in page
