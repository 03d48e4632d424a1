"""Many pieces at once: tags and withdrawal, each after a page that says what it will do."""

import pytest
from django.urls import reverse

from publications import actions
from publications.models import Edition, Publication, Tag
from tests.factories import make_live, make_person, make_publication, make_tag, saved, tomorrow

pytestmark = pytest.mark.django_db

LIST = "/desk/publications/publication/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def asking(name: str, *pieces: Publication) -> str:
    return f"{reverse(f'desk:{name}')}?of={','.join(str(piece.pk) for piece in pieces)}"


def tags_of(piece: Publication) -> list[str]:
    return sorted(piece.tags.values_list("name", flat=True))


def public_tags_of(piece: Publication) -> list[str]:
    return sorted(Edition.objects.live().get(publication=piece).tag_rows.values_list("tag__name", flat=True))


def test_ticked_rows_lead_to_the_page_that_asks(desk):
    pieces = [make_publication(), make_publication()]
    ticked = {"action": "change_tags", "_selected_action": [piece.pk for piece in pieces]}

    answer = desk.post(LIST, ticked)

    assert answer["Location"] == f"{reverse('desk:bulk-tags')}?of={pieces[0].pk}-{pieces[1].pk}"
    assert all(str(piece) in desk.get(answer["Location"]).text for piece in pieces)


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


def test_a_tag_that_is_first_typed_here_is_no_topic_until_a_piece_of_it_is_public(desk):
    piece = make_publication()

    desk.post(asking("bulk-tags", piece), {"add": "Suwalki"})

    assert tags_of(piece) == ["Suwalki"] and not Tag.objects.offered().exists()


def test_contributors_are_not_offered_to_withdraw(client):
    make_publication()
    client.force_login(make_person("Contributors"), backend=BACKEND)

    page = client.get(LIST).text

    assert 'value="change_tags"' in page and 'value="withdraw"' not in page


def test_more_than_two_hundred_are_refused(desk, monkeypatch):
    monkeypatch.setattr("publications.admin.drafts.bulk.MAX_BULK_PUBLICATIONS", 1)
    pieces = [make_publication(), make_publication()]

    page = desk.post(
        LIST, {"action": "withdraw", "_selected_action": [piece.pk for piece in pieces]}, follow=True
    )

    assert "At most 1 publications at once" in page.text


def test_tags_of_drafts_change_and_leave_a_revision_where_they_did(desk, editor):
    eu, nato = make_tag("EU"), make_tag("NATO")
    one, other = make_publication(tags=(eu,)), make_publication(tags=(nato,))

    desk.post(asking("bulk-tags", one, other), {"add": "nato, Moldova", "take_off": [eu.pk]})

    assert tags_of(one) == tags_of(other) == ["Moldova", "NATO"]
    assert one.revisions.first().saved_by == editor


def test_what_does_not_change_leaves_no_revision(desk):
    piece = make_publication(tags=(make_tag("EU"),))

    page = desk.post(asking("bulk-tags", piece), {"add": "EU"}, follow=True)

    assert piece.revisions.count() == 1
    assert "Nothing has changed" in page.text


def test_what_is_public_stays_as_it_is_unless_that_is_wished(desk):
    piece = make_live(tags=(make_tag("EU"),)).publication

    desk.post(asking("bulk-tags", piece), {"add": "NATO"})

    assert (tags_of(piece), public_tags_of(piece)) == (["EU", "NATO"], ["EU"])


def test_what_has_no_other_changes_is_published_at_once_and_keeps_its_end(desk):
    clean = actions.publish(make_publication(), by=None, until=tomorrow()).publication
    changed = make_live().publication
    saved(Publication.objects.get(pk=changed.pk), body="Being rewritten.")

    desk.post(asking("bulk-tags", clean, changed), {"add": "NATO", "publish": "on"})

    live = Edition.objects.live().get(publication=clean)
    assert (public_tags_of(clean), live.change, live.expires.date()) == (
        ["NATO"],
        "silent",
        tomorrow().date(),
    )
    assert public_tags_of(changed) == []


def test_what_waits_for_its_moment_is_not_overtaken_by_tags(desk):
    piece = make_live(body="Now.").publication
    actions.publish(saved(Publication.objects.get(pk=piece.pk), body="Later."), by=None, at=tomorrow())
    as_live = saved(Publication.objects.get(pk=piece.pk), body="Now.")
    assert as_live.digest == Edition.objects.live().get(publication=piece).digest

    desk.post(asking("bulk-tags", piece), {"add": "NATO", "publish": "on"})

    assert piece.editions.waiting().exists() and public_tags_of(piece) == []


def test_a_contributor_cannot_publish_through_tags(client):
    piece = make_live().publication
    client.force_login(make_person("Contributors"), backend=BACKEND)

    client.post(asking("bulk-tags", piece), {"add": "NATO", "publish": "on"})

    assert (tags_of(piece), public_tags_of(piece)) == (["NATO"], [])


def test_withdrawing_asks_first_and_names_what_is_spared(desk):
    live, draft = make_live().publication, make_publication(title="Only a draft")

    page = desk.get(asking("bulk-withdraw", live, draft))

    assert page.context["publications"] == [live] and "Only a draft" in page.text
    assert Edition.objects.live().exists()


def test_each_is_withdrawn_with_the_note(desk):
    pieces = [make_live().publication, make_live().publication]

    desk.post(
        asking("bulk-withdraw", *pieces),
        {"note": "Out of date.", "state": [f"{each.pk}:{actions.public_state(each)}" for each in pieces]},
    )

    assert not Edition.objects.live().exists()
    assert {edition.end_note for edition in Edition.objects.all()} == {"Out of date."}
    assert all(piece.audit.filter(deed="withdraw").exists() for piece in pieces)


@pytest.mark.parametrize("of", ["", "0", "x", "9" * 30, "１", ",,", "-1"])
def test_an_odd_address_chooses_nothing(desk, of):
    page = desk.get(reverse("desk:bulk-withdraw"), {"of": of})

    assert page.status_code == 200 and "Nothing is chosen" in page.text
