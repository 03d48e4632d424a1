"""Limits of sign-in attempts: by account, by address, by device and in all."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import limits
from accounts.models import AccountEvent, EventType
from tests.factories import make_person

pytestmark = pytest.mark.django_db

LOGIN = "/desk/login/"
PASSWORD = "a right password"


@pytest.fixture
def person():
    return make_person("Editors", password=PASSWORD)


def sign_in(client, username: str, password: str, address: str = "192.0.2.1"):
    return client.post(LOGIN, {"username": username, "password": password}, REMOTE_ADDR=address)


def count_attempts() -> int:
    """Return how many passwords were compared with the stored one."""
    return AccountEvent.objects.filter(type=EventType.FAILED).count()


def test_of_200_guesses_from_25_addresses_only_the_limit_is_tried(client, person):
    for number in range(200):
        Client().post(
            LOGIN,
            {"username": person.username, "password": f"no {number}"},
            REMOTE_ADDR=f"192.0.2.{number % 25}",
        )

    assert count_attempts() == limits.ACCOUNT.count


def test_of_1000_guesses_from_100_addresses_few_are_tried_and_the_owner_gets_in(client, person):
    """The figure of the documentation: 10 of 1,000, and the sign-in of the owner from a known browser."""
    assert sign_in(client, person.username, PASSWORD).status_code == 302
    client.post("/desk/logout/")

    answers = [
        sign_in(Client(), person.username, f"no {number}", f"198.51.100.{number % 100}").status_code
        for number in range(1000)
    ]

    tried = AccountEvent.objects.filter(type=EventType.FAILED, account=person).count()
    assert tried == limits.ACCOUNT.count <= 20
    assert answers == [200] * tried + [429] * (1000 - tried)
    assert sign_in(Client(), person.username, PASSWORD, "203.0.113.5").status_code == 429
    assert sign_in(client, person.username, PASSWORD, "203.0.113.6").status_code == 302


def test_the_right_password_is_refused_beyond_the_limit_and_the_page_says_how_long(client, person):
    for number in range(limits.ACCOUNT.count):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")

    refused = sign_in(client, person.username, PASSWORD, "198.51.100.1")

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= limits.ACCOUNT.period.total_seconds()
    assert "Try again in 15 minutes" in refused.text
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("backend", "is_mentioned"),
    [
        ("django.core.mail.backends.console.EmailBackend", False),
        ("django.core.mail.backends.locmem.EmailBackend", True),
    ],
)
def test_the_refusal_mentions_the_reset_link_only_if_the_site_sends_mail(
    client, settings, backend, is_mentioned
):
    settings.MAILERS = {"default": {"BACKEND": backend}}
    for _attempt in range(limits.ACCOUNT.count):
        sign_in(Client(), "nobody", "wrong")

    refused = sign_in(client, "nobody", "wrong")

    assert refused.status_code == 429 and "Try again in 15 minutes" in refused.text
    assert ("set a new password" in refused.text) is is_mentioned


def test_a_name_without_an_account_has_the_same_limit(client):
    responses = [sign_in(client, "nobody", "wrong", f"192.0.2.{number}") for number in range(12)]

    assert [response.status_code for response in responses] == [200] * limits.ACCOUNT.count + [429] * 2


@pytest.mark.parametrize("name", ["EDITOR-X", "editor-x", " editor-x ", "ｅditor-x"])
def test_other_spellings_of_a_name_share_its_limit(client, name):
    for _attempt in range(limits.ACCOUNT.count):
        sign_in(client, "editor-x", "wrong")

    assert sign_in(client, name, "wrong").status_code == 429


def test_a_known_browser_can_sign_in_during_an_attack(client, person):
    sign_in(client, person.username, PASSWORD)
    client.post("/desk/logout/")
    for number in range(limits.ACCOUNT.count + 5):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")

    assert sign_in(client, person.username, PASSWORD).status_code == 302


def test_a_known_browser_has_a_limit_of_its_own(client, person):
    sign_in(client, person.username, PASSWORD)
    client.post("/desk/logout/")
    for _attempt in range(limits.DEVICE.count):
        sign_in(client, person.username, "wrong")

    assert sign_in(client, person.username, PASSWORD).status_code == 429
    assert sign_in(Client(), person.username, PASSWORD).status_code == 302


def test_a_browser_known_for_one_account_is_unknown_for_another(client, person):
    other = make_person("Editors", password=PASSWORD)
    sign_in(client, other.username, PASSWORD)
    client.post("/desk/logout/")
    for number in range(limits.ACCOUNT.count):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")

    assert sign_in(client, person.username, PASSWORD).status_code == 429


def test_an_invented_device_cookie_is_no_known_device(client, person):
    for number in range(limits.ACCOUNT.count):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")
    client.cookies["desk_device"] = "x" * 22

    assert sign_in(client, person.username, PASSWORD).status_code == 429


def test_the_limit_ends_after_its_period(client, person):
    for number in range(limits.ACCOUNT.count):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")

    with time_machine.travel(timezone.now() + limits.ACCOUNT.period + timedelta(seconds=1), tick=False):
        assert sign_in(client, person.username, PASSWORD).status_code == 302


def test_refused_attempts_do_not_prolong_the_limit(client, person):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(limits.ACCOUNT.count):
            sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")
        clock.shift(limits.ACCOUNT.period - timedelta(minutes=1))
        for number in range(20):
            sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")
        clock.shift(timedelta(minutes=1, seconds=1))

        assert sign_in(client, person.username, PASSWORD).status_code == 302


def test_one_address_cannot_try_many_accounts(client):
    responses = [
        sign_in(client, f"name-{number}", "wrong").status_code for number in range(limits.ADDRESS.count + 1)
    ]

    assert responses == [200] * limits.ADDRESS.count + [429]


def test_addresses_of_one_ipv6_network_count_as_one():
    responses = [
        sign_in(Client(), f"name-{number}", "wrong", f"2001:db8::{number:x}").status_code
        for number in range(limits.ADDRESS.count + 1)
    ]

    assert responses[-1] == 429


def test_failures_of_one_person_do_not_refuse_a_colleague_at_the_same_address(client, person):
    for _attempt in range(limits.ACCOUNT.count):
        sign_in(client, person.username, "wrong")
    colleague = make_person("Editors", password=PASSWORD)

    assert sign_in(client, colleague.username, PASSWORD).status_code == 302


def test_many_addresses_and_names_together_delay_unknown_browsers_for_minutes(client, person):
    known = Client()
    sign_in(known, person.username, PASSWORD)
    known.post("/desk/logout/")
    for number in range(limits.SITE.count):
        sign_in(Client(), f"name-{number}", "wrong", f"192.0.2.{number}")

    refused = sign_in(client, person.username, PASSWORD, "198.51.100.7")

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) <= 300
    assert sign_in(known, person.username, PASSWORD).status_code == 302


class ConcurrentAttempts(ModelBackend):
    """Start another attempt while a password is compared, as another process might."""

    count = 0

    def authenticate(self, request, username=None, password=None, **kwargs):
        ConcurrentAttempts.count += 1
        sign_in(Client(), username, "wrong", f"192.0.2.{ConcurrentAttempts.count}")
        return super().authenticate(request, username, password, **kwargs)


def test_concurrent_attempts_cannot_exceed_the_limit_together(client, settings, person, monkeypatch):
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.ConcurrentAttempts"]
    monkeypatch.setattr(ConcurrentAttempts, "count", 0)

    sign_in(client, person.username, "wrong", "192.0.2.0")

    assert ConcurrentAttempts.count == limits.ACCOUNT.count


def test_a_typed_name_is_stored_only_if_an_account_has_it(client):
    sign_in(client, "my secret password", "x")

    event = AccountEvent.objects.get()
    assert (event.account_name, event.account) == ("", None)
    assert "secret" not in repr(vars(event))


def test_a_refused_sign_in_keeps_the_next_page(client, person):
    for _attempt in range(limits.ACCOUNT.count):
        sign_in(client, person.username, "wrong")

    refused = client.post(LOGIN, {"username": person.username, "password": "x", "next": "/desk/links/"})

    assert 'name="next" value="/desk/links/"' in refused.text


def test_the_device_cookie_stays_below_the_desk_and_out_of_scripts(client, person):
    cookie = sign_in(client, person.username, PASSWORD).cookies["desk_device"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/desk/", True, "Lax")


def test_public_pages_do_not_query_accounts(client, person):
    sign_in(client, person.username, PASSWORD)

    with CaptureQueriesContext(connection) as queries:
        client.get("/en/")
    assert not [query for query in queries if "accounts_" in query["sql"]]


@pytest.mark.parametrize("typed", ["ann@example.org", "ANN@example.ORG"])
def test_of_guesses_under_the_name_and_the_address_the_limit_of_one_is_tried(person, typed):
    User.objects.filter(pk=person.pk).update(email="ann@example.org")
    for number in range(limits.SPELLINGS.count):
        text = typed if number % 2 else person.username
        assert sign_in(Client(), text, "wrong", f"192.0.2.{number}").status_code == 200

    for text in (person.username, typed):
        answer = sign_in(Client(), text, PASSWORD, "198.51.100.1")
        assert answer.status_code == 200 and "is not right" in answer.text
    assert AccountEvent.objects.filter(account=person).count() == limits.SPELLINGS.count


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, "ann@strasse.example"),
        ("ann@strasse.example", None),
        ("ann@strasse.example", "ann@straße.example"),
        ("ann@straße.example", "ann@strasse.example"),
        ("ann@strasse.example", "ANN@Strasse.example"),
    ],
)
def test_tries_under_one_text_say_nothing_about_another(person, first, second):
    """The same answers with and without an account; None is its user name."""

    def answers() -> list[int]:
        AccountEvent.objects.all().delete()
        texts = [first or person.username] * limits.ACCOUNT.count + [second or person.username] * 12
        return [
            sign_in(Client(), text, "no", f"192.0.2.{each}").status_code for each, text in enumerate(texts)
        ]

    with_account = []
    for email in ("ann@strasse.example", "other@example.org"):
        User.objects.filter(pk=person.pk).update(email=email)
        with_account.append(answers())
    User.objects.filter(pk=person.pk).update(username="other", email="")

    assert with_account[0] == with_account[1] == answers()


def test_an_account_beyond_its_limit_takes_the_hashing_of_a_wrong_password(person, monkeypatch):
    User.objects.filter(pk=person.pk).update(email="ann@example.org")
    for number in range(limits.SPELLINGS.count):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda _user, password: hashed.append(password))

    with CaptureQueriesContext(connection) as locked:
        sign_in(Client(), "ann@example.org", "wrong", "198.51.100.1")
    with CaptureQueriesContext(connection) as unknown:
        sign_in(Client(), "nobody@example.org", "wrong", "198.51.100.2")

    assert hashed == ["wrong", "wrong"] and len(locked) == len(unknown)


@pytest.mark.parametrize("typed", ["ann@example.org", "ANN@example.ORG"])
def test_the_mail_address_signs_in(client, person, typed):
    User.objects.filter(pk=person.pk).update(email="ann@example.org")

    assert sign_in(client, typed, PASSWORD).status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize("others", [{}, {"is_active": False}])
def test_an_address_of_two_active_accounts_signs_in_to_neither(client, person, others):
    User.objects.filter(pk=person.pk).update(email="ann@example.org")
    make_person("Editors", email="ann@example.org", password="another long password", **others)

    assert sign_in(client, "ann@example.org", PASSWORD).status_code == (302 if others else 200)


def test_the_user_name_comes_before_the_address_of_somebody_else(client, person):
    make_person("Editors", email=person.username, password="another long password")

    assert sign_in(client, person.username, PASSWORD).status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_the_page_is_the_same_for_known_and_unknown_addresses(person):
    User.objects.filter(pk=person.pk).update(email="ann@example.org")

    def refusal(typed: str) -> tuple[str, int]:
        with CaptureQueriesContext(connection) as queries:
            page = sign_in(Client(), typed, "wrong").text
        return re.sub(r'value="[^"]*"|nonce="[^"]*"', "", page), len(queries)

    assert refusal("ann@example.org") == refusal("nobody@example.org")
