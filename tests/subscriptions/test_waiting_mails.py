"""What is taken out or taken back while mails wait is in none of them: at once, daily and weekly, cached or not."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from publications.models import Publication
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Timing
from tests.factories import make_author, make_live, make_publication, saved

from .factories import make_subscriber
from .mail_texts import text_of_mail

pytestmark = pytest.mark.django_db
TITLE, SUMMARY, NAME, NOTE = WORDS = ("zzqtitle", "zzqsummary", "Vera Zzqname", "zzqnote")
BEFORE_DIGESTS = "2026-05-04 04:58Z"
"""A Monday: daily and weekly mails are written two minutes later."""


def withdraw(publication: Publication) -> None:
    actions.withdraw(publication, by=None, note=NOTE)


def withdraw_and_redact_the_reason(publication: Publication) -> None:
    withdraw(publication)
    expand_alerts()
    actions.redact(publication, NOTE, by=None)


def undo(publication: Publication) -> None:
    actions.undo(publication, by=None)


def redact(publication: Publication) -> None:
    for word in (TITLE, SUMMARY):
        actions.redact(publication, word, by=None)


def remove_name(publication: Publication) -> None:
    removal = actions.NameRemoval(spellings=(NAME,), author=publication.authors.get())
    actions.remove_name_from_rows(removal, by=None)
    actions.remove_name_from_publication(publication, removal, by=None)


def take_a_pen_name(publication: Publication) -> None:
    author = publication.authors.get()
    author.name, author.slug, author.is_pseudonymous = "A Historian", "a-historian", True
    actions.save_instance(author, by=None)


def fix_silently(publication: Publication) -> None:
    actions.publish(saved(publication, title="Gas", summary="Short."), by=None, change="silent")


def wait_for_the_end(publication: Publication) -> None:
    """It is public until then."""


CHANGES = {
    withdraw: {SUMMARY},
    withdraw_and_redact_the_reason: {SUMMARY, NOTE},
    undo: {TITLE, SUMMARY, NAME},
    redact: {TITLE, SUMMARY},
    remove_name: {NAME},
    take_a_pen_name: {NAME},
    fix_silently: {TITLE, SUMMARY},
    wait_for_the_end: {TITLE, SUMMARY, NAME},
}
"""What may be in no mail any more, by what has happened."""


def read_mails(writer: MailWriter) -> dict[AlertMail, str]:
    mails = AlertMail.objects.select_related("subscriber")
    return {mail: text for mail in mails if (text := text_of_mail(writer.build(mail)))}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_was_taken_out_or_back_is_in_no_mail_that_waits(change):
    for timing in Timing:
        make_subscriber(timing=timing)
    record_events()
    with time_machine.travel(BEFORE_DIGESTS, tick=False) as clock:
        writer, author = MailWriter(), make_author(NAME)
        draft = make_publication(title=TITLE, slug="grain", summary=SUMMARY, body="Text.", authors=[author])
        until = timezone.now() + timedelta(minutes=4) if change is wait_for_the_end else None
        actions.publish(draft, by=None, until=until)
        make_live(title="Another")
        expand_alerts()
        clock.shift(timedelta(minutes=3))
        expand_alerts()
        before = read_mails(writer)

        change(Publication.objects.get(pk=draft.pk))
        clock.shift(timedelta(minutes=2))
        waiting = read_mails(writer)
        expand_alerts()
        after = read_mails(writer)

    assert len(
        [text for text in before.values() if TITLE in text and SUMMARY in text and NAME in text]
    ) == len(Timing)
    for said in (waiting, after):
        assert {word for text in said.values() for word in WORDS if word in text} & CHANGES[change] == set()
        assert len([text for text in said.values() if "Another" in text]) == len(Timing)
