"""Sessions of who signs in through a provider: second factors, re-authentication, carried forms, limits, settings."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts import limits, provider_requests, totp
from accounts.models import AccountEvent, DeskSession, EventType, ProviderIdentity
from accounts.provider_settings import read_provider
from accounts.reauthentication import FACTOR_OWNER
from publications.admin.carried_forms import CarriedForm
from publications.models import Autosave
from tests.accounts.test_second_step import code_of
from tests.factories import make_person, make_publication
from tests.openid_provider import (
    LOGIN,
    PASSWORD,
    REAUTHENTICATE,
    SETTINGS,
    START,
    error_of,
    is_signed_in,
    roles_of,
    set_provider,
    sign_in,
    start,
)

pytestmark = pytest.mark.django_db


def test_the_second_factor_of_this_site_is_requested(client, provider, ann):
    secret = totp.new_secret()
    totp.add_app(ann, secret, step=0)

    page = sign_in(client, provider, next="/desk/help/")

    assert "Your first step is right" in page.text and not is_signed_in(client)
    response = client.post(f"{LOGIN}second-step/", {"code": code_of(secret), "next": "/desk/help/"})
    assert response["Location"] == "/desk/help/" and is_signed_in(client)
    assert client.session[FACTOR_OWNER] == ann.pk
    assert client.session.get_expiry_age() > 24 * 60 * 60


def test_nothing_is_linked_and_no_role_is_set_before_the_second_step(client, provider, ann):
    secret = totp.new_secret()
    totp.add_app(ann, secret, step=0)
    ann.groups.set([Group.objects.get(name="Contributors")])

    sign_in(client, provider)
    client.post(f"{LOGIN}second-step/", {"code": "000000"})
    assert roles_of(ann) == ["Contributors"] and not ProviderIdentity.objects.exists()
    assert not AccountEvent.objects.filter(type__in=(EventType.PROVIDER_LINKED, EventType.CHANGED)).exists()

    client.post(f"{LOGIN}second-step/", {"code": code_of(secret)})
    assert is_signed_in(client) and roles_of(ann) == ["Editors"]
    assert ProviderIdentity.objects.get().account == ann


def test_an_account_that_may_no_longer_be_linked_is_refused_after_the_second_step(client, provider, ann):
    secret = totp.new_secret()
    totp.add_app(ann, secret, step=0)
    sign_in(client, provider)
    ProviderIdentity.objects.create(account=ann, issuer=provider.issuer, subject="somebody-else")

    page = client.post(f"{LOGIN}second-step/", {"code": code_of(secret)})

    assert page.status_code == 403 and "belongs to somebody else" in error_of(page)
    assert not is_signed_in(client)
    event = AccountEvent.objects.get(account=ann)
    assert (event.type, event.detail) == (EventType.PROVIDER_FAILED, {"refusal": "linked"})


@pytest.mark.parametrize(
    ("claims", "counts"),
    [({"amr": ["pwd", "mfa"]}, True), ({"acr": "mfa"}, True), ({"amr": ["pwd"]}, False), ({"amr": "mfa"}, False),
     ({"amr": [["mfa"]], "acr": ["mfa"]}, False), ({}, False)],
)  # fmt: skip
def test_a_factor_at_the_provider_counts_if_the_setting_names_it(
    client, provider, ann, settings, claims, counts
):
    set_provider(settings, factor_values=frozenset({"mfa"}))
    totp.add_app(ann, totp.new_secret(), step=0)
    provider.claims |= claims

    sign_in(client, provider)

    assert is_signed_in(client) == counts


@pytest.mark.parametrize("counts", [True, False])
def test_who_needs_a_factor_has_one_at_the_provider_or_sets_one(client, provider, ann, settings, counts):
    set_provider(settings, factor_values=frozenset({"mfa"}))
    settings.SECOND_FACTOR_FROM = timezone.localdate()
    provider.claims["amr"] = ["mfa"] if counts else ["pwd"]

    sign_in(client, provider)

    page = client.get("/desk/")
    assert (page.status_code, page.headers.get("Location")) == (
        (200, None) if counts else (302, "/desk/security/")
    )


def test_administrators_alone_sign_in_with_passwords_if_the_setting_says_so(client, provider, ann, settings):
    set_provider(settings, local_sign_in="administrators")
    admin = make_person("Administrators", password=PASSWORD)

    page = client.post(LOGIN, {"username": ann.username, "password": PASSWORD})
    response = Client().post(LOGIN, {"username": admin.username, "password": PASSWORD})

    assert "This account signs in with The University" in page.text and not is_signed_in(client)
    assert response.status_code == 302


def open_security(client: Client):
    """A page that needs recent authentication."""
    return client.get("/desk/security/passkeys/add/")


def test_a_session_of_the_provider_that_is_old_is_no_recent_authentication(client, provider, ann):
    provider.falsified["auth_time"] = int(timezone.now().timestamp()) - 3600

    sign_in(client, provider)

    assert is_signed_in(client) and open_security(client).status_code == 403


def test_reauthentication_at_the_provider_counts_if_it_is_new(client, provider, ann):
    ann.set_unusable_password()
    ann.save()
    provider.falsified["auth_time"] = None
    sign_in(client, provider)
    page = open_security(client)
    assert "Sign in with The University" in page.text and 'type="password"' not in page.text
    (carried,) = html.fromstring(page.text).xpath("//input[@name='carried']/@value")

    url = start(client, REAUTHENTICATE, carried=carried)
    query = parse_qs(urlsplit(url).query)
    refused = client.get(provider.authorize(url))
    assert "did not say that it has just asked" in error_of(refused)
    (carried,) = html.fromstring(refused.text).xpath("//input[@name='carried']/@value")
    provider.falsified = {}
    response = client.get(provider.authorize(start(client, REAUTHENTICATE, carried=carried)))

    assert query["prompt"] == ["login"] and query["max_age"] == ["0"]
    assert response["Location"] == "/desk/security/passkeys/add/"
    assert open_security(client).status_code == 200


def test_reauthentication_of_somebody_else_does_not_count(client, provider, ann):
    provider.falsified["auth_time"] = None
    sign_in(client, provider)
    provider.falsified = {"sub": "subject-2"}

    page = client.get(provider.authorize(start(client, REAUTHENTICATE)))

    assert "somebody else signed in" in error_of(page)
    assert open_security(client).status_code == 403


def test_signing_out_ends_the_session_and_offers_to_sign_out_there(client, provider, ann):
    provider.metadata["end_session_endpoint"] = f"{provider.issuer}/logout"
    sign_in(client, provider)

    page = client.post("/desk/logout/")

    (link,) = html.fromstring(page.text).xpath("//a[starts-with(@href, 'http')]/@href")
    assert not is_signed_in(client)
    assert link.startswith(
        f"{provider.issuer}/logout?client_id=desk&post_logout_redirect_uri=http%3A%2F%2Flocalhost"
    )


def test_whoever_signed_in_with_a_password_is_not_sent_there(client, provider, ann):
    provider.metadata["end_session_endpoint"] = f"{provider.issuer}/logout"
    client.post(LOGIN, {"username": ann.username, "password": PASSWORD})

    assert provider.issuer not in client.post("/desk/logout/").text


@pytest.mark.parametrize("method", ["get", "head"])
def test_only_signing_out_requests_the_provider(client, provider, ann, method):
    sign_in(client, provider)
    provider_requests.clear_cache()
    provider.requests.clear()

    response = getattr(client, method)("/desk/logout/")

    assert response.status_code == 405 and provider.requests == [] and is_signed_in(client)


def carried_value(client: Client, publication, **fields) -> str:
    """What the sign-in page carries of a form that is submitted while signed out."""
    page = client.post(f"/desk/publications/publication/{publication.pk}/change/", fields)
    (value,) = html.fromstring(page.text).xpath("//input[@name='carried']/@value")
    return value


def form_after(client: Client, page) -> str:
    """The form with what was carried, after the answer that one has typed it oneself."""
    assert "Was it you who typed this?" in page.text
    (value,) = set(html.fromstring(page.text).xpath("//input[@name='carried']/@value"))
    return client.post("/desk/carried/", {"carried": value, "take": "yes"}, follow=True).text


def test_a_form_of_an_unknown_owner_is_carried_to_the_provider_and_back(client, provider, ann):
    publication = make_publication()
    carried = carried_value(client, publication, title="What I typed")

    page = sign_in(client, provider, carried=carried)

    assert "What I typed" in form_after(client, page)


def test_a_form_is_carried_through_a_refusal_as_well(client, provider, ann):
    carried = carried_value(client, make_publication(), title="What I typed")
    provider.claims["groups"] = []

    page = sign_in(client, provider, carried=carried)

    (value,) = html.fromstring(page.text).xpath("//input[@name='carried']/@value")
    provider.claims["groups"] = ["/desk/editors"]
    assert "What I typed" in form_after(client, sign_in(client, provider, carried=value))


def test_the_session_does_not_hold_what_is_stored_for_its_owner(client, provider, ann):
    path = f"/desk/publications/publication/{make_publication().pk}/change/"
    values = [["title", "What I typed " * 1000]]
    Autosave.objects.save_form(ann, "key", {"values": values, "path": ""})

    start(client, carried=CarriedForm(path, values, [], "key", ann.pk).encrypted)
    size = len(DeskSession.objects.get().session_data)
    url = start(client, carried=CarriedForm(path, values, [], "key", ann.pk).encrypted)
    response = client.get(provider.authorize(url))

    assert size < 2000
    assert response.status_code == 302 and response["Location"].startswith(f"{path}?held=")


def test_the_session_of_a_stranger_ends_soon_and_is_deleted(client, provider):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        start(client)
        assert DeskSession.objects.get().expire_date <= timezone.now() + timedelta(minutes=15)
        clock.shift(timedelta(minutes=16))

        start(Client())

        assert DeskSession.objects.count() == 1


def test_after_the_sign_in_the_session_has_the_usual_limit(client, provider, ann):
    sign_in(client, provider)

    assert client.session.get_expiry_age() > 24 * 60 * 60


def test_attempts_are_limited_for_a_network(provider, monkeypatch):
    monkeypatch.setattr(limits, "PROVIDER_LIMITS", (replace(limits.ADDRESS, count=2),))
    start(Client())
    start(Client())

    page = Client().post(START)

    assert page.status_code == 429 and int(page["Retry-After"]) > 0
    assert "too many attempts" in error_of(page)
    assert AccountEvent.objects.filter(type=EventType.REFUSED).exists()


def test_sign_ins_that_succeed_count_against_no_limit(provider, ann, monkeypatch):
    monkeypatch.setattr(limits, "PROVIDER_LIMITS", (replace(limits.ADDRESS, count=2),))
    clients = [Client() for _ in range(4)]
    for client in clients:
        sign_in(client, provider)

    assert all(map(is_signed_in, clients))


@pytest.mark.parametrize(
    ("issuer", "changed", "named"),
    [("http://login.example", {}, "OIDC_ISSUER"), ("https://a:b@login.example", {}, "OIDC_ISSUER"),
     ("ftp://login.example", {}, "OIDC_ISSUER"), ("https://[", {}, "OIDC_ISSUER"),
     ("https://login.example", {"client_id": ""}, "OIDC_CLIENT_ID"),
     ("https://login.example", {"roles": ""}, "OIDC_ROLES"), ("https://login.example", {"roles": "[]"}, "OIDC_ROLES"),
     ("https://login.example", {"roles": '{"a": 1}'}, "OIDC_ROLES"),
     ("https://login.example", {"local_sign_in": "nobody"}, "OIDC_LOCAL_SIGN_IN")],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_by_name(issuer, changed, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        read_provider(issuer, **{**SETTINGS, **changed})


def test_a_missing_package_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setattr("accounts.provider_settings.find_spec", lambda _name: None)

    with pytest.raises(ImproperlyConfigured, match=r"package joserfc.*requirements/sso.txt"):
        read_provider("https://login.example", **SETTINGS)


@pytest.mark.parametrize(
    ("password", "text"), [("", "none of this desk"), (PASSWORD, "the password alone signs in")]
)
def test_the_page_of_a_user_says_what_signs_them_in(client, provider, ann, password, text):
    ann.set_password(password or None)
    ann.save()
    client.force_login(make_person("Administrators"))

    assert text in client.get(f"/desk/auth/user/{ann.pk}/change/").text
