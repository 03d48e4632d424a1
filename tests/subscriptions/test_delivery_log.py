"""What was sent stays in the log once its readers have left, and nothing of the readers does."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.locales import localized_path
from subscriptions.conditions import Choice
from subscriptions.delivery_log import (
    MAX_TEXTS,
    RECENT_DAYS,
    CountedMails,
    SentNumbers,
    count_delivery,
    count_sent,
    list_deliveries,
)
from subscriptions.expansion import expand_alerts
from subscriptions.models import (
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    AlertState,
    MailedEvent,
    RemovedMails,
    Subscriber,
    Subscription,
    Timing,
)
from subscriptions.removal import delete_outdated, remove_subscriber
from subscriptions.retention import MAIL_DAYS, delete_old_mails
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_live, make_person

from .factories import make_subscriber, make_unconfirmed
from .sending import send

pytestmark = pytest.mark.django_db
PURPOSES = ("daily", "weekly")
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
def test_of_who_leaves_numbers_alone_stay(client, event, leave):
    subscriber, other = make_subscriber(), make_subscriber()
    store_mails(subscriber)
    name_in_digest(subscriber, event)
    kept = store_mails(other)

    leave(client, subscriber)

    assert set(AlertMail.objects.values_list("pk", flat=True)) == kept.keys()
    assert not MailedEvent.objects.exists()
    numbers = RemovedMails.objects.values_list("purpose", "event", "sent", "given_up")
    assert sorted(map(str, numbers)) == sorted(
        map(
            str,
            [
                ("alert", event.pk, 1, 0),
                *((purpose, None, *count) for purpose in PURPOSES for count in ((1, 0), (0, 1))),
                ("daily", event.pk, 1, 0),
                ("daily", None, 1, 0),
            ],
        )
    )


def name_in_digest(subscriber: Subscriber, event: AlertEvent) -> None:
    mail = subscriber.mails.create(purpose="daily", period_end=timezone.now(), next_attempt_at=timezone.now())
    mail.named_events = [event.pk]
    mail.mark_sent()


def test_no_table_refers_to_who_has_left_and_numbers_have_no_columns_of_a_reader(event):
    for _number in range(2):
        subscriber = make_subscriber()
        store_mails(subscriber)
        name_in_digest(subscriber, event)
        remove_subscriber(subscriber)

    references = [field.related_model for field in Subscriber._meta.related_objects]
    assert {AlertMail, MailedEvent, Subscription} <= set(references)
    assert not any(model.objects.exists() for model in (Subscriber, *references))
    assert {field.name for field in RemovedMails._meta.get_fields()} == {
        "id", "purpose", "event", "period_end", "sent", "given_up",
    }  # fmt: skip
    assert RemovedMails.objects.get(purpose="alert").sent == 2
    assert RemovedMails.objects.get(purpose="daily", event=event).sent == 2


def test_of_who_never_confirmed_and_leaves_nothing_is_kept():
    subscriber = make_unconfirmed(Choice()).subscriber
    subscriber.mails.create(purpose="confirm", period_end=timezone.now(), sent_at=timezone.now())

    remove_subscriber(subscriber)

    assert not AlertMail.objects.exists() and not RemovedMails.objects.exists()


def test_the_numbers_of_the_log_stay_as_they_are_when_all_readers_leave(event):
    subscribers = [make_subscriber() for _number in range(3)]
    for subscriber in subscribers:
        store_mails(subscriber)
    AlertMail.objects.pending().delete()
    AlertMail.objects.confirmations().delete()
    AlertMail.objects.update(last_error="")
    before = list_deliveries(), count_delivery(), count_sent(CountedMails.find())
    assert before[1].sent == SentNumbers(total=9, confirmations=0) and before[1].given_up == 6

    for subscriber in subscribers:
        remove_subscriber(subscriber)
        assert (list_deliveries(), count_delivery(), count_sent(CountedMails.find())) == before


def test_what_was_sent_earlier_is_not_of_the_last_days(event):
    reader = make_subscriber()
    reader.mails.create(
        purpose="daily",
        period_end=timezone.now() - timedelta(days=RECENT_DAYS + 1),
        sent_at=timezone.now() - timedelta(days=RECENT_DAYS + 1),
    )
    remove_subscriber(reader)

    assert count_delivery().sent.total == 0 and count_sent(CountedMails.find()).total == 1


def test_numbers_are_deleted_like_mails(event):
    reader = make_subscriber()
    store_mails(reader)
    name_in_digest(reader, event)
    remove_subscriber(reader)
    delete_old_mails()
    assert RemovedMails.objects.exists()
    past = timezone.now() - timedelta(days=MAIL_DAYS + 1)
    AlertEvent.objects.update(happens_at=past, matched_at=past)
    for number, row in enumerate(RemovedMails.objects.filter(event=None)):
        RemovedMails.objects.filter(pk=row.pk).update(period_end=past - timedelta(seconds=number))

    delete_old_mails()

    assert not RemovedMails.objects.exists()


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
