"""Sign-up by the form: the same answer to all, few mails to one address, nothing changed until it is confirmed."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from publications.models import Publication, TagKind
from subscriptions import signup
from subscriptions.conditions import Choice
from subscriptions.models import (
    AlertMail,
    AlertMailPurpose,
    Condition,
    SignUpAttempt,
    Subscriber,
    Subscription,
    SuppressedAddress,
    Timing,
)
from subscriptions.refusals import refuse_sign_ups
from subscriptions.signup import (
    NETWORK_LIMIT,
    SignUpLimit,
    confirm_subscriptions,
    delete_outdated,
    remove_subscriber,
)
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_author, make_live, make_tag

from .factories import make_subscriber, make_unconfirmed

pytestmark = pytest.mark.django_db
ADDRESS = "Reader@example.org"


def sign_up(client, email: str = ADDRESS, path: str = "/en/alerts/", **data):
    return client.post(path, {"email": email, **data})


def confirm_url(subscriber: Subscriber) -> str:
    return reverse("subscriptions:confirm", args=[make_token(TokenPurpose.CONFIRM, subscriber.uid)])


def pass_time(**period: int) -> None:
    """Make all that is stored older."""
    age = timedelta(**period)
    for attempt in SignUpAttempt.objects.all():
        SignUpAttempt.objects.filter(pk=attempt.pk).update(at=attempt.at - age)
    for row in Subscription.objects.all():
        Subscription.objects.filter(pk=row.pk).update(requested_at=row.requested_at - age)
    AlertMail.objects.update(next_attempt_at=None, sent_at=timezone.now() - age)


def test_the_form_stores_an_unconfirmed_choice_and_queues_one_mail(client):
    make_live(tags=[make_tag("Energy", slug="energy")])

    response = sign_up(client, choice="topic=energy", timing="weekly", locale="sv")

    assert response.status_code == 200 and ADDRESS in response.content.decode()
    subscriber = Subscriber.objects.get()
    assert (subscriber.address, subscriber.locale) == (ADDRESS, "sv")
    subscription = subscriber.subscriptions.get()
    assert (subscription.condition.filters, subscription.timing) == ({"topic": "energy"}, Timing.WEEKLY)
    assert subscription.confirmed_at is None
    assert subscriber.mails.get().purpose == AlertMailPurpose.CONFIRM
    assert mail.outbox == []


def test_several_choices_are_each_stored_with_all_their_filters(client):
    ann = make_author("Ann Berg", slug="ann-berg")
    make_live(author=ann, tags=[make_tag("Energy", slug="energy"), make_tag(slug="se", kind=TagKind.COUNTRY)])

    sign_up(client, choice=["topic=energy&author=ann-berg", "country=se"], q="grid")

    rows = Subscription.objects.order_by("pk").values_list("condition__filters", "condition__query")
    assert list(rows) == [
        ({"topic": "energy", "author": "ann-berg"}, ""),
        ({"country": "se"}, ""),
        ({}, "grid"),
    ]


def test_a_form_without_a_choice_is_for_all_publications(client):
    sign_up(client)

    assert Condition.objects.get().digest == Choice().digest


def test_one_publication_is_chosen_by_its_uid(client):
    edition = make_live()
    uid = Publication.objects.get(pk=edition.publication_id).uid

    sign_up(client, choice=f"publication={uid}")

    assert Condition.objects.get().publication_id == edition.publication_id


@pytest.mark.parametrize(
    "state", ["new", "confirmed", "unconfirmed", "paused", "left", "failed", "no host", "refused"]
)
def test_the_answer_is_the_same_whatever_is_stored_of_the_address(client, state):
    if state in ("confirmed", "paused", "failed", "left"):
        subscriber = make_subscriber(address=ADDRESS)
        if state == "left":
            remove_subscriber(subscriber)
        elif state != "confirmed":
            column = {"paused": "paused_until", "failed": "failed_at"}[state]
            Subscriber.objects.update(**{column: timezone.now() + timedelta(days=9)})
    if state in ("unconfirmed", "refused"):
        make_unconfirmed(Choice(), address=ADDRESS)
    if state == "refused":
        refuse_sign_ups(Subscriber.objects.get())
    known = sign_up(client, "someone@example.org").content.decode()
    address = "reader@no-such-host.invalid" if state == "no host" else ADDRESS

    response = sign_up(client, address)

    assert response.status_code == 200
    assert response.content.decode() == known.replace("someone@example.org", address)
    expected = 1 if state == "refused" else 2
    assert AlertMail.objects.filter(purpose=AlertMailPurpose.CONFIRM).count() == expected


@pytest.mark.parametrize("is_refused", [False, True])
def test_an_answer_waits_for_the_disk_as_often_whatever_is_stored_of_the_address(client, is_refused):
    subscriber = make_subscriber(address=ADDRESS)
    if is_refused:
        refuse_sign_ups(subscriber)
    for number in range(4):
        pass_time(hours=number)
        sign_up(client)

    with CaptureQueriesContext(connection) as queries:
        sign_up(client)

    written = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
    assert len(written) == 1 and "signupattempt" in written[0]


@pytest.mark.parametrize("address", ["", "reader", "reader@", "a b@example.org", "a@example.org\nBcc: b@example.org",
                                     "a@example.org\r", "x" * 300 + "@example.org", "a@exam\0ple.org"])  # fmt: skip
def test_a_malformed_address_is_an_error_and_stores_nothing(client, address):
    response = sign_up(client, f"{address}x" if address.endswith("\r") else address)

    [field] = html.fromstring(response.content).xpath("//input[@aria-invalid]")
    errors = field.xpath("ancestor::form//p[@id=$id]", id=field.get("aria-describedby"))
    assert response.status_code == 400 and len(errors) == 1 and field.get("autofocus") is not None
    assert not Subscriber.objects.exists() and not SignUpAttempt.objects.exists()


def test_who_sees_a_wrong_address_changes_it_and_keeps_the_choices(client):
    data = {"choice": ["q=grid", "q=gas"], "timing": "weekly", "locale": "sv"}
    [form] = html.fromstring(sign_up(client, "reader@exmaple.org", **data).content).xpath("//main//form")
    [button] = form.xpath(".//button")

    sent = {name: form.xpath(".//input[@name=$name]/@value", name=name) for name in (*data, "email")}
    page = client.post(form.get("action"), {**sent, button.get("name"): button.get("value")})

    again = html.fromstring(page.content)
    assert page.status_code == 200 and Subscriber.objects.count() == 1
    assert again.xpath("//input[@name='choice']/@value") == data["choice"]
    assert again.xpath("//input[@checked]/@value") == ["weekly", "sv"]
    assert again.xpath("//input[@name='email']/@value") == ["reader@exmaple.org"]


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ("colour=red", "Alerts cannot be limited by “colour”."),
        ("year=2026", "Alerts cannot be limited by “year”."),
        ("topic=secret", "“secret” is not among the choices of “Topic”"),
        ("topic=%00", "is not among the choices of “Topic”"),
        ("publication=1", "There is no such publication"),
        ("publication=x&topic=energy", "have no other filters"),
        (f"q={'word ' * 60}", "too many words"),
        ("q=%21%21", "has no word that can be searched for"),
        ("x" * 3_000, "This choice is not complete."),
        ("&".join(f"a{number}=1" for number in range(90)), "This choice is not complete."),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused_and_named(client, choice, text):
    make_tag("Draft only", slug="secret")

    response = sign_up(client, choice=choice)

    assert response.status_code == 400 and text in response.content.decode()
    assert ADDRESS in response.content.decode()
    assert not Subscriber.objects.exists()


def test_a_form_that_a_program_has_filled_in_stores_nothing_and_looks_the_same(client):
    answer = sign_up(client, website="https://spam.example")

    assert not Subscriber.objects.exists() and not AlertMail.objects.exists()
    assert answer.content == sign_up(client).content


def test_a_choice_is_added_and_removed_without_a_script(client):
    make_live(tags=[make_tag("Energy", slug="energy")])

    [button] = html.fromstring(client.get("/en/alerts/").content).xpath("//fieldset//button[@name='add']")
    fields = {"topic": "energy", "q": "grid", "email": ADDRESS}
    added = client.post("/en/alerts/", {**fields, "add": button.get("value")})
    removed = client.post("/en/alerts/", {"choice": "topic=energy&q=grid", "remove": "topic=energy&q=grid"})

    assert 'name="choice" value="topic=energy&amp;q=grid"' in added.content.decode()
    assert ADDRESS in added.content.decode() and "Topic: Energy · Search: grid" in added.content.decode()
    assert html.fromstring(added.content).xpath("//details[@open]/summary/text()") == ["Choose more"]
    assert 'name="choice"' not in removed.content.decode()
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(("field", "is_open"), [({"topic": "energy"}, False), ({"country": "none"}, True)])
def test_fields_that_few_need_are_behind_a_button_unless_one_is_filled_in(client, field, is_open):
    make_live(tags=[make_tag("Energy", slug="energy"), make_tag("Sweden", slug="se", kind=TagKind.COUNTRY)])

    page = html.fromstring(client.post("/en/alerts/", {**field, "email": ""}).content)

    [rare] = page.xpath("//details//details")
    shown = {select.get("name") for select in page.xpath("//details//select")}
    behind = {select.get("name") for select in rare.xpath(".//select | .//input")}
    assert behind == {"country", "language", "q"} and shown - behind == {"kind", "topic", "author"}
    assert ("open" in rare.attrib) is is_open


def test_an_address_is_mailed_at_most_three_times_a_day(client):
    counts = []
    for minutes in (0, 11, 11, 11, 24 * 60):
        pass_time(minutes=minutes)
        sign_up(client, f"reader+{minutes}@example.org")
        counts.append(SignUpAttempt.objects.filter(was_mailed=True).count())

    assert counts == [1, 2, 3, 3, 4]


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


def test_the_link_of_who_has_confirmed_shows_what_is_confirmed(client):
    subscription = make_unconfirmed(Choice(query="grid"))
    url = confirm_url(subscription.subscriber)
    first = client.post(url, {"chosen": subscription.pk}).content.decode()

    assert client.get(url).content.decode() == first and "Search: grid" in first


def test_who_has_confirmed_goes_on_to_the_text_that_is_followed(client):
    edition = make_live(title="Grid")
    subscription = make_unconfirmed(Choice(publication=edition.publication_id))

    page = client.post(confirm_url(subscription.subscriber), {"chosen": subscription.pk}).content.decode()

    assert f'<a href="{edition.get_absolute_url()}">Back to “Grid”</a>' in page


def test_the_link_of_one_reader_confirms_nothing_of_another():
    own, other = make_unconfirmed(Choice()), make_unconfirmed(Choice(query="grid"))

    assert confirm_subscriptions(own.subscriber, [other.pk]) == 0
    assert not Subscription.objects.confirmed().exists()


def test_a_reader_who_had_left_or_whose_address_failed_gets_mails_again_by_confirming(client):
    remove_subscriber(make_subscriber(address=ADDRESS))
    sign_up(client)
    subscriber = Subscriber.objects.get()
    Subscriber.objects.update(failed_at=timezone.now())

    confirm_subscriptions(subscriber, subscriber.subscriptions.values_list("pk", flat=True))

    assert not SuppressedAddress.objects.exists()
    assert Subscriber.objects.reachable().get() == subscriber


def test_any_number_of_addresses_is_deleted(monkeypatch):
    """A statement of SQLite takes 250,000 keys: with more, nothing was deleted and no mail was sent."""
    monkeypatch.setattr(signup, "BATCH_ROWS", 2)
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
