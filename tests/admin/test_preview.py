"""Previews of unsaved values: nothing is stored, no script runs, and invalid values do no harm."""

import pytest
from django.urls import reverse

from publications.models import Publication, Revision, Tag
from tests.desk_forms import change, filled
from tests.factories import make_author, make_image, make_live, make_person, make_publication

pytestmark = pytest.mark.django_db

PREVIEW = "/desk/typed/preview/"


def post_preview(client, publication: Publication | None = None, **fields):
    return client.post(
        f"{PREVIEW}?framed", {**filled(publication, **fields), "piece": publication.pk if publication else ""}
    )


def test_what_is_typed_is_shown_in_the_real_template_and_not_stored(desk):
    author, image = make_author("Ann Berg"), make_image()
    publication = make_publication(title="Stored", body="Stored.")

    page = post_preview(
        desk,
        publication,
        title="Typed",
        body=f"It was **Brest**.\n\n![](image:{image.key})",
        tags="A new one",
        bylines=[author.pk],
    )

    for words in ("<strong>Brest</strong>", "Ann Berg", "A new one", f"/desk/library/{image.key}/"):
        assert words in page.text
    assert {"desk/preview_framed.html", "pages/publication.html"} <= {
        template.name for template in page.templates
    }
    assert Publication.objects.get().title == "Stored"
    assert Revision.objects.count() == 1 and not Tag.objects.exists()


def test_a_publication_that_was_never_saved_is_shown(desk):
    page = post_preview(desk, title="A beginning", body="")

    assert page.status_code == 200 and "A beginning" in page.text
    assert "Back to the form" not in page.text
    assert not Publication.objects.exists()


def test_a_live_publication_is_not_touched(desk):
    edition = make_live(body="Public.")

    post_preview(desk, edition.publication, body="Typed.")

    edition.refresh_from_db()
    assert edition.body == "Public."


def test_a_text_that_cannot_be_rendered_says_so_in_its_place(desk):
    page = post_preview(desk, make_publication(), body="> " * 9000)

    assert page.status_code == 422 and "nested more than" in page.text


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "999"}, {"language": "xx"}, {"published_at": "soon"}, {"bylines": ["999"]}, {"version": "x"},
        {"title": "x" * 300}, {"doi": "no doi"}, {"summary": "", "title": "", "body": ""},
    ],
)  # fmt: skip
def test_values_that_could_not_be_saved_are_shown_as_far_as_they_go(desk, fields):
    assert post_preview(desk, make_publication(), **fields).status_code == 200


def test_the_frame_has_no_script_and_opens_links_elsewhere(desk):
    page = post_preview(desk, make_publication())

    assert '<script type="module"' not in page.text and '<base target="_blank">' in page.text


@pytest.mark.parametrize("role", ["Linkers"])
def test_who_does_not_write_sees_no_preview(client, role):
    client.force_login(make_person(role), backend="django.contrib.auth.backends.ModelBackend")

    assert post_preview(client, make_publication()).status_code == 403


def test_the_form_offers_a_preview_without_scripts_and_without_saving(desk):
    page = desk.get(change(make_publication())).text

    assert f'formaction="{PREVIEW}" formtarget="_blank"' in page
    assert 'sandbox="allow-same-origin allow-popups' in page and "allow-scripts" not in page


def test_actions_of_the_list_are_not_on_the_form(desk):
    assert 'name="action"' not in desk.get(change(make_publication())).text


def test_the_saved_draft_is_shown_framed_too(desk):
    page = desk.get(f"{reverse('desk:preview', args=[make_publication(body='Saved.').pk])}?framed")

    assert "Saved." in page.text


@pytest.mark.parametrize("query", ["", "?framed"])
def test_the_preview_of_a_draft_that_cannot_be_rendered_says_why(desk, query):
    publication = make_publication(body="> " * 500 + "Deep")

    page = desk.get(reverse("desk:preview", args=[publication.pk]) + query)

    assert page.status_code == 422 and "nested more than" in page.text
