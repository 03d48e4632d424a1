"""Senders that are killed or overlap: no mail is missed, and none is sent twice but by a kill after its acceptance."""

import os
import shutil

import pytest

from tests.mail_sink import (
    MAKE_NEWS,
    Kill,
    count_deliveries,
    count_unexplained,
    mail_sink,
    repeated_mails,
    send_with_kills,
    start_sender,
)
from tests.own_databases import run_python

RECIPIENTS, EVENTS = 3, 4


@pytest.fixture
def site(migrated_sqlite, tmp_path):
    """Return a function that gives the environment of a site with mails to be sent to a server."""
    folder = shutil.copytree(migrated_sqlite, tmp_path / "site")

    def make(email_url: str, code: str = MAKE_NEWS.format(recipients=RECIPIENTS, events=EVENTS)):
        environment = {
            "PATH": os.environ["PATH"],
            "SITE_DATA": str(folder),
            "DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "sceeus.settings",
            "EMAIL_URL": email_url,
        }
        run_python(code, environment)
        return environment

    return make


def test_a_killed_sender_misses_no_mail_and_repeats_only_what_was_accepted(site):
    with mail_sink() as sink:
        kills = [Kill("data", 2), Kill("accepting", 3), Kill("accepted", 2)]
        runs = send_with_kills(sink, site(sink.url), kills)
        deliveries = count_deliveries(sink)

    assert len(runs.killed) == len(kills) and len(deliveries) == RECIPIENTS * EVENTS
    repeated = repeated_mails(sink)
    assert repeated, "the kill before the reply has to repeat a mail, else this tests nothing"
    assert count_unexplained(sink, runs) == 0
    assert len({mail.message["Message-ID"] for mail in sink.mails}) == RECIPIENTS * EVENTS


def test_two_senders_at_once_send_nothing_twice(site):
    with mail_sink() as sink:
        environment = site(sink.url)
        senders = [start_sender(environment) for _number in range(2)]
        outputs = [sender.communicate()[0] for sender in senders]
        start_sender(environment).communicate()
        deliveries = count_deliveries(sink)

    assert len(deliveries) == RECIPIENTS * EVENTS and set(deliveries.values()) == {1}, outputs
