"""A mail server for senders, and the start of what readers are informed of."""

import pytest

from sceeus.service_urls import parse_email_url
from subscriptions.events import record_events
from subscriptions.views import pages
from tests.mail_sink import mail_sink


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
