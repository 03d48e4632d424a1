"""Whoever is bothered by forms that strangers send ends them for good, and the desk allows them again."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from lxml import html

from subscriptions.conditions import Choice
from subscriptions.list_import import import_list
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, SignUpAttempt, Subscriber, Timing
from subscriptions.removal import remove_subscriber
from subscriptions.views import own, pages
from tests.factories import make_person

from .factories import make_subscriber
from .mail_texts import text_of_mail

pytestmark = pytest.mark.django_db
ADDRESS = "Reader@räksmörgås.example"


def sign_up(client, address: str = ADDRESS, **data):
    return client.post("/en/alerts/", {"email": address, **data})


def find_link(mail: AlertMail) -> str:
    """Return the path that a mail has against forms of strangers."""
    return re.search(r"/en/alerts/refuse/[^/]+/", text_of_mail(MailWriter().build(mail))).group()


def read_link(client) -> str:
    sign_up(client)
    return find_link(AlertMail.objects.select_related("subscriber").get())


def test_an_address_that_refuses_is_in_no_table_and_is_mailed_by_no_form(client):
    link = read_link(client)
    assert client.get(link).status_code == 200 and Subscriber.objects.exists()

    answer = Client(enforce_csrf_checks=True).post(link)
    for address in (ADDRESS, "reader+x@xn--rksmrgs-5wao1o.example"):
        sign_up(client, address)

    assert answer.status_code == 200 and not answer.cookies
    assert not html.fromstring(answer.content).xpath("//main//a[@href='/en/alerts/']")
    assert not Subscriber.objects.exists() and not AlertMail.objects.exists()
    assert SignUpAttempt.objects.count() == 3  # of the limits
    again = client.post(link)
    assert again.status_code == 200 and "that holds" in again.content.decode()


def test_what_was_confirmed_before_goes_on(client):
    subscriber = make_subscriber(address=ADDRESS)
    sign_up(client, q="grid")
    link = find_link(AlertMail.objects.select_related("subscriber").get())

    client.post(link)
    sign_up(client, q="gas")

    assert subscriber.subscriptions.get().condition == Choice().store() and not AlertMail.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("Administrators", 200), ("Editors", 403)])
def test_administrators_let_an_address_sign_up_again(client, role, status):
    client.post(read_link(client))
    client.force_login(make_person(role))
    page = reverse("desk:subscribers")

    refused = client.post(page, {"address": "reader@"})
    allowed = client.post(page, {"address": "READER@räksmörgås.example "}, follow=True)

    assert (refused.status_code, allowed.status_code) == (status, status)
    assert ("reader@" in refused.content.decode()) is (status == 200)
    sign_up(client)
    assert Subscriber.objects.exists() is (status == 200)


def test_a_key_that_is_replaced_keeps_refusals(client, settings):
    client.post(read_link(client))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 60

    sign_up(client)

    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("refused", "entered", "is_mailed"),
    [
        ("an.na@example.org", "anna@example.org", True),
        ("anna@example.org", "an.na@example.org", True),
        ("an.na@gmail.com", "Anna+x@googlemail.com", False),
    ],
)
def test_nobody_refuses_for_somebody_whose_name_differs_by_a_dot(client, refused, entered, is_mailed):
    sign_up(client, refused)
    client.post(find_link(AlertMail.objects.select_related("subscriber").get()))

    sign_up(client, entered)

    assert AlertMail.objects.exists() is is_mailed


def test_a_mail_that_waits_for_another_spelling_is_not_sent(client):
    link = read_link(client)
    sign_up(client, ADDRESS.replace("@", "+x@"))
    mail = AlertMail.objects.select_related("subscriber").latest("pk")
    assert text_of_mail(MailWriter().build(mail))

    client.post(link)

    assert MailWriter().build(mail) is None


def test_who_leaves_while_a_list_is_imported_is_not_added_again():
    """On PostgreSQL each query finds what others have stored by then."""
    subscriber, queries = make_subscriber(address=ADDRESS), []

    def leave_after_the_first(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if "address_digest" in sql and sql.startswith("SELECT") and not queries:
            queries.append(sql)
            remove_subscriber(subscriber)
        return result

    with connection.execute_wrapper(leave_after_the_first):
        result = import_list(ADDRESS, Choice(), timing=Timing.DAILY, locale="en", consent_note="A list")

    assert queries and not Subscriber.objects.exists() and result.suppressed == 1


def test_the_form_takes_as_long_for_an_address_that_is_unknown_confirmed_or_refuses(client, monkeypatch):
    waits = []
    client.post(read_link(client))
    make_subscriber(address="confirmed@example.org")
    monkeypatch.setattr(pages, "ANSWER_SECONDS", 1_000)
    monkeypatch.setattr(pages, "sleep", waits.append)

    for address in (ADDRESS, "confirmed@example.org", "unknown@example.org"):
        sign_up(client, address)

    assert len(waits) == 3 and all(900 < seconds < 1_000 for seconds in waits)


def test_a_link_that_is_followed_twice_at_once_says_that_the_choice_holds(client, monkeypatch):
    link, refuse = read_link(client), own.refuse_sign_ups
    monkeypatch.setattr(own, "refuse_sign_ups", lambda subscriber: (refuse(subscriber), refuse(subscriber)))

    answer = client.post(link)

    assert answer.status_code == 200 and "that holds" in answer.content.decode()
