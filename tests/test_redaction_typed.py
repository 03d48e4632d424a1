"""A form that was opened before a redaction brings the passage back into nothing that is stored."""

import pytest
from django.urls import reverse

from publications import actions
from publications.models import Autosave, Publication, Revision
from tests.desk_forms import change, filled
from tests.factories import make_live, make_person

pytestmark = pytest.mark.django_db

PASSAGE = "Vera Holm"
KEEP = "/desk/typed/"


@pytest.fixture
def piece(editor) -> Publication:
    return Publication.objects.get(pk=make_live(body=f"{PASSAGE} said it.\n\nSecond.").publication.pk)


def typed_form(piece: Publication) -> dict:
    """The form as it stands in a browser."""
    form = {name: value for name, value in filled(piece).items() if not name.startswith("_")}
    return {**form, "title": "Typed title", "form_key": "window", "piece": piece.pk}


def redact(piece: Publication) -> None:
    actions.redact(Publication.objects.get(pk=piece.pk), PASSAGE, by=make_person("Administrators"))


def stored() -> str:
    rows = [typed.values for typed in Autosave.objects.all()]
    return f"{rows} {[each.manuscript for each in Revision.objects.all()]} {Publication.objects.values('title', 'body')}"


@pytest.mark.parametrize("kept_before", [True, False])
def test_what_an_older_form_keeps_by_itself_is_refused(desk, piece, kept_before):
    form = typed_form(piece)
    if kept_before:
        desk.post(KEEP, form)
    redact(piece)

    answer = desk.post(KEEP, {**form, "turn": "7"})

    assert answer.status_code == 409
    assert "A passage has been taken out" in answer.json()["refused"]
    assert PASSAGE not in stored()


def test_what_is_typed_into_a_form_opened_after_the_redaction_is_kept(desk, piece):
    redact(piece)
    now = Publication.objects.get(pk=piece.pk)

    assert desk.post(KEEP, typed_form(now)).status_code == 200
    assert Autosave.objects.get().title == "Typed title"


def test_a_form_that_was_sent_while_signed_out_is_not_kept_where_it_is_older(client, editor, desk, piece):
    form = typed_form(piece)
    redact(piece)
    client.logout()
    page = client.post(change(piece), form)
    carried = page.context.get("carried", "")
    login = {"username": editor.username, "password": "x"}
    editor.set_password("x")
    editor.save()
    held = getattr(carried, "encrypted", carried)

    answer = client.post(
        reverse("desk:login"), {**login, "carried": held, "next": change(piece)}, follow=True
    )
    taken = client.post(reverse("desk:carried"), {"carried": held, "take": ""}, follow=True)

    assert held
    assert PASSAGE not in stored()
    assert "A passage has been taken out" in answer.text + taken.text


def test_saving_an_older_form_brings_the_passage_back_into_no_draft(desk, piece):
    form = filled(piece, title="Typed title")
    redact(piece)

    desk.post(change(piece), form)

    assert PASSAGE not in stored()


def test_what_was_kept_and_redacted_can_be_worked_on(desk, piece):
    desk.post(KEEP, typed_form(piece))
    redact(piece)
    typed = Autosave.objects.get()

    restored = desk.post(change(piece), {"_restore": str(typed.pk)}).context["adminform"].form
    answer = desk.post(
        KEEP,
        {**dict(typed.values), "title": "Going on", "form_key": "window", "piece": piece.pk, "turn": "9"},
    )

    assert str(restored["version"].value()) == str(Publication.objects.get(pk=piece.pk).version)
    assert answer.status_code == 200
    assert Autosave.objects.get().title == "Going on" and PASSAGE not in stored()


def test_what_was_typed_from_an_earlier_save_keeps_its_base(desk, piece):
    desk.post(KEEP, typed_form(piece))
    form = filled(piece, title="By another window") | {"version": str(piece.version)}
    desk.post(change(piece), form)

    redact(piece)

    typed = Autosave.objects.unsaved().get()
    assert dict(typed.values)["version"] == str(piece.version)
