"""The metadata of pages: meta tags, JSON-LD and citations."""

import json
import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import lxml.html
import pytest
import time_machine
from django.urls import reverse

from publications import actions
from publications.models import (
    Attachment,
    BylineRole,
    Kind,
    LinkPlacement,
    MenuLink,
    SiteSettings,
    store_original,
)
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db
HERE = "http://127.0.0.1:8000"
BACKEND = "django.contrib.auth.backends.ModelBackend"


class ParsedHead(HTMLParser):
    """The meta tags of a page by name, its links, and its JSON-LD."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        self.data = ""
        self._in_data = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        values = dict(attributes)
        if tag == "meta" and (name := values.get("name") or values.get("property")):
            self.tags.setdefault(name, []).append(values.get("content", ""))
        elif tag == "link":
            self.links[values["rel"]] = values["href"]
        self._in_data = tag == "script" and values.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        self.data += data if self._in_data else ""

    def node(self, kind: str) -> dict:
        graph = json.loads(self.data)["@graph"]
        return next(node for node in graph if node["@type"] == kind)


def get_page(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def get_head(client, path: str) -> ParsedHead:
    return ParsedHead(get_page(client, path))


@pytest.fixture
def report():
    """A report with everything a record can have."""
    ann = make_author(
        "Ann Berg", affiliation_en="Centre for Tests", title_en="Fellow", orcid="0000-0002-1825-0097"
    )
    pen, bo = make_author("Pen Name", is_pseudonymous=True, affiliation_en="Secret"), make_author("Bo Ek")
    publication = make_publication(
        title="On Minsk & “more”", slug="on-minsk", kind="report", authors=[ann, pen, bo], doi="10.1234/x", isbn="978-3-16-148410-0",
        tags=(make_tag("Belarus"), make_tag("Security Papers", kind="series")), cover=make_image(size=(1600, 900)),
    )  # fmt: skip
    publication.bylines.filter(author=bo).update(role=BylineRole.EDITOR)
    original = store_original(b"%PDF-1.4", "pdf")
    Attachment.objects.create(
        publication=publication, original=original, filename="r.pdf", label="The report", size=8
    )
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        actions.publish(saved(publication), by=None)
        clock.shift(timedelta(days=2))
        actions.publish(
            saved(publication, body="Mended."), by=None, change="correction", note="It was <Brest>."
        )
        clock.shift(timedelta(days=1))
        yield publication.editions.live().get()


# Tags


def test_scholarly_kinds_have_the_tags_of_google_scholar(client, report):
    tags = get_head(client, report.get_absolute_url()).tags

    assert {
        name.removeprefix("citation_"): values
        for name, values in tags.items()
        if name.startswith("citation_")
    } == {
        "title": ["On Minsk & “more”"],
        "author": ["Berg, Ann", "Name, Pen"],
        "author_institution": ["Centre for Tests"],
        "author_orcid": ["https://orcid.org/0000-0002-1825-0097"],
        "publication_date": ["2026/05/03"],
        "technical_report_institution": ["Stockholm Centre for Eastern European Studies"],
        "technical_report_number": ["1/2026"],
        "publisher": ["Stockholm Centre for Eastern European Studies"],
        "language": ["en"],
        "doi": ["10.1234/x"],
        "isbn": ["978-3-16-148410-0"],
        "public_url": [f"{HERE}/en/publications/on-minsk/"],
        "abstract_html_url": [f"{HERE}/en/publications/on-minsk/"],
        "fulltext_html_url": [f"{HERE}/en/publications/on-minsk/"],
        "pdf_url": tags["citation_pdf_url"],
        "keywords": ["Belarus", "Security Papers"],
    }
    assert client.get(tags["citation_pdf_url"][0].removeprefix(HERE)).status_code == 200


def test_a_comment_has_no_scholarly_tags(client):
    tags = get_head(client, make_live().get_absolute_url()).tags

    assert not [name for name in tags if name.startswith("citation_")]
    assert tags["DC.type"] == ["Text"]


def test_every_publication_has_dublin_core_tags(client, report):
    tags = get_head(client, report.get_absolute_url()).tags

    assert tags["DC.creator"] == ["Berg, Ann", "Name, Pen"] and tags["DC.contributor"] == ["Ek, Bo"]
    assert tags["DC.date"] == ["2026-05-03"] and tags["DC.type"] == ["Report"]
    assert tags["DC.identifier"] == [
        f"{HERE}/en/publications/on-minsk/", "https://doi.org/10.1234/x", "urn:isbn:978-3-16-148410-0"
    ]  # fmt: skip


def test_a_name_that_would_read_as_two_people_is_not_inverted(client):
    author = make_author("María José García López", family_name="García López")

    tags = get_head(client, make_live(author=author).get_absolute_url()).tags

    assert tags["DC.creator"] == ["María José García López"]


def test_a_publication_has_open_graph_tags(client, report):
    tags = get_head(client, report.get_absolute_url()).tags

    assert tags["og:type"] == ["article"] and tags["og:title"] == ["On Minsk & “more”"]
    assert tags["og:description"] == [report.summary] and tags["og:locale"] == ["en_GB"]
    assert tags["article:published_time"] == ["2026-05-03T12:00:00+02:00"]
    assert tags["article:modified_time"] == ["2026-05-05T12:00:00+02:00"]
    assert tags["article:author"] == [f"{HERE}/en/authors/ann-berg/"]
    assert tags["twitter:card"] == ["summary_large_image"]
    assert tags["og:image:alt"] == ["SCEEUS Report No 1, 2026: On Minsk & “more”"]
    assert (tags["og:image:width"], tags["og:image:height"]) == (["1200"], ["630"])
    response = client.get(tags["og:image"][0].removeprefix(HERE))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")


@pytest.mark.parametrize("path", ["/en/", "/sv/publikationer/", "/en/topics/", "/en/authors/"])
def test_other_pages_have_open_graph_tags(client, path):
    tags = get_head(client, path).tags

    assert tags["og:type"] == ["website"] and tags["og:url"] == [f"{HERE}{path}"] and tags["og:title"][0]


def test_a_publication_with_a_doi_links_to_it(client, report):
    assert get_head(client, report.get_absolute_url()).links["cite-as"] == "https://doi.org/10.1234/x"
    assert "cite-as" not in get_head(client, make_live().get_absolute_url()).links


# JSON-LD


def test_the_json_ld_of_a_report(client, report):
    node = get_head(client, report.get_absolute_url()).node("Report")

    assert node["@id"] == f"{HERE}/en/publications/on-minsk/"
    assert node["author"] == [
        {
            "@type": "Person", "@id": f"{HERE}/en/authors/ann-berg/#person", "name": "Ann Berg", "url": f"{HERE}/en/authors/ann-berg/",
            "jobTitle": "Fellow", "affiliation": {"@type": "Organization", "name": "Centre for Tests"},
            "sameAs": ["https://orcid.org/0000-0002-1825-0097"],
        },
        {"@type": "Person", "name": "Pen Name"},
    ]  # fmt: skip
    assert [editor["name"] for editor in node["editor"]] == ["Bo Ek"]
    assert (
        node["datePublished"] == "2026-05-03T12:00:00+02:00"
        and node["dateModified"] == "2026-05-05T12:00:00+02:00"
    )
    assert (node["reportNumber"], node["version"], node["inLanguage"]) == ("1/2026", 2, "en")
    assert [identifier["value"] for identifier in node["identifier"]] == ["10.1234/x", "978-3-16-148410-0"]
    assert node["isPartOf"] == [
        {
            "@type": "CreativeWorkSeries", "@id": f"{HERE}/en/topics/security-papers/", "name": "Security Papers",
            "url": f"{HERE}/en/topics/security-papers/",
        }
    ]  # fmt: skip
    assert node["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": "It was <Brest>.",
            "datePublished": "2026-05-05T12:00:00+02:00",
        }
    ]
    assert node["encoding"][0]["encodingFormat"] == "application/pdf"


def test_an_unchanged_comment_was_modified_when_it_was_published(client):
    node = get_head(client, make_live().get_absolute_url()).node("Article")

    assert node["dateModified"] == node["datePublished"]
    assert not {"correction", "isPartOf", "identifier", "reportNumber"} & set(node)


def test_translations_are_linked_in_json_ld(client):
    english = make_live(title="English").publication
    swedish = actions.publish(
        make_publication(title="Svenska", language="sv", translation_of=english), by=None
    )
    ukrainian = actions.publish(
        make_publication(title="Українська", language="uk", translation_of=english), by=None
    )

    original = get_head(client, english.editions.get().get_absolute_url()).node("Article")
    translation = get_head(client, swedish.get_absolute_url()).node("Article")

    assert [text["inLanguage"] for text in original["workTranslation"]] == ["sv", "uk"]
    assert original["workTranslation"][1]["@id"] == f"{HERE}{ukrainian.get_absolute_url()}"
    assert translation["translationOfWork"]["name"] == "English" and "workTranslation" not in translation


def test_json_ld_is_escaped(client):
    edition = make_live(title="</script><script>alert(1)</script><!-- \u2028 & done")

    html = get_page(client, edition.get_absolute_url())

    assert "<script>alert" not in html and "</script><script>a" not in html
    assert ParsedHead(html).node("Article")["name"] == edition.title


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/en/publications/on-minsk/", ["Home", "Publications", "On Minsk & “more”"]),
        ("/en/topics/belarus/", ["Home", "Topics", "Belarus"]),
        ("/en/authors/ann-berg/", ["Home", "Authors", "Ann Berg"]),
        ("/sv/publikationer/", ["Hem", "Publikationer"]),
    ],
)
def test_a_page_has_a_breadcrumb(client, report, path, names):
    steps = get_head(client, path).node("BreadcrumbList")["itemListElement"]

    assert [step["name"] for step in steps] == names
    assert [step["position"] for step in steps] == [*range(1, len(names) + 1)]
    assert steps[-1]["item"] == f"{HERE}{path}"


def test_the_home_page_describes_publisher_and_search(client):
    SiteSettings.objects.update(short_name="SCEEUS", name_en="Stockholm Centre")
    MenuLink.objects.create(
        place=LinkPlacement.SOCIAL, label_en="Bluesky", address_en="https://bsky.example/us"
    )

    head = get_head(client, "/en/")

    centre = head.node("Organization")
    assert (centre["name"], centre["url"], centre["sameAs"]) == (
        "Stockholm Centre", f"{HERE}/en/", ["https://bsky.example/us"]
    )  # fmt: skip
    search = head.node("WebSite")["potentialAction"]["target"]["urlTemplate"]
    assert search == f"{HERE}/en/publications/?q={{search_term_string}}"
    assert client.get(search.replace("{search_term_string}", "minsk").removeprefix(HERE)).status_code == 200


def test_an_author_has_a_profile(client, report):
    person = get_head(client, "/en/authors/ann-berg/").node("ProfilePage")["mainEntity"]

    assert person["name"] == "Ann Berg" and person["sameAs"] == ["https://orcid.org/0000-0002-1825-0097"]
    assert person["affiliation"]["name"] == "Centre for Tests"


# The fediverse

ANN = "@ann@example.social"


def creators(client, path: str) -> list[str]:
    return get_head(client, path).tags.get("fediverse:creator", [])


def links_me(html: str, element: str) -> list[str]:
    """Return what `<link rel="me">` in the head, or `<a rel="me">` in the main part, leads to."""
    document = lxml.html.fromstring(html)
    return [
        link.get("href")
        for link in document.xpath(f"//head//{element} | //main//{element}")
        if link.get("rel") == "me"
    ]


def test_authors_with_an_address_are_creators_and_a_pen_name_is_none(client):
    ann, bo = make_author("Ann", fediverse_address=ANN), make_author("Bo", fediverse_address="@bo@b.example")
    pen = make_author("Pen", is_pseudonymous=True, fediverse_address="@secret@example.social")
    first = make_live(title="First", authors=[ann, pen, bo])
    other = make_live(title="Second", authors=[pen, make_author("Cai")])

    assert creators(client, first.get_absolute_url()) == [ANN, "@bo@b.example"]
    assert creators(client, other.get_absolute_url()) == []
    assert "secret" not in get_page(client, first.get_absolute_url())


def test_an_address_follows_the_bylines_that_were_published(client):
    ann, cai = make_author("Ann", fediverse_address=ANN), make_author("Cai")
    edition = make_live(author=cai)
    publication = edition.publication
    publication.bylines.update(author=ann)
    assert creators(client, edition.get_absolute_url()) == []

    actions.publish(saved(publication), by=None, change="silent")
    assert creators(client, edition.get_absolute_url()) == [ANN]

    ann.fediverse_address = "https://other.example/@ann"
    actions.save_instance(ann, by=None)
    assert creators(client, edition.get_absolute_url()) == ["@ann@other.example"]


def test_accounts_of_the_site_lead_to_it_and_sign_for_authors_without_an_address(client):
    for url in (
        "https://mastodon.example/@centre",
        "https://www.youtube.com/@centre",
        "https://bsky.example/us",
        "a@b.example",
    ):
        MenuLink.objects.create(place=LinkPlacement.SOCIAL, label_en=url[:60], address_en=url)
    edition, signed = (
        make_live(title="One"),
        make_live(title="Two", author=make_author("Ann", fediverse_address=ANN)),
    )

    assert creators(client, edition.get_absolute_url()) == ["@centre@mastodon.example"]
    assert creators(client, signed.get_absolute_url()) == [ANN]
    assert links_me(get_page(client, "/en/"), "link") == [
        "https://mastodon.example/@centre", "https://www.youtube.com/@centre", "https://bsky.example/us",
    ]  # fmt: skip
    assert links_me(get_page(client, edition.get_absolute_url()), "link") == []


def test_the_page_of_an_author_links_to_their_profiles_in_head_and_body(client):
    author = make_author("Ann", fediverse_address=ANN, orcid="0000-0002-1825-0097")
    edition = make_live(author=author)
    urls = ["https://orcid.org/0000-0002-1825-0097", "https://example.social/@ann"]

    page = get_page(client, "/en/authors/ann/")

    assert links_me(page, "link") == links_me(page, "a") == urls
    assert ParsedHead(page).node("ProfilePage")["mainEntity"]["sameAs"] == urls
    assert 'href="https://example.social/@ann"' in get_page(client, edition.get_absolute_url())


def test_the_schema_type_of_a_kind_is_used(client):
    kind = Kind.objects.get(slug="quick-comment")
    kind.schema_type = "OpinionNewsArticle"
    actions.save_instance(kind, by=None)

    assert get_head(client, make_live().get_absolute_url()).node("OpinionNewsArticle")


# The page


def citations_in(html: str) -> list[str]:
    paragraphs = re.findall(r'class="cite__reference">(.*?)</p>', html, re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>", "", paragraph)) for paragraph in paragraphs]


def test_a_page_offers_citations_and_formats(client, report):
    html = get_page(client, report.get_absolute_url())

    assert citations_in(html)[0].startswith(
        "Berg, A., & Name, P. (2026). On Minsk & “more” (B. Ek, Ed.) (SCEEUS Report No 1, 2026)."
    )
    formats = re.findall(r'href="([^"]*)" download>(\w[^<]*)</a>', html)
    assert [name for _url, name in formats] == ["BibTeX", "RIS", "CSL-JSON"]
    assert {client.get(url).status_code for url, _name in formats} == {200}


def test_a_superseded_edition_is_cited_at_its_own_address_without_metadata(client, report):
    html = get_page(client, "/en/publications/on-minsk/editions/1/")

    assert citations_in(html)[0].endswith(f"{HERE}/en/publications/on-minsk/editions/1/")
    assert 'href="/en/publications/on-minsk/editions/1.bib" download' in html
    assert not ParsedHead(html).data and "DC.title" not in ParsedHead(html).tags


def test_a_preview_shows_citations_and_offers_no_formats(client, editor):
    client.force_login(editor, backend=BACKEND)
    publication = make_publication(title="Not yet", slug="not-yet")

    html = get_page(client, reverse("desk:preview", args=[publication.pk]))

    assert "Not yet [Quick Comment]" in citations_in(html)[0]
    assert "download>" not in html and not ParsedHead(html).data


def test_a_report_without_an_attached_pdf_links_to_the_typeset_one(client):
    edition = make_live(kind="report")

    tags = get_head(client, edition.get_absolute_url()).tags

    assert tags["citation_pdf_url"] == [f"{HERE}{edition.get_absolute_url().rstrip('/')}.pdf"]
