"""The page that asks what the images of a draft show, after a Word file was read and before publishing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications.models import AuditEntry, Image, Publication
from tests.factories import make_image, make_live, make_person, make_publication, picture_bytes
from tests.word_files import docx, p, picture

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


def docx_with_images(*alts: str, title: str = "Gas", language: str = "") -> bytes:
    """A file with an image for each alternative text."""
    parts = {f"media/map{number}.png": picture_bytes(size=(64 + number, 48)) for number in range(len(alts))}
    shown = "".join(p(picture(part, alt)) for part, alt in zip(parts, alts, strict=True))
    return docx(p(title, style="Title") + p("Text.") + shown, parts=parts)


def upload(client, content: bytes, **more) -> object:
    return client.post(reverse("desk:word-new"), {"file": SimpleUploadedFile("gas.docx", content), **more})


def page_of(publication: Publication) -> str:
    return reverse("desk:image-descriptions", args=[publication.pk])


def form_of(publication: Publication) -> str:
    return reverse("desk:publications_publication_change", args=[publication.pk])


def test_images_without_words_are_requested_after_the_file_is_read(desk):
    response = upload(desk, docx_with_images("", "A map", ""))

    publication = Publication.objects.get()
    page = desk.get(response["Location"])
    assert response["Location"] == page_of(publication)
    assert [form.instance.filename for form in page.context["forms"]] == ["map0.png", "map2.png"]
    assert [str(form["alt"].label) for form in page.context["forms"]] == ["Alternative text"] * 2


def test_a_file_whose_images_have_words_leads_to_the_draft(desk):
    response = upload(desk, docx_with_images("A map"))

    assert response["Location"] == form_of(Publication.objects.get())


def test_a_script_gets_the_address_of_the_page(desk):
    file = SimpleUploadedFile("gas.docx", docx_with_images(""))
    response = desk.post(reverse("desk:word-new"), {"file": file}, headers={"Accept": "application/json"})

    assert response.json() == {"url": page_of(Publication.objects.get())}


def test_words_and_credit_are_stored_with_the_image_and_the_draft_opens(desk, editor):
    upload(desk, docx_with_images("", ""))
    publication, (first, second) = Publication.objects.get(), Image.objects.order_by("filename")

    response = desk.post(
        page_of(publication),
        {
            f"{first.key}-alt": "  A map of\n the pipelines ",
            f"{first.key}-credit": "Ann",
            f"{second.key}-is_decorative": "on",
        },
    )

    first.refresh_from_db(), second.refresh_from_db()
    assert response["Location"] == form_of(publication)
    assert (first.alt_en, first.alt_sv, first.credit) == ("A map of the pipelines", "", "Ann")
    assert second.is_decorative
    changes = {entry.detail["pk"]: entry.detail["changed"] for entry in AuditEntry.objects.filter(by=editor)}
    assert changes == {first.pk: ["alt_en", "credit"], second.pk: ["is_decorative"]}


def test_the_words_of_a_swedish_text_are_swedish(desk):
    upload(desk, docx_with_images(""), language="sv")

    desk.post(page_of(Publication.objects.get()), {f"{Image.objects.get().key}-alt": "En karta"})

    assert (Image.objects.get().alt_sv, Image.objects.get().alt_en) == ("En karta", "")


def test_nothing_has_to_be_given(desk):
    upload(desk, docx_with_images(""))
    publication = Publication.objects.get()

    response = desk.post(page_of(publication), {"x": "1"})

    assert response["Location"] == form_of(publication) and not AuditEntry.objects.exists()


def test_words_that_are_too_long_are_refused_with_what_was_typed(desk):
    upload(desk, docx_with_images(""))
    image = Image.objects.get()

    page = desk.post(page_of(Publication.objects.get()), {f"{image.key}-alt": "x" * 301})

    assert page.status_code == 200 and "x" * 301 in page.text and "Error:" in page.text
    image.refresh_from_db()
    assert not image.alt_en


def test_words_that_a_colleague_has_given_since_stay(desk):
    upload(desk, docx_with_images(""))
    image = Image.objects.get()
    Image.objects.update(alt_en="Theirs")

    response = desk.post(page_of(Publication.objects.get()), {f"{image.key}-alt": "Mine"})

    image.refresh_from_db()
    assert response.status_code == 302 and image.alt_en == "Theirs"


def test_an_image_that_readers_see_is_described_by_those_who_may_change_images(client, desk):
    image = make_image(alt_en="", is_decorative=True)
    make_live(body=f"![](image:{image.key})")
    Image.objects.update(is_decorative=False)
    publication = make_publication(body=f"Text.\n\n![](image:{image.key})")

    forms_of_editor = desk.get(page_of(publication)).context["forms"]
    client.force_login(make_person("Contributors"), backend=BACKEND)
    page = client.get(page_of(publication))

    assert len(forms_of_editor) == 1
    assert page.context["forms"] == [] and "No picture of this draft waits" in page.text


def test_the_checks_before_publishing_lead_to_the_page_and_back(desk):
    image = make_image(alt_en="")
    publication = make_publication(body=f"Text.\n\n![](image:{image.key})")
    url = f"{page_of(publication)}?to=publish"

    page = desk.get(reverse("desk:publish", args=[publication.pk]))
    response = desk.post(url, {f"{image.key}-alt": "A map"})

    assert f'href="{url}"' in page.text
    assert response["Location"] == reverse("desk:publish", args=[publication.pk])


def test_words_in_the_text_and_images_of_the_cover_count(desk):
    described, cover = make_image(alt_en="", colour="red"), make_image(alt_en="", colour="green")
    publication = make_publication(body=f"Text.\n\n![A map](image:{described.key})", cover=cover)

    assert [form.instance for form in desk.get(page_of(publication)).context["forms"]] == [cover]
