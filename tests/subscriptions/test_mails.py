"""Mails to subscribers: what they say, in which words, and that nothing is said that no longer holds."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from publications import actions
from subscriptions.conditions import Choice
from subscriptions.expansion import expand_alerts
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Subscription
from subscriptions.tokens import TokenPurpose
from tests.factories import make_author, make_live, saved

from .factories import make_subscriber
from .mail_texts import find_last, html_of, link_of, parse, read_last, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording", "site_url")]


def test_an_alert_says_what_is_new_why_it_comes_and_how_to_end_it():
    subscriber = make_subscriber(Choice({"kind": "quick-comment"}))
    edition = make_live(title="Gas & coal", author=make_author("Ann Berg"), summary="In short.")

    message = read_last()

    assert message["Subject"] == "New: “Gas & coal”" and message["To"] == subscriber.address
    for text in (text_of(message), html_of(message).replace("&amp;", "&")):
        assert "Gas & coal" in text and "Ann Berg" in text and "In short." in text
        assert f"http://testserver.example{edition.get_absolute_url()}" in text
        assert "Quick Comment" in text and "because you chose" in text
        assert link_of(TokenPurpose.MANAGE, subscriber) in text
        assert link_of(TokenPurpose.LEAVE, subscriber) in text


def test_a_mail_is_in_the_language_of_its_subscriber():
    make_subscriber(locale="sv")
    make_live(title="Gas")

    message = read_last()

    assert message["Subject"] == "Ny: ”Gas”" and message["Content-Language"] == "sv"
    assert "eftersom du har valt" in text_of(message) and '<html lang="sv">' in html_of(message)
    assert re.search(r"\d{4}\s·\sEngelska$", text_of(message), re.MULTILINE)


CHANGES = {
    "correction": ("Corrected", "It was 5, not 50."),
    "update": ("Updated", "New figures."),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_named_in_the_subject_and_its_note_is_said(change):
    make_subscriber()
    publication = make_live(title="Gas").publication
    label, note = CHANGES[change]
    actions.publish(saved(publication, body="Other."), by=None, change=change, note=note)

    message = read_last()

    assert message["Subject"] == f"{label}: “Gas”"
    assert note in text_of(message) and note in html_of(message)


@pytest.mark.parametrize(
    ("action", "subject"),
    [
        (actions.withdraw, "Withdrawn: “Gas”"),
        (actions.retract, "Retracted: “Gas”"),
        (actions.express_concern, "Expression of concern: “Gas”"),
    ],
)
def test_an_editorial_action_is_said_with_its_reason(action, subject):
    make_subscriber()
    publication = make_live(title="Gas").publication
    expand_alerts()
    AlertMail.objects.get().mark_sent()
    action(publication, by=None, note="The data were made up.")

    message = read_last()

    assert message["Subject"] == subject and "The data were made up." in text_of(message)


def test_a_text_that_was_retracted_and_is_withdrawn_has_no_second_mark_in_the_subject():
    make_subscriber()
    publication = make_live(title="Gas").publication
    actions.retract(publication, by=None, note="The data were made up.")
    expand_alerts()
    for mail in AlertMail.objects.pending():
        mail.mark_sent()
    actions.withdraw(saved(publication), by=None, note="Nobody shall use it.")

    assert read_last()["Subject"] == "Withdrawn: “Gas”"


@pytest.mark.parametrize("action", [actions.withdraw, actions.undo])
def test_what_is_no_longer_public_goes_out_to_nobody(action):
    make_subscriber()
    publication = make_live().publication
    expand_alerts()
    mail, writer = AlertMail.objects.get(), MailWriter()
    assert parse(mail, writer)

    action(publication, by=None)

    assert parse(mail, writer) is None


def test_a_text_is_said_as_it_is_when_the_mail_is_sent():
    make_subscriber()
    publication = make_live(title="Gas").publication
    writer = MailWriter()
    read_last(writer)
    actions.publish(saved(publication, title="Oil"), by=None, change="silent", note="")

    assert read_last(writer)["Subject"] == "New: “Oil”"


def test_a_text_that_ends_by_itself_is_not_said_after_that(monkeypatch):
    make_subscriber()
    edition, writer = make_live(), MailWriter()
    ends_at = timezone.now() + timedelta(minutes=5)
    type(edition).objects.filter(pk=edition.pk).update(visible_until=ends_at, expires_at=ends_at)
    assert read_last(writer)

    monkeypatch.setattr(timezone, "now", lambda: ends_at + timedelta(seconds=1))

    assert read_last(writer) is None


@pytest.mark.parametrize(
    "change",
    [{"paused_until": timedelta(days=1)}, {"failed_at": timedelta()}],
    ids=lambda change: next(iter(change)),
)
def test_who_pauses_or_cannot_be_reached_gets_nothing_that_was_queued(change):
    subscriber = make_subscriber()
    make_live()
    expand_alerts()
    for name, delay in change.items():
        setattr(subscriber, name, timezone.now() + delay)
    subscriber.save()

    assert read_last() is None


def test_who_no_longer_chooses_it_gets_nothing_that_was_queued():
    subscriber = make_subscriber()
    make_live()
    expand_alerts()
    subscriber.subscriptions.all().delete()

    assert read_last() is None


def test_what_was_taken_back_is_said_to_whoever_was_mailed_about_it():
    make_subscriber()
    publication = make_live(title="Gas").publication
    find_last().mark_sent()
    Subscription.objects.update(condition=Choice({"topic": "coal"}).store())
    actions.undo(publication, by=None)

    message = read_last()

    assert message["Subject"] == "Published by mistake: “Gas”" and "published by mistake" in text_of(message)


def test_mails_of_the_same_choices_are_written_once(django_assert_max_num_queries):
    for _number in range(3):
        make_subscriber()
    make_live()
    expand_alerts()
    writer = MailWriter()
    first, *others = AlertMail.objects.select_related("subscriber")
    writer.build(first)

    with django_assert_max_num_queries(2 * len(others)):
        assert all(writer.build(mail) for mail in others)
