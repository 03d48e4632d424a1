"""Bulk actions: change tags and withdraw, each after a page that says what it will do."""

import pytest
from django.urls import reverse

from publications import actions
from publications.admin.drafts import bulk
from publications.models import Edition, Publication, Tag
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.models import AlertMail, AlertType, Timing
from tests.factories import make_live, make_person, make_publication, make_tag, saved, tomorrow
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db

LIST = "/desk/publications/publication/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def bulk_url(name: str, *publications: Publication) -> str:
    return f"{reverse(f'desk:{name}')}?of={','.join(str(publication.pk) for publication in publications)}"


def tags_of(publication: Publication) -> list[str]:
    return sorted(publication.tags.values_list("name", flat=True))


def public_tags_of(publication: Publication) -> list[str]:
    return sorted(
        Edition.objects.live().get(publication=publication).tag_rows.values_list("tag__name", flat=True)
    )


def test_ticked_rows_lead_to_the_page_that_asks(desk):
    publications = [make_publication(), make_publication()]
    ticked = {"action": "change_tags", "_selected_action": [publication.pk for publication in publications]}

    answer = desk.post(LIST, ticked)

    assert answer["Location"] == f"{reverse('desk:bulk-tags')}?of={publications[0].pk}-{publications[1].pk}"
    assert all(str(publication) in desk.get(answer["Location"]).text for publication in publications)


def test_the_list_has_no_action_that_deletes_and_no_field_to_type_in(desk):
    make_publication()

    page = desk.get(LIST)

    assert [name for name, _label in page.context["cl"].model_admin.get_action_choices(page.wsgi_request)][
        1:
    ] == [
        "change_tags",
        "set_author",
        "withdraw",
    ]
    assert page.context["cl"].formset is None


def test_a_tag_that_is_first_typed_here_is_no_topic_until_a_publication_of_it_is_public(desk):
    publication = make_publication()

    desk.post(bulk_url("bulk-tags", publication), {"add": "Suwalki"})

    assert tags_of(publication) == ["Suwalki"] and not Tag.objects.selectable().exists()


def test_contributors_are_not_offered_to_withdraw(client):
    make_publication()
    client.force_login(make_person("Contributors"), backend=BACKEND)

    page = client.get(LIST).text

    assert 'value="change_tags"' in page and 'value="withdraw"' not in page


def test_more_than_two_hundred_are_refused(desk, monkeypatch):
    monkeypatch.setattr("publications.admin.drafts.bulk.MAX_BULK_PUBLICATIONS", 1)
    publications = [make_publication(), make_publication()]

    page = desk.post(
        LIST,
        {"action": "withdraw", "_selected_action": [publication.pk for publication in publications]},
        follow=True,
    )

    assert "At most 1 publications at once" in page.text


def test_tags_of_drafts_change_and_leave_a_revision_where_they_did(desk, editor):
    eu, nato = make_tag("EU"), make_tag("NATO")
    one, other = make_publication(tags=(eu,)), make_publication(tags=(nato,))

    desk.post(bulk_url("bulk-tags", one, other), {"add": "nato, Moldova", "take_off": [eu.pk]})

    assert tags_of(one) == tags_of(other) == ["Moldova", "NATO"]
    assert one.revisions.first().saved_by == editor


def test_what_does_not_change_leaves_no_revision(desk):
    publication = make_publication(tags=(make_tag("EU"),))

    page = desk.post(bulk_url("bulk-tags", publication), {"add": "EU"}, follow=True)

    assert publication.revisions.count() == 1
    assert "Nothing changed in 1 draft: its tags were like that already." in page.text


def test_the_result_counts_the_drafts_that_had_the_tag_already(desk):
    tagged, other = make_publication(tags=(make_tag("EU"),)), make_publication()

    page = desk.post(bulk_url("bulk-tags", tagged, other), {"add": "EU"}, follow=True).text

    assert "Tags changed in 1 draft." in page and "Nothing changed in 1 draft" in page


@pytest.mark.parametrize("action", ["change_tags", "set_author", "withdraw"])
def test_a_bulk_page_leads_back_to_the_list_as_it_was_searched(desk, action):
    publication = make_publication(title="Grain")
    ticked = {"action": action, "_selected_action": [publication.pk]}
    answer = desk.post(f"{LIST}?q=Grain&language=en", ticked)

    page = desk.get(answer["Location"]).text

    assert f'href="{LIST}?q=Grain&amp;language=en"' in page


def test_the_list_is_searched_as_before_when_tags_have_changed(desk):
    publication = make_publication(title="Grain")

    answer = desk.post(f"{bulk_url('bulk-tags', publication)}&list=q%3DGrain", {"add": "EU"})

    assert answer["Location"] == f"{LIST}?q=Grain"


