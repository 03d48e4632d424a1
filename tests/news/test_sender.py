"""The sender: what is sent is marked, what fails is tried again later and later, and nothing holds up the mails behind it."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.mail import CONSOLE
from publications.admin import submissions
from publications.models import RETRY_DELAYS, OutboxMail
from publications.news import expand_events, sender, sender_lock, staff_queue
from sceeus.service_urls import parse_email_url
from subscriptions.models import AlertMail
from tests.conftest import ROOT
from tests.factories import make_person, make_publication
from tests.mail_sink import mail_sink
from tests.process_locks import hold_lock_elsewhere

pytestmark = pytest.mark.django_db


@pytest.fixture
def pending_mails():
    """Three editors who are to be mailed about a draft."""
    for name in ("ann", "bo", "cia"):
        make_person("Editors", email=f"{name}@example.org")
    submissions.submit_for_checking(make_publication(), by=None)
    expand_events()


@pytest.fixture
def sink(settings):
    with mail_sink() as sink:
        settings.MAILERS = {"default": parse_email_url(sink.url)}
        yield sink


def send() -> None:
    call_command("send_mail", verbosity=0)


@pytest.mark.usefixtures("pending_mails")
def test_each_mail_is_sent_once_and_marked(sink):
    send()
    send()

    assert sorted(accepted.recipient for accepted in sink.mails) == [
        "ann@example.org", "bo@example.org", "cia@example.org",
    ]  # fmt: skip
    assert OutboxMail.objects.filter(sent_at__isnull=False, next_attempt_at=None).count() == 3


@pytest.mark.usefixtures("pending_mails")
def test_a_mail_that_is_refused_for_now_is_tried_again_later(sink):
    sink.replies["bo@example.org"] = "450 Try later"

    send()

    failing = OutboxMail.objects.failing().get()
    assert (failing.recipient, failing.attempts, failing.last_error) == ("bo@example.org", 1, "450 Try later")
    assert failing.next_attempt_at > timezone.now() and len(sink.mails) == 2
    OutboxMail.objects.failing().update(next_attempt_at=timezone.now())
    sink.replies.clear()
    send()
    assert sink.mails[-1].recipient == "bo@example.org" and not OutboxMail.objects.pending().exists()


@pytest.mark.usefixtures("pending_mails")
def test_a_message_keeps_its_message_id_over_all_attempts(sink):
    ids = set(OutboxMail.objects.values_list("message_id", flat=True))
    sink.replies = dict.fromkeys(("ann@example.org", "bo@example.org", "cia@example.org"), "450 Try later")
    send()
    sink.replies.clear()
    OutboxMail.objects.update(next_attempt_at=timezone.now())
    send()

    assert {accepted.message["Message-ID"] for accepted in sink.mails} == ids


@pytest.mark.usefixtures("pending_mails")
def test_an_address_that_is_refused_for_good_is_given_up(sink):
    sink.replies["bo@example.org"] = "550 No such user"

    send()

    assert OutboxMail.objects.failing().get().is_given_up


@pytest.mark.usefixtures("pending_mails")
def test_an_address_that_the_relay_refuses_by_its_rules_is_tried_again(sink):
    sink.replies["bo@example.org"] = "554 5.7.1 Relay access denied"

    send()

    failing = OutboxMail.objects.failing().get()
    assert failing.next_attempt_at and failing.last_error == "554 5.7.1 Relay access denied"


@pytest.mark.usefixtures("pending_mails")
def test_no_more_mails_are_sent_in_a_second_than_allowed(sink, settings, monkeypatch):
    settings.MAIL_RATE, waits = 0.01, []
    monkeypatch.setattr(sender, "sleep", waits.append)

    send()

    assert [round(seconds, -1) for seconds in waits] == [100, 100, 100]


@pytest.mark.usefixtures("pending_mails")
def test_the_delay_grows_until_a_mail_is_given_up():
    row, delays = OutboxMail.objects.first(), []
    with time_machine.travel(timezone.now(), tick=False):
        while not row.is_given_up:
            row.mark_failed("450 Try later")
            if row.next_attempt_at:
                delays.append(row.next_attempt_at - timezone.now())

    assert sorted(delays) == delays == list(RETRY_DELAYS)
    assert abs(sum(delays, timedelta()) / timedelta(days=1) - OutboxMail.count_retry_days()) < 1


@pytest.mark.usefixtures("pending_mails")
def test_a_mail_server_that_cannot_be_reached_uses_up_no_attempt(settings):
    with mail_sink() as sink:
        url = sink.url
    settings.MAILERS = {"default": parse_email_url(url)}

    for _run in range(len(RETRY_DELAYS) + 2):
        with pytest.raises(CommandError, match="cannot be reached") as error:
            send()

    assert error.value.returncode == 3
    assert OutboxMail.objects.failing().count() == 3, "administrators see why the mails wait"
    assert OutboxMail.objects.filter(attempts=0).due().count() == 3


@pytest.mark.usefixtures("pending_mails")
def test_all_mails_are_sent_once_the_mail_server_is_back(sink, settings):
    OutboxMail.objects.update(last_error="ConnectionRefusedError")

    send()

    assert len(sink.mails) == 3 and not OutboxMail.objects.failing().exists()


@pytest.mark.usefixtures("pending_mails")
def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(sink, monkeypatch):
    first = OutboxMail.objects.due().first()
    OutboxMail.objects.filter(pk=first.pk).update(message_id="x\ny")  # no header may hold a line break

    send()

    assert len(sink.mails) == 2 and OutboxMail.objects.failing().get().pk == first.pk


@pytest.mark.usefixtures("pending_mails")
def test_without_a_mail_server_nothing_is_sent(settings, capsys):
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}

    call_command("send_mail")

    assert "Mail is off" in capsys.readouterr().out and mail.outbox == []
    assert OutboxMail.objects.due().count() == 3


def test_two_senders_share_the_work_or_one_waits():
    with sender_lock(is_shared=True) as first, sender_lock(is_shared=True) as second:
        assert first and second == connection.features.has_select_for_update_skip_locked


@pytest.mark.usefixtures("pending_mails")
def test_a_limit_of_mails_a_second_holds_over_all_senders(sink, settings):
    settings.MAIL_RATE = 1000
    with hold_lock_elsewhere(sender.LOCK_FILE, key=sender.ADVISORY_LOCK):
        send()
    assert sink.mails == []

    send()

    assert len(sink.mails) == 3


@pytest.mark.usefixtures("pending_mails")
def test_a_mail_that_cannot_be_written_is_tried_again(sink, monkeypatch):
    def fail(outbox_mail):
        raise ValueError("a translation with a wrong format")

    monkeypatch.setattr(staff_queue, "build_mail", fail)

    send()

    assert OutboxMail.objects.failing().count() == OutboxMail.objects.pending().count() == 3


def test_the_documentation_says_how_long_a_mail_is_tried():
    staff, readers = OutboxMail.count_retry_days(), AlertMail.count_retry_days()

    said = f"tried again for {staff} days, one to a reader for {readers}"
    assert said in (ROOT / "docs" / "deploying.md").read_text()
