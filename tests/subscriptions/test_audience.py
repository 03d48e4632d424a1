"""Numbers of subscribers at the desk, the log of deliveries and the stop button; no page shows an address."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.models import Edition, EditionWithRows, TagKind, list_showing_locales
from publications.snapshot import build_snapshot
from subscriptions.audience import count_recipients, list_upcoming
from subscriptions.conditions import Choice
from subscriptions.delivery_log import count_delivery, list_deliveries
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Timing
from subscriptions.sending import find_stop
from tests.admin.mailed import mailed_sentences
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, saved, tomorrow

from .ended_texts import send
from .factories import make_subscriber, make_unconfirmed

pytestmark = pytest.mark.django_db
PAGE = "/desk/subscribers/"


@pytest.fixture
def administrator(client):
    client.force_login(make_person("Administrators"))
    return client


def test_the_audience_of_an_edition_counts_each_reader_once_by_when_they_are_mailed():
    make_subscriber(Choice(), Choice({"topic": "gas"}))
    make_subscriber(Choice({"author": "ann-berg"}), timing=Timing.DAILY)
    make_subscriber(Choice({"author": "ann-berg"}), paused_until=tomorrow())
    make_subscriber(Choice({"topic": "coal"}), timing=Timing.WEEKLY)
    make_subscriber(Choice(query="pipeline"))
    make_unconfirmed(Choice())
    edition = make_live(author=make_author("Ann Berg"), tags=(make_tag("Gas", kind=TagKind.THEME),))

    audience = count_recipients(EditionWithRows.get(edition))

    assert audience.counts == {Timing.AT_ONCE: 1, Timing.DAILY: 1, Timing.WEEKLY: 0}
    assert {choice[:2]: choice[2] for choice in audience.choices} == {
        ("topic", "gas"): 1,
        ("author", "ann-berg"): 1,
    }
    assert audience.searches == 1 and audience.has_any


def test_scheduled_editions_and_digests_are_what_goes_out_next():
    make_subscriber()
    record_events()
    later = timezone.now() + timedelta(hours=1)
    actions.publish(make_publication(title="Later"), by=None, at=later)
    old = make_publication(title="Old", published_at=timezone.now() - timedelta(days=30))
    actions.publish(old, by=None, at=later)

    upcoming = list_upcoming()

    assert [(mails.edition.title, mails.count) for mails in upcoming if mails.edition] == [("Later", 1)]
    assert {mails.timing for mails in upcoming if not mails.edition} == {Timing.DAILY, Timing.WEEKLY}
    assert all(mails.at > timezone.now() for mails in upcoming)


def count_mails(purpose: str) -> int:
    """Return how many mails of a purpose leave: those that have something to say."""
    writer = MailWriter()
    return sum(writer.build(mail) is not None for mail in AlertMail.objects.filter(purpose=purpose))


def test_the_numbers_of_the_publish_page_are_those_of_the_mails(monkeypatch):
    """One locale lists the translation instead; who has chosen it at once and in the daily mail gets it at once."""
    author = make_author("Ann Berg")
    swedish = make_live(language="sv", authors=[author])
    chosen = Choice({"author": author.slug})
    for locale in ("en", "sv"):
        make_subscriber(Choice(), chosen, locale=locale)
        make_subscriber(chosen, timing=Timing.DAILY, locale=locale)
        make_subscriber(Choice({"topic": "coal"}), locale=locale)
    both = make_subscriber(Choice(), locale="en")
    both.subscriptions.create(condition=chosen.store(), timing=Timing.DAILY, confirmed_at=timezone.now())
    make_subscriber(chosen, paused_until=tomorrow())
    draft = make_publication(language="en", translation_of=swedish.publication, authors=[author])
    follower = make_subscriber(Choice(publication=draft.pk), locale="sv")
    follower.subscriptions.create(
        condition=Choice().store(), timing=Timing.DAILY, confirmed_at=timezone.now()
    )
    expand_alerts()

    recipients = count_recipients(build_snapshot(draft))
    actions.publish(draft, by=None)
    alerted = len(send())
    daily = next(mails for mails in list_upcoming() if mails.timing == Timing.DAILY)
    monkeypatch.setattr(timezone, "now", lambda: daily.at + timedelta(minutes=1))
    expand_alerts()

    assert recipients.counts == {Timing.AT_ONCE: 3, Timing.DAILY: 1, Timing.WEEKLY: 0}
    assert recipients.choices == [("author", author.slug, 3)]
    assert alerted == 3 and count_mails("daily") == daily.count == 1


def test_what_was_cancelled_or_taken_back_goes_out_to_nobody():
    record_events()
    make_subscriber()
    make_subscriber(timing=Timing.DAILY)
    later = actions.publish(make_publication(), by=None, at=tomorrow()).publication
    withdrawn = make_live().publication
    expand_alerts()
    assert [mails.count for mails in list_upcoming()] == [1, 1, 0]

    actions.undo(later, by=None)
    actions.undo(withdrawn, by=None)

    assert [mails.count for mails in list_upcoming()] == [0, 0]


@pytest.mark.parametrize("others", [set(), {"en"}, {"sv"}, {"uk"}, {"sv", "uk"}, {"en", "sv"}])
@pytest.mark.parametrize("language", ["en", "sv", "uk"])
def test_a_draft_will_stand_in_the_locales_that_the_lists_then_show_it_in(language, others):
    if language in others:
        return
    original = None
    for each in (*sorted(others), language):
        edition = make_live(language=each, **({"translation_of": original} if original else {}))
        original = original or edition.publication

    shown = [
        code
        for code in ("en", "sv")
        if Edition.objects.live().for_locale(code).filter(pk=edition.pk).exists()
    ]

    assert list_showing_locales(language, others) == shown


def test_the_log_says_what_was_sent_and_what_servers_replied_without_an_address(administrator):
    record_events()
    for name in ("ann", "bo", "cai", "dag"):
        make_subscriber(address=f"{name}@example.org")
    make_live(title="Gas")
    expand_alerts()
    sent, refused, *later = sorted(AlertMail.objects.all(), key=lambda mail: mail.subscriber.address)
    sent.mark_sent()
    refused.mark_failed("550 5.1.1 <bo@example.org>: no such user bo", is_final=True)
    for mail in later:
        mail.mark_failed(f"450 4.2.2 {mail.subscriber.address}: mailbox full")
    now = timezone.now()
    AlertMail.objects.create(
        subscriber=make_subscriber(), purpose="daily", period_end=now, next_attempt_at=now
    )

    page = administrator.get("/desk/subscribers/log/").text
    text = " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())

    digest, alert = list_deliveries()
    assert (alert.sent, alert.pending, alert.given_up) == (1, 2, 1) and digest.pending == 1
    assert "sent to 1 reader · 2 wait · 1 given up" in text and "sent to 0 readers · 1 waits" in text
    assert "2 mails: mailbox is full 450 4.2.2" in text and "1 mail: no such mailbox 550 5.1.1" in text
    assert "example.org" not in text and " bo" not in text


def test_the_desk_shows_numbers_and_no_address(administrator):
    make_subscriber(Choice({"kind": "quick-comment"}), address="ann@example.org")
    make_subscriber(locale="sv", address="bo@example.org")

    page = administrator.get(PAGE).text

    assert "2 readers are informed by mail." in page and "All publications" in page
    assert "example.org" not in page.partition("<main")[2]
    assert count_delivery().sent.total == 0


def test_all_mails_are_stopped_and_resumed_by_those_who_may(administrator, client):
    administrator.post(PAGE, {"stop": "1"})
    assert find_stop() and "only mails that ask to confirm go out" in administrator.get(PAGE).text
    administrator.post(PAGE, {"resume": "1"})
    assert find_stop() is None

    client.force_login(make_person("Editors"))
    assert client.get(PAGE).status_code == 200 and client.post(PAGE, {"stop": "1"}).status_code == 403
    assert find_stop() is None


def test_the_publish_page_says_who_will_be_informed(administrator):
    author = make_author("Ann Berg")
    for choice in (Choice(), Choice({"author": author.slug})):
        make_subscriber(choice)
    make_subscriber(Choice({"author": author.slug}), timing=Timing.DAILY)
    publication = make_publication(authors=[author])

    page = administrator.get(reverse("desk:publish", args=[publication.pk])).text

    assert mailed_sentences(page)[:2] == [
        "2 readers are mailed within a minute after it becomes public.",
        "1 reader gets it in the daily mail.",
    ]
    assert "Of all these readers, 2 chose Author: Ann Berg." in mailed_sentences(page)


def test_the_publish_page_says_when_nobody_is_mailed(administrator):
    make_subscriber()
    old = make_publication(published_at=timezone.now() - timedelta(days=30))
    changed = saved(make_live().publication, body="Other text.")

    pages = [administrator.get(reverse("desk:publish", args=[each.pk])).text for each in (old, changed)]

    assert "It is dated more than a week ago: no reader is mailed about it." in pages[0]
    assert mailed_sentences(pages[1])[:2] == [
        "Unless it is a silent fix:",
        "1 reader is mailed within a minute after it becomes public.",
    ]


def test_the_publish_page_of_what_was_public_before_says_who_is_informed_unless_it_is_a_silent_fix(
    administrator,
):
    make_subscriber()
    withdrawn = make_live(published_at=timezone.now() - timedelta(days=30)).publication
    actions.withdraw(withdrawn, by=None)

    page = administrator.get(reverse("desk:publish", args=[withdrawn.pk])).text

    silent, sentence, *_others = mailed_sentences(page)
    assert silent == "Unless it is a silent fix:" and sentence.startswith("1 reader is mailed")
    assert "dated more than a week ago" not in page


def test_mails_of_a_scheduled_edition_are_not_said_to_leave_at_once(administrator):
    make_subscriber()
    draft = make_publication()
    actions.publish(draft, by=None, at=tomorrow())

    page = administrator.get(reverse("desk:publish-result", args=[draft.pk, 1])).text

    assert "1 reader is mailed within a minute after it becomes public." in page
