"""What a daily or weekly mail says, and what a list of mails shows of it."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from publications import actions
from subscriptions.conditions import Choice
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MAX_ENTRIES
from subscriptions.models import AlertMail, Subscription, Timing
from subscriptions.periods import last_end
from tests.factories import make_live, saved

from .factories import make_subscriber
from .mail_texts import html_of, parse, read_last, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording", "site_url")]


def digest(timing: Timing, monkeypatch) -> EmailMessage | None:
    """Return the mail of the period that is not over yet."""
    queue_digests()
    expand_alerts()
    end = last_end(timing, timezone.now()) + timedelta(days=7 if timing == Timing.WEEKLY else 1)
    monkeypatch.setattr(timezone, "now", lambda: end + timedelta(minutes=1))
    queue_digests()
    mail = AlertMail.objects.select_related("subscriber").filter(event=None).last()
    return mail and parse(mail)


@pytest.mark.parametrize("timing", [Timing.DAILY, Timing.WEEKLY])
def test_a_digest_has_what_matches_once_each_and_its_reasons(timing, monkeypatch):
    make_subscriber(
        Choice({"kind": "quick-comment"}),
        Choice({"language": "en"}),
        Choice({"kind": "report"}),
        timing=timing,
    )
    changed = make_live(title="Gas").publication
    make_live(title="Coal")
    withdrawn = make_live(title="Peat").publication
    actions.publish(saved(changed, body="Right."), by=None, change="correction", note="It was wrong.")
    actions.undo(withdrawn, by=None)

    message = digest(timing, monkeypatch)

    text = text_of(message)
    assert message["Subject"] == "New, corrected since: “Gas” · New: “Coal”" and "Peat" not in text
    assert (
        text.count("Gas") == 1
        and "New, corrected since: Gas" in text
        and "It was wrong." in text
        and "New: Coal" in text
    )
    reasons = re.findall(r"^- (.+)$", text, re.MULTILINE)
    assert len(reasons) == 2 and not any("Report" in reason for reason in reasons)


def test_a_digest_of_nothing_that_holds_is_not_sent(monkeypatch):
    make_subscriber(timing=Timing.DAILY)
    publication = make_live().publication
    expand_alerts()
    actions.undo(publication, by=None)

    assert digest(Timing.DAILY, monkeypatch) is None


def test_of_translations_a_digest_has_the_one_that_its_language_shows(monkeypatch):
    make_subscriber(timing=Timing.DAILY, locale="sv")
    original = make_live(title="Gas")
    make_live(title="Gasen", language="sv", translation_of=original.publication)

    text = text_of(digest(Timing.DAILY, monkeypatch))

    assert "Gasen" in text and not re.search(r"Gas\n", text)


def test_a_long_digest_is_shorter_than_mail_programs_allow(monkeypatch):
    make_subscriber(timing=Timing.DAILY)
    for number in range(MAX_ENTRIES + 3):
        make_live(title=f"{'Слово ' * 20}{number}", summary="Слово " * 100)

    message = digest(Timing.DAILY, monkeypatch)

    assert len(message.as_bytes()) < 100_000 and "3 more publications" in text_of(message)
    assert text_of(message).count("Слово 0") <= 1


def preview_of(message: EmailMessage) -> str:
    """Return the line that a list of mails shows beside the subject."""
    return re.search(r'class="mail__preview"[^>]*>([^<]*)<', html_of(message)).group(1)


def test_the_line_beside_the_subject_says_what_the_subject_does_not(monkeypatch):
    make_subscriber()
    publication = make_live(title="Gas", summary="In short.\nAnd long.").publication
    new = read_last()
    actions.publish(saved(publication, body="Right."), by=None, change="correction", note="It was wrong.")
    corrected = read_last()
    Subscription.objects.update(timing=Timing.DAILY)
    make_live(title="Coal " * 9, summary="Black.")
    several = digest(Timing.DAILY, monkeypatch)

    assert [preview_of(new), preview_of(corrected)] == ["In short. And long.", "It was wrong."]
    assert several["Subject"].endswith(", and 1 more") and preview_of(several).startswith("New: “Coal")
    assert text_of(several).count("Coal") == 9 and text_of(corrected).count("It was wrong.") == 1


CHANGES = {
    ("correction", "en"): "New, corrected since",
    ("update", "en"): "New, updated since",
    ("correction", "sv"): "Ny, rättad sedan dess",
    ("update", "sv"): "Ny, uppdaterad sedan dess",
}


@pytest.mark.parametrize(("change", "locale"), CHANGES)
def test_a_text_that_was_changed_since_it_was_new_is_still_new_to_its_reader(change, locale, monkeypatch):
    make_subscriber(timing=Timing.DAILY, locale=locale)
    publication = make_live(title="Gas", language=locale).publication
    actions.publish(saved(publication, body="Right."), by=None, change=change, note="It was wrong.")

    message = digest(Timing.DAILY, monkeypatch)

    label = CHANGES[change, locale]
    assert message["Subject"].startswith(f"{label}: ") and f"{label}: Gas" in text_of(message)
    assert f">{label}<" in html_of(message) and text_of(message).count("It was wrong.") == 1


def test_a_text_whose_reader_chose_changes_alone_is_not_called_new(monkeypatch):
    publication = make_live(title="Gas").publication
    expand_alerts()
    make_subscriber(Choice(publication=publication.pk), timing=Timing.DAILY)
    actions.publish(saved(publication, body="Right."), by=None, change="correction", note="It was wrong.")

    assert digest(Timing.DAILY, monkeypatch)["Subject"] == "Corrected: “Gas”"
