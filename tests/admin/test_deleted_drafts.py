"""Drafts that are deleted: while another performs an action on them, and restored within thirty days."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from publications import actions, manuscript
from publications.actions import delete_draft
from publications.admin.drafts.deleted_drafts import restore_draft
from publications.importers.manuscripts import import_manuscript
from publications.models import (
    AuditEntry,
    Autosave,
    Edition,
    Publication,
    RelatedLink,
    Review,
    Revision,
    Submission,
    WordFile,
    manuscript_of,
)
from tests.admin.test_bulk_actions import bulk_url, tags_of
from tests.desk_forms import change, filled
from tests.factories import make_author, make_image, make_live, make_person, make_publication, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def delete_at_first_lock():
    """Return a context that deletes a draft when an action takes its first lock, after the page has read it."""

    class DeleteAtFirstLock:
        def __init__(self, publication: Publication) -> None:
            self.pk, self.has_read = publication.pk, False

        def __call__(self, execute, sql, params, many, context):
            if self.has_read and self.pk and "publications_siteversion" in sql:
                pk, self.pk = self.pk, None
                Publication.objects.filter(pk=pk).delete()
            self.has_read |= 'FROM "publications_publication"' in sql
            return execute(sql, params, many, context)

    return lambda publication: connection.execute_wrapper(DeleteAtFirstLock(publication))


FORMS = {
    "publish/": {"after": "0"},
    "withdraw/": {},
    "undo/": {},
    "redact/": {"passage": "summary", "mark": "…", "why": "", "seen": "x"},
    "revisions/1/restore/": {"seen": "1"},
    "word/": {"guest": "Ann"},
}


@pytest.mark.parametrize("page", FORMS)
def test_an_action_on_a_draft_that_is_deleted_at_the_same_time_is_refused(client, page, delete_at_first_lock):
    client.force_login(make_person("Administrators"))
    draft = make_publication()
    data = {"state": actions.public_state(draft), "seen": draft.digest} | FORMS[page]

    with delete_at_first_lock(draft):
        response = client.post(f"/desk/publications/publication/{draft.pk}/{page}", data, follow=True)

    assert response.status_code == 200 and "This draft has been deleted in the meantime" in response.text


def test_a_script_learns_that_the_draft_is_missing(client, delete_at_first_lock):
    client.force_login(make_person("Administrators"))
    draft = make_publication()

    with delete_at_first_lock(draft):
        response = client.post(
            f"/desk/publications/publication/{draft.pk}/withdraw/",
            {"state": actions.public_state(draft)},
            headers={"Accept": "application/json"},
        )

    assert response.status_code == 404


def test_tags_of_the_other_drafts_change_and_the_deleted_one_is_reported(desk, delete_at_first_lock):
    drafts = [make_publication(), make_publication()]

    with delete_at_first_lock(drafts[0]):
        page = desk.post(bulk_url("bulk-tags", *drafts), {"add": "Moldova"}, follow=True)

    assert tags_of(drafts[1]) == ["Moldova"] and "Tags changed in 1 draft." in page.text
    assert "1 draft has been deleted in the meantime." in page.text and "nothing was" not in page.text


def test_what_was_typed_for_a_deleted_draft_can_become_a_new_one(desk):
    draft = make_publication()
    form = filled(draft, title="Typed", form_key="k1")
    draft.delete()

    page = desk.post(change(draft), form, follow=True)

    assert "This draft has been deleted" in page.text and "What you typed is kept below" in page.text
    autosave = Autosave.objects.unsaved().get()
    assert ["title", "Typed"] in autosave.values and autosave.title in page.text


def test_what_was_restored_and_typed_for_a_deleted_draft_is_kept_too(desk, editor):
    draft = make_publication()
    autosave = Autosave.objects.create(
        owner=editor, key="k1", publication=draft, values=[["title", "Restored"]]
    )
    url, form = f"{change(draft)}?held={autosave.pk}", filled(draft, title="Typed", form_key="k1")
    draft.delete()

    desk.post(url, form)

    assert ["title", "Typed"] in Autosave.objects.unsaved().get().values


# Restoring


DELETED = "/desk/publications/publication/deleted/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def delete(client, publication: Publication) -> str:
    address = reverse("desk:publications_publication_delete", args=[publication.pk])
    assert "can be restored" in client.get(address).text
    return client.post(address, {"post": "yes"}, follow=True).text


def test_a_draft_that_was_purged_since_the_page_was_opened_is_not_restored(editor):
    draft = make_publication()
    delete_draft(draft, by=editor)
    Publication.with_deleted.filter(pk=draft.pk).delete()

    with pytest.raises(Http404):
        restore_draft(draft, by=editor)


def restore(client, publication: Publication):
    return client.post(reverse("desk:deleted-draft-restore", args=[publication.pk]), follow=True)


def test_a_deleted_draft_is_restored_whole(desk, editor):
    author, target = make_author(), make_live().publication
    publication = make_publication(title="On Minsk", authors=[author], tags=[make_tag("Belarus").name])
    desk.post(change(publication), filled(publication, body="Two.", related=[target.pk], bylines=[author.pk]))
    publication.refresh_from_db()
    revision = publication.revisions.first()
    _review, token = Review.objects.invite(revision, reader="Ann", days=3, by=editor)
    Submission.objects.create(publication=publication)
    before, revisions = manuscript.dumps(manuscript_of(publication)), publication.revisions.count()

    page = delete(desk, publication)

    assert "“On Minsk” is deleted" in page and not Publication.objects.filter(pk=publication.pk).exists()
    response = restore(desk, publication)
    assert response.redirect_chain == [(change(publication), 302)]
    restored = Publication.objects.get(pk=publication.pk)
    assert manuscript.dumps(manuscript_of(restored)) == before and restored.revisions.count() == revisions
    assert list(restored.related_links.values_list("target", flat=True)) == [target.pk]
    assert desk.get(f"/desk/review/{token}/").status_code == 200
    assert Submission.objects.filter(publication=restored).exists()


def test_a_deleted_draft_shows_nowhere_but_in_its_list(desk, editor):
    publication = make_publication(title="On Minsk", slug="on-minsk", created_by=editor)
    linking = make_publication(title="On the way", created_by=editor)
    RelatedLink.objects.create(source=linking, target=publication, position=0)
    translation = make_publication(title="Om Minsk", language="sv", translation_of=publication)
    _review, token = Review.objects.invite(publication.revisions.first(), reader="Ann", days=3, by=editor)
    Autosave.objects.create(owner=editor, key="one", values=[["title", "Typed"]], publication=publication)

    delete(desk, publication)

    pages = [
        "/desk/", "/desk/publications/publication/", f"/desk/choose/publications/?q=minsk&form={linking.pk}",
        change(linking), change(translation), reverse("desk:history", args=[linking.pk]),
    ]  # fmt: skip
    assert not [page for page in pages if "On Minsk" in desk.get(page).text]
    assert "On Minsk" in desk.get(DELETED).text
    for page in ("publish/", "withdraw/", "revisions/", "reviews/", "preview/"):
        assert desk.get(f"/desk/publications/publication/{publication.pk}/{page}").status_code == 404
    assert desk.get(f"/desk/review/{token}/").status_code != 200
    assert desk.get(change(publication), follow=True).redirect_chain == [(DELETED, 302)]


def test_saving_what_was_linked_to_a_deleted_draft_works(desk):
    publication = make_publication()
    translation = make_publication(language="sv", translation_of=publication)

    delete(desk, publication)
    desk.post(change(translation), filled(translation, title="Ny titel"))

    assert Publication.objects.get(pk=translation.pk).title == "Ny titel"


def test_only_whoever_may_delete_a_draft_restores_it(client):
    person, other = make_person("Contributors"), make_person("Contributors")
    mine, theirs = make_publication(created_by=person), make_publication(created_by=other, title="Not mine")
    client.force_login(person, backend=BACKEND)
    delete(client, mine)
    Publication.objects.filter(pk=theirs.pk).update(deleted_at=timezone.now())

    assert "Not mine" not in client.get(DELETED).text
    assert restore(client, theirs).status_code == 404 and restore(client, mine).status_code == 200
    client.force_login(make_person("Linkers"), backend=BACKEND)
    assert client.get(DELETED).status_code == 403


def test_what_readers_saw_is_never_deleted(desk):
    publication = make_live().publication

    desk.post(reverse("desk:publications_publication_delete", args=[publication.pk]), {"post": "yes"})

    assert Publication.objects.filter(pk=publication.pk).exists()


def scheduled_and_cancelled(editor) -> Publication:
    publication = make_publication(title="On Minsk")
    actions.publish(publication, by=editor, at=timezone.now() + timedelta(days=1))
    actions.undo(publication, by=editor)
    return publication


def test_a_draft_whose_schedule_was_cancelled_is_deleted_and_restored(desk, editor):
    publication = scheduled_and_cancelled(editor)
    link = reverse("desk:publications_publication_delete", args=[publication.pk])
    assert link in desk.get(change(publication)).text

    delete(desk, publication)

    assert not Publication.objects.exists() and "On Minsk" in desk.get(DELETED).text
    restore(desk, publication)
    assert Publication.objects.get() == publication


def test_a_scheduled_draft_is_not_deleted(desk, editor):
    publication = make_publication()
    actions.publish(publication, by=editor, at=timezone.now() + timedelta(days=1))

    link = reverse("desk:publications_publication_delete", args=[publication.pk])

    assert link not in desk.get(change(publication)).text and desk.get(link).status_code == 403


def test_a_draft_whose_schedule_was_cancelled_is_removed_for_good(desk, editor):
    publication = scheduled_and_cancelled(editor)
    delete(desk, publication)
    Publication.with_deleted.update(deleted_at=timezone.now() - timedelta(days=31))

    call_command("tidy", verbosity=0)

    assert not Publication.with_deleted.exists() and not Edition.objects.exists()


def test_the_address_of_a_deleted_draft_is_free(desk, editor):
    publication, other = make_publication(slug="on-minsk"), make_publication(slug="on-minsk-2")
    delete(desk, publication)
    Publication.objects.filter(pk=other.pk).update(slug="on-minsk")

    edition = actions.publish(Publication.objects.get(pk=other.pk), by=editor)

    assert edition.slug == "on-minsk"


def test_thirty_days_later_a_deleted_draft_is_removed_for_good(desk, capsys):
    old, recent = make_publication(), make_publication()
    for publication, days in ((old, 31), (recent, 29)):
        delete(desk, publication)
        deleted_at = timezone.now() - timedelta(days=days)
        Publication.with_deleted.filter(pk=publication.pk).update(deleted_at=deleted_at)

    call_command("tidy")

    assert set(Publication.with_deleted.values_list("pk", flat=True)) == {recent.pk}
    assert not Revision.objects.filter(publication=old.pk).exists()
    assert "1 draft," in capsys.readouterr().out


def test_a_redaction_reaches_a_deleted_draft(client):
    client.force_login(make_person("Administrators"), backend=BACKEND)
    publication = make_publication(body="Vera Holm said it.")
    delete(client, publication)
    address = reverse("desk:redact", args=[publication.pk])
    form = {"passage": "Vera Holm", "mark": "…", "why": ""}

    preview = client.post(address, form).context["preview"]
    page = client.post(address, {**form, "seen": preview.fingerprint}, follow=True)

    assert address in client.get(DELETED).text and page.redirect_chain[-1] == (DELETED, 302)
    stored = Publication.with_deleted.get(pk=publication.pk)
    assert "Vera" not in stored.body and stored.deleted_at
    assert not [each for each in stored.revisions.all() if "Vera" in each.manuscript]
    assert reverse("desk:history", args=[publication.pk]) not in client.get("/desk/").text
    assert AuditEntry.objects.filter(publication=publication.pk).exists()


def test_an_import_of_the_same_manuscript_makes_a_new_draft(desk):
    publication = make_publication(title="On Minsk")
    text = manuscript_of(publication)
    delete(desk, publication)

    imported = import_manuscript(text, by=None).publication

    assert imported.pk != publication.pk and str(imported.uid) == text.uid
    restore(desk, publication)
    assert set(Publication.objects.values_list("title", flat=True)) == {"On Minsk"}
    assert Publication.objects.count() == 2


def test_an_image_or_author_of_a_deleted_draft_stays(desk, editor):
    image, author = actions.save_instance(make_image(), by=editor), make_author()
    publication = make_publication(title="On Minsk", body=f"![A field](image:{image.key})", authors=[author])
    delete(desk, publication)

    with pytest.raises(actions.ActionRefused, match=r"“On Minsk \(a deleted draft\)”"):
        actions.delete_instance(image, by=editor)
    with pytest.raises(actions.ActionRefused, match=r"On Minsk \(a deleted draft\)"):
        actions.delete_instance(author, by=editor)


def test_the_first_page_opens_after_a_draft_was_saved_and_deleted(desk):
    publication = make_publication()
    desk.post(change(publication), filled(publication, body="Two."))

    delete(desk, publication)

    assert desk.get("/desk/").status_code == 200


def test_a_draft_that_is_published_before_it_is_locked_is_not_deleted(editor):
    publication = make_publication()
    actions.publish(publication, by=editor)

    with pytest.raises(actions.Outdated, match="is not deleted"):
        delete_draft(publication, by=editor)

    assert Publication.objects.filter(pk=publication.pk).exists()


def test_the_form_says_why_a_draft_is_not_deleted_that_is_published_at_that_moment(desk, monkeypatch):
    publication = make_publication()

    def publish_and_refuse(draft, *, by):
        raise actions.Outdated("It is public.")

    monkeypatch.setattr(actions, "delete_draft", publish_and_refuse)
    response = desk.post(
        f"/desk/publications/publication/{publication.pk}/delete/", {"post": "yes"}, follow=True
    )

    assert "It is public." in response.text and Publication.objects.filter(pk=publication.pk).exists()


def test_what_readers_saw_is_never_removed_for_good(editor):
    live = make_live().publication
    Publication.objects.filter(pk=live.pk).update(deleted_at=timezone.now() - timedelta(days=99))

    call_command("tidy", verbosity=0)

    assert Publication.with_deleted.filter(pk=live.pk).exists()


def test_a_translation_that_was_deleted_before_its_original_is_restored_alone(desk):
    original = make_publication()
    translation = make_publication(language="sv", translation_of=original)
    delete(desk, translation)
    delete(desk, original)

    restore(desk, translation)

    assert Publication.objects.get(pk=translation.pk).translation_of is None


@pytest.mark.parametrize("later_change", ["another translation", "the original is one"])
def test_a_restored_translation_leaves_a_group_that_has_no_place_for_it(desk, later_change):
    original = make_publication()
    translation = make_publication(language="sv", translation_of=original)
    delete(desk, translation)
    if later_change == "another translation":
        make_publication(language="sv", translation_of=original)
    else:
        Publication.objects.filter(pk=original.pk).update(translation_of=make_publication(language="uk"))

    restore(desk, translation)

    assert Publication.objects.get(pk=translation.pk).translation_of is None


def test_a_restored_draft_leaves_a_doi_that_another_publication_has_now(desk):
    draft = make_publication(doi="10.1234/grain", isbn="978-91-7710-300-1")
    delete(desk, draft)
    other = make_publication(doi="10.1234/GRAIN")

    page = restore(desk, draft).text

    restored = Publication.objects.get(pk=draft.pk)
    assert (restored.doi, restored.isbn) == ("", "978-91-7710-300-1") and "10.1234/grain belongs to" in page
    assert restored.revisions.first().digest == restored.digest != draft.digest
    assert Publication.objects.get(pk=other.pk).doi == "10.1234/GRAIN"


def test_files_and_reviews_of_a_deleted_draft_are_not_found(desk, editor):
    publication = make_publication()
    word_file = WordFile.objects.create(publication=publication, filename="a.docx")
    review, _token = Review.objects.invite(publication.revisions.first(), reader="Ann", days=3, by=editor)
    delete(desk, publication)

    assert desk.get(reverse("desk:word-original", args=[publication.pk, word_file.pk])).status_code == 404
    assert desk.post(reverse("desk:review-update", args=[publication.pk, review.pk])).status_code == 404


@pytest.mark.parametrize("role", ["Editors", "Contributors"])
def test_the_list_of_publications_leads_to_deleted_drafts(client, role):
    client.force_login(make_person(role), backend=BACKEND)

    assert f'href="{DELETED}"' in client.get(reverse("desk:publications_publication_changelist")).text
