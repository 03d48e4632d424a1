"""What the desk says about who is mailed of an issue of the newsletter, from its publication to its withdrawal."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from publications import actions
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.models import AlertEvent, AlertMail
from subscriptions.sending import stop_sending
from tests.admin.mailed import mailed_sentences
from tests.factories import make_live, make_person, saved
from tests.issues import make_issue
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_person("Editors"))
    return client


def test_the_desk_says_who_is_mailed_about_a_publication_before_and_after_and_when_it_is_taken_back(desk):
    make_subscriber(Choice({"kind": "newsletter"}))
    record_events()
    issue = make_issue("On rye")
    actions.publish(issue, by=None)
    result, undo = reverse("desk:publish-result", args=[issue.pk, 1]), reverse("desk:undo", args=[issue.pk])

    before = [desk.get(page).text for page in (result, undo)]
    expand_alerts()
    AlertMail.objects.get().mark_sent()
    after = [desk.get(page).text for page in (result, undo)]

    assert "1 reader is mailed within a minute." in before[0] and "Nobody has been mailed" in before[1]
    mistake = ["Mails say that it was published by mistake:", "1 reader is mailed within a minute."]
    assert "1 reader was mailed." in after[0] and mailed_sentences(after[1])[:2] == mistake


def test_a_stop_shows_what_waits(desk):
    make_subscriber(Choice({"kind": "newsletter"}))
    record_events()
    stop_sending(by="Ann Berg")
    actions.publish(make_issue("On rye"), by=None)
    expand_alerts()

    pages = [desk.get(reverse(f"desk:{name}")).text for name in ("subscribers", "newsletter-issues")]

    assert "1 waits" in pages[0] and "take it back first" in pages[0]
    assert "Mails to subscribers are stopped" in pages[1]


def test_the_desk_says_who_is_mailed_of_a_withdrawal_and_who_is_not_of_a_correction(desk):
    issue = make_issue("On rye")
    actions.publish(issue, by=None)
    publication = issue.related_links.get().target
    record_events()
    reader, late = make_subscriber(locale="sv"), make_subscriber()
    actions.publish(saved(publication, body="Newer."), by=None, change="update", note="More.")
    expand_alerts()
    reader.mails.get().mark_sent()
    make_live(language="sv", translation_of=publication)

    withdraw, publish = (
        desk.get(reverse(f"desk:{name}", args=[publication.pk])).text for name in ("withdraw", "publish")
    )

    assert late.mails.pending().count() == 1
    assert mailed_sentences(withdraw)[:3] == [
        "Mails say that it is withdrawn, with the reason:",
        "1 reader is mailed within a minute.",
        "Mails that have not left are not sent.",
    ]
    others = "Readers who know it from the issue “What is new” alone are not mailed"
    for page in (withdraw, publish):
        assert others in mailed_sentences(page)[-1]


def test_what_was_taken_back_is_published_again_as_if_new(desk):
    make_subscriber(Choice({"kind": "newsletter"}))
    record_events()
    yesterday = timezone.now() - timedelta(days=1)
    issue = make_issue("On rye", published_at=yesterday)
    actions.publish(issue, by=None)
    page = reverse("desk:publish", args=[issue.pk])
    changed = saved(issue, summary="Mended.")
    assert 'value="first"' not in desk.get(page).text
    with pytest.raises(actions.ActionRefused):
        actions.publish(changed, by=None, change="first")
    expand_alerts()
    AlertMail.objects.get().mark_sent()
    actions.undo(issue, by=None)

    assert 'value="first"' in desk.get(page).text
    edition = actions.publish(issue, by=None, change="first")
    expand_alerts()

    events = AlertEvent.objects.filter(edition__publication=issue).order_by("pk")
    assert list(events.values_list("type", flat=True)) == ["new", "taken_back", "new"]
    assert AlertMail.objects.filter(event__edition=edition).count() == 1
    assert edition.published_at > yesterday + timedelta(hours=1)


def test_who_cancels_a_schedule_reads_that_nobody_is_mailed(desk):
    make_subscriber(Choice({"kind": "newsletter"}))
    issue = make_issue("On rye")
    actions.publish(issue, by=None, at=timezone.now() + timedelta(hours=1))

    page = desk.get(reverse("desk:undo", args=[issue.pk])).text

    assert "No reader has been mailed about it, and none will be." in page
