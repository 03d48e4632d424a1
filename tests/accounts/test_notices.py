"""Mails to somebody about what happened to their account, whoever did it and wherever."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import recovery_codes
from accounts.events import record_event
from accounts.factors import APP, CODES
from accounts.models import AccountEvent, EventType
from publications.models import OutboxMail, UserSettings
from publications.news.account_notices import BY_OTHERS, NOTICES
from tests.accounts.test_second_step import PASSWORD, STEP, type_password
from tests.authenticator import Authenticator
from tests.factories import make_person

pytestmark = pytest.mark.django_db

DETAILS = {
    EventType.FACTOR_ADDED: {"factors": ["passkey"], "name": "Blue key"},
    EventType.FACTOR_REMOVED: {"factors": [APP, CODES]},
    EventType.CODE_USED: {"left": 9},
    EventType.PASSKEY_CLONED: {"passkey": "Blue key"},
    EventType.PROVIDER_LINKED: {"provider": "the university"},
    EventType.SIGNED_IN: {"is_new_device": True},
    EventType.CHANGED: {"fields": ["groups"], "groups_before": [], "groups_after": ["Administrators"]},
}
UNMAILED = set(EventType) - set(NOTICES)


@pytest.fixture
def ann():
    person = make_person("Editors", email="ann@example.org", password=PASSWORD)
    AccountEvent.objects.create(type=EventType.SIGNED_IN, account=person, account_name=person.username)
    return person


def sent() -> list:
    call_command("send_mail", verbosity=0)
    return mail.outbox


@pytest.mark.parametrize("type", sorted(set(NOTICES) - {EventType.HANDED_OVER}))
@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("is_by_owner", [True, False])
def test_each_such_event_is_mailed_in_the_language_of_the_account(ann, type, language, is_by_owner):
    UserSettings.of(ann).store(language=language)
    by = ann if is_by_owner else make_person("Administrators", email="eva@example.org")

    record_event(type, ann, by=by, **DETAILS.get(type, {}))

    (message,) = sent()
    notice = NOTICES[type] if is_by_owner else BY_OTHERS.get(type, NOTICES[type])
    assert message.to == ["ann@example.org"] and message.extra_headers["Content-Language"] == language
    assert ann.username in message.body and "%(" not in message.subject + message.body
    assert reverse(notice.url_name) in message.body
    assert ("genast" in message.body or "at once" in message.body) == notice.is_warning
    assert ("Redaktionen" in message.body or "redaktion" in message.body) == (language == "sv")


@pytest.mark.parametrize("type", sorted(UNMAILED))
def test_of_other_events_nobody_is_mailed(ann, type):
    record_event(type, ann, by=ann)

    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize(
    ("type", "detail"),
    [
        (EventType.SIGNED_IN, {}),
        (EventType.CHANGED, {"fields": ["first_name"]}),
        (EventType.CHANGED, {"groups_before": ["Administrators", "Editors"], "groups_after": ["Editors"]}),
    ],
)
def test_a_known_browser_another_name_and_a_lesser_role_are_not_mailed(ann, type, detail):
    record_event(type, ann, by=ann, **detail)

    assert not OutboxMail.objects.exists()


def test_the_first_sign_in_of_an_account_is_not_mailed_and_one_elsewhere_is(client):
    ann = make_person("Editors", email="ann@example.org", password=PASSWORD)

    type_password(client, ann)
    assert not OutboxMail.objects.exists()
    type_password(client, ann)
    assert not OutboxMail.objects.exists(), "the browser is known"
    type_password(Client(), ann)

    (message,) = sent()
    assert "in another browser" in message.subject and "127.0.0.1" in message.body


def test_a_used_recovery_code_is_mailed(client, ann):
    code = recovery_codes.replace_codes(ann)[0]
    type_password(client, ann)

    client.post(STEP, {"code": code})

    assert any("Unused ones: 9" in message.body for message in sent())


def test_a_new_role_is_mailed_by_its_name(client, ann):
    type_password(client, make_person("Administrators", password=PASSWORD))
    group = Group.objects.get(name="Administrators")

    client.post(reverse("desk:account-role", args=[ann.pk]), {"role": group.pk})

    (message,) = sent()
    assert message.to == ["ann@example.org"] and "are now: Administrators." in message.body


def test_a_command_that_removes_factors_mails_their_owner(ann):
    Authenticator().store(ann)
    mail.outbox.clear()

    call_command("remove_second_factor", ann.username)

    (message,) = sent()
    assert message.to == ["ann@example.org"] and "An administrator has removed" in message.body


@pytest.mark.parametrize("fields", [{"email": ""}, {"email": "ann@example.org", "is_active": False}])
def test_nobody_is_mailed_without_an_address_or_an_active_account(fields):
    record_event(EventType.FACTOR_ADDED, make_person("Editors", **fields), factors=["passkey"])

    assert not OutboxMail.objects.exists()


def test_the_outbox_does_not_call_it_another_address(client, ann):
    client.force_login(make_person("Administrators"), backend="django.contrib.auth.backends.ModelBackend")
    record_event(EventType.FACTOR_ADDED, ann, by=ann, factors=["passkey"])

    page = client.get(reverse("desk:publications_outboxmail_changelist")).text

    assert "what happened to an account" in page


def test_a_mail_whose_event_is_no_longer_kept_is_not_sent(ann):
    record_event(EventType.FACTOR_ADDED, ann, by=ann, factors=["passkey"])
    AccountEvent.objects.all().delete()

    assert sent() == []
