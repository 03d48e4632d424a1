"""Undoing an import: what it published is taken back, its drafts are deleted, and what somebody edited stays."""

import html
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin.drafts.deleted_drafts import restore_draft
from publications.importers import archive_import_undo
from publications.importers.archive_import_undo_plan import KeepReason, UndoEffect, plan_import_undo
from publications.models import (
    Address,
    ArchiveImport,
    Comment,
    Edition,
    EditorialPlan,
    PressLink,
    Publication,
    Redirect,
    Review,
)
from tests.factories import make_author, make_image, make_live, make_person, make_publication, saved

from .test_archive_imports import (  # noqa: F401 - fixtures
    BACKEND,
    POST,
    TEXTS,
    administrator,
    archive,
    checked,
    page_of,
    press,
    started,
    upload,
)

pytestmark = pytest.mark.django_db


def request_undo(client, job: ArchiveImport | None = None) -> None:
    page = client.get(page_of("-undo", job), follow=True)
    client.post(page_of("-undo", job), {"undo": "1", "seen": (page.context or {}).get("seen", "")})


def undo(client, job: ArchiveImport | None = None) -> str:
    """Undo an import, the last one, and return the text of its page."""
    request_undo(client, job)
    call_command("run_imports", verbosity=0)
    return " ".join(html.unescape(client.get(page_of("", job)).text).split())


def effects(job: ArchiveImport | None = None) -> dict[str, UndoEffect]:
    steps = plan_import_undo(job or ArchiveImport.objects.get())
    return {step.publication.title: step.effect for step in steps}


def import_changed_oil(client, button: str = "publish") -> ArchiveImport:
    """Import the same archive with another text on oil, and publish it."""
    changed = POST.format(title="Oil", day=2) + "\nMore on oil.\n"
    upload(client, archive({**TEXTS, "blog/_posts/2024-05-02-oil.md": changed.encode()}))
    call_command("run_imports", verbosity=0)
    return press(client, button)


def live_titles() -> set[str]:
    return {edition.title for edition in Edition.objects.live()}


@pytest.fixture
def published(administrator, checked) -> ArchiveImport:  # noqa: F811
    return press(administrator, "publish")


@pytest.fixture
def drafted(administrator, checked) -> ArchiveImport:  # noqa: F811
    return press(administrator, "drafts")


def test_what_an_import_published_is_withdrawn_and_nothing_is_erased(administrator, published, client):  # noqa: F811
    addresses = [edition.get_absolute_url() for edition in Edition.objects.all()]
    page = html.unescape(administrator.get(page_of("-undo")).text)
    assert "2 texts will be withdrawn" in page and "Gas" in page and "Oil" in page

    assert "Withdrawn: 2 texts." in undo(administrator)

    assert [client.get(address).status_code for address in addresses] == [410, 410]
    assert Publication.objects.count() == 2 and not Edition.objects.live().exists()
    assert effects() == {} and "nothing left to undo" in administrator.get(page_of("-undo")).text
    assert "Undo this import" not in administrator.get(page_of()).text


def test_drafts_of_an_import_are_deleted_and_can_be_restored(administrator, drafted):  # noqa: F811
    assert "2 drafts will be deleted" in administrator.get(page_of("-undo")).text

    deleted_drafts = f'<a href="{reverse("desk:deleted-drafts")}">Deleted drafts</a>'
    assert f"2 drafts are deleted; they can be restored under {deleted_drafts}." in undo(administrator)

    assert not Publication.objects.exists() and Publication.with_deleted.deleted().count() == 2
    assert "Undo this import" not in administrator.get(page_of()).text


def test_what_was_public_before_has_its_earlier_text_again(administrator, published):  # noqa: F811
    ArchiveImport.objects.all().delete()
    import_changed_oil(administrator)
    assert "More on oil" in Edition.objects.live().get(title="Oil").html

    assert effects() == {"Oil": UndoEffect.RESTORE}
    undo(administrator)

    assert "More on oil" not in Edition.objects.live().get(title="Oil").html
    assert Edition.objects.live().filter(title="Gas").exists()


def test_readers_are_not_said_to_see_nothing_of_live_texts(administrator, published):  # noqa: F811
    import_changed_oil(administrator, "drafts")

    page = " ".join(administrator.get(page_of()).text.split())
    assert "1 of them is public: readers still see its earlier text" in page
    assert "Readers see nothing of them yet." not in page


