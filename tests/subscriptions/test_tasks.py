"""The task that a queue of the organisation runs: it sends what is due, and has failed where the relay cannot be reached."""

import pytest
from django.tasks import TaskResultStatus

from sceeus.service_urls import parse_email_url
from subscriptions.events import record_events
from subscriptions.models import AlertMail
from subscriptions.tasks import send_due_mails
from tests.factories import make_live
from tests.mail_sink import mail_sink

from .factories import make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _immediate_backend(settings):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


def test_the_task_mails_a_subscriber_about_what_is_new(settings):
    record_events()
    make_subscriber(address="ann@example.org")
    make_live()

    with mail_sink() as sink:
        settings.MAILERS = {"default": parse_email_url(sink.url)}
        result = send_due_mails.enqueue()

    assert result.status == TaskResultStatus.SUCCESSFUL
    assert [accepted.recipient for accepted in sink.mails] == ["ann@example.org"]


def test_the_task_fails_where_the_relay_cannot_be_reached_and_the_mail_waits(settings):
    record_events()
    make_subscriber()
    make_live()
    settings.MAILERS = {"default": parse_email_url("smtp://127.0.0.1:1/?tls=none")}

    result = send_due_mails.enqueue()

    assert result.status == TaskResultStatus.FAILED
    assert AlertMail.objects.due().count() == 1
