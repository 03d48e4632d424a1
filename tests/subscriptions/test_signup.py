"""Sign-up by the form: the same answer to all, few mails to one address, nothing changed until it is confirmed."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from publications.models import Publication, TagKind
from subscriptions.conditions import Choice
from subscriptions.models import (
    AlertMail,
    AlertMailPurpose,
    Condition,
    SignUpAttempt,
    Subscriber,
    Subscription,
    Timing,
)
from subscriptions.refusals import refuse_sign_ups
from subscriptions.removal import remove_subscriber
from tests.factories import make_author, make_live, make_tag

from .factories import make_subscriber, make_unconfirmed
from .sign_up import ADDRESS, pass_time, sign_up

pytestmark = pytest.mark.django_db


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


def test_who_has_signed_up_on_the_page_of_a_text_goes_back_to_it(client):
    edition = make_live(title="Grid")
    uid = Publication.objects.get(pk=edition.publication_id).uid

    page = sign_up(client, choice=[f"publication={uid}", "q=grid"]).text

    assert f'<a href="{edition.get_absolute_url()}">Back to “Grid”</a>' in page


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
