"""What commands that keep a site say of what they did."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import EVENT_DAYS, AccountEvent, EventType
from publications.desk import waiting_files
from publications.models import originals

pytestmark = pytest.mark.django_db


@pytest.fixture
def prepared(monkeypatch, settings):
    """A site that has accounts, whose state is kept nowhere and whose styles are not gathered."""
    settings.DEBUG = True
    monkeypatch.setattr("publications.management.commands.prepare.finish_empty_site", lambda tell: None)
    monkeypatch.setattr("publications.management.commands.prepare.mark_up_to_date", lambda: None)
    monkeypatch.setattr("publications.management.commands.prepare.is_up_to_date", lambda: False)


def said(capsys) -> list[str]:
    return capsys.readouterr().out.strip().splitlines()


def test_prepare_says_in_the_end_that_the_site_is_ready(prepared, capsys):
    call_command("prepare")

    assert said(capsys)[-1] == "The site is up to date."


def test_prepare_says_that_nothing_had_to_be_done(prepared, monkeypatch, capsys):
    monkeypatch.setattr("publications.management.commands.prepare.is_up_to_date", lambda: True)

    call_command("prepare")

    assert said(capsys) == ["The site is up to date: nothing had to be done."]


@pytest.mark.parametrize("command", ["prepare", "tidy", "trust_clock", "reach", "verify", "rebuild"])
def test_nothing_is_said_where_that_is_asked(prepared, capsys, command):
    call_command(command, verbosity=0)

    assert said(capsys) == []


def test_tidy_says_what_it_deleted(capsys, monkeypatch):
    old = timezone.now() - timedelta(days=EVENT_DAYS + 1)
    AccountEvent.objects.bulk_create(
        AccountEvent(type=EventType.SIGNED_IN, occurred_at=old) for _number in range(2)
    )
    monkeypatch.setattr(waiting_files, "sweep", lambda: 1)
    monkeypatch.setattr(type(originals()), "remove_unfinished", lambda self: 3)

    call_command("tidy")

    assert said(capsys) == ["Deleted: 0 sessions, 2 account events, 1 waiting file, 3 unfinished files."]


def test_tidy_says_that_there_was_nothing_to_delete(capsys):
    call_command("tidy")

    assert said(capsys) == ["Nothing had to be deleted."]
