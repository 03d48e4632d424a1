"""No mail to a subscriber has a word that is not public, in any state of a publication, nor a word of other subscribers.

The words and the states are those of `tests.test_secret_words`. Mails are queued at each moment at which a sender may
have run, and written at the end.
"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from publications.locales import LOCALES
from publications.models import PressLink, Publication, RelatedLink, Review
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, AlertMailPurpose, Subscriber, Timing
from tests.factories import make_live, make_publication, tomorrow
from tests.test_secret_words import STATES, WORDS, expired, undone, withdrawn

from .factories import make_subscriber
from .mail_texts import text_of_mail

pytestmark = pytest.mark.django_db
STAFF = "zzqstaff"
BESIDE = {name: f"zzq{name}" for name in ("comment", "reviewer", "recipient", "neighbour", "search")}
NAMED = {withdrawn: {"title", "slug", "author"}, undone: {"title", "author"}}
"""What mails say of a text that was withdrawn, or published by mistake, after they have said that it is new."""
DIGESTS = {AlertMailPurpose.DAILY, AlertMailPurpose.WEEKLY}
BEFORE_DIGESTS = "2026-05-04 04:30Z"
"""Half an hour before daily and weekly mails, and an hour before what is scheduled."""


class SendersClock:
    """A clock; before each step of it a sender looks for what has happened, and sends it."""

    def __init__(self, clock) -> None:
        self._clock = clock

    def shift(self, delta: timedelta) -> None:
        _expand_and_send()
        self._clock.shift(delta)
        _expand_and_send()


def _expand_and_send() -> None:
    expand_alerts()
    for mail in AlertMail.objects.due():
        mail.mark_sent()


@pytest.fixture
def readers() -> list[Subscriber]:
    """Readers with each timing and language, and one who has secrets of their own."""
    record_events()
    everything = (Choice(), Choice({"kind": "quick-comment"}), Choice({"kind": "newsletter"}))
    readers = [
        make_subscriber(*everything, timing=timing, locale=code) for timing in Timing for code in LOCALES
    ]
    make_subscriber(Choice(query=BESIDE["search"]), Choice(), address=f"{BESIDE['neighbour']}@example.org")
    return readers


@pytest.fixture
def editor(editor):
    editor.first_name, editor.last_name, editor.email = "Ann", STAFF, f"{STAFF}@example.org"
    editor.save()
    return editor


def add_private_rows(publication: Publication, *, by) -> None:
    revision = publication.revisions.last()
    review, _token = Review.objects.invite(revision, reader=BESIDE["reviewer"], days=3, by=by)
    publication.comments.create(
        review=review, author_name=BESIDE["reviewer"], text=BESIDE["comment"], passage=1
    )
    PressLink.objects.make(revision, recipient=BESIDE["recipient"], embargoed_until=tomorrow())


def publish_issue(publication: Publication, *, by) -> None:
    """Publish an issue of the newsletter that has another publication, and this one before its mails are written.

    With what is scheduled, it would not be published.
    """
    issue, other = (
        make_publication(kind="newsletter", title="What is new", body=""),
        make_live(title="Another"),
    )
    RelatedLink.objects.create(source=issue, target=other.publication, position=1)
    actions.publish(issue, by=by)
    RelatedLink.objects.create(source=issue, target=publication, position=0)


def read_mails(readers: list[Subscriber]) -> dict[AlertMail, str]:
    """All that the mails of these readers say, with the subjects and all other headers."""
    for reader in readers:
        reader.subscriptions.create(condition=Choice({"language": "sv"}).store())
        reader.mails.create(purpose=AlertMailPurpose.CONFIRM, period_end=timezone.now())
    writer, mails = (
        MailWriter(),
        AlertMail.objects.filter(subscriber__in=readers).select_related("subscriber"),
    )
    return {mail: text for mail in mails if (text := text_of_mail(writer.build(mail)))}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_mail_has_a_secret_word(editor, readers, state):
    with time_machine.travel(BEFORE_DIGESTS, tick=False) as clock:
        publication = state(editor, SendersClock(clock))
        add_private_rows(publication, by=editor)
        publish_issue(publication, by=editor)
        SendersClock(clock).shift(timedelta(minutes=40))

        said = read_mails(readers)

    words = {**WORDS, **BESIDE, "staff": STAFF}
    found = {field for text in said.values() for field, word in words.items() if word in text}
    assert found == NAMED.get(state, set())
    assert any("What is new" in text and "Another" in text for text in said.values())
    missing = set(AlertMailPurpose) - {mail.purpose for mail in said}
    assert missing == (DIGESTS if state is expired else set())  # it expires after their time
