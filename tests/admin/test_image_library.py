"""The library of images as a dialog of the form: its pages, what a search finds, and what one image says."""

import re

import pytest
from django.urls import reverse

from publications.admin import image_library
from publications.models import Image
from tests.factories import make_author, make_image, make_live, make_person, make_publication

pytestmark = pytest.mark.django_db
LIBRARY = reverse("desk:image-library")


def keys(client, **params) -> list[str]:
    return re.findall(r'name="picture" value="(\w+)"', client.get(LIBRARY, params).text)


def choice(client, image: Image, language: str = "en") -> str:
    return client.get(reverse("desk:image-choice", args=[image.key]), {"language": language}).text


def test_the_newest_images_come_first_a_page_at_a_time(desk, monkeypatch):
    monkeypatch.setattr(image_library, "IMAGES_PER_PAGE", 2)
    first, second, third = make_image(), make_image(colour="red"), make_image(colour="green")

    page = desk.get(LIBRARY).text

    assert keys(desk) == [third.key, second.key] and 'data-next="2"' in page
    assert keys(desk, page="2") == [first.key]
    assert "data-next" not in desk.get(LIBRARY, {"page": "2"}).text
    assert keys(desk, page="99999999999999999999") == keys(desk, page="x") == [third.key, second.key]
    assert keys(desk, page="900000000") == []


def test_words_credits_names_and_titles_are_searched(desk):
    image = make_image(alt_en="A field of wheat", alt_sv="Ett fält", credit="Ann Berg", filename="odesa.png")
    make_image(colour="red", alt_en="A port")
    make_live(title="Grain from the south", cover=image)

    for query in ("wheat", "fält", "berg", "odesa", "grain south"):
        assert keys(desk, q=query) == [image.key], query
    assert keys(desk, q="nothing like this") == []
    assert "Nothing found." in desk.get(LIBRARY, {"q": "nothing like this"}).text


def test_a_choice_proposes_the_alternative_text_in_the_language_of_the_text(desk):
    image = make_image(alt_en="A field of wheat", alt_sv="", credit="Ann Berg")
    make_publication(title="Grain", cover=image)

    english, swedish = choice(desk, image), choice(desk, image, "sv")

    assert ">A field of wheat</textarea>" in english
    assert "Credit: Ann Berg" in english and ">Grain</a> (in the draft)" in english
    assert "></textarea>" in swedish and "In English it says: “A field of wheat”" in swedish


def test_hidden_portraits_are_neither_listed_nor_shown(client):
    client.force_login(make_person("Contributors"), backend="django.contrib.auth.backends.ModelBackend")
    portrait = make_image()
    make_author("Pen Name", is_pseudonymous=True, portrait=portrait)

    assert keys(client) == []
    assert client.get(reverse("desk:image-choice", args=[portrait.key])).status_code == 404


def test_linkers_may_not_see_the_library(client):
    client.force_login(make_person("Linkers"), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(LIBRARY).status_code == 403
