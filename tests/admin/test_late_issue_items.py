"""Issues of the newsletter that have what is scheduled: their mail would leave it out, so that they are refused."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.locales import datetime_with_zone
from publications.models import Edition, Publication
from tests.desk_forms import filled
from tests.factories import make_live, make_person, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db

REMEDY = "schedule the issue for then or later, or take the text out of its related publications."


@pytest.fixture
def desk(client):
    client.force_login(make_person("Editors"))
    return client


def make_scheduled(at: datetime) -> Edition:
    return actions.publish(make_publication(title="On hay"), by=None, at=at)


def make_issue(*items: Edition) -> Publication:
    issue = make_publication(kind="newsletter", title="What is new", body="")
    actions.set_related_links(issue, [item.publication for item in items], by=None)
    return issue


def test_an_issue_is_refused_that_goes_out_before_what_it_has_is_public():
    later = make_scheduled(tomorrow())
    issue = make_issue(make_live(title="On rye"), later)

    for at in (None, later.visible_from - timedelta(seconds=1)):
        with pytest.raises(actions.NotReady) as refusal:
            actions.publish(issue, by=None, at=at)
        (reason,) = refusal.value.reasons
        assert "“On hay” is not public until" in reason and REMEDY in reason
        assert datetime_with_zone(later.visible_from) in reason


def test_an_issue_goes_out_with_or_after_what_it_has():
    later = make_scheduled(tomorrow())

    assert actions.publish(make_issue(later), by=None, at=later.visible_from).is_scheduled


def test_a_text_that_is_public_already_may_have_a_later_edition():
    live = make_live(title="On rye")
    changed = saved(live.publication, summary="Mended.")
    actions.publish(changed, by=None, at=tomorrow(), change="update")

    assert actions.publish(make_issue(live), by=None)


def test_a_silent_fix_of_an_issue_is_mailed_to_nobody_and_may_have_it():
    issue = make_issue(make_live(title="On rye"))
    actions.publish(issue, by=None)
    later = make_scheduled(tomorrow())
    actions.set_related_links(issue, [later.publication], by=None)
    saved(issue, summary="Mended.")

    with pytest.raises(actions.NotReady):
        actions.publish(issue, by=None, change="update")
    assert actions.publish(issue, by=None, change="silent")


def test_the_publish_page_says_it_before_and_after_it_is_sent(desk):
    later = make_scheduled(tomorrow())
    issue = make_issue(later)
    url = reverse("desk:publish", args=[issue.pk])

    page = desk.get(url)
    sent = desk.post(url, {**page.context["form"].initial, "at": "", "until": "", "when": "now"})
    mail = desk.get(reverse("desk:newsletter-issue", args=[issue.pk])).text

    public_from = datetime_with_zone(later.visible_from)
    assert page.text.count(f"“On hay” is not public until {public_from}") == 1 == page.text.count(REMEDY)
    assert sent.text.count(REMEDY) == 1 and not issue.editions.exists()
    assert f"“On hay” (public from {public_from})" in " ".join(mail.split())


def test_who_adds_a_later_text_to_a_scheduled_issue_is_warned(desk):
    issue = make_issue(make_live(title="On rye"))
    actions.publish(issue, by=None, at=timezone.now() + timedelta(hours=1))
    later = make_scheduled(tomorrow())
    url = reverse("desk:publications_publication_change", args=[issue.pk])

    kind = str(issue.kind_id)
    page = desk.post(url, filled(issue, kind=kind, related=str(later.publication_id)), follow=True).text

    assert "“On hay” is not public until" in page and REMEDY in page


def test_who_cancels_or_delays_a_text_reads_which_scheduled_issue_is_mailed_without_it(desk):
    item = make_scheduled(timezone.now() + timedelta(hours=1)).publication
    issue = make_issue(item.editions.get())
    scheduled = actions.publish(issue, by=None, at=timezone.now() + timedelta(hours=2))
    said = f"The issue “What is new” goes out {datetime_with_zone(scheduled.visible_from)} and is then mailed without it"

    cancel = desk.get(reverse("desk:undo", args=[item.pk])).text
    early = desk.get(reverse("desk:publish-result", args=[item.pk, 1])).text
    delayed = actions.publish(item, by=None, at=tomorrow())
    late = desk.get(reverse("desk:publish-result", args=[item.pk, delayed.number])).text
    other = actions.publish(make_publication(), by=None, at=tomorrow())

    assert said in cancel and f'flagged">{said}' not in early and f'flagged">{said}' in late
    assert "then mailed without it" not in desk.get(reverse("desk:undo", args=[other.publication_id])).text
