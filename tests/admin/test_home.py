"""The first page of the desk: worklists, presences, recent work and the menu, each by permission."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from publications import actions
from publications.admin.register import MODEL_ADMINS
from publications.models import ActionType, Autosave, Kind, Presence, Publication, SiteSettings, Submission
from publications.templatetags.desk_menu import MENU
from tests.desk_forms import ADD, change, filled
from tests.factories import (
    make_author,
    make_image,
    make_live,
    make_person,
    make_publication,
    make_tag,
    saved,
    tomorrow,
)

pytestmark = pytest.mark.django_db

HOME = "/desk/"
LIST = "/desk/publications/publication/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def worklists(client) -> dict[str, list[Publication]]:
    """Return the publications of each list on the first page."""
    previews = client.get(HOME).context["worklists"]
    return {preview.worklist.value: [row.publication for row in preview.rows] for preview in previews}


def open_tasks(client, publication: Publication) -> list[str]:
    """Return what waits in the one row of a publication."""
    context = client.get(HOME).context
    lists = [context["unsaved_rows"], context["recent_rows"], *(each.rows for each in context["worklists"])]
    [row] = [row for rows in lists for row in rows if row.publication == publication]
    return row.waiting


def listed(client, what: str) -> list[Publication]:
    return list(client.get(LIST, {"waits": what}).context["cl"].result_list)


def test_my_drafts_lists_my_own_only(desk, editor):
    mine = make_publication(created_by=editor)
    make_publication(created_by=make_person())

    assert worklists(desk) == {"mine": [mine]}


def check_unchanged(client, publication: Publication) -> None:
    client.post(change(publication), filled(publication, _publish="Check and publish"))


def change_tags(client, publication: Publication) -> None:
    client.post(f"{reverse('desk:bulk-tags')}?of={publication.pk}", {"add": "Moldova"})


def set_author(client, publication: Publication) -> None:
    client.post(f"{reverse('desk:bulk-author')}?of={publication.pk}", {"author": make_author().pk})


@pytest.mark.parametrize("handle", [check_unchanged, change_tags, set_author])
def test_the_draft_of_a_colleague_stays_theirs_when_nothing_is_written(desk, handle):
    publication = make_publication(created_by=make_person(), authors=[])
    revisions = publication.revisions.count()

    handle(desk, publication)

    assert publication.revisions.count() == revisions + 1
    assert worklists(desk) == {}


def test_the_draft_of_a_colleague_is_mine_too_once_i_have_written_in_it(desk):
    publication = make_publication(created_by=make_person())

    desk.post(change(publication), filled(publication, body="Changed."))

    assert worklists(desk) == {"mine": [publication]}


def test_texts_are_searched_for_links_once_after_each_change_and_never_for_the_list(desk):
    for number in range(6):
        ended = make_live(title=f"Ended {number}")
        make_live(title=f"Leads {number}", body=f"See [it]({ended.get_absolute_url()}).")
        actions.withdraw(ended.publication, by=None)

    def count_text_queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.get(path)
        return sum("html" in query["sql"] for query in captured.captured_queries)

    assert [count_text_queries(path) for path in (LIST, HOME, HOME)] == [0, 1, 0]
    assert len(worklists(desk)["gone"]) == 5
    make_live()
    assert count_text_queries(HOME) == 1


def test_a_changed_live_publication_is_listed_until_its_changes_are_published(desk, editor):
    publication = make_live().publication
    desk.post(change(publication), filled(publication, body="Changed."))

    assert worklists(desk) == {"changed": [publication]} and listed(desk, "changed") == [publication]
    assert listed(desk, "mine") == []

    actions.publish(Publication.objects.get(pk=publication.pk), by=editor)
    assert worklists(desk) == {}


def test_a_scheduled_publication_is_listed_with_its_time(desk):
    publication = make_publication()
    actions.publish(publication, by=None, at=tomorrow())

    page = desk.get(HOME)

    assert worklists(desk)["scheduled"] == [publication]
    assert "goes public" in page.text


def test_an_editor_finds_the_draft_that_a_contributor_submitted(client, editor):
    contributor = make_person("Contributors", first_name="Ann")
    client.force_login(contributor, backend=BACKEND)
    author = make_author()
    client.post(ADD, filled(bylines=[author.pk], _ready="Ready to be checked"))
    publication = Publication.objects.get()

    client.force_login(editor, backend=BACKEND)

    assert worklists(client)["check"] == [publication]
    assert "Ready to be checked, says Ann" in client.get(change(publication)).text
    assert "ready to be checked, says Ann" in client.get(LIST).text


def test_contributors_have_no_worklist_of_editors(client):
    client.force_login(make_person("Contributors"), backend=BACKEND)
    Submission.objects.create(publication=make_publication())

    assert worklists(client) == {}
    assert len(listed(client, "check")) == 1  # an unknown filter narrows nothing


def test_publishing_ends_a_submission_for_good(desk):
    publication = make_publication()
    Submission.objects.create(publication=publication)
    actions.publish(publication, by=None)
    saved(publication, body="Changed since.")

    assert "check" not in worklists(desk)
    assert "Ready to be checked, says" not in desk.get(change(publication)).text


def test_a_related_link_to_a_withdrawn_publication_is_listed(desk):
    target, source = make_live().publication, make_live().publication
    actions.set_related_links(source, [target], by=None)
    assert "gone" not in worklists(desk)

    actions.withdraw(target, by=None)

    assert worklists(desk)["gone"] == [source] == listed(desk, "gone")
    assert f'still among the related publications: <a href="{change(target)}"' in " ".join(
        desk.get(change(source)).text.split()
    )


def test_a_text_link_to_a_withdrawn_publication_is_listed_at_its_former_address_too(desk):
    target = make_live(slug="minsk").publication
    make_live(slug="minsk-2", body="See [this](https://example.org/en/publications/minsk/).")
    former = make_live(body="See [this](/en/publications/minsk/#p-abc).").publication
    actions.publish(saved(Publication.objects.get(pk=target.pk), slug="brest"), by=None)
    current = make_live(body="See [this](/en/publications/brest/).").publication

    actions.withdraw(target, by=None)

    assert {publication.pk for publication in worklists(desk)["gone"]} == {former.pk, current.pk}
    assert "lead readers nowhere" in desk.get(change(current)).text


def test_the_withdraw_page_names_the_publications_that_link_there(desk):
    target = make_live().publication
    source = make_live(title="On the way").publication
    actions.set_related_links(source, [target], by=None)

    page = desk.get(reverse("desk:withdraw", args=[target.pk])).text

    assert "1 publication leads here" in page and "On the way" in page


def test_a_publication_is_stale_after_eighteen_months(desk):
    publication, other = make_live().publication, make_live().publication
    Publication.objects.filter(pk=publication.pk).update(updated_at=timezone.now() - timedelta(days=550))
    Publication.objects.filter(pk=other.pk).update(updated_at=timezone.now() - timedelta(days=540))

    assert worklists(desk)["old"] == [publication] == listed(desk, "old")


def test_the_first_page_shows_five_and_links_to_the_whole_worklist(desk, editor):
    for _number in range(7):
        make_publication(created_by=editor)

    page = desk.get(HOME)

    preview = page.context["worklists"][0]
    assert (preview.count, len(preview.rows)) == (7, 5)
    assert f'href="{LIST}?waits=mine"' in page.text
    assert len(listed(desk, "mine")) == 7


def test_the_first_page_shows_who_else_has_a_draft_open(desk, editor):
    publication = make_publication(title="On Minsk")
    Presence.objects.create(
        person=make_person(first_name="Ann"),
        publication=publication,
        seen_at=timezone.now(),
        typed_at=timezone.now(),
    )
    Presence.objects.create(person=editor, publication=make_publication(), seen_at=timezone.now())

    presences = desk.get(HOME).context["presences"]

    assert [(row.person.first_name, row.publication) for row in presences] == [("Ann", publication)]


def test_my_latest_work_names_what_no_list_above_has_newest_first(client):
    client.force_login(person := make_person("Contributors"), backend=BACKEND)
    first, second, draft = make_publication(), make_publication(), make_publication(created_by=person)
    for publication in (first, second, first):
        publication.refresh_from_db()
        client.post(change(publication), filled(publication, internal_note=f"Note {publication.version}"))
    for publication in (first, second):
        actions.publish(Publication.objects.get(pk=publication.pk), by=None)

    page = client.get(HOME)

    assert [row.publication for row in page.context["recent_rows"]] == [first, second]
    assert worklists(client) == {"mine": [draft]}


def test_a_publication_has_one_row_that_says_all_that_waits(desk, editor):
    publication = make_publication(created_by=editor, title="On Minsk")
    Submission.objects.create(publication=publication, submitted_by=make_person(first_name="Ann"))
    for key in ("one", "two"):
        Autosave.objects.create(owner=editor, key=key, values=[["body", key]], publication=publication)
    Presence.objects.create(
        person=make_person(first_name="Bo"), publication=publication, seen_at=timezone.now()
    )

    page = desk.get(HOME)

    assert page.text.count(f'href="{change(publication)}"') == 1
    assert [text.split(",")[0] for text in open_tasks(desk, publication)] == [
        "ready to be checked",
        "Bo has this open",
    ]
    assert page.context["worklists"] == [] and page.context["presences"] == []
    assert "Discard all 2" in page.text and "Nothing waits for you" not in page.text


def test_what_was_typed_can_be_discarded_on_the_first_page_at_once(desk, editor):
    publication = make_publication()
    autosaves = [
        Autosave.objects.create(owner=editor, key=key, values=[["body", key]], publication=publication)
        for key in ("one", "two")
    ]

    shown = desk.get(HOME).context["unsaved_rows"][0].autosaves
    desk.post(
        reverse("desk:autosave-discard", args=[shown[0].pk]),
        {"home": "1", "all": [each.pk for each in shown], "sure": "yes"},
    )

    assert {each.pk for each in shown} == {each.pk for each in autosaves}
    assert not Autosave.objects.unsaved().exists()


def test_a_row_names_the_lists_further_down_that_have_it_too(desk, editor):
    target = make_live().publication
    publication = make_live(created_by=editor).publication
    actions.set_related_links(publication, [target], by=None)
    desk.post(change(publication), filled(publication, body="Changed.", related=[target.pk]))

    actions.withdraw(target, by=None)

    assert worklists(desk) == {"changed": [publication]}
    assert open_tasks(desk, publication) == ["changes are not public", "leads to what is no longer public"]


def test_changes_for_readers_name_a_publication_once_and_none_that_has_a_row(desk, editor):
    corrected, changed = make_live().publication, make_live(created_by=editor).publication
    actions.publish(saved(corrected, body="It was Brest."), by=None, change="update")
    saved(changed, body="Not ready.")

    entries = [entry.audit_entry for entry in desk.get(HOME).context["recent_actions"]]

    assert [entry.publication for entry in entries] == [corrected]


@pytest.mark.parametrize("make", [make_author, make_tag])
def test_a_changed_author_or_tag_of_drafts_alone_is_no_change_for_readers(desk, editor, make):
    row = make("Known")
    rows = {"authors": [row]} if make is make_author else {"tags": [row]}
    make_publication(**rows)
    actions.save_instance(row, by=editor)
    assert desk.get(HOME).context["recent_actions"] == []

    make_live(**rows)
    shown = [entry.audit_entry.detail.get("pk") for entry in desk.get(HOME).context["recent_actions"]]
    assert row.pk not in shown  # changed before a public text had it

    actions.save_instance(row, by=editor)
    shown = [entry.audit_entry.detail.get("pk") for entry in desk.get(HOME).context["recent_actions"]]
    assert shown.count(row.pk) == 1


@pytest.mark.parametrize("make", [make_author, make_tag, make_publication])
def test_an_old_address_of_what_only_drafts_have_is_no_change_for_readers(desk, editor, make):
    row = make() if make is make_publication else make("Known")
    if make is not make_publication:
        make_publication(**({"authors": [row]} if make is make_author else {"tags": [row]}))

    actions.add_redirects(row, ["/old"], by=editor)

    assert desk.get(HOME).context["recent_actions"] == []


@pytest.mark.parametrize("make", [make_author, make_tag])
def test_an_old_address_of_what_readers_see_is_a_change_for_them(desk, editor, make):
    row = make("Known")
    make_live(**({"authors": [row]} if make is make_author else {"tags": [row]}))

    actions.add_redirects(row, ["/old"], by=editor)

    assert "redirect" in [
        entry.audit_entry.detail.get("kind") for entry in desk.get(HOME).context["recent_actions"]
    ]


def test_each_kind_can_be_written_from_the_first_page(desk):
    page = desk.get(reverse("desk:index"))
    addresses = {
        kind.slug: f"{reverse('desk:publications_publication_add')}?kind={kind.pk}"
        for kind in Kind.objects.all()
    }
    addresses["newsletter"] = reverse("desk:newsletter-issues")  # which proposes what is in an issue

    assert len(addresses) == 6
    assert all(f'href="{address}"' in page.text for address in addresses.values())
    form = desk.get(addresses["report"]).context["adminform"].form
    assert form["kind"].value() == str(Kind.objects.get(slug="report").pk)


def test_a_linker_sees_neither_drafts_nor_actions(client):
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


def test_autosaves_are_listed_for_their_owner_only(desk, editor):
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

    rows = page.context["unsaved_rows"]
    assert [str(row.autosaves[0]) for row in rows] == ["On Brest", "A new piece"]
    assert "Not mine" not in page.text and f'href="{change(publication)}"' in page.text


@pytest.mark.parametrize(
    "definition",
    [definition for _slug, _label, definitions in MENU for definition in definitions],
    ids=lambda definition: definition.url_name,
)
def test_each_entry_of_the_menu_has_existing_permissions_and_pages(definition):
    for name in filter(None, (definition.permission, definition.add_permission)):
        app, codename = name.split(".")
        assert Permission.objects.filter(content_type__app_label=app, codename=codename).exists(), name
    assert reverse(f"desk:{definition.url_name}")
    assert not definition.add_url_name or reverse(f"desk:{definition.add_url_name}")


HAS_OTHER_PAGE = {Group, SiteSettings}
"""Models without a list in the menu: roles have a page of their own, site settings are one row."""


@pytest.mark.parametrize(
    "model", sorted(set(MODEL_ADMINS) - HAS_OTHER_PAGE, key=lambda model: model.__name__)
)
def test_an_entry_of_the_menu_has_the_name_of_its_list(admin_client, model):
    opts = model._meta
    url_name = f"{opts.app_label}_{opts.model_name}_changelist"
    [label] = {
        entry.label for _slug, _label, entries in MENU for entry in entries if entry.url_name == url_name
    }

    page = admin_client.get(reverse(f"desk:{url_name}")).text

    assert str(label) == capfirst(opts.verbose_name_plural)
    assert f"<title>{label} – " in page


def test_a_list_counts_its_rows(desk, admin_client):
    make_live()

    page = admin_client.get(reverse("desk:publications_auditentry_changelist")).text

    assert "1 in all" in page and "1 audit" not in page


@pytest.mark.parametrize("app", ["publications", "auth", "accounts"])
def test_the_page_of_an_app_redirects_to_the_first_page(desk, app):
    response = desk.get(f"{HOME}{app}/")

    assert (response.status_code, response["Location"]) == (302, HOME)


def test_a_post_to_a_former_address_is_redirected_with_its_body(desk):
    response = desk.post("/desk/publications/sitelink/add/?place=menu", {"label_en": "Press"})

    assert (response.status_code, response["Location"]) == (
        308,
        "/desk/publications/menulink/add/?place=menu",
    )


def test_a_filter_choice_without_a_count_shows_no_dash(desk):
    page = desk.get(LIST, {"_facets": "True"})

    assert "Lead to what is no longer public" in page.text
    assert "(-)" not in page.text


def test_an_image_is_among_the_changes_for_readers_once_an_edition_shows_it(desk, editor):
    image = actions.save_instance(make_image(), by=editor)
    assert desk.get(HOME).context["recent_actions"] == []

    actions.publish(make_publication(body=f"![A field](image:{image.key})"), by=editor)
    actions.save_instance(image, by=editor)

    actions_shown = {entry.audit_entry.action for entry in desk.get(HOME).context["recent_actions"]}
    assert actions_shown == {ActionType.AMEND, ActionType.PUBLISH}


def shown_changes(desk) -> list[tuple[str, str]]:
    entries = desk.get(HOME).context["recent_actions"]
    return [(entry.audit_entry.action, entry.audit_entry.subject) for entry in entries]


def test_a_schedule_is_no_change_for_readers_before_its_time_and_never_if_it_is_cancelled(desk):
    publication = make_publication(
        authors=[author := make_author("Known")],
        tags=[tag := make_tag("Minsk")],
        cover=(image := make_image()),
    )
    with time_machine.travel(timezone.now(), tick=False) as clock:
        actions.publish(publication, by=None, at=tomorrow())
        for row in (author, tag, image):
            actions.save_instance(row, by=None)
        assert shown_changes(desk) == []
        clock.shift(timedelta(days=2))
        assert (ActionType.SCHEDULE, str(publication.editions.get())) in shown_changes(desk)
        clock.shift(timedelta(days=-2))
        actions.undo(publication, by=None)
        clock.shift(timedelta(days=2))
        assert shown_changes(desk) == []


def test_maintenance_is_no_change_for_readers(desk):
    make_live()

    actions.rebuild_index("similarity")

    assert ActionType.REBUILD not in [action for action, _subject in shown_changes(desk)]


def test_changes_for_readers_are_named_by_title_and_in_words(desk, editor):
    publication = make_live(title="On Minsk").publication
    actions.publish(saved(publication, body="It was Brest."), by=None, change="correction", note="Brest.")

    page = desk.get(HOME).text

    assert "On Minsk (2)" not in page and "Correction, with a note to readers" in page
