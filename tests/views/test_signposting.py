"""FAIR Signposting: what programs find by the headers of a page, its head and its linkset, as the library reads them."""

import re
from datetime import timedelta

import pytest
import time_machine
from signposting import Signposting
from signposting.htmllinks import HTML, _parse_html
from signposting.linkheader import find_signposting_http_link
from signposting.linkset import Linkset, LinksetJSON, _parse_linkset, _parse_linkset_json
from signposting.signpost import AbsoluteURI

from publications import actions
from publications.metadata import FORMATS
from publications.models import Attachment, Edition, store_original
from publications.web_links import MAX_LINK_HEADER_BYTES
from tests.factories import make_author, make_live, make_publication, saved
from tests.page_caches import CachedClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shared_renditions")]

HERE = "http://127.0.0.1:8000"
PAGE = f"{HERE}/en/publications/on-minsk/"
DESCRIBED_BY = {
    f"{PAGE.rstrip('/')}.{extension}": format.media_type
    for extension, format in FORMATS.items()
    if format.relation == "describedby"
}
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def read_header(response, url: str) -> Signposting:
    return find_signposting_http_link([response.headers["Link"]], url)


def read_linkset(client, path: str) -> Signposting:
    response, url = client.get(path), AbsoluteURI(HERE + path)
    media_type = response["Content-Type"]
    assert (response.status_code, media_type.partition(";")[0]) == (
        200,
        "application/linkset+json" if path.endswith(".json") else "application/linkset",
    )
    if path.endswith(".json"):
        return _parse_linkset_json(LinksetJSON(response.text, media_type, url, url))
    return _parse_linkset(Linkset(response.text, media_type, url, url))


def targets(signposts) -> list[tuple[str, str]]:
    return [(str(signpost.target), signpost.type or "") for signpost in signposts]


@pytest.fixture
def report(settings) -> Edition:
    """A report with a DOI, a licence, two authors, a pen name and a file."""
    settings.TEXT_LICENSE = LICENSE
    ann, pen = make_author("Ann Berg", orcid="0000-0002-1825-0097"), make_author("Pen", is_pseudonymous=True)
    publication = make_publication(
        title="On Minsk",
        slug="on-minsk",
        kind="report",
        doi="10.1234/x",
        authors=[ann, pen, make_author("Bo Ek")],
    )
    original = store_original(b"%PDF-1.4", "pdf")
    Attachment.objects.create(
        publication=publication, original=original, filename="r.pdf", label="It", size=8
    )
    return actions.publish(saved(publication), by=None)


def check_report(links: Signposting) -> None:
    assert str(links.citeAs.target) == "https://doi.org/10.1234/x"
    assert {str(link.target) for link in links.authors} == {
        "https://orcid.org/0000-0002-1825-0097",
        f"{HERE}/en/authors/bo-ek/",
    }
    assert {str(link.target) for link in links.types} == {
        "https://schema.org/AboutPage",
        "https://schema.org/Report",
    }
    assert str(links.license.target) == LICENSE
    assert dict(targets(links.describedBy)) == DESCRIBED_BY
    items = targets(links.items)
    assert {media_type for _url, media_type in items} == {"application/pdf"}
    assert f"{PAGE.rstrip('/')}.pdf" in dict(items) and any(url.endswith("/r.pdf") for url, _type in items)


def test_the_headers_of_a_page_lead_to_everything(client, report):
    response = client.get(report.get_absolute_url())

    links = read_header(response, PAGE)
    check_report(links)
    assert dict(targets(links.linksets)) == {
        f"{PAGE}linkset.json": "application/linkset+json",
        f"{PAGE}linkset": "application/linkset",
    }


@pytest.mark.parametrize("name", ["linkset.json", "linkset"])
def test_a_linkset_has_the_same_links_and_those_back(client, report, name):
    links = read_linkset(client, f"{report.get_absolute_url()}{name}")

    check_report(links.for_context(PAGE))
    for url in DESCRIBED_BY:
        assert targets(links.for_context(url).describes) == [(PAGE, "text/html")]
    for item in links.for_context(PAGE).items:
        assert targets([links.for_context(str(item.target)).collection]) == [(PAGE, "text/html")]


