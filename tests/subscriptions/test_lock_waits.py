"""Requests of readers on PostgreSQL while a slow relay takes a mail to them, or others hold what they need.

They wait briefly, say so and store nothing; leaving waits for nobody. Else a slow relay would take the workers of a
server away from everybody.
"""

from datetime import timedelta

import pytest
from django.apps import apps

from publications.locales import LOCALES, localized_path
from subscriptions import locks
from subscriptions.conditions import Choice
from subscriptions.models import Subscriber
from subscriptions.signup import delete_outdated
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import tomorrow

from .factories import make_subscriber
from .other_connections import LOCK_SUBSCRIBERS, locked_by_another
from .own_pages import ADDRESS

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_brief_waits"),
]
LOCK_STATE = "SELECT id FROM subscriptions_alertstate FOR UPDATE"
CHANGE = {"locale": "sv", "timing": "daily", "topic": ""}
FORMS = {
    "sign_up": [{"email": ADDRESS, "q": "grid"}],
    "confirm": [{}],
    "manage": [CHANGE, {**CHANGE, "pause": "day", "paused_until": f"{tomorrow():%Y-%m-%d}"}],
    "send_link": [{}],
    "refuse": [{}],
}
"""What is sent to each page that stores something and may wait."""
SENTENCES = {
    "en": "send the form again in a minute",
    "sv": "skicka formuläret igen om en minut",
}
WAITING_FOR_NOBODY = {"leave", "my_data"}
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
    if name == "sign_up":
        return localized_path(locale, "subscriptions:sign_up")
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
    for (_name, _number, locale), page in answers.items():
        assert SENTENCES[locale] in page.text and ADDRESS not in page.text
    assert stored_rows() == before


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
