"""A relay that fails for an hour, in whatever way: each mail goes out once it is back, once, in order, to everybody."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import smtp_time_limit
from publications.news.sender import MAX_RELAY_ERRORS
from sceeus.service_urls import parse_email_url
from subscriptions.events import record_events
from subscriptions.models import AlertMail, Subscriber
from tests.factories import make_live
from tests.mail_sink import MailSink, mail_sink

from .factories import make_subscriber

pytestmark = pytest.mark.django_db
ADDRESSES = [f"reader-{number}@example.org" for number in range(5)]
SILENCE = 0.2
"""Seconds for which the sender waits for a reply."""
TIME_LIMIT = 0.3
"""Seconds for which it waits for all the replies to a mail."""


@pytest.fixture
def sink(settings, monkeypatch):
    monkeypatch.setattr(smtp_time_limit, "TIME_LIMIT", TIME_LIMIT)
    with mail_sink() as sink:
        settings.MAILERS = {"default": parse_email_url(sink.url)}
        settings.MAILERS["default"]["OPTIONS"]["timeout"] = SILENCE
        yield sink


def run() -> bool:
    """Run the sender as its timer does; return whether it said that the relay cannot be reached."""
    try:
        call_command("send_mail", verbosity=0)
    except CommandError:
        return True
    return False


def reply(line: str, *addresses: str) -> Callable[[MailSink], None]:
    def fail(sink: MailSink) -> None:
        sink.replies = dict.fromkeys(addresses, line)

    return fail


def at_stage(stage: str, do: Callable[[], None]) -> Callable[[MailSink], None]:
    def fail(sink: MailSink) -> None:
        sink.at_stage = lambda name: do() if name == stage else None

    return fail


def cut() -> None:
    raise ConnectionAbortedError


def hang() -> None:
    time.sleep(2 * SILENCE)
    raise ConnectionAbortedError


def drip_within_a_mail(sink: MailSink) -> None:
    def drip(stage: str) -> None:
        sink.byte_pause = SILENCE / 2 if stage == "recipient" else 0

    sink.at_stage = drip


OUTAGES = {
    "refuses some for now": reply("451 Try later", *ADDRESSES[:2]),
    "refuses all for now": reply("451 Try later", *ADDRESSES),
    "is not available": reply("421 Too many connections", *ADDRESSES),
    "is silent": at_stage("recipient", hang),
    "cuts the connection": at_stage("connect", cut),
    "cuts within a mail": at_stage("text", cut),
    "sends a byte at a time within a mail": drip_within_a_mail,
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_relay_that_fails_for_an_hour_costs_no_mail(sink, outage):
    record_events()
    for address in ADDRESSES:
        make_subscriber(address=address)
    at_stage_before = sink.at_stage
    with time_machine.travel(timezone.now(), tick=False) as clock:
        OUTAGES[outage](sink)
        for number in range(6):
            if number % 2 == 0:
                make_live(title=f"Text {number // 2}")
            run()
            clock.shift(timedelta(minutes=10))
        sink.at_stage, sink.replies, sink.byte_pause = at_stage_before, {}, 0
        for _number in range(7):
            run()
            clock.shift(timedelta(minutes=10))

    for address in ADDRESSES:
        subjects = [mail.message["Subject"] for mail in sink.mails if mail.recipient == address]
        assert subjects == [f"New: “Text {number}”" for number in range(3)]
    assert not AlertMail.objects.pending().exists()
    assert not Subscriber.objects.exclude(bouncing_since=None, failed_at=None, has_retries=False).exists()


@pytest.mark.parametrize(
    "outage",
    ["is not available", "is silent", "cuts within a mail", "sends a byte at a time within a mail"],
)
def test_a_relay_that_fails_itself_costs_few_mails_an_attempt(sink, outage):
    record_events()
    for address in ADDRESSES:
        make_subscriber(address=address)
    make_live()
    OUTAGES[outage](sink)

    assert run(), "administrators see that it cannot be reached"

    assert AlertMail.objects.filter(attempts__gt=0).count() == MAX_RELAY_ERRORS < len(ADDRESSES)


@pytest.mark.parametrize("line", ["421 4.3.2 Closing", "554 5.7.1 Relay access denied"])
def test_an_address_that_once_came_back_does_not_fail_where_the_relay_does(sink, line):
    record_events()
    make_subscriber(address=ADDRESSES[0], bouncing_since=timezone.now() - timedelta(days=30))
    make_live()
    sink.replies[ADDRESSES[0]] = line

    run()

    assert Subscriber.objects.get().failed_at is None


def test_a_relay_that_names_an_address_shows_it_to_nobody(sink):
    """What it says is logged, and stands at the desk beside the mails to staff that wait for it."""
    record_events()
    for address in ADDRESSES:
        make_subscriber(address=address)
        sink.replies[address] = f"421 4.3.2 <{address}>: try later"
    make_live()

    with pytest.raises(CommandError) as error:
        call_command("send_mail", verbosity=0)

    assert "cannot be reached (421 4.3.2)." in str(error.value)
