"""An author that is an organisation: its name is never inverted, and records mark it."""

import json
import re
from html import unescape
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from publications import actions
from publications.models import Author, BylineRole, Edition
from tests.factories import make_author, make_live, make_publication, saved

pytestmark = pytest.mark.django_db

NAME = "The SCEEUS Desk"
INVERTED = re.compile(r"Desk, ?T|Watch, ?G")
FORMATS = ("bib", "ris", "csl.json", "md")


@pytest.fixture
def organisation() -> Author:
    return make_author(NAME, is_organisation=True, title_en="Editors", affiliation_en="Centre")


@pytest.fixture
def edition(organisation) -> Edition:
    """A report with two editions by an organisation, edited by another one."""
    publication = make_publication(
        slug="p",
        kind="report",
        authors=[organisation, make_author("Grain Trade Watch", is_organisation=True)],
    )
    publication.bylines.filter(position=1).update(role=BylineRole.EDITOR)
    actions.publish(saved(publication), by=None)
    return actions.publish(saved(publication, body="Mended."), by=None, change="update")


def parse_json_ld(html: str) -> list[dict]:
    return json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])["@graph"]


@pytest.mark.parametrize(
    "path",
    ["/en/publications/p/", "/en/publications/p/editions/1/", "/en/authors/the-sceeus-desk/",
     *(f"/en/publications/p.{ending}" for ending in FORMATS),
     *(f"/en/publications/p/editions/1.{ending}" for ending in FORMATS if ending != "md"),
     "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/en/feeds/publications.atom", "/api/v1/publications"],
)  # fmt: skip
def test_its_name_is_inverted_nowhere(client, edition, path):
    response = client.get(path)

    assert response.status_code == 200
    assert NAME in unescape(response.text) and not INVERTED.search(unescape(response.text))


def test_each_format_marks_it_as_an_organisation(client, edition):
    rendered = {ending: client.get(f"/en/publications/p.{ending}").text for ending in FORMATS}

    assert "  author = {{The SCEEUS Desk}},\n  editor = {{Grain Trade Watch}},\n" in rendered["bib"]
    assert "AU  - The SCEEUS Desk\r\nED  - Grain Trade Watch\r\n" in rendered["ris"]
    (item,) = json.loads(rendered["csl.json"])
    assert (item["author"], item["editor"]) == ([{"literal": NAME}], [{"literal": "Grain Trade Watch"}])


def test_tags_and_json_ld_of_its_publications(client, edition):
    page = client.get(edition.get_absolute_url()).text

    assert '<meta name="citation_author" content="The SCEEUS Desk">' in page
    assert '<meta name="DC.creator" content="The SCEEUS Desk">' in page
    url = "http://127.0.0.1:8000/en/authors/the-sceeus-desk/"
    assert parse_json_ld(page)[0]["author"] == [
        {"@type": "Organization", "@id": f"{url}#organization", "name": NAME, "url": url}
    ]


def test_the_json_ld_of_its_page_is_of_an_organisation(client, edition):
    profile = parse_json_ld(client.get("/en/authors/the-sceeus-desk/").text)[0]

    assert profile["mainEntity"]["@type"] == "Organization" and profile["mainEntity"]["name"] == NAME
    assert "jobTitle" not in profile["mainEntity"]


def test_an_organisation_may_have_one_word(client):
    make_live(slug="p", author=make_author("SCEEUS", is_organisation=True))

    (author,) = parse_json_ld(client.get("/en/publications/p/").text)[0]["author"]
    assert (author["@type"], author["name"]) == ("Organization", "SCEEUS")


def test_a_person_may_have_a_family_name_alone(client):
    make_live(slug="p", author=make_author("Ibn Sina", family_name="Ibn Sina"))

    (author,) = parse_json_ld(client.get("/en/publications/p/").text)[0]["author"]
    assert author["@type"] == "Person" and "AU  - Ibn Sina\r\n" in client.get("/en/publications/p.ris").text


def test_the_list_of_authors_sorts_it_by_its_name(client, edition):
    make_live(author=make_author("Ann Ek"))

    page = client.get("/en/authors/").text

    assert page.index("Ann Ek") < page.index("Grain Trade Watch") < page.index(NAME)


def test_the_api_marks_it(client, edition):
    (publication,) = client.get("/api/v1/publications").json()["items"]
    author = client.get(publication["authors"][0]["href"]).json()

    assert publication["authors"][0]["organisation"] is True and author["organisation"] is True


def test_marking_one_in_the_desk_changes_its_records(desk, client):
    author = make_author(NAME)
    edition = make_live(slug="p", author=author)
    address = reverse("desk:publications_author_change", args=[author.pk])
    assert "AU  - Desk, The SCEEUS\r\n" in client.get("/en/publications/p.ris").text
    names = ("title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv", "orcid",
             "family_name", "aliases")  # fmt: skip

    desk.post(
        address,
        {**dict.fromkeys(names, ""), "name": NAME, "slug": author.slug, "portrait_choice-chooser": "",
         "is_organisation": "on", "_save": "Save"},
    )  # fmt: skip

    author.refresh_from_db()
    assert author.is_organisation
    assert "AU  - The SCEEUS Desk\r\n" in client.get("/en/publications/p.ris").text
    assert Edition.objects.get(pk=edition.pk).record_changed_at


def test_the_migration_marks_authors_whose_family_name_is_the_whole_name():
    for name, family in (
        ("The House", "The House"),
        ("The\xa0Desk", "The\xa0Desk"),
        ("Grain  Watch", "Grain Watch"),
        ("Policy\tGroup ", "Policy Group"),
        ("SCEEUS", "SCEEUS"),
        ("Ann Berg", "Berg"),
        ("Bo Ek", ""),
    ):
        make_author(name, family_name=family)

    import_module("publications.migrations.0026_organisations").mark_organisations(apps, None)

    marked = Author.objects.filter(is_organisation=True).values_list("family_name", flat=True)
    assert set(marked) == {"The House", "The\xa0Desk", "Grain Watch", "Policy Group"}
