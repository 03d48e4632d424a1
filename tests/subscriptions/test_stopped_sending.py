"""A stop of the mails to subscribers: it holds back all but those that ask to confirm, within a run, too."""

import pytest
from django.utils import timezone

from subscriptions import alert_queue
from subscriptions.conditions import Choice
from subscriptions.events import lock_state
from subscriptions.models import (
    AlertMail,
    AlertMailPurpose,
    AlertState,
)
from tests.factories import make_live

from .factories import make_subscriber, make_unconfirmed
from .sending import ADDRESS, send, subjects

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording")]


def test_a_stop_holds_back_all_but_the_mails_that_ask_to_confirm(sink):
    make_subscriber(address=ADDRESS)
    reader = make_unconfirmed(Choice(), address="new@example.org").subscriber
    reader.mails.create(purpose=AlertMailPurpose.CONFIRM, next_attempt_at=timezone.now())
    make_live(title="Gas")
    lock_state()
    AlertState.objects.update(stopped_at=timezone.now())

    send()

    assert [accepted.recipient for accepted in sink.mails] == ["new@example.org"]
    AlertState.objects.update(stopped_at=None)
    send()
    assert subjects(sink) == ["New: “Gas”"]


def test_a_stop_takes_effect_within_a_run(sink):
    for _number in range(3):
        make_subscriber()
    make_live()
    lock_state()
    stopped = []

    def stop(stage: str) -> None:
        if stage == "accepted" and not stopped:
            stopped.append(AlertState.objects.update(stopped_at=timezone.now()))

    claim = alert_queue.AlertQueue.mark_sent

    def mark_sent(self, mail):
        claim(self, mail)
        stop("accepted")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alert_queue.AlertQueue, "mark_sent", mark_sent)
        send()

    assert len(sink.mails) == 1 and AlertMail.objects.due().count() == 2
