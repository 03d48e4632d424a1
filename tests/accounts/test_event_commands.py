"""Events of accounts that are made or changed on the command line."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from accounts.first_login import FirstLogin, first_login_path, write_first_logins
from accounts.models import AccountEvent, AccountRecord, EventType
from tests.factories import make_person

pytestmark = pytest.mark.django_db

GOOD = "rain over four old harbours"


def test_an_administrator_made_on_the_command_line_is_an_event(monkeypatch):
    make_person("Editors")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", GOOD)

    call_command("createsuperuser", username="ada", email="ada@example.org", interactive=False, verbosity=0)

    event = AccountEvent.objects.get()
    assert (event.type, event.account, event.by) == (
        EventType.CREATED,
        User.objects.get(username="ada"),
        None,
    )


def test_a_superuser_created_at_the_same_time_gets_no_second_event(monkeypatch):
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    def type_while_another_process_makes_a_superuser(prompt="") -> str:
        User.objects.bulk_create([User(username="bob", is_superuser=True)], ignore_conflicts=True)
        return GOOD

    monkeypatch.setattr("getpass.getpass", type_while_another_process_makes_a_superuser)

    call_command("createsuperuser", username="ada", email="ada@example.org", stdin=Terminal(), verbosity=0)

    assert [event.account.username for event in AccountEvent.objects.all()] == ["ada"]


def test_a_password_changed_on_the_command_line_is_an_event(monkeypatch, capsys):
    person = make_person("Editors")
    monkeypatch.setattr("getpass.getpass", lambda prompt: GOOD)

    call_command("changepassword", person.username)

    assert (
        event := AccountEvent.objects.get()
    ).type == EventType.PASSWORD_CHANGED and event.account == person
    assert "changed successfully" in capsys.readouterr().out
    assert AccountRecord.of(person).has_temporary_password


def test_a_password_changed_on_the_command_line_is_removed_from_the_file_of_first_logins(monkeypatch):
    person = make_person("Editors")
    write_first_logins([FirstLogin(person.username, "a first password"), FirstLogin("bo", "another")])
    monkeypatch.setattr("getpass.getpass", lambda prompt: GOOD)

    call_command("changepassword", person.username)

    assert first_login_path().read_text() == "bo another\n"


def test_a_password_that_the_command_line_refuses_is_no_event(monkeypatch):
    person = make_person("Editors")
    monkeypatch.setattr("getpass.getpass", lambda prompt: "short")

    with pytest.raises(CommandError):
        call_command("changepassword", person.username)

    assert not AccountEvent.objects.exists()
