"""Reports of a provider of mail: only with the secret, what each means for a subscriber, and no address in any log."""

import base64
import json
import logging
from datetime import timedelta

import pytest
from anymail import urls
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from sceeus.service_urls import MAIL_EVENTS_PROVIDERS, check_mail_events
from subscriptions import locks
from subscriptions.bounces import MAX_BOUNCING
from subscriptions.mail_events import build_webhook
from subscriptions.models import Subscriber, SuppressedAddress

from .factories import make_subscriber
from .other_connections import LOCK_SUBSCRIBERS, locked_by_another

pytestmark = pytest.mark.django_db
ADDRESS = "Reader@example.org"
SECRET = "provider:a-password-of-some-length"
LONG_AGO = timedelta(days=1) + MAX_BOUNCING


def report(event_type: str, *, recipient: str = "reader@example.org", **values) -> None:
    tracking.send(None, event=AnymailTrackingEvent(event_type=event_type, recipient=recipient, **values))


def state_of(subscriber: Subscriber) -> str:
    if not Subscriber.objects.filter(pk=subscriber.pk).exists():
        return "left"
    subscriber.refresh_from_db()
    return "failed" if subscriber.failed_at else "bouncing" if subscriber.bouncing_since else "reachable"


@pytest.mark.parametrize(
    ("event_type", "values", "state"),
    [
        (EventType.BOUNCED, {"mta_response": "smtp; 550 5.1.1 no such user"}, "failed"),
        (EventType.BOUNCED, {"mta_response": "550 unknown"}, "failed"),
        (EventType.BOUNCED, {"description": "Permanent: General"}, "failed"),
        (EventType.BOUNCED, {"esp_event": {"Type": "HardBounce"}}, "failed"),
        (EventType.BOUNCED, {"esp_event": {"event": "bounce", "hard_bounce": True}}, "failed"),
        (EventType.REJECTED, {"reject_reason": RejectReason.INVALID}, "failed"),
        (EventType.BOUNCED, {"mta_response": "452 4.2.2 mailbox full"}, "bouncing"),
        (EventType.BOUNCED, {"mta_response": "from 5.1.2.3: try later"}, "bouncing"),
        (EventType.BOUNCED, {"esp_event": {"event": "soft_bounce"}, "mta_response": "550 5.2.2 full"}, "bouncing"),
        (EventType.BOUNCED, {"esp_event": {"Type": "HardBounce"}, "mta_response": "550 5.7.1 policy"}, "reachable"),
        (EventType.REJECTED, {"reject_reason": RejectReason.BLOCKED}, "reachable"),
        (EventType.DEFERRED, {"mta_response": "550 5.1.1 no such user"}, "bouncing"),
        (EventType.COMPLAINED, {"esp_event": {"Type": "SpamNotification"}}, "reachable"),
        (EventType.BOUNCED, {}, "bouncing"),
        (EventType.COMPLAINED, {"esp_event": {"Type": "SpamComplaint"}}, "left"),
        (EventType.UNSUBSCRIBED, {}, "left"),
        (EventType.OPENED, {}, "reachable"),
        (EventType.BOUNCED, {"description": "Permanent", "recipient": "other@example.org"}, "reachable"),
        (EventType.BOUNCED, {"description": "Permanent", "recipient": None}, "reachable"),
    ],
)  # fmt: skip
def test_a_report_says_whether_an_address_is_mailed_again(event_type, values, state):
    subscriber = make_subscriber(address=ADDRESS)

    report(event_type, **values)

    assert state_of(subscriber) == state
    assert SuppressedAddress.objects.exists() == (state == "left")


def test_mails_that_come_back_for_weeks_end_and_one_that_arrives_starts_anew():
    subscriber = make_subscriber(address=ADDRESS, bouncing_since=timezone.now() - LONG_AGO)
    arrived = make_subscriber(address="arrived@example.org", bouncing_since=timezone.now() - LONG_AGO)

    report(EventType.DELIVERED, recipient="arrived@example.org")
    for address in ("reader@example.org", "arrived@example.org"):
        report(EventType.BOUNCED, recipient=address)

    assert (state_of(subscriber), state_of(arrived)) == ("failed", "bouncing")


def test_a_host_with_other_letters_is_found_as_mails_are_sent_to_it():
    subscriber = make_subscriber(address="reader@räksmörgås.example")

    report(EventType.COMPLAINED, recipient="reader@xn--rksmrgs-5wao1o.example")

    assert state_of(subscriber) == "left"


def test_a_report_of_before_the_reader_confirmed_changes_nothing():
    subscriber = make_subscriber(address=ADDRESS)

    report(EventType.COMPLAINED, timestamp=timezone.now() - timedelta(hours=1))

    assert state_of(subscriber) == "reachable"
    report(EventType.COMPLAINED, timestamp=timezone.now() + timedelta(hours=1))
    assert state_of(subscriber) == "left"


def post(rf, settings, body: bytes, secret: str = ""):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    request = rf.post("/desk/mail-events/", body, content_type="application/json", headers=headers)
    return build_webhook("postmark")(request)


BOUNCE = json.dumps({"RecordType": "Bounce", "Type": "HardBounce", "ID": 1, "Email": ADDRESS}).encode()


def test_a_report_is_taken_with_the_secret_only(rf, settings):
    subscriber = make_subscriber(address=ADDRESS)

    for secret in ("", "provider:another-password"):
        assert post(rf, settings, BOUNCE, secret).status_code == 401
    assert state_of(subscriber) == "reachable"

    assert post(rf, settings, BOUNCE, SECRET).status_code == 200
    assert state_of(subscriber) == "failed"


def test_a_report_that_cannot_be_read_is_logged_without_its_content(rf, settings, caplog):
    unreadable = f'{{"Email": "{ADDRESS}'.encode()
    with caplog.at_level(logging.DEBUG):
        assert post(rf, settings, unreadable, "").status_code == 401
        assert post(rf, settings, unreadable, SECRET).status_code == 500

    assert "JSONDecodeError" in caplog.text and "example.org" not in caplog.text


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_report_about_a_reader_to_whom_a_mail_is_being_sent_comes_again(rf, settings, monkeypatch, caplog):
    monkeypatch.setattr(locks, "MAX_WAIT", timedelta(milliseconds=50))
    subscriber = make_subscriber(address=ADDRESS)

    with locked_by_another(LOCK_SUBSCRIBERS):
        response = post(rf, settings, BOUNCE, SECRET)

    assert response.status_code == 503 and response.headers["Retry-After"] and not caplog.records
    assert state_of(subscriber) == "reachable"


def test_the_address_of_reports_exists_only_where_a_provider_is_set(client):
    assert client.post("/desk/mail-events/", BOUNCE, content_type="application/json").status_code != 200


def test_each_provider_has_a_view():
    names = {pattern.name for pattern in urls.urlpatterns}

    assert {f"{provider}_tracking_webhook" for provider in MAIL_EVENTS_PROVIDERS} <= names


@pytest.mark.parametrize(
    ("provider", "anymail", "problem"),
    [
        ("pigeon", {"WEBHOOK_SECRET": SECRET}, "unknown"),
        ("postmark", {}, "secret"),
        ("postmark", [], "secret"),
        ("postmark", {"WEBHOOK_SECRET": "a:b"}, "secret"),
        ("postmark", {"WEBHOOK_SECRET": "no-colon-in-this-secret"}, "secret"),
    ],
)
def test_reports_that_anybody_could_send_are_refused_at_the_start(provider, anymail, problem):
    with pytest.raises(ImproperlyConfigured, match=problem):
        check_mail_events(provider, anymail)
    assert check_mail_events("", {}) == ""