def test_every_address_answers_with_its_type_and_points_back(client, report):
    links = read_linkset(client, f"{report.get_absolute_url()}linkset.json").for_context(PAGE)

    for link in (*links.describedBy, *links.items):
        response = client.get(str(link.target).removeprefix(HERE))
        back = read_header(response, str(link.target))
        assert (response.status_code, response["Content-Type"].partition(";")[0]) == (200, link.type)
        relation = "describes" if link.rel == "describedby" else "collection"
        assert [str(each.target) for each in back.signposts if each.rel == relation] == [PAGE]


def test_a_copy_of_the_page_without_headers_leads_to_the_linkset(client, report):
    url = AbsoluteURI(PAGE)

    links = _parse_html(HTML(client.get(report.get_absolute_url()).text, "text/html", url, url))

    assert targets(links.linksets) == [(f"{PAGE}linkset.json", "application/linkset+json")]
    assert str(links.citeAs.target) == "https://doi.org/10.1234/x"


def test_without_doi_and_licence_the_address_itself_is_cited(client):
    edition = make_live(slug="on-minsk")

    links = read_header(client.get(edition.get_absolute_url()), PAGE)

    assert str(links.citeAs.target) == PAGE
    assert links.license is None


def test_a_superseded_edition_has_links_of_its_own(client):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        edition = make_live(slug="on-minsk", doi="10.1234/x")
        clock.shift(timedelta(hours=1))
        actions.publish(saved(edition.publication, body="Text two."), by=None)
    path = f"{edition.get_absolute_url()}editions/1/"

    header = read_header(client.get(path), HERE + path)
    links = read_linkset(client, f"{path}linkset.json").for_context(HERE + path)

    for read in (header, links):
        assert str(read.citeAs.target) == HERE + path
        assert f"{HERE}{path.rstrip('/')}.bib" in dict(targets(read.describedBy))
    assert dict(targets(header.linksets))[f"{HERE}{path}linkset.json"] == "application/linkset+json"
    assert (
        client.get(f"{path.rstrip('/')}.pdf")
        .headers["Link"]
        .endswith(f'<{HERE}{path}>; rel="collection"; type="text/html"')
    )


@pytest.mark.parametrize("slug", ["p" * 100, "б" * 100, "𐌰" * 100], ids=["ASCII", "two bytes", "four bytes"])
def test_the_header_is_bounded_and_the_linkset_is_whole(client, slug):
    authors = [make_author(f"Author With a Rather Long Name {number}") for number in range(60)]
    edition = make_live(slug=slug, authors=authors)

    response = client.get(edition.get_absolute_url())
    linkset = read_linkset(client, f"{edition.get_absolute_url()}linkset.json")

    assert len(response.headers["Link"]) <= MAX_LINK_HEADER_BYTES
    assert len(read_header(response, HERE + edition.get_absolute_url()).linksets) > 0
    contexts = {str(link.context) for link in linkset.signposts}
    assert len(linkset.for_context(min(contexts, key=len)).authors) == 60


@pytest.mark.parametrize(
    "url", ["https://x.example/\r\nSet-Cookie: a=b", 'https://x.example/">; rel="up', "https://å.example/"]
)
def test_no_address_breaks_out_of_the_header(client, settings, url):
    settings.TEXT_LICENSE = url
    edition = make_live(slug="on-minsk")

    link = client.get(edition.get_absolute_url()).headers["Link"]

    assert link.isascii() and link.isprintable()
    assert [relation for relation in re.findall(r'rel="([^"]*)"', link) if relation == "up"] == []


def test_the_page_cache_sends_the_header_with_every_response(report):
    cached = CachedClient()
    path = report.get_absolute_url()

    first = cached.get(path)
    responses = [
        cached.get(path),
        cached.get(path, method="HEAD"),
        cached.get(path, if_none_match=first.headers["ETag"]),
    ]

    assert [response.status for response in responses] == [200, 200, 304]
    assert {response.headers["Link"] for response in responses} == {first.headers["Link"]}
    assert all("hit" in response.cache_status for response in responses)
