"""Files of forms that are shown again: they stay chosen, in every form with a file."""

import re
from errno import ENOSPC

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from publications import actions
from publications.admin import pending_uploads
from publications.admin.drafts.preview import form_from_values
from publications.admin.register import MODEL_ADMINS
from publications.models import Author, Publication, original_storage
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_publication, picture_bytes

pytestmark = pytest.mark.django_db

ADD_AUTHOR = "/desk/publications/author/add/"


def report(name: str = "report.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"a,b\n1,2\n")


def token_of(page) -> str:
    match = re.search(r'name="held" value="([^"]*)"', page.text)
    return match[1] if match else ""


def attached() -> list[str]:
    return [file.filename for file in Publication.objects.get().attachments.all()]


def file_fields(form: type[forms.BaseForm]) -> list[str]:
    return [name for name, field in form.base_fields.items() if isinstance(field, forms.FileField)]


def test_every_model_form_with_a_file_keeps_it():
    upload_fields = {
        admin.form: file_fields(admin.form) for admin in MODEL_ADMINS.values() if file_fields(admin.form)
    }

    assert len(upload_fields) == 3
    for form, names in upload_fields.items():
        assert issubclass(form, pending_uploads.PendingUploadFormMixin) and names == [form.upload_field]


def test_an_attachment_is_kept_through_an_error_elsewhere(desk, django_capture_on_commit_callbacks):
    page = desk.post(ADD, filled(attach=report(), doi="10.1/x", isbn="no number"))
    assert "“report.csv” is kept." in page.text and not Publication.objects.exists()
    page = desk.post(ADD, filled(held=token_of(page), isbn="still none"))

    token = token_of(page)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(ADD, filled(held=token))

    assert attached() == ["report.csv"]
    assert Publication.objects.get().attachments.get().size == len(report())
    assert pending_uploads.get_pending_upload(token) is None


def test_an_attachment_is_kept_through_a_conflict(desk):
    draft = make_publication(title="First")
    form = filled(draft, title="Mine", attach=report())
    desk.post(change(draft), filled(draft, title="A colleague's"))

    page = desk.post(change(draft), form)

    assert "is kept." in page.text and token_of(page) and not attached()


def test_an_attachment_is_kept_when_the_action_is_refused(desk, monkeypatch):
    draft = make_publication()

    def refuse(*_args, **_options):
        raise actions.ActionRefused("Not now.")

    with monkeypatch.context() as patch:
        patch.setattr("publications.admin.drafts.form.write_draft", refuse)
        page = desk.post(change(draft), filled(draft, attach=report()))
    assert "Not now." in page.text and not attached()
    desk.post(change(draft), filled(draft, held=token_of(page)))

    assert attached() == ["report.csv"]


@pytest.mark.parametrize("button", [{"_take": "tags:Poland"}, {"_find": ""}])
def test_an_attachment_is_kept_when_the_form_is_redisplayed(desk, button):
    page = desk.post(ADD, filled(attach=report(), **button))
    desk.post(ADD, filled(held=token_of(page)))

    assert attached() == ["report.csv"]


def test_on_a_full_disk_the_errors_are_shown_and_the_attachment_is_not_kept(desk, monkeypatch):
    def refuse(*_args, **_options):
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(type(original_storage()), "_save", refuse)

    page = desk.post(ADD, filled(attach=report(), isbn="no number"))

    assert page.status_code == 200 and "id_isbn" in page.text
    assert "” is kept." not in page.text and not token_of(page)


def test_an_unsuitable_attachment_is_not_kept(desk):
    page = desk.post(ADD, filled(attach=report("report.exe")))

    assert "Only these can be attached" in page.text and not token_of(page)


def test_a_kept_attachment_that_is_gone_has_to_be_chosen_again(desk):
    token = token_of(desk.post(ADD, filled(attach=report(), isbn="no number")))
    pending_uploads.get_pending_upload(token).delete()

    page = desk.post(ADD, filled(held=token))

    assert "The file that was kept is gone. Choose it again." in page.text
    assert not token_of(page) and not Publication.objects.exists()


@pytest.mark.parametrize("address", [ADD, ADD_AUTHOR])
def test_the_autosave_in_the_address_of_a_form_is_no_kept_file(desk, address):
    assert token_of(desk.get(f"{address}?held=7")) == ""


def test_a_preview_does_not_read_a_kept_file(desk):
    token = token_of(desk.post(ADD, filled(attach=report(), isbn="no number")))

    form = form_from_values([["title", "Typed"], ["held", token]], None)

    assert form.cleaned_data["title"] == "Typed" and not form.files


def test_a_portrait_is_kept_through_a_question(desk):
    make_author("Ann Berg")
    form = {
        **dict.fromkeys(
            ("title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv", "orcid"), ""
        ),
        "name": "Ann Berg", "family_name": "", "aliases": "", "slug": "ann-berg-2", "portrait_choice-chooser": "",
    }  # fmt: skip
    portrait = SimpleUploadedFile("ann.png", picture_bytes())

    page = desk.post(ADD_AUTHOR, {**form, "portrait_file": portrait})
    assert "Save again if this is somebody else." in page.text
    sure = page.context["adminform"].form["sure"].value()
    desk.post(ADD_AUTHOR, {**form, "sure": sure, "held": token_of(page)})

    author = Author.objects.get(slug="ann-berg-2")
    assert author.portrait.filename == "ann.png" and author.portrait.content == picture_bytes()
