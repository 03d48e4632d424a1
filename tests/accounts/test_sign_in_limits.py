"""How many passwords may be tried: per account, per address and overall, and who is exempt."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.backends import ModelBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import limits
from accounts.models import AccountEvent, EventType
from tests.factories import make_person

pytestmark = pytest.mark.django_db

LOGIN = "/desk/login/"
RIGHT = "a right password"


@pytest.fixture
def person():
    return make_person("Editors", password=RIGHT)


def sign_in(client, username: str, password: str, address: str = "192.0.2.1"):
    return client.post(LOGIN, {"username": username, "password": password}, REMOTE_ADDR=address)


def tried() -> int:
    """How many passwords were compared with the stored one."""
    return AccountEvent.objects.filter(type=EventType.FAILED).count()


def test_of_200_guesses_from_25_addresses_only_the_limit_is_tried(client, person):
    for number in range(200):
        Client().post(
            LOGIN,
            {"username": person.username, "password": f"no {number}"},
            REMOTE_ADDR=f"192.0.2.{number % 25}",
        )

    assert tried() == limits.ACCOUNT.count


def test_the_right_password_is_refused_beyond_the_limit_and_the_page_says_how_long(client, person):
    for number in range(limits.ACCOUNT.count):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")

    refused = sign_in(client, person.username, RIGHT, "198.51.100.1")

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= limits.ACCOUNT.within.total_seconds()
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
    answers = [sign_in(client, "nobody", "wrong", f"192.0.2.{number}") for number in range(12)]

    assert [answer.status_code for answer in answers] == [200] * limits.ACCOUNT.count + [429] * 2


@pytest.mark.parametrize("name", ["EDITOR-X", "editor-x", " editor-x ", "ｅditor-x"])
def test_other_spellings_of_a_name_share_its_limit(client, name):
    for _attempt in range(limits.ACCOUNT.count):
        sign_in(client, "editor-x", "wrong")

    assert sign_in(client, name, "wrong").status_code == 429


def test_a_browser_that_has_signed_in_before_is_let_in_during_an_attack(client, person):
    sign_in(client, person.username, RIGHT)
    client.post("/desk/logout/")
    for number in range(limits.ACCOUNT.count + 5):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")

    assert sign_in(client, person.username, RIGHT).status_code == 302


def test_a_known_browser_has_a_limit_of_its_own(client, person):
    sign_in(client, person.username, RIGHT)
    client.post("/desk/logout/")
    for _attempt in range(limits.DEVICE.count):
        sign_in(client, person.username, "wrong")

    assert sign_in(client, person.username, RIGHT).status_code == 429
    assert sign_in(Client(), person.username, RIGHT).status_code == 302


def test_a_browser_known_for_one_account_is_unknown_for_another(client, person):
    other = make_person("Editors", password=RIGHT)
    sign_in(client, other.username, RIGHT)
    client.post("/desk/logout/")
    for number in range(limits.ACCOUNT.count):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")

    assert sign_in(client, person.username, RIGHT).status_code == 429


def test_a_made_up_device_cookie_is_worth_nothing(client, person):
    for number in range(limits.ACCOUNT.count):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")
    client.cookies["desk_device"] = "x" * 22

    assert sign_in(client, person.username, RIGHT).status_code == 429


def test_a_wait_of_the_window_lets_in_again(client, person):
    for number in range(limits.ACCOUNT.count):
        sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")

    with time_machine.travel(timezone.now() + limits.ACCOUNT.within + timedelta(seconds=1), tick=False):
        assert sign_in(client, person.username, RIGHT).status_code == 302


def test_refused_attempts_do_not_make_the_wait_longer(client, person):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(limits.ACCOUNT.count):
            sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")
        clock.shift(limits.ACCOUNT.within - timedelta(minutes=1))
        for number in range(20):
            sign_in(Client(), person.username, "wrong", f"192.0.2.{number}")
        clock.shift(timedelta(minutes=1, seconds=1))

        assert sign_in(client, person.username, RIGHT).status_code == 302


def test_one_address_cannot_try_many_accounts(client):
    answers = [
        sign_in(client, f"name-{number}", "wrong").status_code for number in range(limits.ADDRESS.count + 1)
    ]

    assert answers == [200] * limits.ADDRESS.count + [429]


def test_addresses_of_one_ipv6_network_count_as_one():
    answers = [
        sign_in(Client(), f"name-{number}", "wrong", f"2001:db8::{number:x}").status_code
        for number in range(limits.ADDRESS.count + 1)
    ]

    assert answers[-1] == 429


def test_slips_of_one_person_do_not_stop_a_colleague_at_the_same_address(client, person):
    for _attempt in range(limits.ACCOUNT.count):
        sign_in(client, person.username, "wrong")
    colleague = make_person("Editors", password=RIGHT)

    assert sign_in(client, colleague.username, RIGHT).status_code == 302


def test_many_addresses_and_names_together_delay_unknown_browsers_for_minutes(client, person):
    known = Client()
    sign_in(known, person.username, RIGHT)
    known.post("/desk/logout/")
    for number in range(limits.SITE.count):
        sign_in(Client(), f"name-{number}", "wrong", f"192.0.2.{number}")

    refused = sign_in(client, person.username, RIGHT, "198.51.100.7")

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) <= 300
    assert sign_in(known, person.username, RIGHT).status_code == 302


class NestedGuesses(ModelBackend):
    """While a password is compared the next one comes in, as from another process."""

    open = 0

    def authenticate(self, request, username=None, password=None, **kwargs):
        NestedGuesses.open += 1
        sign_in(Client(), username, "wrong", f"192.0.2.{NestedGuesses.open}")
        return super().authenticate(request, username, password, **kwargs)


def test_guesses_at_the_same_moment_cannot_pass_the_limit_together(client, settings, person, monkeypatch):
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.NestedGuesses"]
    monkeypatch.setattr(NestedGuesses, "open", 0)

    sign_in(client, person.username, "wrong", "192.0.2.0")

    assert NestedGuesses.open == limits.ACCOUNT.count


def test_what_is_typed_as_a_name_is_not_stored_unless_an_account_has_it(client):
    sign_in(client, "my secret password", "x")

    event = AccountEvent.objects.get()
    assert (event.account_name, event.account) == ("", None)
    assert "secret" not in repr(vars(event))


def test_the_refused_login_page_keeps_where_the_person_was_going(client, person):
    for _attempt in range(limits.ACCOUNT.count):
        sign_in(client, person.username, "wrong")

    refused = client.post(LOGIN, {"username": person.username, "password": "x", "next": "/desk/links/"})

    assert 'name="next" value="/desk/links/"' in refused.text


def test_the_device_cookie_stays_below_the_desk_and_out_of_scripts(client, person):
    cookie = sign_in(client, person.username, RIGHT).cookies["desk_device"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/desk/", True, "Lax")


def test_public_pages_ask_the_accounts_nothing(client, person):
    sign_in(client, person.username, RIGHT)

    with CaptureQueriesContext(connection) as queries:
        client.get("/en/")
    assert not [query for query in queries if "accounts_" in query["sql"]]
