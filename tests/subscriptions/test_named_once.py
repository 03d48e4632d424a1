"""Who has chosen a text twice, to come at different times, reads of it in the first mail alone, which the desk counts."""

from itertools import combinations

import pytest
from django.db import Error
from django.utils import timezone

from publications import actions
from publications.models import EditionWithRows
from subscriptions.audience import count_digests, count_recipients, list_upcoming
from subscriptions.conditions import Choice
from subscriptions.expansion import expand_alerts
from subscriptions.mails import MailWriter
from subscriptions.models import AlertEvent, AlertMail, MailedEvent, Subscriber, Timing
from subscriptions.periods import PERIODS
from tests.factories import make_live, saved

from .ended_texts import A_DAY, TITLE, deliver, publish, send
from .factories import make_subscriber

pytestmark = pytest.mark.django_db
PAIRS = list(combinations(Timing, 2))


def choose_twice(first: Timing, last: Timing, choice: Choice | None = None) -> Subscriber:
    """Return a reader of all of the site by the first timing, and of comments, or another choice, by the last."""
    reader, choice = make_subscriber(timing=first), choice or Choice({"kind": "quick-comment"})
    reader.subscriptions.create(condition=choice.store(), timing=last, confirmed_at=timezone.now())
    return reader


def send_for_a_week(clock, *, refused: str = "") -> list[str]:
    """Send what is due at once and each morning; return the purposes of the mails that have named the text.

    Args:
        refused: the purpose of mails that the relay refuses for good.
    """
    purposes = []
    for _day in range(9):
        expand_alerts()
        writer = MailWriter()
        for mail in AlertMail.objects.due().select_related("subscriber"):
            if mail.purpose == refused:
                mail.mark_failed("554 5.7.1", is_final=True)
            elif TITLE in deliver(mail, writer):
                purposes.append(mail.purpose)
        clock.shift(A_DAY)
    return purposes


def purpose_of(timing: Timing) -> str:
    return PERIODS[timing].purpose if timing in PERIODS else "alert"


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(("first", "last"), PAIRS)
def test_a_text_that_is_chosen_twice_is_mailed_once_and_counted_once(clock, first, last, is_reversed):
    choose_twice(*((last, first) if is_reversed else (first, last)))
    edition = publish().editions.get()

    counted = count_recipients(EditionWithRows.get(edition))
    purposes = send_for_a_week(clock)

    assert counted.counts == {**dict.fromkeys(Timing, 0), first: 1}
    assert purposes == [purpose_of(first)]
    assert [row.purpose for row in MailedEvent.objects.all()] == purposes


@pytest.mark.parametrize(("first", "last"), PAIRS)
def test_while_the_first_mail_is_to_come_the_text_counts_for_it_alone(clock, first, last):
    choose_twice(first, last)
    publish()
    expand_alerts()
    event = AlertEvent.objects.get()

    upcoming = {mails.timing: mails.count for mails in list_upcoming()}
    pending = {timing: count_digests(event, timing).pending for timing in PERIODS}
    send_for_a_week(clock)
    sent = {timing: count_digests(event, timing).sent for timing in PERIODS}

    assert upcoming == pending == sent == {timing: int(timing == first) for timing in PERIODS}


@pytest.mark.parametrize(("first", "last"), PAIRS)
def test_where_the_first_mail_is_given_up_the_last_one_has_the_text(clock, first, last):
    choose_twice(first, last)
    publish()

    assert send_for_a_week(clock, refused=purpose_of(first)) == [purpose_of(last)]


@pytest.mark.parametrize(("first", "last"), PAIRS)
def test_where_the_first_mail_falls_into_a_pause_the_last_one_has_the_text(clock, first, last):
    reader = choose_twice(first, last)
    reader.paused_until = timezone.now() + (A_DAY / 2 if first == Timing.AT_ONCE else 2 * A_DAY)
    reader.save()
    publish()

    assert send_for_a_week(clock) == [purpose_of(last)]


def test_a_text_whose_first_mail_is_given_up_counts_for_the_next_one(clock):
    choose_twice(Timing.AT_ONCE, Timing.DAILY)
    publish()
    expand_alerts()
    before = {mails.timing: mails.count for mails in list_upcoming()}
    AlertMail.objects.get().mark_failed("554 5.7.1", is_final=True)
    after = {mails.timing: mails.count for mails in list_upcoming()}

    assert (before[Timing.DAILY], after[Timing.DAILY]) == (0, 1)


def test_who_reads_of_a_correction_does_not_read_after_it_that_the_text_is_new(clock):
    publication = publish()
    send()
    choose_twice(Timing.WEEKLY, Timing.AT_ONCE, Choice(publication=publication.pk))
    actions.publish(saved(publication, body="Right."), by=None, change="correction", note="It was wrong.")

    assert send_for_a_week(clock) == ["alert"]


def test_a_digest_has_what_is_new_beside_what_was_named(clock):
    reader = choose_twice(Timing.AT_ONCE, Timing.WEEKLY, Choice({"kind": "quick-comment"}))
    publish()
    send()
    reader.subscriptions.filter(timing=Timing.AT_ONCE).delete()
    make_live(title="Another")
    texts = []
    for _day in range(8):
        texts += send().values()
        clock.shift(A_DAY)

    [digest] = texts
    assert "Another" in digest and TITLE not in digest


@pytest.mark.django_db(transaction=True)
def test_what_is_marked_as_sent_and_what_it_has_named_are_stored_together():
    now = timezone.now()
    reader = make_subscriber()
    mail = reader.mails.create(purpose="daily", period_end=now, next_attempt_at=now)
    mail.named_events = [object()]  # the database refuses it

    with pytest.raises(Error):
        mail.mark_sent()

    assert reader.mails.pending().exists()
