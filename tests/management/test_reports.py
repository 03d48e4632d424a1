"""The output of commands for maintenance."""

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
    """Set up a site in development with an account, which was never started."""
    settings.DEBUG, settings.SITE_DATA = True, tmp_path
    make_person("Editors")


def output(capsys) -> list[str]:
    return capsys.readouterr().out.strip().splitlines()


def test_prepare_ends_with_a_line_that_the_site_is_up_to_date(prepared, capsys):
    call_command("prepare")

    assert output(capsys)[-1] == "The site is up to date."


def test_a_second_prepare_reports_nothing_to_do(prepared, capsys):
    call_command("prepare", verbosity=0)

    call_command("prepare")

    assert output(capsys) == ["The site is up to date: nothing had to be done."]


@pytest.mark.parametrize("command", ["prepare", "tidy", "trust_clock", "check_services", "verify", "rebuild"])
def test_verbosity_0_prints_nothing(prepared, capsys, command):
    call_command(command, verbosity=0)

    assert output(capsys) == []


def test_tidy_reports_what_it_deleted(capsys, settings):
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

    assert output(capsys) == [
        "Deleted: 0 sessions, 2 account events, 0 drafts, 0 mails, 0 news events, 0 alerts, "
        "0 press link events, 0 press link recipients, 0 unconfirmed readers, 1 waiting file, 0 imports, "
        "0 failure logs, 3 unfinished files."
    ]


def test_tidy_reports_that_nothing_was_to_delete(capsys):
    call_command("tidy")

    assert output(capsys) == ["Nothing had to be deleted."]
