"""A publication whose text stands elsewhere: title, summary and an address. It is published and read as such."""

import json
import re
from xml.etree import ElementTree

import pytest

from publications import actions, manuscript
from publications.importers.manuscripts import import_manuscript
from publications.models import Edition, Publication, manuscript_of
from publications.preflight import build_preflight_draft, run_preflight
from tests.blogs import import_blog, write_post
from tests.desk_forms import change, filled
from tests.factories import make_live, make_publication, make_tag, saved
from tests.pdf_reading import words_of

pytestmark = pytest.mark.django_db

URL = "https://www.ft.com/content/1?a=b&c=d"
LABEL = "Read the text at ft.com"


def make_link_post(**fields) -> Edition:
    return make_live(**{"title": "On grain", "slug": "on-grain", "body": "", "external_url": URL, **fields})


def test_an_address_stands_for_the_text_that_is_missing():
    assert not make_publication(body="", external_url=URL).publish_errors()
    assert make_publication(body="", external_url="").publish_errors() == [("body", "The text is missing.")]


def test_nothing_forbids_publishing_it_and_no_advice_is_false():
    findings = run_preflight(
        build_preflight_draft(make_publication(body="", external_url=URL, tags=(make_tag("EU"),)))
    )

    assert not findings.blocking and not findings.advice


def test_its_page_leads_to_the_text_and_names_no_reading_time(client):
    make_link_post()

    page = " ".join(client.get("/en/publications/on-grain/").text.split())

    assert 'href="https://www.ft.com/content/1?a=b&amp;c=d" rel="external"' in page and LABEL in page
    assert "min read" not in page.partition("</article>")[0]


def test_a_text_that_stands_here_too_says_that_it_does(client):
    make_link_post(body="The text.")

    page = client.get("/en/publications/on-grain/").text

    assert "Also published at ft.com" in page and "The text." in page and "min read" in page


def test_lists_and_search_say_where_the_text_is(client):
    make_link_post()

    for address in ("/en/publications/", "/en/publications/?q=grain", "/sv/publikationer/"):
        page = client.get(address).text
        assert "At ft.com" in page or "På ft.com" in page, address


def test_each_feed_carries_the_address(client):
    make_link_post()
    made = {
        format: client.get(f"/en/feeds/publications.{format}").content for format in ("atom", "rss", "json")
    }

    (item,) = json.loads(made["json"])["items"]
    assert item["external_url"] == URL and item["url"].endswith("/en/publications/on-grain/")
    links = ElementTree.fromstring(made["atom"]).iter("{http://www.w3.org/2005/Atom}link")
    assert URL in {link.get("href") for link in links if link.get("rel") == "via"}
    assert all(LABEL in content.decode() for content in made.values())


@pytest.mark.parametrize("ending", ["bib", "ris", "csl.json", "md"])
def test_each_record_carries_the_address(client, ending):
    make_link_post(external_url="https://www.ft.com/content/1")

    assert "https://www.ft.com/content/1" in client.get(f"/en/publications/on-grain.{ending}").text


def test_the_marked_up_record_and_the_api_carry_it(client):
    edition = make_link_post()

    page = client.get("/en/publications/on-grain/").text
    values = client.get(f"/api/v1/publications/{edition.publication.uid}").json()

    assert re.search(r'"isBasedOn": ?"https://www.ft.com/content/1', page)
    assert (values["external_url"], values["html"]) == (URL, "")


def test_its_pdf_leads_there(client):
    make_link_post()

    response = client.get("/en/publications/on-grain.pdf")

    assert LABEL in words_of(response.getvalue())


def test_the_desk_takes_the_address_and_refuses_what_is_none(desk):
    publication = make_publication(body="")

    desk.post(change(publication), filled(publication, external_url=URL))
    assert Publication.objects.get().external_url == URL
    page = desk.post(
        change(publication), filled(Publication.objects.get(), external_url="javascript:alert(1)")
    ).text

    assert "is no address on the web" in page and Publication.objects.get().external_url == URL


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/x",
        "//a.example",
        "https://",
        "https://a b",
        "mailto:a@b.se",
        "https://[x",
        f"https://a.se/{'x' * 500}",
    ],
)
def test_what_no_reader_could_follow_is_left_out_of_what_comes_in(url):
    text = manuscript.Manuscript(title="T", uid="6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71", external_url=url)

    report = import_manuscript(text, by=None)

    assert report.publication.external_url == "" and "Left out" in report.messages[0]


def test_a_manuscript_carries_it_both_ways_and_it_counts_as_a_change():
    publication = make_publication(external_url=URL)
    before = publication.digest

    text = manuscript.loads(manuscript.dumps(manuscript_of(publication)))

    assert text.external_url == URL
    assert saved(publication, external_url="").digest != before


def test_an_edition_keeps_the_address_it_was_published_with():
    edition = make_link_post()
    actions.publish(saved(edition.publication, external_url="https://dn.se/1"), by=None)

    assert Edition.objects.get(pk=edition.pk).external_url == URL


def test_an_address_that_holds_a_passage_is_taken_out_with_it():
    edition = make_live(external_url="https://dn.se/smithson", body="Smithson and smithson said so.")

    actions.redact(edition.publication, "smithson", by=None)

    assert Edition.objects.get().external_url == Publication.objects.get().external_url == ""


@pytest.mark.parametrize("field", ["external_url", "link", "source_url", "redirect_to", "externalUrl"])
def test_a_post_without_text_comes_in_with_the_address_it_has(tmp_path, field):
    import_report = import_blog(write_post(tmp_path / "blog", front=f"{field}: {URL}\n", body=""))

    edition = Edition.objects.live().get()
    assert (edition.external_url, edition.html) == (URL, "")
    assert not [line for line in import_report.files[0].notes if line.topic in ("held", "words", "field")]


def test_a_text_in_whose_place_the_old_site_redirected_is_a_draft(tmp_path):
    import_report = import_blog(write_post(tmp_path / "blog", front=f"redirect_to: {URL}\n"))

    assert not Edition.objects.live().exists() and Publication.objects.get().external_url == ""
    assert any("redirect_to" in line.text for line in import_report.files[0].notes)
