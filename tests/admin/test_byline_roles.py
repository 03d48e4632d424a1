"""A live publication can be corrected, compared and restored with any roles in its byline."""

import pytest
from django.urls import reverse

from publications import actions
from publications.models import Byline, BylineRole, Publication
from tests.admin.test_publish import publish_form_data, publish_url
from tests.factories import make_author, make_publication, saved

pytestmark = pytest.mark.django_db


@pytest.fixture(params=BylineRole.values)
def corrected(request, editor) -> Publication:
    """A live publication signed in one role, with a correction that is saved and not published."""
    publication = make_publication(authors=[make_author("Ann Berg")])
    Byline.objects.create(
        publication=publication, author=make_author("Bo Ek"), role=request.param, position=1
    )
    edition = actions.publish(saved(publication), by=editor)
    publication = Publication.objects.get(pk=edition.publication_id)
    Byline.objects.filter(publication=publication, position=1).update(role=BylineRole.AUTHOR)
    return saved(publication, body="Corrected.")


def test_the_pages_that_compare_an_edition_are_shown(desk, corrected):
    pages = [
        publish_url(corrected),
        reverse("desk:difference", args=[corrected.pk]) + "?from=e1&to=now",
        reverse("desk:restore", args=[corrected.pk, 1]),
        reverse("desk:publish-result", args=[corrected.pk, 1]),
    ]

    assert {page: desk.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_the_difference_names_the_role_before(desk, corrected):
    role = corrected.editions.get().bylines.get(position=1).get_role_display()

    page = desk.get(reverse("desk:difference", args=[corrected.pk]) + "?from=e1&to=now").text

    assert (f"Bo Ek: {role}" in page) == (role != "Author")


def test_the_correction_is_published(desk, corrected):
    desk.post(
        publish_url(corrected), publish_form_data(desk, corrected, change="correction", note="It was wrong.")
    )

    assert corrected.editions.live().get().number == 2
