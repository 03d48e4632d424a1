"""The first page of the desk: what waits for whoever has come in, and nothing that does not."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.models import ActionType, Autosave, Presence, Publication, Submission
from publications.templatetags.desk_menu import MENU
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_image, make_live, make_person, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db

HOME = "/desk/"
LIST = "/desk/publications/publication/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def waiting(client) -> dict[str, list[Publication]]:
    return {each.what.value: each.first for each in client.get(HOME).context["worklists"]}


def listed(client, what: str) -> list[Publication]:
    return list(client.get(LIST, {"waits": what}).context["cl"].result_list)


def test_drafts_of_mine_wait_for_me_and_not_those_of_others(desk, editor):
    mine = make_publication(created_by=editor)
    make_publication(created_by=make_person())

    assert waiting(desk) == {"mine": [mine]}


def test_texts_are_looked_through_once_on_the_first_page_and_not_at_all_for_the_list(desk):
    for number in range(6):
        ended = make_live(title=f"Ended {number}")
        make_live(title=f"Leads {number}", body=f"See [it]({ended.get_absolute_url()}).")
        actions.withdraw(ended.publication, by=None)

    def looks(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.get(path)
        return sum("href=" in query["sql"] for query in captured.captured_queries)

    assert len(waiting(desk)["gone"]) == 5
    assert (looks(HOME), looks(LIST)) == (1, 0)


def test_a_live_piece_that_i_changed_waits_until_it_is_published_as_it_is(desk, editor):
    publication = make_live().publication
    desk.post(change(publication), filled(publication, body="Changed."))

    assert waiting(desk)["mine"] == [publication]

    actions.publish(Publication.objects.get(pk=publication.pk), by=editor)
    assert "mine" not in waiting(desk)


def test_what_is_scheduled_is_shown_with_its_moment(desk):
    publication = make_publication()
    actions.publish(publication, by=None, at=tomorrow())

    page = desk.get(HOME)

    assert waiting(desk)["scheduled"] == [publication]
    assert "goes public" in page.text


def test_a_contributor_hands_a_draft_over_and_an_editor_finds_it(client, editor):
    contributor = make_person("Contributors", first_name="Ann")
    client.force_login(contributor, backend=BACKEND)
    author = make_author()
    client.post(ADD, filled(bylines=[author.pk], _ready="Ready to be checked"))
    publication = Publication.objects.get()

    client.force_login(editor, backend=BACKEND)

    assert waiting(client)["check"] == [publication]
    assert "Ready to be checked, says Ann" in client.get(change(publication)).text
    assert "ready to be checked, says Ann" in client.get(LIST).text


def test_contributors_are_not_shown_what_only_editors_can_do(client):
    client.force_login(make_person("Contributors"), backend=BACKEND)
    Submission.objects.create(publication=make_publication())

    assert waiting(client) == {}
    assert len(listed(client, "check")) == 1  # an unknown filter narrows nothing


def test_publishing_settles_the_word_and_later_changes_do_not_bring_it_back(desk):
    publication = make_publication()
    Submission.objects.create(publication=publication)
    actions.publish(publication, by=None)
    saved(publication, body="Changed since.")

    assert "check" not in waiting(desk)
    assert "Ready to be checked, says" not in desk.get(change(publication)).text


def test_the_word_can_be_taken_back(desk):
    publication = make_publication()
    Submission.objects.create(publication=publication)

    desk.post(reverse("desk:submission-withdraw", args=[publication.pk]))

    assert "check" not in waiting(desk)


def test_a_piece_whose_related_one_is_withdrawn_is_flagged(desk):
    target, source = make_live().publication, make_live().publication
    actions.set_related_links(source, [target], by=None)
    assert "gone" not in waiting(desk)

    actions.withdraw(target, by=None)

    assert waiting(desk)["gone"] == [source] == listed(desk, "gone")
    assert f'still among the related publications: <a href="{change(target)}"' in " ".join(
        desk.get(change(source)).text.split()
    )


def test_a_piece_whose_text_links_to_a_withdrawn_one_is_flagged_at_its_former_address_too(desk):
    target = make_live(slug="minsk").publication
    make_live(slug="minsk-2", body="See [this](https://example.org/en/publications/minsk/).")
    former = make_live(body="See [this](/en/publications/minsk/#p-abc).").publication
    actions.publish(saved(Publication.objects.get(pk=target.pk), slug="brest"), by=None)
    now = make_live(body="See [this](/en/publications/brest/).").publication

    actions.withdraw(target, by=None)

    assert {publication.pk for publication in waiting(desk)["gone"]} == {former.pk, now.pk}
    assert "lead readers nowhere" in desk.get(change(now)).text


def test_who_withdraws_is_told_who_leads_there(desk):
    target = make_live().publication
    source = make_live(title="On the way").publication
    actions.set_related_links(source, [target], by=None)

    page = desk.get(reverse("desk:withdraw", args=[target.pk])).text

    assert "1 publication leads here" in page and "On the way" in page


def test_what_nobody_has_touched_for_eighteen_months_is_named_once_it_is_so_long(desk):
    publication, other = make_live().publication, make_live().publication
    Publication.objects.filter(pk=publication.pk).update(updated_at=timezone.now() - timedelta(days=550))
    Publication.objects.filter(pk=other.pk).update(updated_at=timezone.now() - timedelta(days=540))

    assert waiting(desk)["old"] == [publication] == listed(desk, "old")


def test_more_than_five_are_counted_and_listed_elsewhere(desk, editor):
    for _number in range(7):
        make_publication(created_by=editor)

    page = desk.get(HOME)

    shown = page.context["worklists"][0]
    assert (shown.number, len(shown.first)) == (7, 5)
    assert f'href="{LIST}?waits=mine"' in page.text
    assert len(listed(desk, "mine")) == 7


def test_who_has_a_piece_open_is_told_on_the_first_page(desk, editor):
    publication = make_publication(title="On Minsk")
    Presence.objects.create(
        person=make_person(first_name="Ann"),
        publication=publication,
        seen_at=timezone.now(),
        typed_at=timezone.now(),
    )
    Presence.objects.create(person=editor, publication=make_publication(), seen_at=timezone.now())

    here = desk.get(HOME).context["presences"]

    assert [(each.person.first_name, each.publication) for each in here] == [("Ann", publication)]


def test_my_latest_work_names_each_piece_once_the_newest_first(desk):
    first, second = make_publication(), make_publication()
    for publication in (first, second, first):
        publication.refresh_from_db()
        desk.post(change(publication), filled(publication, internal_note=f"Note {publication.version}"))

    assert desk.get(HOME).context["recent_publications"] == [first, second]


def test_a_linker_sees_neither_drafts_nor_deeds(client):
    make_publication(title="Hidden draft")
    make_live(title="Seen by all")
    client.force_login(make_person("Linkers"), backend=BACKEND)

    page = client.get(HOME)

    assert (page.context["worklists"], page.context["presences"], page.context["recent_actions"]) == (
        [],
        [],
        [],
    )
    assert "Hidden draft" not in page.text


def test_what_was_typed_and_not_saved_is_told_to_whoever_typed_it_alone(desk, editor):
    publication = make_publication(title="On Minsk")
    new = {"owner": editor, "key": "one", "values": [["title", "A new piece"]]}
    Autosave.objects.create(**new)
    Autosave.objects.create(
        **new | {"key": "two", "values": [["title", "On Brest"]], "publication": publication}
    )
    Autosave.objects.create(
        **new | {"key": "three", "owner": make_person(), "values": [["title", "Not mine"]]}
    )
    Autosave.objects.create(**new | {"key": "four", "saved_at": timezone.now()})

    page = desk.get(HOME)

    assert [str(each) for each in page.context["autosaves"]] == ["On Brest", "A new piece"]
    assert "Not mine" not in page.text and f'href="{change(publication)}"' in page.text


@pytest.mark.parametrize(
    "item", [item for _slug, _label, items in MENU for item in items], ids=lambda item: item.page
)
def test_each_entry_of_the_menu_asks_for_a_permission_that_exists(item):
    for name in filter(None, (item.permission, item.add_permission)):
        app, codename = name.split(".")
        assert Permission.objects.filter(content_type__app_label=app, codename=codename).exists(), name
    assert reverse(f"desk:{item.page}")
    assert not item.add_view or reverse(f"desk:{item.add_view}")


@pytest.mark.parametrize("app", ["publications", "auth", "accounts"])
def test_the_page_of_an_app_redirects_to_the_first_page(desk, app):
    answer = desk.get(f"{HOME}{app}/")

    assert (answer.status_code, answer["Location"]) == (302, HOME)


def test_a_form_sent_to_a_former_address_is_sent_on_to_the_current_one(desk):
    answer = desk.post("/desk/publications/sitelink/add/?place=menu", {"label_en": "Press"})

    assert (answer.status_code, answer["Location"]) == (308, "/desk/publications/menulink/add/?place=menu")


def test_a_filter_without_a_count_has_no_dash_in_its_place(desk):
    page = desk.get(LIST, {"_facets": "True"})

    assert "Lead to what is no longer public" in page.text
    assert "(-)" not in page.text


def test_an_image_is_among_the_changes_for_readers_once_an_edition_shows_it(desk, editor):
    image = actions.save_instance(make_image(), by=editor)
    assert desk.get(HOME).context["recent_actions"] == []

    actions.publish(make_publication(body=f"![A field](image:{image.key})"), by=editor)

    actions_shown = {entry.line.action for entry in desk.get(HOME).context["recent_actions"]}
    assert actions_shown == {ActionType.AMEND, ActionType.PUBLISH}
