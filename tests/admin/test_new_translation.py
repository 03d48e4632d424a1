"""A translation starts from its original, with what both have in common; new texts are in the language of the desk."""

import pytest
from django.urls import reverse
from lxml import html

from publications.models import Publication
from tests.factories import make_author, make_live, make_publication, make_tag

pytestmark = pytest.mark.django_db

ADD = reverse("desk:publications_publication_add")


def form_of(desk, publication: Publication) -> str:
    return desk.get(reverse("desk:publications_publication_change", args=[publication.pk])).text


def translation_link(page: str) -> str:
    (link,) = [link for link in html.fromstring(page).xpath("//a/@href") if "translation_of=" in link]
    return link


def test_the_form_of_a_translation_has_what_both_texts_have_in_common(desk):
    author, tag, related = make_author("Ann Berg"), make_tag("Moldova"), make_live()
    original = make_publication(title="Grain", authors=[author], tags=[tag])
    original.related_links.create(target=related.publication)

    form = desk.get(translation_link(form_of(desk, original))).context["adminform"].form

    values = {name: form[name].value() for name in ("language", "kind", "title", "body")}
    assert values == {"language": "sv", "kind": original.kind_id, "title": None, "body": None}
    choosers = {name: form[name].value().pairs for name in ("bylines", "translation_choice", "related")}
    assert choosers == {
        "bylines": [(str(author.pk), "author")],
        "translation_choice": [(str(original.pk), "")],
        "related": [(str(related.publication_id), "")],
    }
    assert str(form["tags"]).endswith(">\nMoldova</textarea>")


def test_a_translation_that_there_is_already_is_not_offered(desk):
    original = make_publication(language="en")
    translation = make_publication(language="sv", translation_of=original)

    assert all("translation_of=" not in form_of(desk, each) for each in (original, translation))


@pytest.mark.parametrize(
    "query",
    ["translation_of=x&language=sv", "translation_of=999999&language=sv", "translation_of=1&language=xx"],
)
def test_an_address_of_no_translation_is_that_of_a_new_text(desk, query):
    assert desk.get(f"{ADD}?{query}").status_code == 200


@pytest.mark.parametrize("path", [ADD, reverse("desk:planning-idea")])
@pytest.mark.parametrize("locale", ["en", "sv"])
def test_a_new_text_is_in_the_language_of_the_desk(desk, path, locale):
    page = html.fromstring(desk.get(path, headers={"accept-language": locale}).text)

    assert page.xpath("//select[@name='language']/option[@selected]/@value") == [locale]
