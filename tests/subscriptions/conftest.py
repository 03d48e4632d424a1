"""A mail server for senders, and the start of what readers are informed of."""

from collections.abc import Iterator

import pytest
import time_machine

from sceeus.service_urls import parse_email_url
from subscriptions.events import record_events
from subscriptions.expansion import queue_digests
from subscriptions.views import pages
from tests.mail_sink import mail_sink

MONDAY = "2026-05-04 06:00Z"
"""After the daily and weekly mails."""


@pytest.fixture
def recording(db):
    """What happens from here on is news."""
    record_events()


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch):
    monkeypatch.setattr(pages, "ANSWER_SECONDS", 0)


@pytest.fixture
def sink(settings):
    with mail_sink() as sink:
        settings.MAILERS = {"default": parse_email_url(sink.url)}
        yield sink


@pytest.fixture
def site_url(settings):
    settings.SITE_URL = "http://testserver.example"


@pytest.fixture
def clock(db) -> Iterator:
    """The time, which a test moves; what happens from here on is news."""
    with time_machine.travel(MONDAY) as clock:
        record_events()
        queue_digests()
        yield clock