EDITS = {
    "edited": lambda gas, user: saved(gas, body="Edited."),
    "edited and published": lambda gas, user: (saved(gas, body="Edited."), actions.publish(gas, by=user)),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_somebody_has_worked_on_since_stays_public(administrator, published, edit):  # noqa: F811
    gas = Publication.objects.get(title="Gas")
    EDITS[edit](gas, published.requested_by)
    page = html.unescape(administrator.get(page_of("-undo")).text)
    assert "1 text stays as it is" in page and "1 text will be withdrawn" in page

    page = undo(administrator)

    assert "1 text stays as it is" in page and "edited it since · readers see it" in page
    assert live_titles() == {"Gas"}


def test_an_edited_or_scheduled_draft_is_not_deleted(administrator, drafted):  # noqa: F811
    gas = Publication.objects.get(title="Gas")
    saved(gas, body="Edited.")
    assert effects() == {"Gas": UndoEffect.KEEP, "Oil": UndoEffect.DELETE}

    undo(administrator)

    assert [publication.title for publication in Publication.objects.all()] == ["Gas"]


def give_review(publication: Publication) -> None:
    revision = publication.revisions.first()
    Review.objects.invite(revision, reader="Ann", days=3, by=None)


def give_press_link(publication: Publication) -> None:
    PressLink.objects.create(
        publication=publication, revision=publication.revisions.first(), recipient="Ann", token_hash="x" * 64,
        password="", embargoed_until=timezone.now() + timedelta(days=1),
    )  # fmt: skip


def give_comment(publication: Publication) -> None:
    Comment.objects.create(publication=publication, text="Why?")


def give_plan(publication: Publication) -> None:
    EditorialPlan.objects.create(publication=publication, planned_on=timezone.localdate())


def give_translation(publication: Publication) -> None:
    make_publication(language="sv", translation_of=publication)


def give_link(publication: Publication) -> None:
    make_publication().related_links.create(target=publication)


@pytest.mark.parametrize(
    "give", [give_comment, give_review, give_press_link, give_plan, give_translation, give_link]
)
def test_a_draft_that_somebody_works_with_is_not_deleted(administrator, drafted, give):  # noqa: F811
    give(Publication.objects.get(title="Gas"))

    assert effects() == {"Gas": UndoEffect.KEEP, "Oil": UndoEffect.DELETE}


def test_nothing_is_done_that_the_page_did_not_show(administrator, drafted):  # noqa: F811
    seen = administrator.get(page_of("-undo")).context["seen"]
    saved(Publication.objects.get(title="Gas"), body="Edited.")

    page = administrator.post(page_of("-undo"), {"undo": "1", "seen": seen}).text

    assert "What this would do has changed" in page and Publication.objects.count() == 2


def test_an_old_address_of_a_draft_that_was_deleted_leads_to_the_text_that_is_imported_again(editor):
    draft, again = make_publication(), make_publication()
    actions.add_redirects(draft, ["/old/x"], by=editor)
    actions.delete_draft(draft, by=editor)

    assert actions.add_redirects(again, ["/old/x"], by=editor) == []
    assert Redirect.objects.get().publication == again


def test_what_is_edited_after_the_undo_was_requested_stays(administrator, drafted):  # noqa: F811
    request_undo(administrator)
    saved(Publication.objects.get(title="Gas"), body="Edited.")

    page = undo(administrator)

    assert "1 draft is deleted" in page and "edited it since · readers do not see it" in page
    assert [publication.title for publication in Publication.objects.all()] == ["Gas"]


def test_after_an_undo_the_page_says_what_was_undone_by_whom_and_what_is_next(administrator, published):  # noqa: F811
    page = undo(administrator)

    assert "The import is undone. Withdrawn: 2 texts." in page and "by Ann Berg." in page
    assert 'name="check_again"' in page and "became public" not in page
    assert "Undo this import" not in page and "Undo what is left" not in page
    assert "undo: done" in " ".join(administrator.get(reverse("desk:archive-imports")).text.split())


@pytest.mark.parametrize("again", ["same archive", "another upload"])
def test_what_an_undo_has_withdrawn_is_published_again_in_bulk(administrator, published, again):  # noqa: F811
    undo(administrator)
    if again == "another upload":
        ArchiveImport.objects.all().delete()
        upload(administrator)
        call_command("run_imports", verbosity=0)
    else:
        press(administrator, "check_again")
    assert "2 texts become public at once" in administrator.get(page_of("-publish")).text

    press(administrator, "publish")

    assert live_titles() == {"Gas", "Oil"} and Publication.objects.count() == 2
    assert effects() == {"Gas": UndoEffect.WITHDRAW, "Oil": UndoEffect.WITHDRAW}


DECISIONS = {
    "withdraws": lambda publication, user: actions.withdraw(publication, by=user),
    "undoes": lambda publication, user: actions.undo(publication, by=user),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_what_an_editor_has_taken_back_is_not_published_by_an_import(administrator, published, decision):  # noqa: F811
    DECISIONS[decision](Publication.objects.get(title="Gas"), published.requested_by)

    job = press(administrator, "check")

    assert not job.can_publish and job.report["held"] == 1


def test_drafts_that_an_undo_has_deleted_are_drafts_again_not_made_twice(administrator, drafted):  # noqa: F811
    keys = set(Publication.objects.values_list("pk", flat=True))
    undo(administrator)
    press(administrator, "check_again")

    job = press(administrator, "drafts")

    assert set(Publication.objects.values_list("pk", flat=True)) == keys
    assert not Publication.with_deleted.deleted().exists() and set(effects().values()) == {UndoEffect.DELETE}
    assert job.report["figures"]["restored"] == 2


@pytest.mark.parametrize("is_restored_first", [True, False])
def test_a_draft_that_is_restored_is_found_by_the_import(administrator, drafted, is_restored_first):  # noqa: F811
    undo(administrator)
    if is_restored_first:
        restore_draft(Publication.with_deleted.get(title="Gas"), by=drafted.requested_by)
    press(administrator, "check_again")
    press(administrator, "drafts")

    assert sorted(publication.title for publication in Publication.with_deleted.all()) == ["Gas", "Oil"]


def test_a_deleted_draft_that_somebody_has_edited_stays_deleted(administrator, drafted):  # noqa: F811
    gas = Publication.objects.get(title="Gas")
    saved(gas, body="Edited.")
    actions.delete_draft(gas, by=drafted.requested_by)
    press(administrator, "check_again")

    press(administrator, "drafts")

    assert Publication.with_deleted.deleted().get().body == "Edited."
    assert Publication.objects.get(title="Gas").body.startswith("A text about Gas.")


def test_imports_of_the_same_texts_are_undone_one_after_the_other(administrator, published):  # noqa: F811
    later = import_changed_oil(administrator)
    assert effects(published) == {"Gas": UndoEffect.WITHDRAW, "Oil": UndoEffect.KEEP}
    step = plan_import_undo(published)[1]
    assert (step.reason, step.later_import, step.is_public) == (KeepReason.IMPORTED, later, True)
    page = html.unescape(administrator.get(page_of("-undo", published)).text)
    assert page_of("-undo", later) in page and "undo that one first · readers see it" in page

    undo(administrator, later)

    assert "More on oil" not in Edition.objects.live().get(title="Oil").html
    assert effects(published) == {"Gas": UndoEffect.WITHDRAW, "Oil": UndoEffect.WITHDRAW}
    undo(administrator, published)
    assert live_titles() == set()


def test_what_has_its_earlier_text_again_is_not_the_work_of_a_later_import(administrator, published):  # noqa: F811
    later = import_changed_oil(administrator)

    page = undo(administrator, later)

    [step] = plan_import_undo(later)
    assert (step.effect, step.reason, step.later_import) == (UndoEffect.KEEP, KeepReason.REPLACED, None)
    assert "nothing of this import is left there" in page and page_of("", published) not in page


def test_an_import_that_has_published_a_text_twice_is_undone_to_before_the_first(administrator, published):  # noqa: F811
    later = import_changed_oil(administrator)
    published.published_editions.add(*later.published_editions.all())
    later.delete()

    assert effects() == {"Gas": UndoEffect.WITHDRAW, "Oil": UndoEffect.WITHDRAW}


def test_an_undo_that_is_stopped_goes_on_and_counts_all(administrator, published, monkeypatch):  # noqa: F811
    monkeypatch.setattr(archive_import_undo, "BATCH_PUBLICATIONS", 1)
    store = ArchiveImport.store

    def store_and_stop(job, **columns):
        store(job, **columns)
        if columns.get("done") == 1:
            ArchiveImport.objects.update(is_stop_requested=True)

    with monkeypatch.context() as patch:
        patch.setattr(ArchiveImport, "store", store_and_stop)
        page = undo(administrator)
    assert "Stopped after 1 of 2 texts. What is taken back stays so." in page and len(live_titles()) == 1

    press(administrator, "resume")

    page = " ".join(administrator.get(page_of()).text.split())
    assert "The import is undone. Withdrawn: 2 texts." in page and live_titles() == set()


def test_planning_an_undo_takes_the_same_queries_for_any_number_of_texts(administrator, published):  # noqa: F811
    titles = [f"Text {number}" for number in range(6)]
    texts = {f"more/{title}.md": POST.format(title=title, day=1).encode() for title in titles}
    upload(administrator, archive(texts))
    call_command("run_imports", verbosity=0)
    larger = press(administrator, "publish")

    counts = []
    for job in (published, larger):
        with CaptureQueriesContext(connection) as queries:
            assert plan_import_undo(job)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_who_may_no_longer_publish_cannot_have_an_undo_run(administrator, published):  # noqa: F811
    request_undo(administrator)
    user = published.requested_by
    user.groups.clear()
    user.user_permissions.add(Permission.objects.get(codename="add_archiveimport"))

    call_command("run_imports", verbosity=0)

    assert ArchiveImport.objects.get().state == "failed" and len(live_titles()) == 2


def test_publications_of_others_are_not_touched(administrator, drafted):  # noqa: F811
    other = Publication.objects.create(title="Another", kind=Publication.objects.first().kind)

    undo(administrator)

    assert list(Publication.objects.all()) == [other]


def test_a_draft_that_is_deleted_for_good_is_no_obstacle(administrator, drafted):  # noqa: F811
    Publication.objects.filter(title="Gas").delete()

    assert effects() == {"Oil": UndoEffect.DELETE}


@pytest.mark.parametrize("role", ["Editors", "Contributors", "Linkers"])
def test_others_than_administrators_may_not_undo(client, drafted, role):
    client.force_login(make_person(role), backend=BACKEND)

    assert client.get(page_of("-undo")).status_code == 403
    assert client.post(reverse("desk:archive-import-undo", args=[drafted.pk])).status_code == 403
    assert Publication.objects.count() == 2


@pytest.mark.parametrize("suffix", ["", "-publish"])
def test_a_check_says_which_texts_can_be_shown_again(administrator, published, suffix):  # noqa: F811
    undo(administrator)
    press(administrator, "check")

    page = " ".join(html.unescape(administrator.get(page_of(suffix)).text).split())

    assert "2 of them were withdrawn before: publishing shows them to readers again." in page
    assert "Of 2 texts 0 are new" not in page


def test_old_addresses_of_lists_and_pictures_go_with_the_import(administrator, published, client):  # noqa: F811
    """Those that somebody else has kept too, or whose picture something else shows, stay."""
    image, used, portrait = make_image(), make_image(), make_image()
    oil = Publication.objects.get(title="Oil")
    make_publication(title="By hand", body=f"![A](image:{used.key})")
    make_author(portrait=portrait)
    rows = [
        *(actions.OldAddress(path, "/en/publications/") for path in ("/news", "/?cat=1", "/again", "/by-hand")),
        actions.OldAddress("/a.jpg", image), actions.OldAddress("/used.jpg", used), actions.OldAddress("/ann.jpg", portrait),
        actions.OldAddress("/oil-2019", oil),
    ]  # fmt: skip
    actions.keep_old_addresses([*rows, rows[0]], by=None, archive_import=published.pk)
    actions.keep_old_addresses(rows[:1], by=None, archive_import=published.pk)  # the same import once more
    actions.keep_old_addresses(rows[2:3], by=None)
    actions.remove_old_addresses([Redirect.objects.get(path="/by-hand")], by=None)
    actions.keep_old_addresses(rows[3:4], by=None)
    assert "Old addresses that it has added for lists" in administrator.get(page_of("-undo")).text

    assert "3 old addresses removed." in undo(administrator)

    assert set(Redirect.objects.values_list("path", flat=True)) >= {
        "/again", "/by-hand", "/used.jpg", "/ann.jpg", "/oil-2019",
    }  # fmt: skip
    assert not Redirect.objects.filter(path__in=("/", "/news", "/a.jpg")).exists()
    assert client.get("/oil-2019").status_code == 410


def test_the_picture_of_a_text_that_stays_keeps_its_old_address(administrator, published):  # noqa: F811
    image, oil = make_image(), Publication.objects.get(title="Oil")
    rows = [actions.OldAddress("/a.jpg", image), actions.OldAddress("/list", "/en/")]
    actions.keep_old_addresses(rows, by=None, archive_import=published.pk)
    saved(oil, body=f"![A](image:{image.key})")

    assert "1 old address removed." in undo(administrator)
    assert (
        Redirect.objects.filter(path="/a.jpg").exists() and not Redirect.objects.filter(path="/list").exists()
    )


def test_texts_that_link_to_any_of_many_addresses_are_named(administrator, published):  # noqa: F811
    oil = Publication.objects.get(title="Oil")
    Address.objects.bulk_create(
        Address(locale="en", slug=f"oil-{number}", publication=oil) for number in range(600)
    )
    make_live(title="Linking", body="See [oil](/en/publications/oil-599/#part).")
    make_live(title="Another", body="See [oil](/en/publications/oil-599-b/).")

    page = html.unescape(administrator.get(page_of("-undo")).text)

    assert "1 publication leads here, and will be flagged:" in page and "Linking" in page
