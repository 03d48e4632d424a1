"""The title of a form page names its object once, as it is stored."""

import re
from html import unescape

import pytest

from publications.models import Publication
from tests.desk_forms import change, filled
from tests.factories import make_author, make_publication, saved

pytestmark = pytest.mark.django_db


def title_of(page) -> str:
    return unescape(re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)[1])


def test_the_form_of_a_publication_is_titled_once(desk):
    publication = make_publication(title="Karelin returns to Minsk")

    assert title_of(desk.get(change(publication))) == "Karelin returns to Minsk – SCEEUS"


def test_a_refused_form_has_the_stored_title(desk):
    publication = make_publication(title="As it was")
    form = filled(publication, title="Title by folke")
    saved(Publication.objects.get(), title="Title by ebba")

    assert title_of(desk.post(change(publication), form)) == "Error: Title by ebba – SCEEUS"


def test_other_forms_say_what_they_change(desk):
    page = desk.get(f"/desk/publications/author/{make_author('Ann Berg').pk}/change/")

    assert title_of(page) == "Ann Berg – Change author – SCEEUS"
