"""Links to the fields with an error, at the top of a form."""

import lxml.html
import pytest
from django.urls import reverse

from publications.admin.register import MODEL_ADMINS
from publications.models import Image, Kind, Publication
from tests.desk_forms import ADD, filled
from tests.factories import make_publication

pytestmark = pytest.mark.django_db


def links_of(page) -> list[str]:
    """Return the ids of the linked fields, each of which must be on the page."""
    tree = lxml.html.fromstring(page.text)
    names = [href.removeprefix("#") for href in tree.xpath("//ul[contains(@class, 'field-errors')]//a/@href")]
    assert all(tree.xpath("//*[@id=$name]", name=name) for name in names)
    return names


def test_a_form_links_to_its_fields_with_errors(desk):
    page = desk.post(ADD, filled(isbn="no number", translation_choice=make_publication().pk))

    assert links_of(page) == ["id_translation_choice", "id_isbn"]
    tree = lxml.html.fromstring(page.text)
    assert tree.xpath("boolean(//ul[contains(@class, 'field-errors')][@autofocus])")
    assert (
        "change_form.js" not in page.text and "change_form.js" in desk.get(ADD).text
    )  # focuses the first field
    assert not tree.xpath("//details//*[@id='id_isbn']")


def test_a_form_without_errors_has_no_links(desk):
    assert not links_of(desk.get(ADD))
    assert not links_of(desk.post(ADD, filled(isbn="no number", _find="")))


@pytest.mark.parametrize("model", [model for model in MODEL_ADMINS if model not in (Publication, Kind)])
def test_an_empty_form_links_to_its_required_fields(admin_client, model):
    url = reverse(f"desk:{model._meta.app_label}_{model._meta.model_name}_add")
    response = admin_client.post(url, {})
    if response.status_code != 200:
        return

    page = response.context
    form = page["adminform"].form if "adminform" in page else page["form"]
    assert (
        set(links_of(response)) == {field.auto_id for field in form.visible_fields() if field.errors} != set()
    )


def test_the_links_have_the_order_of_the_page(desk):
    page = desk.post(reverse(f"desk:publications_{Image._meta.model_name}_add"), {"focus_x": 1, "focus_y": 1})

    assert links_of(page) == ["id_file", "id_alt_en"]