def test_what_is_public_stays_as_it_is_unless_that_is_wished(desk):
    publication = make_live(tags=(make_tag("EU"),)).publication

    desk.post(bulk_url("bulk-tags", publication), {"add": "NATO"})

    assert (tags_of(publication), public_tags_of(publication)) == (["EU", "NATO"], ["EU"])


def test_what_has_no_other_changes_is_published_at_once_and_keeps_its_end(desk):
    end = tomorrow()
    clean = actions.publish(make_publication(), by=None, until=end).publication
    changed = make_live().publication
    saved(Publication.objects.get(pk=changed.pk), body="Being rewritten.")

    desk.post(bulk_url("bulk-tags", clean, changed), {"add": "NATO", "publish": "on"})

    live = Edition.objects.live().get(publication=clean)
    assert (public_tags_of(clean), live.change, live.expires_at) == (["NATO"], "silent", end)
    assert public_tags_of(changed) == []


def test_what_waits_for_its_moment_is_not_overtaken_by_tags(desk):
    publication = make_live(body="Now.").publication
    actions.publish(saved(Publication.objects.get(pk=publication.pk), body="Later."), by=None, at=tomorrow())
    as_live = saved(Publication.objects.get(pk=publication.pk), body="Now.")
    assert as_live.digest == Edition.objects.live().get(publication=publication).digest

    desk.post(bulk_url("bulk-tags", publication), {"add": "NATO", "publish": "on"})

    assert publication.editions.scheduled().exists() and public_tags_of(publication) == []


def test_a_contributor_cannot_publish_through_tags(client):
    publication = make_live().publication
    client.force_login(make_person("Contributors"), backend=BACKEND)

    client.post(bulk_url("bulk-tags", publication), {"add": "NATO", "publish": "on"})

    assert (tags_of(publication), public_tags_of(publication)) == (["NATO"], [])


def test_withdrawing_asks_first_and_names_what_is_spared(desk):
    live, draft = make_live().publication, make_publication(title="Only a draft")

    page = desk.get(bulk_url("bulk-withdraw", live, draft))

    assert page.context["publications"] == [live] and "Only a draft" in page.text
    assert Edition.objects.live().exists()


def test_withdrawing_says_how_many_mails_go_out(desk, monkeypatch):
    record_events()
    for timing in (Timing.AT_ONCE, Timing.AT_ONCE, Timing.DAILY):
        make_subscriber(timing=timing)
    publications = [make_live().publication, make_live().publication]
    expand_alerts()
    nobody = desk.get(bulk_url("bulk-withdraw", *publications)).text
    for mail in AlertMail.objects.all():
        mail.mark_sent()
    known = desk.get(bulk_url("bulk-withdraw", *publications, make_live().publication)).text
    monkeypatch.setattr(bulk, "MAX_COUNTED_PUBLICATIONS", 1)
    many = desk.get(bulk_url("bulk-withdraw", *publications)).text

    assert "No reader is mailed: nobody has been mailed about them so far." in nobody
    assert "4 mails say at once that they are withdrawn" in known
    assert "one mail for each of them" in many
    desk.post(bulk_url("bulk-withdraw", *publications), {
        "note": "Out of date.", "state": [f"{each.pk}:{actions.public_state(each)}" for each in publications]
    })  # fmt: skip
    expand_alerts()
    assert AlertMail.objects.filter(event__type=AlertType.WITHDRAWN).count() == 4


def test_each_is_withdrawn_with_the_note(desk):
    publications = [make_live().publication, make_live().publication]

    desk.post(
        bulk_url("bulk-withdraw", *publications),
        {
            "note": "Out of date.",
            "state": [f"{each.pk}:{actions.public_state(each)}" for each in publications],
        },
    )

    assert not Edition.objects.live().exists()
    assert {edition.withdrawal_reason for edition in Edition.objects.all()} == {"Out of date."}
    assert all(publication.audit_entries.filter(action="withdraw").exists() for publication in publications)


@pytest.mark.parametrize("of", ["", "0", "x", "9" * 30, "１", ",,", "-1"])
def test_an_odd_address_chooses_nothing(desk, of):
    page = desk.get(reverse("desk:bulk-withdraw"), {"of": of})

    assert page.status_code == 200 and "Nothing is chosen" in page.text


def test_an_action_without_a_ticked_row_says_what_to_do_and_keeps_the_search(desk):
    make_publication()

    answer = desk.post(f"{LIST}?q=Minsk", {"action": "change_tags", "index": "0"})

    assert answer["Location"] == f"{LIST}?q=Minsk"
    assert "Tick rows of the list first" in desk.get(answer["Location"]).text


def test_the_help_of_a_box_to_tick_stands_below_its_label(desk):
    page = desk.get(bulk_url("bulk-tags", make_publication())).text

    box, label, help_text = (
        page.index(text) for text in ('name="publish"', 'for="id_publish"', 'id="id_publish_helptext"')
    )
    assert box < label < help_text
