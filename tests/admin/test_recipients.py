"""What the desk says about who is mailed, before and after something is published: how many, when, or why nobody."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.mail import CONSOLE
from publications import actions
from publications.admin.publish.recipients import describe_issue_mails, describe_mails
from publications.locales import datetime_with_zone
from publications.models import Edition, Publication
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.manage import change_subscriptions
from subscriptions.models import AlertMail, Subscriber, Timing
from subscriptions.periods import PERIODS, next_end
from subscriptions.removal import remove_subscriber
from subscriptions.retention import MAIL_DAYS, delete_old_mails
from subscriptions.sending import MAX_SENDER_PAUSE, stop_sending
from tests.desk_pages import read_page
from tests.factories import make_live, make_person, make_publication, saved, tomorrow
from tests.subscriptions.ended_texts import deliver
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db

NEWSLETTER = Choice({"kind": "newsletter"})


@pytest.fixture
def desk(client):
    client.force_login(make_person("Editors"))
    return client


def read_result(desk, edition: Edition) -> str:
    return read_page(desk, "publish-result", edition.publication_id, edition.number)


def make_issue(**fields) -> Publication:
    return make_publication(kind="newsletter", title="What is new", **fields)


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (make_publication, "nobody has chosen a topic, author or anything else that it has."),
        (make_issue, "nobody subscribes to the newsletter so far."),
    ],
)
def test_the_desk_says_that_nobody_has_chosen_what_is_published(desk, draft, said):
    record_events()
    publication = draft()

    before = read_page(desk, "publish", publication.pk)
    after = read_result(desk, actions.publish(publication, by=None))

    assert f"No reader is mailed: {said}" in before and f"No reader is mailed: {said}" in after


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ([Choice(query="gas")], "Only whoever has saved a search that finds it is informed."),
        ([Choice(query="gas"), Choice()], "Whoever has saved a search that finds it is informed as well."),
    ],
)
def test_the_desk_says_that_saved_searches_may_find_what_is_published(desk, choices, said):
    record_events()
    for choice in choices:
        make_subscriber(choice)

    assert said in read_page(desk, "publish", make_publication().pk)


def test_the_desk_says_that_nobody_is_mailed_where_mail_is_off(desk, settings):
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}
    make_subscriber()
    publication = make_publication()

    before = read_page(desk, "publish", publication.pk)
    after = read_result(desk, actions.publish(publication, by=None))

    for page in (before, after):
        assert "Mail is off on this server: no reader is mailed." in page and "1 reader" not in page


def test_while_mails_are_stopped_no_number_says_that_readers_are_mailed_at_once(desk):
    record_events()
    for timing in Timing:
        make_subscriber(timing=timing)
    stop_sending(by="Ann Berg")
    publication = make_publication()
    stopped = "Mails to subscribers are stopped: no reader is mailed until somebody sends them again."

    before = read_page(desk, "publish", publication.pk)
    edition = actions.publish(publication, by=None)
    after = read_result(desk, edition)
    expand_alerts()
    waiting = read_result(desk, edition)

    for page in (before, after):
        assert f"{stopped} 1 reader is mailed then. 1 reader gets it in the daily mail." in page
        assert "within a minute" not in page
    assert "1 mail waits." in waiting and stopped in waiting


def test_what_is_scheduled_and_published_says_when_mails_leave_and_to_how_many(desk):
    record_events()
    for timing in Timing:
        make_subscriber(timing=timing)
    ends = {
        timing: datetime_with_zone(next_end(timing, tomorrow())) for timing in (Timing.DAILY, Timing.WEEKLY)
    }

    later = read_result(desk, actions.publish(make_publication(), by=None, at=tomorrow()))
    edition = make_live()
    now = read_result(desk, edition)
    expand_alerts()
    AlertMail.objects.filter(purpose="alert").first().mark_sent()
    sent = read_result(desk, edition)

    assert "1 reader is mailed within a minute after it becomes public." in later
    assert f"1 reader gets it in the daily mail ({ends[Timing.DAILY]})." in later
    assert f"1 reader gets it in the weekly mail ({ends[Timing.WEEKLY]})." in later
    assert "1 reader is mailed within a minute. 1 reader gets it in the daily mail (" in now
    assert "1 reader was mailed. 1 reader gets it in the daily mail (" in sent and "weekly mail (" in sent


def test_mails_that_were_given_up_are_said_to_be():
    record_events()
    for _number in range(3):
        make_subscriber()
    edition = make_live()
    expand_alerts()
    sent, given_up, _waiting = AlertMail.objects.all()
    sent.mark_sent()
    AlertMail.objects.filter(pk=given_up.pk).update(next_attempt_at=None, last_error="550")

    assert describe_mails(edition) == ["1 reader was mailed.", "1 mail waits.", "1 mail was given up."]


def test_a_digest_alone_is_not_said_to_be_nobody(desk):
    record_events()
    make_subscriber(timing=Timing.DAILY)
    edition = make_live()
    expand_alerts()

    page = read_result(desk, edition)

    assert "1 reader gets it in the daily mail (" in page and "0 readers were mailed" not in page


def test_digests_that_have_left_count_as_mailed(desk):
    record_events()
    for _number in range(2):
        make_subscriber(timing=Timing.DAILY)
    edition = make_live()
    expand_alerts()
    due_at = next_end(Timing.DAILY, timezone.now())

    with time_machine.travel(due_at + timedelta(minutes=1), tick=False):
        late = describe_mails(edition)
        queue_digests()
        first, last = AlertMail.objects.pending().select_related("subscriber")
        deliver(first)
        partly = describe_mails(edition)
        deliver(last)
        Subscriber.objects.filter(pk=last.subscriber_id).update(paused_until=tomorrow())
        after = describe_mails(edition)

    day = f"({datetime_with_zone(due_at)})."
    assert late == [f"2 readers get it in the daily mail {day}"]
    assert partly == [f"1 reader got it in the daily mail {day}", f"1 reader gets it in the daily mail {day}"]
    assert after == [f"2 readers got it in the daily mail {day}"]


def test_a_digest_whose_readers_have_left_is_not_said_to_be_nobody(desk):
    record_events()
    subscriber = make_subscriber(timing=Timing.DAILY)
    edition = make_live()
    expand_alerts()
    due_at = next_end(Timing.DAILY, timezone.now())

    with time_machine.travel(due_at + timedelta(minutes=1), tick=False):
        queue_digests()
        deliver(AlertMail.objects.select_related("subscriber").get())
        remove_subscriber(subscriber)
        said = describe_mails(edition)

    assert said == [f"1 reader got it in the daily mail ({datetime_with_zone(due_at)})."]


def test_a_mail_at_once_whose_reader_has_left_counts(desk):
    record_events()
    subscribers = [make_subscriber(), make_subscriber()]
    edition = make_live()
    expand_alerts()
    for mail in AlertMail.objects.select_related("subscriber"):
        deliver(mail)
    remove_subscriber(subscribers[0])

    assert describe_mails(edition) == ["2 readers were mailed."]


def test_what_a_digest_says_counts_by_the_timing_when_it_was_matched(desk):
    record_events()
    reader = make_subscriber(timing=Timing.WEEKLY)
    edition = make_live()
    expand_alerts()
    timings = {reader.subscriptions.get().pk: Timing.DAILY}
    change_subscriptions(reader, locale="en", timings=timings, removed=())

    ends = {timing: next_end(timing, timezone.now()) for timing in PERIODS}
    assert describe_mails(edition) == [
        f"1 reader gets it in the weekly mail ({datetime_with_zone(ends[Timing.WEEKLY])})."
    ]


def test_who_follows_a_translation_at_once_does_not_count_for_its_digest(desk):
    record_events()
    original = make_live(language="en").publication
    draft = make_publication(language="sv", translation_of=original)
    reader = make_subscriber(Choice(publication=draft.pk), locale="en")
    reader.subscriptions.create(condition=Choice().store(), timing=Timing.DAILY, confirmed_at=timezone.now())
    edition = actions.publish(draft, by=None)
    expand_alerts()

    assert describe_mails(edition) == ["1 mail waits."]


def test_a_silent_fix_is_said_to_be_mailed_to_nobody(desk):
    record_events()
    make_subscriber()
    publication = saved(make_live().publication, summary="Mended.")

    page = read_result(desk, actions.publish(publication, by=None, change="silent"))

    assert "It is a silent fix: no reader is mailed." in page


def test_a_sender_that_does_not_run_is_said_to(desk, monkeypatch):
    record_events()
    make_subscriber()
    edition = make_live()
    assert "within a minute" in read_page(desk, "subscribers")
    late = "The sender has not run since: tell whoever runs the server."
    assert late not in describe_mails(edition)

    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + MAX_SENDER_PAUSE + timedelta(minutes=1))

    assert late in describe_mails(edition)
    assert "has not run since. Tell whoever runs the server." in read_page(desk, "subscribers")


def test_what_was_public_before_there_were_mails_is_not_said_to_be_mailed(desk):
    edition = make_live()
    record_events()
    make_subscriber()

    assert describe_mails(edition) == []


def test_choices_of_the_newsletter_are_called_so(desk):
    make_subscriber(NEWSLETTER)
    make_subscriber(Choice({"kind": "newsletter", "language": "en"}))

    page = read_page(desk, "publish", make_issue(language="en").pk)

    assert "2 readers are mailed" in page and "Of all these readers, 1 chose Language: English." in page
    assert "Type: Newsletter" not in page


def test_the_form_and_the_publish_page_of_an_issue_lead_to_its_mail(desk):
    for draft, is_issue in ((make_issue(), True), (make_publication(), False)):
        link = f'href="{reverse("desk:newsletter-issue", args=[draft.pk])}">See it as a mail</a>'
        for name in ("publications_publication_change", "publish"):
            assert (link in desk.get(reverse(f"desk:{name}", args=[draft.pk])).text) == is_issue


def test_a_correction_without_a_note_marks_the_note(desk):
    publication = saved(make_live().publication, body="Other text.")
    url = reverse("desk:publish", args=[publication.pk])
    form = desk.get(url).context["form"]

    page = desk.post(url, {**form.initial, "at": "", "until": "", "change": "correction"})

    assert page.context["form"].errors == {"note": [str(actions.MISSING_NOTE)]}
    assert "Nothing is published yet: correct what is marked below." in page.text


def test_who_has_chosen_it_twice_is_counted_for_the_first_mail(desk):
    record_events()
    twice = make_subscriber(timing=Timing.DAILY)
    make_subscriber(Choice({"kind": "quick-comment"}), timing=Timing.DAILY)
    publication = make_publication()
    before = read_page(desk, "publish", publication.pk)
    twice.subscriptions.create(
        condition=Choice({"kind": "quick-comment"}).store(), timing=Timing.WEEKLY, confirmed_at=timezone.now()
    )

    page = read_page(desk, "publish", publication.pk)

    for said in (before, page):
        assert "2 readers get it in the daily mail" in said and "weekly mail" not in said


def test_once_the_mails_are_deleted_nothing_is_said_of_how_many_they_were():
    record_events()
    make_subscriber(Choice(query="zzqgas"))
    edition = make_live(title="zzqgas")
    expand_alerts()
    deliver(AlertMail.objects.get())
    before = describe_mails(edition)

    with time_machine.travel(timezone.now() + timedelta(days=MAIL_DAYS + 1)):
        delete_old_mails()
        after = describe_mails(edition), describe_issue_mails(edition)

    assert before == ["1 reader was mailed."] and after == ([], [])
