"""Requests of readers on PostgreSQL while a slow relay takes a mail to them, or others hold what they need.

They wait briefly, say so and store nothing. Else a slow relay would take the workers of a server away from everybody.
Leaving waits for nobody, nor does signing up: it would tell anybody to whom a mail is being sent.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from lxml import html

from publications.locales import LOCALES, localized_path
from subscriptions import locks
from subscriptions.addresses import digest_mailbox
from subscriptions.conditions import Choice
from subscriptions.models import Subscriber
from subscriptions.removal import delete_outdated
from subscriptions.signup import MAIL_INTERVAL, confirm_subscriptions, list_unconfirmed
from subscriptions.tokens import TokenPurpose, make_token

from .factories import make_subscriber
from .other_connections import LOCK_SUBSCRIBERS, locked_by_another
from .own_pages import ADDRESS
from .sign_up import sign_up

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_brief_waits"),
]
LOCK_STATE = "SELECT id FROM subscriptions_alertstate FOR UPDATE"
CHANGE = {"locale": "sv", "timing": "daily", "topic": ""}
FORMS = {
    "confirm": [{}],
    "manage": [
        CHANGE,
        {**CHANGE, "pause": "day", "paused_until": f"{timezone.localdate() + timedelta(days=2)}"},
    ],
    "send_link": [{}],
    "refuse": [{}],
}
"""What is sent to each page that stores something and may wait."""
SENTENCES = {
    "en": "send the form again in a minute",
    "sv": "skicka formuläret igen om en minut",
}
WAITING_FOR_NOBODY = {"leave", "my_data", "sign_up"}
PURPOSES = {"send_link": TokenPurpose.LEAVE, "my_data": TokenPurpose.MANAGE}


@pytest.fixture
def _brief_waits(monkeypatch):
    monkeypatch.setattr(locks, "MAX_WAIT", timedelta(milliseconds=50))


@pytest.fixture
def subscriber(recording) -> Subscriber:
    subscriber = make_subscriber(address=ADDRESS)
    subscriber.subscriptions.create(condition=Choice({"kind": "report"}).store())
    return subscriber


def url(name: str, locale: str, subscriber: Subscriber) -> str:
    token = make_token(PURPOSES.get(name) or TokenPurpose(name), subscriber.uid)
    return localized_path(locale, f"subscriptions:{name}", token=token)


def stored_rows() -> list[list[dict]]:
    """Return all that is stored but for the forms that are counted."""
    models = [
        each for each in apps.get_app_config("subscriptions").get_models() if each.__name__ != "SignUpAttempt"
    ]
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_forms_wait_briefly_for_a_mail_that_is_being_sent(client, subscriber):
    waiting, before = subscriber.subscriptions.get(confirmed_at=None), stored_rows()

    with locked_by_another(LOCK_SUBSCRIBERS):
        answers = {
            (name, number, locale): client.post(url(name, locale, subscriber), {"chosen": waiting.pk, **form})
            for name, forms in FORMS.items()
            for number, form in enumerate(forms)
            for locale in LOCALES
        }

    statuses = {key: (page.status_code, page.headers.get("Retry-After")) for key, page in answers.items()}
    assert statuses == dict.fromkeys(answers, (503, "60"))
    for (name, _number, locale), page in answers.items():
        assert SENTENCES[locale] in page.text
        assert name == "manage" or ADDRESS not in page.text  # its page shows to whom mails go
        assert html.fromstring(page.content).xpath("//main//form[@method='post']")
    assert stored_rows() == before


def test_a_form_that_waited_in_vain_keeps_what_was_typed(client, subscriber):
    waiting = subscriber.subscriptions.create(condition=Choice(query="grid").store())
    row, day = (
        subscriber.subscriptions.get(confirmed_at__isnull=False),
        f"{timezone.localdate() + timedelta(days=2)}",
    )
    typed = {"locale": "sv", f"timing-{row.pk}": "daily", "removed": str(row.pk), "q": "gas & oil", "pause": "day",
             "paused_until": day}  # fmt: skip

    with locked_by_another(LOCK_SUBSCRIBERS):
        manage = client.post(url("manage", "en", subscriber), typed)
        confirm = client.post(url("confirm", "en", subscriber), {"chosen": waiting.pk})

    [form] = html.fromstring(manage.content).xpath("//main//form[@method='post'][not(@action)]")
    again = dict(form.form_values())
    assert again["choice"] == "q=gas+%26+oil"  # what could be chosen stands in the list
    assert {name: again[name] for name in typed if name != "q"} == {
        k: v for k, v in typed.items() if k != "q"
    }
    ticked = html.fromstring(confirm.content).xpath("//input[@name='chosen'][@checked]/@value")
    assert ticked == [str(waiting.pk)]
    done = client.post(url("manage", "en", subscriber), again)
    assert done.status_code == 303


def test_a_sign_up_that_waited_in_vain_keeps_what_was_typed(client, subscriber):
    key = int.from_bytes(bytes.fromhex(digest_mailbox(ADDRESS))[:8], signed=True)
    typed = {"choice": ["q=gas", "q=oil"], "timing": "weekly", "locale": "sv"}

    with locked_by_another(f"SELECT pg_advisory_xact_lock({key})"):
        page = sign_up(client, ADDRESS, **typed)

    assert (page.status_code, page.headers["Retry-After"]) == (503, "60") and SENTENCES["en"] in page.text
    form = html.fromstring(page.content).xpath("//main//form[@method='post']")[0]
    again = form.form_values()
    assert [value for name, value in again if name == "choice"] == typed["choice"]
    assert {"timing": "weekly", "locale": "sv", "email": ADDRESS}.items() <= dict(again).items()
    assert not subscriber.subscriptions.filter(condition__query="gas").exists()


def test_a_change_waits_briefly_while_events_are_matched(client, subscriber):
    with locked_by_another(LOCK_STATE):
        response = client.post(url("manage", "en", subscriber), CHANGE)

    assert response.status_code == 503


@pytest.mark.parametrize(("statement", "left"), [(LOCK_SUBSCRIBERS, 1), (LOCK_STATE, 0)])
def test_who_reads_their_data_and_leaves_waits_for_nobody(client, subscriber, statement, left):
    with locked_by_another(statement):
        statuses = [
            client.get(url("my_data", "en", subscriber)).status_code,
            client.post(url("leave", "en", subscriber)).status_code,
        ]

    assert statuses == [200, 200] and not subscriber.subscriptions.exists()
    assert delete_outdated() == left


def test_a_sign_up_is_answered_and_stored_while_a_mail_is_being_sent(client, subscriber):
    with locked_by_another(LOCK_SUBSCRIBERS):
        for address in (ADDRESS, "unknown@example.org"):
            page = sign_up(client, address, q="grid", locale="sv")
            assert page.status_code == 200 and "Check your inbox" in page.text, address

    assert {row.condition.query for row in list_unconfirmed(subscriber)} == {"", "grid"}
    subscriber.refresh_from_db()
    assert subscriber.locale == "en" and subscriber.mails.pending().confirmations().count() == 1


def test_what_is_requested_while_the_mail_before_is_being_sent_has_a_mail_of_its_own(client):
    sign_up(client, ADDRESS, q="grid")
    subscriber = Subscriber.objects.get()

    with locked_by_another(LOCK_SUBSCRIBERS):
        sign_up(client, ADDRESS, q="gas")
        sign_up(client, ADDRESS, q="coal")

    first, second = subscriber.mails.pending().confirmations().order_by("pk")
    assert second.next_attempt_at == first.next_attempt_at + MAIL_INTERVAL
    assert {row.condition.query for row in list_unconfirmed(subscriber)} == {"grid", "gas", "coal"}


def test_a_form_changes_nothing_that_its_reader_is_confirming(client, subscriber):
    waiting = subscriber.subscriptions.create(condition=Choice(query="grid").store())
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        confirm_subscriptions(subscriber, [waiting.pk], named_until=waiting.pk)
        form = pool.submit(_sign_up_in_thread, client, q="grid", timing="weekly")
        assert form.result(timeout=10).status_code == 200

    stored = subscriber.subscriptions.get(condition=waiting.condition)
    assert (stored.pk, stored.timing, bool(stored.confirmed_at)) == (waiting.pk, waiting.timing, True)


def _sign_up_in_thread(client, **fields: str):
    try:
        return sign_up(client, ADDRESS, **fields)
    finally:
        connection.close()
