"""A draft that somebody deletes while another performs an action on it."""

import pytest
from django.db import connection

from publications import actions
from publications.models import Autosave, Publication
from tests.admin.test_bulk_actions import bulk_url, tags_of
from tests.desk_forms import change, filled
from tests.factories import make_person, make_publication

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
    "redact/": {"passage": "summary", "mark": "", "why": "", "seen": "x"},
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
