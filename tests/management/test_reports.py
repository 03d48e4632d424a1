"""What commands that keep a site say of what they did."""

import os
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import EVENT_DAYS, AccountEvent, EventType
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def prepared(settings, tmp_path):
    """A site in development that has an account and was never started: its static files are not collected."""
    settings.DEBUG, settings.SITE_DATA = True, tmp_path
    make_person("Editors")


def said(capsys) -> list[str]:
    return capsys.readouterr().out.strip().splitlines()


def test_prepare_says_in_the_end_that_the_site_is_ready(prepared, capsys):
    call_command("prepare")

    assert said(capsys)[-1] == "The site is up to date."


def test_prepare_says_that_nothing_had_to_be_done(prepared, capsys):
    call_command("prepare", verbosity=0)

    call_command("prepare")

    assert said(capsys) == ["The site is up to date: nothing had to be done."]


@pytest.mark.parametrize("command", ["prepare", "tidy", "trust_clock", "check_services", "verify", "rebuild"])
def test_nothing_is_said_where_that_is_asked(prepared, capsys, command):
    call_command(command, verbosity=0)

    assert said(capsys) == []


def test_tidy_says_what_it_deleted(capsys, settings):
    old = timezone.now() - timedelta(days=EVENT_DAYS + 1)
    AccountEvent.objects.bulk_create(
        AccountEvent(type=EventType.SIGNED_IN, occurred_at=old) for _number in range(2)
    )
    for name in ("waiting/upload", "incoming/1.part", "incoming/2.part", "incoming/3.part"):
        path = settings.ORIGINALS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, times=(old.timestamp(), old.timestamp()))

    call_command("tidy")

    assert said(capsys) == ["Deleted: 0 sessions, 2 account events, 1 waiting file, 3 unfinished files."]


def test_tidy_says_that_there_was_nothing_to_delete(capsys):
    call_command("tidy")

    assert said(capsys) == ["Nothing had to be deleted."]
