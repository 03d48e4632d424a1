"""A change of an account is stored as a whole: if recording it fails, the password or the link stays as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse

from accounts.models import AccountEvent, EventType, ProviderIdentity
from tests.accounts.test_password_reset import path_in, request_mail, set_password
from tests.factories import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
OLD, NEW = "a long way to Tbilisi", "rain over four old harbours"


class Interrupted(Exception):
    pass


@contextmanager
def interrupted_at(type: EventType) -> Iterator[None]:
    def fail(instance: AccountEvent, **_signal) -> None:
        if instance.type == type:
            raise Interrupted

    pre_save.connect(fail, sender=AccountEvent)
    try:
        with pytest.raises(Interrupted):
            yield
    finally:
        pre_save.disconnect(fail, sender=AccountEvent)


@pytest.fixture
def ann():
    return make_person("Editors", password=OLD, email="ann@example.org")


@pytest.fixture
def browser(ann) -> Client:
    browser = Client()
    browser.force_login(ann, backend=BACKEND)
    return browser


def change_own_password(browser: Client, ann, mails: list) -> None:
    fields = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    browser.post(reverse("desk:password_change"), fields)


def reset_password(browser: Client, ann, mails: list) -> None:
    request_mail(browser)
    set_password(browser, path_in(mails[0]), NEW)


def change_on_the_server(browser: Client, ann, mails: list) -> None:
    call_command("changepassword", ann.username)


@pytest.mark.parametrize(
    ("change", "type"),
    [
        (change_own_password, EventType.PASSWORD_CHANGED),
        (reset_password, EventType.PASSWORD_RESET),
        (change_on_the_server, EventType.PASSWORD_CHANGED),
    ],
)
def test_a_password_is_not_changed_without_its_event(
    browser, ann, mailoutbox, monkeypatch, change: Callable, type: EventType
):
    monkeypatch.setattr("getpass.getpass", lambda prompt: NEW)

    with interrupted_at(type):
        change(browser, ann, mailoutbox)

    ann.refresh_from_db()
    assert ann.check_password(OLD) and browser.get("/desk/").status_code == 200


def test_a_link_is_not_removed_while_sessions_stay(browser, ann):
    ProviderIdentity.objects.create(account=ann, issuer="https://login.example", subject="1")

    with interrupted_at(EventType.SESSIONS_ENDED):
        call_command("unlink_provider", ann.username)

    assert ProviderIdentity.objects.exists() and browser.get("/desk/").status_code == 200


def test_no_transaction_is_open_while_somebody_types_a_password(ann, monkeypatch):
    """On SQLite it would keep everybody else from writing."""
    typed, depths = ["too short", "too short", NEW, NEW], []

    def type_next(prompt: str) -> str:
        depths.append(len(connection.savepoint_ids))
        return typed.pop(0)

    monkeypatch.setattr("getpass.getpass", type_next)
    depth = len(connection.savepoint_ids)
    call_command("changepassword", ann.username)

    ann.refresh_from_db()
    assert ann.check_password(NEW) and depths == [depth] * 4
