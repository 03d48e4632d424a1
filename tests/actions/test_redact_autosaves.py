"""A form that was opened before a redaction brings the passage back into nothing that is stored."""

import pytest
from django.urls import reverse

from publications import actions
from publications.actions import delete_draft
from publications.admin.drafts.deleted_drafts import restore_draft
from publications.models import Autosave, Publication, Revision
from tests.desk_forms import change, filled
from tests.factories import make_live, make_person, make_publication

pytestmark = pytest.mark.django_db

PASSAGE = "Vera Holm"
KEEP = "/desk/typed/"


@pytest.fixture
def publication(editor) -> Publication:
    return Publication.objects.get(pk=make_live(body=f"{PASSAGE} said it.\n\nSecond.").publication.pk)


def typed_form(publication: Publication) -> dict:
    """The form as it stands in a browser."""
    form = {name: value for name, value in filled(publication).items() if not name.startswith("_")}
    return {**form, "title": "Typed title", "form_key": "window", "piece": publication.pk}


def redact(publication: Publication) -> None:
    actions.redact(Publication.objects.get(pk=publication.pk), PASSAGE, by=make_person("Administrators"))


def stored() -> str:
    rows = [typed.values for typed in Autosave.objects.all()]
    return f"{rows} {[each.manuscript for each in Revision.objects.all()]} {Publication.objects.values('title', 'body')}"


@pytest.mark.parametrize("kept_before", [True, False])
def test_what_an_older_form_keeps_by_itself_is_refused(desk, publication, kept_before):
    form = typed_form(publication)
    if kept_before:
        desk.post(KEEP, form)
    redact(publication)

    answer = desk.post(KEEP, {**form, "turn": "7"})

    assert answer.status_code == 409
    assert "A passage has been taken out" in answer.json()["error"]
    assert PASSAGE not in stored()


def test_what_is_typed_into_a_form_opened_after_the_redaction_is_kept(desk, publication):
    redact(publication)
    now = Publication.objects.get(pk=publication.pk)

    assert desk.post(KEEP, typed_form(now)).status_code == 200
    assert Autosave.objects.get().title == "Typed title"


def test_a_form_that_was_sent_while_signed_out_is_not_kept_where_it_is_older(
    client, editor, desk, publication
):
    form = typed_form(publication)
    redact(publication)
    client.logout()
    page = client.post(change(publication), form)
    carried = page.context.get("carried", "")
    login = {"username": editor.username, "password": "x"}
    editor.set_password("x")
    editor.save()
    held = getattr(carried, "encrypted", carried)

    answer = client.post(
        reverse("desk:login"), {**login, "carried": held, "next": change(publication)}, follow=True
    )
    taken = client.post(reverse("desk:carried"), {"carried": held, "take": ""}, follow=True)

    assert held
    assert PASSAGE not in stored()
    assert "A passage has been taken out" in answer.text + taken.text


def test_saving_an_older_form_brings_the_passage_back_into_no_draft(desk, publication):
    form = filled(publication, title="Typed title")
    redact(publication)

    desk.post(change(publication), form)

    assert PASSAGE not in stored()


def test_what_was_kept_and_redacted_can_be_worked_on(desk, publication):
    desk.post(KEEP, typed_form(publication))
    redact(publication)
    typed = Autosave.objects.get()

    restored = desk.post(change(publication), {"_restore": str(typed.pk)}).context["adminform"].form
    answer = desk.post(
        KEEP,
        {
            **dict(typed.values),
            "title": "Going on",
            "form_key": "window",
            "piece": publication.pk,
            "turn": "9",
        },
    )

    assert str(restored["version"].value()) == str(Publication.objects.get(pk=publication.pk).version)
    assert answer.status_code == 200
    assert Autosave.objects.get().title == "Going on" and PASSAGE not in stored()


def test_what_was_typed_from_an_earlier_save_keeps_its_base(desk, publication):
    desk.post(KEEP, typed_form(publication))
    form = filled(publication, title="By another window") | {"version": str(publication.version)}
    desk.post(change(publication), form)

    redact(publication)

    typed = Autosave.objects.unsaved().get()
    assert dict(typed.values)["version"] == str(publication.version)


def test_what_was_typed_into_a_draft_that_was_deleted_and_restored_is_redacted(desk, editor):
    draft = make_publication(body=f"{PASSAGE} said it.")
    Autosave.objects.create(
        owner=editor, key="k", publication=draft, values=[["body", f"{PASSAGE} said more."]]
    )

    delete_draft(draft, by=editor)
    offered = desk.get("/desk/publications/publication/add/").text
    restore_draft(Publication.with_deleted.get(pk=draft.pk), by=editor)
    redact(draft)

    assert f"{PASSAGE} said more." in offered and PASSAGE not in stored()
