"""The link that confirms what was chosen, and what becomes of that which nobody confirms."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

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
