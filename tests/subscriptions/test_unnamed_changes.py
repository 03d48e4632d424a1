"""No digest leaves out a change that no mail has named, and the desk counts for it whom it tells."""

from datetime import timedelta

import pytest
from django.utils import timezone

from publications import actions
from publications.models import Publication
from publications.news import Failure
from subscriptions.alert_queue import AlertQueue
from subscriptions.audience import count_digests, list_upcoming
from subscriptions.conditions import Choice
from subscriptions.expansion import expand_alerts
from subscriptions.models import AlertEvent, AlertMail, MailedEvent, Subscriber, Timing
from tests.factories import make_live, saved

from .ended_texts import A_DAY, A_WEEK, TITLE, publish, send, undo
from .factories import make_subscriber

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)


def change(publication: Publication, change: str, note: str) -> None:
    actions.publish(saved(publication, body=note), by=None, change=change, note=note)


def update(publication: Publication) -> None:
    change(publication, "update", "UPDATED")


def correct(publication: Publication) -> None:
    change(publication, "correction", "UNNAMED")


def express_concern(publication: Publication) -> None:
    actions.express_concern(publication, by=None, note="UNNAMED")


def update_unnamed(publication: Publication) -> None:
    change(publication, "update", "UNNAMED")


def read_for_days(clock, days: int = 8) -> list[str]:
    """Send what is due now and each morning; return the mails."""
    texts = []
    for _day in range(days):
        texts += send().values()
        clock.shift(A_DAY)
    return texts


def follow(reader: Subscriber, publication: Publication) -> None:
    choice = Choice(publication=publication.pk)
    reader.subscriptions.create(condition=choice.store(), timing="at_once", confirmed_at=timezone.now())


@pytest.mark.parametrize("timing", [Timing.DAILY, Timing.WEEKLY])
@pytest.mark.parametrize("happens", [correct, express_concern, update_unnamed])
def test_a_digest_tells_of_a_change_though_a_mail_has_named_a_later_one(clock, timing, happens):
    publication = publish()
    send()
    clock.shift(A_WEEK)
    send()
    reader = make_subscriber(timing=timing)
    happens(publication)
    expand_alerts()
    clock.shift(AN_HOUR)
    follow(reader, publication)
    update(publication)
    before = send()
    counted = {mails.timing: mails.count for mails in list_upcoming()}
    unnamed = AlertEvent.objects.order_by("-happens_at")[1]

    assert "UPDATED" in before[reader.pk] and "UNNAMED" not in before[reader.pk]
    assert counted[timing] == count_digests(unnamed, timing).pending == 1
    assert ["UNNAMED" in text for text in read_for_days(clock)] == [True]


def test_a_digest_does_not_express_a_concern_that_a_mail_has_lifted(clock):
    publication = publish()
    send()
    clock.shift(A_DAY)
    reader = make_subscriber(timing=Timing.DAILY)
    express_concern(publication)
    expand_alerts()
    follow(reader, publication)
    clock.shift(AN_HOUR)
    actions.lift_concern(publication, by=None, note="All is well.")

    lifted = send()
    counted = {mails.timing: mails.count for mails in list_upcoming()}

    assert "Concern lifted" in lifted[reader.pk]
    assert counted[Timing.DAILY] == 0 and read_for_days(clock) == []


def test_a_text_of_which_a_mail_has_named_a_correction_counts_for_no_digest(clock):
    publication = publish()
    expand_alerts()
    reader = make_subscriber(timing=Timing.DAILY)
    [new] = AlertEvent.objects.all()
    new.matches.create(condition=reader.subscriptions.get().condition)
    follow(reader, publication)
    clock.shift(AN_HOUR)
    correct(publication)
    send()

    counted = {mails.timing: mails.count for mails in list_upcoming()}

    assert counted[Timing.DAILY] == count_digests(new, Timing.DAILY).pending == 0
    assert read_for_days(clock) == []


def test_a_text_counts_for_the_weekly_mail_while_a_later_daily_mail_waits(clock):
    reader = make_subscriber(timing=Timing.DAILY)
    choice = Choice({"kind": "quick-comment"})
    reader.subscriptions.create(condition=choice.store(), timing="weekly", confirmed_at=timezone.now())
    publish()
    expand_alerts()
    clock.shift(A_DAY)
    expand_alerts()
    AlertMail.objects.get().mark_failed("554 5.7.1", is_final=True)
    make_live(title="Another")
    expand_alerts()
    clock.shift(A_DAY)
    expand_alerts()
    first = AlertEvent.objects.earliest("happens_at")

    assert AlertMail.objects.pending().get().purpose == "daily"
    assert count_digests(first, Timing.WEEKLY).pending == 1
    assert ["Another" in text for text in read_for_days(clock)] == [True, False]


def test_a_mail_that_could_not_be_written_is_dropped_once_a_digest_has_named_the_same(clock):
    reader = make_subscriber(timing=Timing.AT_ONCE)
    choice = Choice({"kind": "quick-comment"})
    reader.subscriptions.create(condition=choice.store(), timing="daily", confirmed_at=timezone.now())
    publish()
    expand_alerts()
    mail = AlertMail.objects.get()
    AlertQueue().mark_failed(mail, "UnreadableAddress", Failure.NOT_WRITTEN)
    mail.next_attempt_at += 2 * A_DAY
    mail.save()
    clock.shift(A_DAY)

    [text] = read_for_days(clock)

    assert TITLE in text and "Daily alerts" in text
    assert MailedEvent.objects.get().purpose == "daily" and not AlertMail.objects.pending().exists()


def test_who_has_left_does_not_read_that_a_text_was_a_mistake(clock):
    """A sender may have the lock on their row, which is then deleted later."""
    reader, other = make_subscriber(), make_subscriber()
    publication = publish()
    send()
    reader.subscriptions.all().delete()
    undo(publication)

    assert [*send()] == [other.pk] and Subscriber.objects.count() == 2
