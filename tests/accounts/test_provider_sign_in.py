"""Signing in with the account of a university: which account that is, its roles and second factors."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.signals import pre_save
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.invitations import invite
from accounts.limits import TooManyAttempts
from accounts.models import AccountEvent, EventType, Invitation, ProviderIdentity
from accounts.provider_accounts import Refusal, check_roles
from publications.admin.account_events import PROVIDER_REFUSALS, describe_event
from publications.admin.provider_sign_in import REFUSALS
from tests.factories import make_person
from tests.openid_provider import (
    CLIENT_ID,
    EMAIL,
    LOGIN,
    START,
    error_of,
    is_signed_in,
    roles_of,
    set_provider,
    sign_in,
    start,
)

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


def types_of(person) -> list[str]:
    return list(AccountEvent.objects.filter(account=person).order_by("pk").values_list("type", flat=True))


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
    assert json.loads(query["claims"][0]) == {"id_token": {"auth_time": {"essential": True}}}


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


def test_a_role_that_the_site_lacks_is_named_by_the_check(provider, settings):
    assert check_roles() == []
    set_provider(settings, roles={"/desk/editors": "Editors", "/desk/all": "Redactors"})

    (message,) = check_roles()

    assert "the role “Redactors”, which this site lacks" in message.msg


def test_before_the_tables_are_made_the_check_of_roles_says_nothing(provider):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE auth_group RENAME TO not_made_yet")

    assert check_roles() == []


def test_the_roles_that_a_provider_takes_away_revoke_invitations(client, provider, ann, invitation):
    make_person("Administrators")
    ann.groups.set(Group.objects.filter(name="Administrators"))
    Invitation.objects.update(invited_by=ann, email="other@university.example")

    sign_in(client, provider)

    assert roles_of(ann) == ["Editors"] and not Invitation.objects.exists()


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


@pytest.fixture
def invitation(rf) -> Invitation:
    request = rf.get("/")
    request.user = make_person("Administrators")
    names = {"first_name": "Ann", "last_name": "Berg", "language": "en"}
    return invite(EMAIL, group=Group.objects.get(name="Linkers"), request=request, **names)


def test_an_invitation_becomes_an_account_without_a_password(client, provider, invitation, settings):
    set_provider(settings, links_by_mail=False)

    sign_in(client, provider)

    account = User.objects.get(email=EMAIL)
    assert is_signed_in(client) and not account.has_usable_password()
    assert roles_of(account) == ["Editors"]
    assert not Invitation.objects.exists()


def test_an_invitation_that_is_too_old_makes_no_account(client, provider, invitation):
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


def test_a_refusal_is_in_the_language_of_the_browser(client, provider, ann):
    provider.claims["groups"] = []
    path = provider.authorize(start(client))

    page = client.get(path, headers={"Accept-Language": "sv"})

    assert error_of(page).startswith("Ingen av dina grupper hos The University")


def test_administrators_see_who_is_linked(client, provider, ann):
    sign_in(client, provider)
    path = f"/desk/auth/user/{ann.pk}/change/"
    admin = Client()
    admin.force_login(make_person("Administrators"))

    assert "Single sign-on" in admin.get(path).text and "linked since" in admin.get(path).text


def test_whoever_is_invited_reads_that_no_password_is_needed(client, provider, invitation):
    page = client.get(f"/desk/confirm/invitation/{invitation.token}/")

    assert "without choosing a password" in page.text and "The University" in page.text


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


@pytest.mark.parametrize("is_refused_there", [True, False])
def test_who_is_signed_in_already_reads_why_not(client, provider, ann, is_refused_there):
    client.force_login(make_person("Editors"), backend=BACKEND)
    if is_refused_there:
        provider.claims["groups"] = []
        response = sign_in(client, provider)
    else:
        provider.answers["/.well-known/openid-configuration"] = (500, {}, b"")
        response = client.post(START)

    assert response.status_code == 302 and response["Location"] == "/desk/"
    message = "None of your groups" if is_refused_there else "does not answer as it should"
    assert message in client.get("/desk/").text


def test_who_is_signed_in_already_reads_how_long_to_wait(client, provider, monkeypatch):
    client.force_login(make_person("Editors"), backend=BACKEND)
    monkeypatch.setattr("publications.admin.provider_sign_in.begin", refuse_too_many)

    response = client.post(START)

    assert response.status_code == 302 and "too many attempts" in client.get("/desk/").text


def test_who_tries_too_often_waits_until_it_is_over(client, provider, monkeypatch):
    monkeypatch.setattr("publications.admin.provider_sign_in.begin", refuse_too_many)

    page = client.post(START)

    assert page.status_code == 429 and page["Retry-After"] == "91"
    assert "too many attempts" in error_of(page)


def refuse_too_many(*_args, **_options) -> None:
    raise TooManyAttempts(timedelta(seconds=90, milliseconds=1))


def test_a_link_is_removed_on_the_server(client, provider, ann, capsys):
    sign_in(client, provider)

    call_command("unlink_provider", ann.username)
    call_command("unlink_provider", ann.username)

    assert "no longer linked" in capsys.readouterr().out
    assert not ProviderIdentity.objects.exists()
    assert types_of(ann).count(EventType.PROVIDER_UNLINKED) == 1
    with pytest.raises(CommandError, match="There is no account “nobody”"):
        call_command("unlink_provider", "nobody")


def test_a_person_who_is_linked_at_the_same_moment_starts_again(client, provider, ann):
    """As by two windows: the first has stored the link when the second does."""
    other = make_person("Editors")

    def link_first(**_signal) -> None:
        identity = ProviderIdentity(account=other, issuer=provider.issuer, subject="subject-1")
        ProviderIdentity.objects.bulk_create([identity])

    pre_save.connect(link_first, sender=ProviderIdentity)
    try:
        page = sign_in(client, provider)
    finally:
        pre_save.disconnect(link_first, sender=ProviderIdentity)

    assert page.status_code == 403 and "Start again" in error_of(page)
    assert not is_signed_in(client)
