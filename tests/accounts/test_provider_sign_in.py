"""Signing in with the account of a university: which account that is, its roles, second factors, re-authentication and sign-out."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, User
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts import limits, totp
from accounts.invitations import invite
from accounts.models import AccountEvent, DeskSession, EventType, Invitation, ProviderIdentity
from accounts.reauthentication import FACTOR_OWNER
from accounts.provider_accounts import Refusal
from accounts.provider_settings import read_provider
from publications.admin.account_events import PROVIDER_REFUSALS, describe_event
from publications.admin.carried_forms import CarriedForm
from publications.admin.provider_sign_in import REFUSALS
from publications.models import Autosave
from tests.accounts.test_second_step import code_of
from tests.factories import make_person, make_publication
from tests.openid_provider import CLIENT_ID, EMAIL, PASSWORD, SETTINGS, Provider

pytestmark = pytest.mark.django_db

LOGIN, START, REAUTHENTICATE = "/desk/login/", "/desk/login/provider/", "/desk/reauthenticate/provider/"


def set_provider(settings, **values) -> None:
    settings.OIDC_PROVIDER = replace(settings.OIDC_PROVIDER, **values)


def address_of(page) -> str:
    """The address that a page leads to, by itself and by its link."""
    assert page.status_code == 200, page.text
    tree = html.fromstring(page.text)
    (content,) = tree.xpath("//meta[@http-equiv='refresh']/@content")
    (link,) = tree.xpath("//a[@class='button']/@href")
    assert content == f"0; url={link}"
    return link


def start(client: Client, path: str = START, **fields) -> str:
    return address_of(client.post(path, fields))


def sign_in(client: Client, provider: Provider, **fields):
    return client.get(provider.authorize(start(client, **fields)))


def error_of(page) -> str:
    return unescape(html.fromstring(page.text).xpath("string(//p[@class='errornote'])"))


def is_signed_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def types_of(person) -> list[str]:
    return list(AccountEvent.objects.filter(account=person).order_by("pk").values_list("type", flat=True))


def roles_of(person) -> list[str]:
    return list(person.groups.order_by("name").values_list("name", flat=True))


def test_without_settings_there_is_no_button_and_no_page(client):
    assert "provider" not in client.get(LOGIN).text
    assert client.post(START).status_code == 404
    assert client.get(f"{START}return/?code=1&state=2").status_code == 404


def test_the_account_with_the_confirmed_address_is_linked_and_signed_in(client, provider, ann):
    assert "Sign in with The University" in client.get(LOGIN).text

    response = sign_in(client, provider, next="/desk/help/")

    assert response.status_code == 302, error_of(response)
    assert response["Location"] == "/desk/help/"
    assert client.session[SESSION_KEY] == str(ann.pk)
    assert ProviderIdentity.objects.get().account == ann
    assert set(types_of(ann)) == {EventType.PROVIDER_LINKED, EventType.SIGNED_IN}


def test_the_request_has_what_the_specifications_want(client, provider, ann):
    query = parse_qs(urlsplit(start(client)).query, strict_parsing=True)

    assert query["scope"] == ["openid profile email"] and query["client_id"] == [CLIENT_ID]
    assert query["redirect_uri"] == ["http://localhost/desk/login/provider/return/"]
    secrets = [query[name][0] for name in ("state", "nonce", "code_challenge")]
    assert len(set(secrets)) == 3 and all(len(each) >= 43 for each in secrets)
    assert "prompt" not in query


def test_the_policy_lets_no_form_go_to_the_provider_and_the_page_needs_no_script(client, provider):
    page = client.post(START)

    assert "form-action 'self'" in page["Content-Security-Policy"]
    assert "no-store" in page["Cache-Control"]
    assert not html.fromstring(page.text).xpath("//form[contains(@action, 'http')]")


def test_once_linked_the_address_no_longer_matters(client, provider, ann):
    sign_in(client, provider)
    other = make_person("Editors", email="other@university.example")
    provider.claims |= {"email": other.email}

    second = Client()
    sign_in(second, provider)

    assert second.session[SESSION_KEY] == str(ann.pk)


def test_a_user_name_links_nobody(client, provider, ann):
    ann.email = ""
    ann.save()
    provider.claims |= {"preferred_username": ann.username, "name": ann.username, "sub": ann.username}

    page = sign_in(client, provider)

    assert page.status_code == 403 and "invite the mail address" in error_of(page)
    assert not is_signed_in(client)


@pytest.mark.parametrize("value", [None, False, 0, "false", "yes", [True], {}])
def test_an_address_that_is_not_confirmed_links_nobody(client, provider, ann, value):
    provider.claims["email_verified"] = value

    page = sign_in(client, provider)

    assert page.status_code == 403 and "does not confirm your mail address" in error_of(page)
    assert not ProviderIdentity.objects.exists()


def test_without_the_setting_no_account_is_linked_by_its_address(client, provider, ann, settings):
    set_provider(settings, links_by_mail=False)

    assert sign_in(client, provider).status_code == 403
    assert not ProviderIdentity.objects.exists()


def test_two_accounts_with_one_address_are_not_linked(client, provider, ann):
    make_person("Editors", email=EMAIL.upper())

    assert sign_in(client, provider).status_code == 403


def test_letters_of_other_alphabets_are_no_address(client, provider, ann):
    provider.claims["email"] = EMAIL.replace("i", "ı", 1)

    assert sign_in(client, provider).status_code == 403


def test_an_account_belongs_to_one_person_at_the_provider(client, provider, ann):
    sign_in(client, provider)
    provider.claims["sub"] = "subject-2"

    page = sign_in(Client(), provider)

    assert "belongs to somebody else" in error_of(page)
    assert ProviderIdentity.objects.get().subject == "subject-1"


def test_an_invitation_becomes_an_account_without_a_password(client, provider, rf, settings):
    set_provider(settings, links_by_mail=False)
    request = rf.get("/")
    request.user = make_person("Administrators")
    names = {"first_name": "Ann", "last_name": "Berg", "language": "en"}
    invite(EMAIL, group=Group.objects.get(name="Linkers"), request=request, **names)

    sign_in(client, provider)

    account = User.objects.get(email=EMAIL)
    assert is_signed_in(client) and not account.has_usable_password()
    assert roles_of(account) == ["Editors"]
    assert not Invitation.objects.exists()


def test_an_invitation_that_is_too_old_makes_no_account(client, provider, rf):
    request = rf.get("/")
    request.user = make_person("Administrators")
    names = {"first_name": "Ann", "last_name": "Berg", "language": "en"}
    invite(EMAIL, group=Group.objects.get(name="Linkers"), request=request, **names)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    assert sign_in(client, provider).status_code == 403
    assert not User.objects.filter(email=EMAIL).exists()


def test_the_roles_are_those_of_the_groups_at_each_sign_in(client, provider, ann):
    sign_in(client, provider)
    provider.claims["groups"] = ["/desk/admins", "/desk/editors"]
    sign_in(client, provider)
    assert roles_of(ann) == ["Administrators", "Editors"]

    make_person("Administrators")
    provider.claims["groups"] = "/desk/editors"
    sign_in(client, provider)

    assert roles_of(ann) == ["Editors"]
    last = AccountEvent.objects.filter(account=ann, type=EventType.CHANGED).first()
    assert last.detail["groups_before"] == ["Administrators", "Editors"]
    assert last.detail["groups_after"] == ["Editors"]


@pytest.mark.parametrize(
    "groups", [None, [], ["/staff"], [1, None, ["/desk/editors"]], {"/desk/editors": 1}, "Editors"]
)
def test_who_has_no_mapped_group_stays_out(client, provider, ann, groups):
    provider.claims["groups"] = groups

    page = sign_in(client, provider)

    assert page.status_code == 403 and "None of your groups" in error_of(page)
    assert not is_signed_in(client) and not ProviderIdentity.objects.exists()


def test_who_has_lost_all_groups_loses_roles_and_sessions(client, provider, ann):
    sign_in(client, provider)
    assert is_signed_in(client)
    provider.claims["groups"] = []

    page = sign_in(Client(), provider)

    assert page.status_code == 403 and roles_of(ann) == []
    assert not is_signed_in(client)
    assert types_of(ann)[-2:] == [EventType.CHANGED, EventType.SESSIONS_ENDED]


def test_the_last_account_that_manages_accounts_keeps_its_role_and_stays_out(client, provider):
    ann = make_person("Administrators", email=EMAIL)
    page = sign_in(client, provider)

    assert "let another one be an administrator first" in error_of(page)
    assert roles_of(ann) == ["Administrators"] and not is_signed_in(client)


def test_a_deactivated_account_stays_out_linked_or_not(client, provider, ann):
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert "is deactivated" in error_of(sign_in(client, provider))
    User.objects.filter(pk=ann.pk).update(is_active=True)
    sign_in(Client(), provider)
    User.objects.filter(pk=ann.pk).update(is_active=False)

    assert "is deactivated" in error_of(sign_in(client, provider))
    assert not is_signed_in(client)


def test_a_superuser_signs_in_with_the_password_only(client, provider, ann):
    User.objects.filter(pk=ann.pk).update(is_superuser=True)

    assert "signs in with its password" in error_of(sign_in(client, provider))
    assert not ProviderIdentity.objects.exists()


def test_a_refusal_is_among_the_events_with_its_reason(client, provider, ann):
    provider.claims["email_verified"] = False

    sign_in(client, provider)

    event = AccountEvent.objects.get(type=EventType.PROVIDER_FAILED)
    assert describe_event(event).endswith("not completed: a mail address that is not confirmed")


def test_events_name_the_provider_and_every_refusal_has_words(client, provider, ann):
    sign_in(client, provider)

    event = AccountEvent.objects.get(type=EventType.SIGNED_IN)
    assert describe_event(event) == "Signed in: by The University, in a browser not used for it before"
    assert set(Refusal) == set(REFUSALS) == set(PROVIDER_REFUSALS)


def test_the_second_factor_of_this_site_is_asked_for(client, provider, ann):
    secret = totp.new_secret()
    totp.add_app(ann, secret, step=0)

    page = sign_in(client, provider, next="/desk/help/")

    assert "Your first step is right" in page.text and not is_signed_in(client)
    response = client.post(f"{LOGIN}second-step/", {"code": code_of(secret), "next": "/desk/help/"})
    assert response["Location"] == "/desk/help/" and is_signed_in(client)
    assert client.session[FACTOR_OWNER] == ann.pk
    assert client.session.get_expiry_age() > 24 * 60 * 60


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


def test_reauthentication_at_the_provider_counts_if_it_has_just_asked(client, provider, ann):
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


def test_a_link_is_removed_on_the_server(client, provider, ann, capsys):
    sign_in(client, provider)

    call_command("unlink_provider", ann.username)
    call_command("unlink_provider", ann.username)

    assert "no longer linked" in capsys.readouterr().out
    assert not ProviderIdentity.objects.exists()
    assert types_of(ann).count(EventType.PROVIDER_UNLINKED) == 1
    with pytest.raises(CommandError, match="There is no account “nobody”"):
        call_command("unlink_provider", "nobody")
