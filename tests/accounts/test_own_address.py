"""A new mail address takes effect when its owner follows the link that was mailed to it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountEvent, AddressChange
from accounts.reauthentication import AUTHENTICATED_AT
from tests.factories import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = reverse("desk:own-address")
PASSWORD = "rain over four old harbours"


@pytest.fixture
def ann():
    return make_person("Editors", email="ann@example.org", password=PASSWORD)


@pytest.fixture
def desk(client, ann):
    client.force_login(ann, backend=BACKEND)
    return client


def ask(desk, email: str = "new@example.org"):
    return desk.post(PAGE, {"email": email}, follow=True)


def sent_path(mailoutbox) -> str:
    call_command("send_mail")
    return re.search(r"https?://[^/]+(/desk/confirm/address/\S+)", mailoutbox[-1].body)[1]


def address_of(person) -> str:
    person.refresh_from_db()
    return person.email


def test_a_new_address_takes_effect_when_it_is_confirmed_and_the_former_one_is_informed(
    desk, ann, mailoutbox
):
    page = ask(desk)
    path = sent_path(mailoutbox)
    assert "has been mailed to new@example.org" in page.text and address_of(ann) == "ann@example.org"
    assert mailoutbox[-1].to == ["new@example.org"]

    desk.get(path)
    assert address_of(ann) == "ann@example.org"
    desk.post(path)

    assert address_of(ann) == "new@example.org"
    call_command("send_mail")
    assert mailoutbox[-1].to == ["ann@example.org"] and "another mail address" in mailoutbox[-1].body
    assert "new@example.org" not in mailoutbox[-1].body
    types = list(AccountEvent.objects.order_by("pk").values_list("type", flat=True))
    assert types == ["address_requested", "address_changed"]
    assert desk.post(path).status_code == 404


def test_nobody_else_can_confirm_it(desk, ann, mailoutbox):
    ask(desk)
    path = sent_path(mailoutbox)
    other = Client()

    assert other.get(path).status_code == 302, "it leads to the sign-in"
    other.force_login(make_person("Editors"), backend=BACKEND)
    assert other.post(path).status_code == 404 and address_of(ann) == "ann@example.org"


def test_the_link_ends_with_a_newer_one_by_cancelling_and_after_a_week(desk, ann, mailoutbox):
    ask(desk)
    first = sent_path(mailoutbox)
    ask(desk, "newer@example.org")
    second = sent_path(mailoutbox)
    assert desk.post(first).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        desk.force_login(ann, backend=BACKEND)
        assert desk.post(second).status_code == 404
        assert "has expired" in desk.get(PAGE).text
    desk.force_login(ann, backend=BACKEND)
    desk.post(PAGE, {"_cancel": "yes"})

    assert desk.post(second).status_code == 404 and not AddressChange.objects.exists()
    assert address_of(ann) == "ann@example.org"


@pytest.mark.parametrize(
    ("email", "text"),
    [
        ("x", "Error:"),
        ("ann@example.org", "your address already"),
        ("BO@example.org", "Another account"),
    ],
)
def test_what_is_refused_says_why(desk, email, text):
    make_person("Editors", email="bo@example.org")

    assert text in ask(desk, email).text and not AddressChange.objects.exists()


def test_an_address_is_not_changed_in_a_session_without_recent_authentication(desk, ann):
    """Somebody who finds a session open must not get a new password by mail."""
    session = desk.session
    session[AUTHENTICATED_AT] = (timezone.now() - timedelta(minutes=16)).timestamp()
    session.save()

    page = ask(desk)

    assert page.status_code == 403 and "Is it you?" in page.text
    assert not AddressChange.objects.exists()


def test_opening_an_address_cancels_nothing(desk):
    ask(desk)

    desk.get(PAGE, {"_cancel": "yes"})

    assert AddressChange.objects.exists()


def test_an_address_that_somebody_else_got_first_is_not_taken_over(desk, ann, mailoutbox):
    ask(desk)
    path = sent_path(mailoutbox)
    make_person("Editors", email="new@example.org")

    assert desk.post(path).status_code == 404 and address_of(ann) == "ann@example.org"


def test_without_mail_no_address_is_taken(desk, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}

    assert "An administrator can change yours" in ask(desk).text and not AddressChange.objects.exists()


def test_the_former_address_is_informed_of_a_change_by_an_administrator(client, ann, mailoutbox):
    client.force_login(make_person("Administrators"), backend=BACKEND)
    fields = {"username": ann.username, "first_name": "", "last_name": "", "email": "a@example.org"}

    client.post(reverse("desk:auth_user_change", args=[ann.pk]), {**fields})
    call_command("send_mail")

    assert address_of(ann) == "a@example.org" and mailoutbox[-1].to == ["ann@example.org"]
