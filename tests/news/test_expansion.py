"""Events become mails: one for each person and event, at once or in the daily mail, and never twice."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from publications.admin import submissions
from publications.models import MailTiming, NewsEvent, NewsType, OutboxMail, UserSettings
from publications.news import expand_events, next_digest_time
from tests.factories import make_live, make_person, make_publication

pytestmark = pytest.mark.django_db


def mailed_editor(**fields):
    return make_person("Editors", **{"email": "ann@example.org", **fields})


def choose(user, news_type: NewsType, timing: MailTiming) -> None:
    UserSettings.objects.update_or_create(user=user, defaults={"timings": {news_type: timing}})


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def test_a_person_who_is_mailed_at_once_gets_a_mail_of_each_event():
    mailed_editor()
    submissions.submit_for_checking(make_publication(), by=None)
    submissions.submit_for_checking(make_publication(), by=None)

    assert expand_events() == 2
    assert OutboxMail.objects.due().count() == 2


def test_events_are_expanded_once():
    mailed_editor()
    submissions.submit_for_checking(make_publication(), by=None)
    expand_events()
    OutboxMail.objects.all().delete()

    assert expand_events() == 0 and not OutboxMail.objects.exists()


def test_a_second_mail_about_an_event_is_refused_by_its_key():
    mailed_editor()
    submissions.submit_for_checking(make_publication(), by=None)
    expand_events()
    NewsEvent.objects.update(expanded_at=None)

    expand_events()

    assert OutboxMail.objects.count() == 1


def test_daily_news_is_one_mail_in_the_morning_of_the_site():
    choose(mailed_editor(), NewsType.SUBMITTED, MailTiming.DAILY)
    with time_machine.travel(at("2026-12-04 12:00"), tick=False):
        submissions.submit_for_checking(make_publication(), by=None)
        expand_events()
        submissions.submit_for_checking(make_publication(), by=None)
        expand_events()

    mail = OutboxMail.objects.get()
    assert mail.events.count() == 2 and mail.next_attempt_at == at("2026-12-05 07:00")


def test_news_after_the_daily_mail_goes_into_the_next():
    choose(mailed_editor(), NewsType.SUBMITTED, MailTiming.DAILY)
    with time_machine.travel(at("2026-12-05 06:59"), tick=False):
        submissions.submit_for_checking(make_publication(), by=None)
        expand_events()
        OutboxMail.objects.get().mark_sent()  # as a sender on another machine, whose clock is ahead, may
        submissions.submit_for_checking(make_publication(), by=None)
        expand_events()

    [later] = OutboxMail.objects.pending()
    assert later.next_attempt_at == at("2026-12-06 07:00") and later.events.count() == 1


@pytest.mark.parametrize(("starts_at", "is_at_once"), [("06:30", True), ("07:00", True), ("09:00", False)])
def test_a_reminder_for_which_the_daily_mail_comes_too_late_is_mailed_at_once(starts_at, is_at_once):
    choose(mailed_editor(), NewsType.TOMORROW, MailTiming.DAILY)
    with time_machine.travel(at("2026-12-04 12:00"), tick=False):
        actions.publish(make_publication(), by=None, at=at(f"2026-12-05 {starts_at}"))
        expand_events()

        assert OutboxMail.objects.due().exists() == is_at_once and OutboxMail.objects.count() == 1


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-12-05 06:59", "2026-12-05 07:00"),
        ("2026-12-05 07:00", "2026-12-06 07:00"),
        ("2026-03-28 12:00", "2026-03-29 07:00"),
        ("2026-10-24 12:00", "2026-10-25 07:00"),
    ],
)
def test_the_daily_mail_is_due_at_seven_also_when_the_clock_changes(now, due):
    assert next_digest_time(at(now)) == at(due)


@pytest.mark.parametrize(
    "fields",
    [{"email": ""}, {"is_active": False}],
)
def test_nobody_without_address_or_active_account_is_mailed(fields):
    mailed_editor(**fields)
    submissions.submit_for_checking(make_publication(), by=None)

    expand_events()

    assert not OutboxMail.objects.exists()


def test_who_has_chosen_never_gets_no_mail():
    choose(mailed_editor(), NewsType.SUBMITTED, MailTiming.NEVER)
    submissions.submit_for_checking(make_publication(), by=None)

    expand_events()

    assert not OutboxMail.objects.exists()


def test_nobody_is_mailed_about_what_they_may_not_see():
    make_person("Contributors", email="con@example.org")
    make_person("Linkers", email="lin@example.org")
    submissions.submit_for_checking(make_publication(), by=None)

    expand_events()

    assert not OutboxMail.objects.exists()


def test_news_from_before_mail_was_configured_is_not_mailed():
    mailed_editor()
    submissions.submit_for_checking(make_publication(), by=None)
    expand_events(is_mail_on=False)

    assert expand_events() == 0 and not OutboxMail.objects.exists()


def test_old_news_is_not_mailed():
    choose(mailed_editor(), NewsType.PUBLISHED, MailTiming.AT_ONCE)
    make_live()
    NewsEvent.objects.update(happens_at=timezone.now() - timedelta(days=8))

    assert expand_events() == 1 and not OutboxMail.objects.exists()
