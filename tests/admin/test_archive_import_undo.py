"""Undoing an import: what it published is taken back, its drafts are deleted, and what somebody edited stays."""

import html
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin import archive_import_undo
from publications.admin.archive_import_undo import UndoEffect, plan_import_undo
from publications.admin.drafts.deleted_drafts import delete_draft
from publications.models import (
    ArchiveImport,
    Comment,
    Edition,
    EditorialPlan,
    PressLink,
    Publication,
    Redirect,
    Review,
)
from tests.factories import make_person, make_publication, saved

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


def undo(client) -> str:
    page = client.get(page_of("-undo"), follow=True)
    data = {"undo": "1", "seen": (page.context or {}).get("seen", "")}
    return html.unescape(client.post(page_of("-undo"), data, follow=True).text)


def effects() -> dict[str, UndoEffect]:
    return {step.publication.title: step.effect for step in plan_import_undo(ArchiveImport.objects.get())}


@pytest.fixture
def published(administrator, checked) -> ArchiveImport:  # noqa: F811
    return press(administrator, "publish")


@pytest.fixture
def drafted(administrator, checked) -> ArchiveImport:  # noqa: F811
    return press(administrator, "drafts")


def test_what_an_import_published_is_withdrawn_and_nothing_is_erased(administrator, published, client):  # noqa: F811
    addresses = [edition.get_absolute_url() for edition in Edition.objects.all()]
    page = html.unescape(administrator.get(page_of("-undo")).text)
    assert "2 texts are withdrawn" in page and "Gas" in page and "Oil" in page

    assert "Withdrawn: 2 texts." in undo(administrator)

    assert [client.get(address).status_code for address in addresses] == [410, 410]
    assert Publication.objects.count() == 2 and not Edition.objects.live().exists()
    assert effects() == {} and "nothing left to undo" in administrator.get(page_of("-undo")).text
    assert "Undo this import" not in administrator.get(page_of()).text


def test_drafts_of_an_import_are_deleted_and_can_be_restored(administrator, drafted):  # noqa: F811
    assert "2 drafts are deleted" in administrator.get(page_of("-undo")).text

    assert "2 drafts are deleted" in undo(administrator)

    assert not Publication.objects.exists() and Publication.with_deleted.deleted().count() == 2
    assert "Undo this import" not in administrator.get(page_of()).text


def test_what_was_public_before_has_its_earlier_text_again(administrator, published):  # noqa: F811
    ArchiveImport.objects.all().delete()
    changed = POST.format(title="Oil", day=2) + "\nMore on oil.\n"
    upload(administrator, archive({**TEXTS, "blog/_posts/2024-05-02-oil.md": changed.encode()}))
    call_command("run_imports", verbosity=0)
    press(administrator, "publish")
    assert "More on oil" in Edition.objects.live().get(title="Oil").html

    assert effects() == {"Oil": UndoEffect.RESTORE}
    undo(administrator)

    assert "More on oil" not in Edition.objects.live().get(title="Oil").html
    assert Edition.objects.live().filter(title="Gas").exists()


EDITS = {
    "edited": lambda gas, user: saved(gas, body="Edited."),
    "edited and published": lambda gas, user: (saved(gas, body="Edited."), actions.publish(gas, by=user)),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_somebody_has_worked_on_since_stays_public(administrator, published, edit):  # noqa: F811
    gas = Publication.objects.get(title="Gas")
    EDITS[edit](gas, published.requested_by)
    page = html.unescape(administrator.get(page_of("-undo")).text)
    assert "1 text stays as it is" in page and "1 text is withdrawn" in page

    assert "1 text stays as it is." in undo(administrator)

    assert [edition.title for edition in Edition.objects.live()] == ["Gas"]


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
    delete_draft(draft, by=editor)

    assert actions.add_redirects(again, ["/old/x"], by=editor) == []
    assert Redirect.objects.get().publication == again


def test_what_is_edited_after_the_page_was_opened_stays(administrator, drafted, monkeypatch):  # noqa: F811
    perform = archive_import_undo._perform

    def edit_and_perform(job, step, by):
        if step.publication.title == "Gas":
            saved(step.publication, body="Edited.")
        return perform(job, step, by)

    monkeypatch.setattr(archive_import_undo, "_perform", edit_and_perform)

    assert "1 text stays as it is." in undo(administrator)

    assert [publication.title for publication in Publication.objects.all()] == ["Gas"]


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
