"""Whoever is bothered by forms that strangers send ends them for good, and the desk allows them again."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.conditions import Choice
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, SignUpAttempt, Subscriber
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
    for address in (ADDRESS, "r.eader+x@xn--rksmrgs-5wao1o.example"):
        sign_up(client, address)

    assert answer.status_code == 200 and not answer.cookies
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
