"""Re-authentication at the provider: what it says of roles counts, and who may not use it.

When it counts as recent is tested with the sessions.
"""

import pytest
from django.core.management import call_command
from django.test import Client

from accounts import totp
from accounts.models import AccountEvent, AddressChange, DeskSession, EventType
from tests.accounts.test_second_step import code_of
from tests.factories import make_person
from tests.openid_provider import (
    LOGIN,
    PASSWORD,
    REAUTHENTICATE,
    START,
    error_of,
    is_signed_in,
    roles_of,
    set_provider,
    sign_in,
    start,
)

pytestmark = pytest.mark.django_db

PAGE = "/desk/reauthenticate/"


@pytest.fixture
def desk(client, provider, ann) -> Client:
    """A session of Ann, whose sign-in at the provider was long ago."""
    provider.falsified["auth_time"] = 1
    sign_in(client, provider)
    del provider.falsified["auth_time"]
    return client


def reauthenticate(client: Client, provider):
    return client.get(provider.authorize(start(client, REAUTHENTICATE)))


def is_recent(client: Client) -> bool:
    return client.get("/desk/security/passkeys/add/").status_code == 200


def test_roles_become_those_that_the_provider_gives_now(desk, provider, ann):
    provider.claims["groups"] = ["/desk/admins"]

    reauthenticate(desk, provider)

    assert roles_of(ann) == ["Administrators"] and is_recent(desk)


def test_who_has_lost_every_group_there_is_signed_out(desk, provider, ann):
    make_person("Administrators")
    provider.claims["groups"] = []

    page = reauthenticate(desk, provider)

    assert page.status_code == 403 and "None of your groups" in error_of(page)
    assert roles_of(ann) == [] and not is_signed_in(desk)
    assert not DeskSession.objects.filter(account=ann).exists()


def test_who_has_lost_every_group_there_is_signed_out_by_another_sign_in_too(desk, provider, ann):
    """As from a second window in which the sign-in page is still open."""
    make_person("Administrators")
    provider.claims["groups"] = []

    page = desk.get(provider.authorize(start(desk, START)))

    assert page.status_code == 403 and "None of your groups" in error_of(page)
    assert not is_signed_in(desk)


@pytest.mark.parametrize(
    "falsified", [{"sub": "subject-2"}, {"auth_time": 1}], ids=["another person", "not recent"]
)
def test_a_refusal_is_an_event_of_the_account(desk, provider, ann, falsified):
    provider.falsified = falsified

    reauthenticate(desk, provider)

    assert AccountEvent.objects.get(type=EventType.PROVIDER_FAILED).account == ann


def test_a_superuser_is_not_vouched_for_by_the_provider(desk, provider, ann):
    ann.is_superuser = True
    ann.save()

    offered = desk.get(PAGE)
    desk.post(REAUTHENTICATE)

    assert "Sign in with The University" not in offered.text and not is_recent(desk)


def test_a_superuser_who_has_just_become_one_is_not_vouched_for(desk, provider, ann):
    path = provider.authorize(start(desk, REAUTHENTICATE))
    ann.is_superuser = True
    ann.save()

    page = desk.get(path)

    assert "signs in with its password" in error_of(page) and not is_recent(desk)


def test_a_password_is_not_enough_where_it_signs_nobody_in(desk, provider, ann, settings):
    set_provider(settings, local_sign_in="administrators")

    offered = desk.get(PAGE)
    refused = desk.post(PAGE, {"password": PASSWORD})

    assert 'type="password"' not in offered.text
    assert "This account signs in with The University" in refused.text and not is_recent(desk)


def test_who_has_nothing_to_show_is_sent_to_sign_in_again(desk, provider, ann):
    ann.provider_identities.all().delete()
    ann.set_unusable_password()
    ann.save()
    desk.force_login(ann)

    page = desk.get(PAGE)

    assert "Sign out, then sign in again" in page.text


def test_a_second_factor_of_this_site_is_not_replaced_by_the_provider(desk, provider, ann):
    secret = totp.new_secret()
    totp.add_app(ann, secret, step=0)
    other = Client()
    sign_in(other, provider)
    other.post(f"{LOGIN}second-step/", {"code": code_of(secret)})

    page = other.post(REAUTHENTICATE)

    assert is_signed_in(other) and "url=" not in page.text and 'name="code"' in page.text


def test_an_account_without_a_password_changes_its_address(desk, provider, ann):
    """It cannot type one: it has just shown at the provider who it is."""
    ann.set_unusable_password()
    ann.save()
    sign_in(desk, provider)

    page = desk.get("/desk/my-settings/address/")
    desk.post("/desk/my-settings/address/", {"email": "new@university.example"})

    assert 'type="password"' not in page.text
    assert AddressChange.objects.get(account=ann).email == "new@university.example"


def test_removing_the_link_ends_the_sessions(desk, ann):
    call_command("unlink_provider", ann.username)

    assert not is_signed_in(desk)
    assert AccountEvent.objects.filter(account=ann, type=EventType.SESSIONS_ENDED).exists()
