"""The link that confirms what was chosen, and what becomes of that which nobody confirms."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from lxml import html

from subscriptions import removal
from subscriptions.conditions import Choice
from subscriptions.models import (
    Condition,
    SignUpAttempt,
    Subscriber,
    Subscription,
    SuppressedAddress,
)
from subscriptions.removal import delete_outdated, remove_subscriber
from subscriptions.signup import confirm_subscriptions
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_live, make_tag

from .factories import make_subscriber, make_unconfirmed
from .sign_up import ADDRESS, confirm_url, pass_time, sign_up

pytestmark = pytest.mark.django_db


def test_a_get_of_the_link_confirms_nothing_and_a_post_what_is_ticked(client):
    make_live(tags=[make_tag("Energy", slug="energy")])
    sign_up(client, choice=["topic=energy", "q=grid"])
    subscriber = Subscriber.objects.get()
    first, second = subscriber.subscriptions.order_by("pk")

    page = client.get(confirm_url(subscriber))
    assert "Topic: Energy" in page.content.decode() and not Subscription.objects.confirmed().exists()
    nothing = client.post(confirm_url(subscriber))
    assert nothing.status_code == 400 and not Subscription.objects.confirmed().exists()
    done = client.post(confirm_url(subscriber), {"chosen": [first.pk, "x", "9" * 30]})

    assert list(subscriber.subscriptions.all()) == [first]
    assert subscriber.subscriptions.confirmed().get() == first
    assert f"/en/alerts/manage/{make_token(TokenPurpose.MANAGE, subscriber.uid)}/" in done.content.decode()
    client.post(confirm_url(subscriber), {"chosen": second.pk})
    assert list(subscriber.subscriptions.all()) == [first]


def test_the_link_works_for_48_hours(client):
    subscription = make_unconfirmed(Choice())
    Subscription.objects.update(requested_at=timezone.now() - timedelta(hours=47, minutes=59))
    assert client.get(confirm_url(subscription.subscriber)).status_code == 200

    Subscription.objects.update(requested_at=timezone.now() - timedelta(hours=48, minutes=1))

    response = client.post(confirm_url(subscription.subscriber), {"chosen": subscription.pk})
    assert response.status_code == 404 and not Subscription.objects.confirmed().exists()


def test_the_link_of_who_has_confirmed_shows_what_is_confirmed_and_opens_nothing_else(client):
    subscription = make_unconfirmed(Choice(query="grid"))
    url, data = confirm_url(subscription.subscriber), {"chosen": subscription.pk}
    first = client.post(url, data).content.decode()

    for page in (client.get(url), client.post(url, data)):
        assert "Search: grid" in page.content.decode() and "/manage/" not in page.content.decode()
    assert "/en/alerts/manage/" in first


def test_who_has_confirmed_goes_on_to_the_text_that_is_followed(client):
    edition = make_live(title="Grid")
    subscription = make_unconfirmed(Choice(publication=edition.publication_id))

    page = client.post(confirm_url(subscription.subscriber), {"chosen": subscription.pk}).content.decode()

    assert f'<a href="{edition.get_absolute_url()}">Back to “Grid”</a>' in page


def test_the_link_of_one_reader_confirms_nothing_of_another():
    own, other = make_unconfirmed(Choice()), make_unconfirmed(Choice(query="grid"))

    assert confirm_subscriptions(own.subscriber, [other.pk], named_until=other.pk) == 0
    assert not Subscription.objects.confirmed().exists()


def test_a_reader_who_had_left_or_whose_address_failed_gets_mails_again_by_confirming(client):
    remove_subscriber(make_subscriber(address=ADDRESS))
    sign_up(client)
    subscriber = Subscriber.objects.get()
    Subscriber.objects.update(failed_at=timezone.now())

    chosen = subscriber.subscriptions.values_list("pk", flat=True)
    confirm_subscriptions(subscriber, chosen, named_until=max(chosen))

    assert not SuppressedAddress.objects.exists()
    assert Subscriber.objects.reachable().get() == subscriber


def test_any_number_of_addresses_is_deleted(monkeypatch):
    """A statement of SQLite takes 250,000 keys: with more, nothing was deleted and no mail was sent."""
    monkeypatch.setattr(removal, "BATCH_ROWS", 2)
    for _number in range(5):
        make_unconfirmed(Choice())
    Subscription.objects.update(requested_at=timezone.now() - timedelta(hours=49))

    with CaptureQueriesContext(connection) as queries:
        assert delete_outdated() == 5

    deletions = [
        query["sql"] for query in queries if query["sql"].startswith('DELETE FROM "subscriptions_subscriber"')
    ]
    assert len(deletions) == 3


def test_an_end_of_a_line_or_a_turned_direction_is_in_no_search(client):
    sign_up(client, q="gas\u202e\u2028grid\x85")

    assert Condition.objects.get().query == "gas grid"


def test_what_is_not_confirmed_is_deleted_after_48_hours_with_the_address(client):
    make_subscriber(Choice(query="kept"), address="kept@example.org")
    sign_up(client, choice="q=grid")
    sign_up(client, "kept@example.org", choice="q=other")
    assert delete_outdated() == 0

    pass_time(hours=49)

    assert delete_outdated() == 1
    assert [subscriber.address for subscriber in Subscriber.objects.all()] == ["kept@example.org"]
    assert [condition.query for condition in Condition.objects.all()] == ["kept"]
    assert not SignUpAttempt.objects.exists()


@pytest.mark.parametrize(
    ("timing", "locale", "words"),
    [
        ("at_once", "en", "as soon as it is published"),
        (
            "daily",
            "en",
            "The next daily email comes on Saturday 5 December at 07:00, if there is something new.",
        ),
        (
            "weekly",
            "en",
            "The next weekly email comes on Monday 7 December at 07:00, if there is something new.",
        ),
        (
            "daily",
            "sv",
            "Nästa dagliga mejl kommer lördag 5 december klockan 07:00, om det finns något nytt.",
        ),
        ("weekly", "sv", "Nästa veckomejl kommer måndag 7 december klockan 07:00, om det finns något nytt."),
    ],
)
def test_who_has_confirmed_reads_when_and_where_mails_come(client, timing, locale, words):
    with time_machine.travel("2026-12-04 12:00Z", tick=False), override(locale):
        row = make_unconfirmed(Choice(query="grid"), locale=locale, address=ADDRESS)
        Subscription.objects.update(timing=timing)
        url = confirm_url(row.subscriber)
        asking = client.get(url)
        page = client.post(url, {"chosen": row.pk})

    text = " ".join(html.fromstring(page.content).xpath("string(//main)").split())
    assert words in text and text.count("07:00") == (timing != "at_once")
    for shown in (page, asking):
        assert "R…@example.org" in shown.text and ADDRESS.lower() not in shown.text.lower()


def test_the_next_mail_of_a_paused_reader_comes_after_the_pause(client):
    with time_machine.travel("2026-12-04 12:00Z", tick=False):
        until = timezone.now() + timedelta(days=7)
        row = make_unconfirmed(Choice(query="grid"), paused_until=until)
        Subscription.objects.update(timing="weekly")
        page = client.post(confirm_url(row.subscriber), {"chosen": row.pk})

    assert "Monday 14 December" in page.text and "paused until 11 December 2026" in page.text


@pytest.mark.parametrize(
    ("timings", "shown"), [(["daily"], (True, False)), (["weekly"], (False, True)), (["daily", "weekly"], (True, True)),
                           (["at_once"], (False, False))]
)  # fmt: skip
def test_the_page_of_the_link_explains_only_what_was_chosen(client, timings, shown):
    subscriber = make_unconfirmed(Choice()).subscriber
    subscriber.subscriptions.all().delete()
    for timing in timings:
        subscriber.subscriptions.create(condition=Choice(query=timing).store(), timing=timing)

    page = client.get(confirm_url(subscriber)).text

    assert (
        bool(re.search("daily emails", page, re.I)),
        bool(re.search("weekly (ones|emails)", page, re.I)),
    ) == shown


def test_who_has_confirmed_a_topic_goes_on_to_its_list(client):
    make_live(tags=[make_tag("Energy", slug="energy")])
    row = make_unconfirmed(Choice({"topic": "energy"}, "grid & gas"))

    page = html.fromstring(client.post(confirm_url(row.subscriber), {"chosen": row.pk}).content)

    [link] = page.xpath("//ul[@class='alerts-list']//a/@href")
    assert link == "/en/publications/?topic=energy&q=grid+%26+gas" and client.get(link).status_code == 200
