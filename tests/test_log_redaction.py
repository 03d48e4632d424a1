"""Logs of the application: secret addresses (review links, links of reset mails) are masked, a 403 has one line."""

import io
import logging

import pytest
from django.test import Client

from tests.factories import make_person

TOKEN = "kV9wZr3Tq8Lm2Nx7Bc5Yd1Fg6Hj4Ks0P"
REVIEW = f"/desk/review/{TOKEN}/"
RESET = f"/desk/password_reset/Mg/{TOKEN}/"
STOP = f"/desk/news/stop/{TOKEN}/"
INVITATION = f"/desk/confirm/invitation/{TOKEN}/"
ADDRESS = f"/desk/confirm/address/{TOKEN}/"
CALENDAR = f"/desk/calendar/{TOKEN}.ics"


@pytest.fixture
def log():
    """Return the stream that the configured handlers write to."""
    handlers = [
        handler
        for name in ("", "django.server")
        for handler in logging.getLogger(name).handlers
        if type(handler) is logging.StreamHandler
    ]
    assert len(handlers) == 2
    stream = io.StringIO()
    before = [handler.setStream(stream) for handler in handlers]
    yield stream
    for handler, old in zip(handlers, before, strict=True):
        handler.setStream(old)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [REVIEW, f"{REVIEW}abcdefghij/960.jpg"])
def test_a_wrong_review_link_is_masked(client, log, path):
    client.get(path)

    assert "/desk/review/…" in log.getvalue()
    assert TOKEN not in log.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("path", [REVIEW, RESET, STOP, CALENDAR, INVITATION, ADDRESS])
def test_the_path_of_a_forged_form_is_masked(log, path):
    Client(enforce_csrf_checks=True).post(path, {"x": "1"})

    assert "/…" in log.getvalue()
    assert TOKEN not in log.getvalue()


@pytest.mark.parametrize("path", [REVIEW, RESET, CALENDAR, INVITATION])
def test_a_traceback_is_masked(client, log, path):
    client.raise_request_exception = False  # no database in this test: every view fails

    assert client.get(path).status_code >= 500
    assert "Traceback" in log.getvalue()
    assert TOKEN not in log.getvalue()


@pytest.mark.parametrize(
    "path", [REVIEW, RESET, f"/desk/login/?next={REVIEW}", f"/desk/login/?next={REVIEW.replace('/', '%2F')}"]
)
@pytest.mark.parametrize("name", ["django.server", "django.request", "publications.anything"])
def test_an_address_in_a_message_is_masked(log, path, name):
    logging.getLogger(name).warning('"GET %s HTTP/1.1" %s', path, 200)

    assert " HTTP/1.1" in log.getvalue()
    assert TOKEN not in log.getvalue()


@pytest.mark.django_db
def test_a_wrong_calendar_address_is_masked(client, log):
    client.get(CALENDAR)

    assert "Not Found: /desk/calendar/…" in log.getvalue() and TOKEN not in log.getvalue()


def test_other_addresses_are_not_masked(log):
    logging.getLogger("django.request").warning("Not Found: %s", "/en/publications/on-minsk/")

    assert "Not Found: /en/publications/on-minsk/" in log.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/desk/publications/synonym/", "/desk/autocomplete/"])
def test_a_page_that_is_not_open_to_a_user_has_no_traceback(client, log, path):
    client.force_login(make_person("Contributors"))

    response = client.get(path)

    assert response.status_code == 403
    assert f"Forbidden (Permission denied): {path}" in log.getvalue() and "Traceback" not in log.getvalue()
