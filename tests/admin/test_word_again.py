"""A Word file of a text that the desk has already: the same file again, or a later version of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications.actions import delete_draft
from publications.models import Publication, original_storage
from tests.factories import make_person, make_publication
from tests.word_files import docx, p

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
FIRST, LATER = (docx(p("Moldova votes", style="Title") + p(text)) for text in ("First.", "First.\n\nLater."))


def upload(client, content: bytes, **headers):
    file = SimpleUploadedFile("moldova.docx", content)
    return client.post(reverse("desk:word-new"), {"file": file, "language": "sv"}, headers=headers)


def form_of(publication: Publication) -> str:
    return reverse("desk:publications_publication_change", args=[publication.pk])


def pending_uploads() -> list[str]:
    try:
        return original_storage().listdir("waiting")[1]
    except FileNotFoundError:
        return []


@pytest.fixture
def draft(desk) -> Publication:
    upload(desk, FIRST)
    return Publication.objects.get()


def test_the_same_file_asks_whether_to_go_on_with_its_draft(desk, draft, editor):
    response = upload(desk, FIRST)
    page = desk.get(response["Location"])

    assert Publication.objects.get() == draft
    assert "has been read before, on" in page.text and editor.username in page.text
    assert f'href="{form_of(draft)}"' in page.text and 'name="version"' not in page.text


def test_a_script_gets_the_address_of_the_question(desk, draft):
    assert upload(desk, FIRST, Accept="application/json").json()["url"].startswith(reverse("desk:word-again"))


def test_the_same_file_makes_another_draft_as_it_was_sent(desk, draft):
    question = upload(desk, FIRST)["Location"]

    response = desk.post(question, {"another": "1"})

    other = Publication.objects.exclude(pk=draft.pk).get()
    assert response["Location"] == form_of(other)
    assert (other.title, other.language, other.word_files.get().filename) == (
        draft.title,
        "sv",
        "moldova.docx",
    )
    assert not pending_uploads()


def test_a_file_with_the_title_of_a_draft_may_be_joined_with_it(desk, draft):
    question = upload(desk, LATER)["Location"]
    page = desk.get(question)

    response = desk.post(question, {"version": "1"})

    draft.refresh_from_db()
    assert "may be a later version of it" in page.text
    assert response["Location"] == form_of(draft) and "Later." in draft.body
    assert Publication.objects.get() == draft and not pending_uploads()


def test_a_later_version_that_conflicts_leads_to_the_choice(desk, draft):
    Publication.objects.filter(pk=draft.pk).update(body="Third.")
    question = upload(desk, docx(p("Moldova votes", style="Title") + p("Second.")))["Location"]

    response = desk.post(question, {"version": "1"})

    draft.refresh_from_db()
    assert response["Location"] == reverse("desk:word-replace", args=[draft.pk])
    assert draft.body == "Third." and draft.word_files.undecided().exists()


def test_a_file_of_a_deleted_draft_makes_a_new_one(desk, draft, editor):
    delete_draft(draft, by=editor)

    upload(desk, FIRST)

    assert Publication.objects.count() == 1


def test_another_text_needs_no_confirmation(desk, draft):
    upload(desk, docx(p("Georgia votes", style="Title") + p("Text.")))

    assert Publication.objects.count() == 2


def test_a_draft_that_nobody_imported_is_found_by_its_title(desk):
    make_publication(title="Moldova votes")

    assert upload(desk, FIRST)["Location"].startswith(reverse("desk:word-again"))


def test_a_question_whose_file_is_gone_leads_to_the_upload(desk, draft):
    question = upload(desk, FIRST)["Location"]
    for name in pending_uploads():
        original_storage().delete(f"waiting/{name}")

    page = desk.post(question, {"another": "1"}, follow=True)

    assert "The file that was kept is gone" in page.text and Publication.objects.get() == draft


def test_the_question_is_not_answered_by_those_who_may_not_write(client, draft, desk):
    question = upload(desk, FIRST)["Location"]
    client.force_login(make_person("Linkers"), backend=BACKEND)

    assert client.post(question, {"another": "1"}).status_code == 403
