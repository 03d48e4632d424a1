"""A mistyped address of a big provider: one question, whatever is stored, that a button answers."""

import pytest
from lxml import html

from subscriptions.addresses import PROVIDERS, SIMILAR_HOSTS, suggest_address
from subscriptions.models import SignUpAttempt, Subscriber

from .factories import make_subscriber
from .sign_up import sign_up

TYPED, MEANT = "ann.berg@gmial.com", "ann.berg@gmail.com"
CHOSEN = {"choice": ["q=grid", "q=gas"], "timing": "weekly", "locale": "sv"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"), ("gmail.con", "gmail.com"), ("gmail.se", "gmail.com"), ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"), ("hotmial.com", "hotmail.com"), ("hotmial.se", "hotmail.se"),
        ("homail.com", "hotmail.com"), ("outlok.com", "outlook.com"), ("outlook.con", "outlook.com"),
        ("iclod.com", "icloud.com"), ("yahooo.com", "yahoo.com"), ("live.con", "live.com"), ("telia.con", "telia.com"),
        ("protonmial.com", "protonmail.com"), ("bredbnad.net", "bredband.net"), ("gmail.com.br", "gmail.com"),
    ],
)  # fmt: skip
def test_a_mistyped_host_of_a_big_provider_is_known(typed, meant):
    assert suggest_address(f"ann@{typed}") == f"ann@{meant}"


@pytest.mark.parametrize(
    "host",
    [*PROVIDERS, *SIMILAR_HOSTS, "example.org", "ui.se", "telia.se", "outlook.se", "hotmail.co.uk", "hotmail.fr", "gmx.de",
     "mail.ru", "proton.me", "me.com", "msn.com", "google.com", "tele2.se", "aol.com", "ukr.net", "web.de",
     "protonmail.ch", "hotmail.com.br", "hotmail.com.ar", "hotmail.com.au", "hotmail.com.tr", "outlook.com.ar",
     "outlook.com.br", "outlook.com.vn", "yahoo.com.br", "yahoo.com.sg", "yahoo.ie", "live.com.mx"],
)  # fmt: skip
def test_no_question_follows_any_other_host(host):
    assert suggest_address(f"ann@{host}") == ""


def press(client, page, name: str, value: str):
    """Send the form of a page by one of its buttons."""
    [form] = html.fromstring(page.content).xpath("//main//form")
    [button] = form.xpath(".//button[@name=$name and @value=$value]", name=name, value=value)
    fields: dict[str, list[str]] = {}
    for key, text in [*form.form_values(), (button.get("name"), button.get("value"))]:
        fields.setdefault(key, []).append(text)
    return client.post(form.get("action"), fields)


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", [TYPED, MEANT])
def test_a_reader_gets_one_question_and_what_they_choose(client, chosen):
    question = sign_up(client, TYPED, **CHOSEN)

    assert f"Did you mean <strong>{MEANT}</strong>?" in question.text
    assert not Subscriber.objects.exists() and not SignUpAttempt.objects.exists()
    answer = press(client, question, "email", chosen)
    assert "Check your inbox" in answer.text
    subscriber = Subscriber.objects.get()
    assert (subscriber.address, subscriber.locale) == (chosen, "sv")
    assert set(subscriber.subscriptions.values_list("timing", "condition__query")) == {
        ("weekly", "grid"),
        ("weekly", "gas"),
    }


@pytest.mark.django_db
def test_an_address_that_was_checked_is_accepted_from_the_form_and_another_is_questioned(client):
    form = press(client, sign_up(client, TYPED, **CHOSEN), "add", "1")

    fields = dict(html.fromstring(form.content).xpath("//main//form")[0].form_values())
    assert fields["email"] == TYPED
    assert "Did you mean" in client.post("/en/alerts/", {**fields, "email": "ann@hotmial.com"}).text
    assert "Check your inbox" in client.post("/en/alerts/", fields).text


@pytest.mark.django_db
def test_the_question_is_the_same_whoever_is_subscribed_and_for_a_program(client):
    question = sign_up(client, TYPED).content
    make_subscriber(address=TYPED)
    make_subscriber(address=MEANT)

    assert sign_up(client, TYPED).content == question
    spam = sign_up(client, TYPED, website="https://spam.example")
    assert "Did you mean" in spam.text and not SignUpAttempt.objects.exists()
    assert "Check your inbox" in press(client, spam, "email", TYPED).text
    assert Subscriber.objects.count() == 2 and SignUpAttempt.objects.get().mail_due_at is None
