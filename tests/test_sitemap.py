"""The sitemap: every public address, when it last changed, and its translations."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine

from publications import actions, sitemaps
from publications.models import SitePage
from tests.factories import make_author, make_live, make_many, make_publication, make_tag, saved
from tests.queries import count_queries_of_each

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
START = datetime(2026, 5, 3, 10, 0, 30, tzinfo=UTC)
NAMESPACES = {"": "http://www.sitemaps.org/schemas/sitemap/0.9", "xhtml": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def get_document(client, path: str = "/sitemap.xml") -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def get_addresses(client, path: str = "/sitemap.xml") -> dict[str, str]:
    """Return the listed paths with their dates of change."""
    return {
        url.findtext("loc", "", NAMESPACES).removeprefix(SITE): url.findtext("lastmod", "", NAMESPACES)
        for url in get_document(client, path)
    }


def get_alternates(client, path: str) -> dict[str, str]:
    url = next(url for url in get_document(client) if url.findtext("loc", "", NAMESPACES) == SITE + path)
    return {link.get("hreflang"): link.get("href") for link in url.findall("xhtml:link", NAMESPACES)}


def test_every_public_address_is_listed_and_answers(client):
    make_live(author=make_author("Ann Berg"), tags=(make_tag("Жыве Belarus"),), title="Жук å")
    SitePage.objects.create(
        title_en="Method", slug_en="method", body_en="So.", title_sv="Metod", slug_sv="metod", body_sv="Så."
    )

    changed_at = get_addresses(client)

    assert {"/en/", "/sv/", "/en/publications/", "/sv/publikationer/", "/en/method/", "/sv/metod/"} <= set(
        changed_at
    )
    assert len(changed_at) == 8 + 2 + 2 + 1 + sum(len(page.locales) for page in SitePage.objects.all())
    assert {path: client.get(path).status_code for path in changed_at} == dict.fromkeys(changed_at, 200)


def test_no_page_with_noindex_is_listed(client):
    make_live(author=make_author("Ann Berg"), tags=(make_tag("Belarus"),))

    noindex_paths = [
        path
        for path in get_addresses(client)
        if re.search('name="robots" content="noindex', client.get(path).text)
    ]

    assert not noindex_paths


def test_publications_are_listed_at_their_canonical_addresses(client):
    edition = make_live(title="Жук å")
    changed_at = get_addresses(client)

    canonical = re.search('rel="canonical" href="([^"]+)"', client.get(edition.get_absolute_url()).text)[1]

    assert canonical.removeprefix(SITE) in changed_at


def test_a_publication_changed_when_its_live_edition_became_public(client, clock):
    edition = make_live(published_at=datetime(2014, 3, 1, tzinfo=UTC))
    clock.shift(timedelta(days=1))
    actions.publish(saved(edition.publication, body="Mended."), by=None)

    assert get_addresses(client)[edition.get_absolute_url()] == "2026-05-04T10:00:30Z"


def test_topics_authors_and_lists_changed_with_their_newest_publication(client, clock):
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_live(author=author, tags=(tag,))
    clock.shift(timedelta(days=1))
    make_live(author=author, tags=(tag,))
    clock.shift(timedelta(days=1))
    make_live()

    changed_at = get_addresses(client)

    assert (
        changed_at["/en/topics/belarus/"] == changed_at["/sv/forfattare/ann-berg/"] == "2026-05-04T10:00:30Z"
    )
    assert changed_at["/en/"] == changed_at["/sv/publikationer/"] == "2026-05-05T10:00:30Z"


def test_a_site_page_changed_when_it_was_written(client, clock):
    page = SitePage.objects.create(title_en="Method", slug_en="method", body_en="So.")
    clock.shift(timedelta(days=1))
    make_live()

    assert get_addresses(client)["/en/method/"] == "2026-05-03T10:00:30Z"
    assert page.locales == ["en"] and get_alternates(client, "/en/method/") == {}


def test_translations_are_alternates_of_each_other_and_themselves(client):
    english = make_live(title="English").publication
    actions.publish(make_publication(title="Svenska", language="sv", translation_of=english), by=None)
    actions.publish(make_publication(title="Ukrainska", language="uk", translation_of=english), by=None)

    expected = {
        "en": f"{SITE}/en/publications/english/",
        "sv": f"{SITE}/sv/publikationer/svenska/",
        "uk": f"{SITE}/en/publications/ukrainska/",
    }
    assert all(
        get_alternates(client, address.removeprefix(SITE)) == expected for address in expected.values()
    )


def test_pages_of_both_locales_are_alternates_of_each_other(client):
    make_live(tags=(make_tag("Belarus"),))

    expected = {"en": f"{SITE}/en/topics/belarus/", "sv": f"{SITE}/sv/amnen/belarus/"}
    assert (
        get_alternates(client, "/en/topics/belarus/")
        == get_alternates(client, "/sv/amnen/belarus/")
        == expected
    )


def test_what_is_not_public_is_not_listed(client, clock):
    tag, pen = make_tag("Secret"), make_author("Pen Name", is_pseudonymous=True)
    make_publication(title="Draft", tags=(tag,))
    actions.publish(make_publication(title="Waiting", tags=(tag,)), by=None, at=START + timedelta(hours=2))
    actions.publish(make_publication(title="Ended", tags=(tag,)), by=None, until=START + timedelta(hours=1))
    withdrawn = make_live(title="Withdrawn", tags=(tag,))
    make_live(title="Pseudonymous", author=pen)
    clock.shift(timedelta(hours=1))
    actions.withdraw(withdrawn.publication, by=None)

    text = " ".join(get_addresses(client))

    assert "/pseudonymous/" in text
    assert not re.search("draft|waiting|ended|withdrawn|secret|pen-name", text)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(sitemaps, "MAX_URLS", 10)
    monkeypatch.setattr(sitemaps.SubjectSource, "size", 5)


def test_a_large_site_has_an_index_of_parts(client, small_parts):
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_many(25, author=author, tag=tag)

    index = get_document(client)
    parts = [part.findtext("loc", "", NAMESPACES).removeprefix(SITE) for part in index]
    paths = [path for part in parts for path in get_addresses(client, part)]

    assert index.tag.endswith("sitemapindex")
    assert len([path for path in paths if "/many-" in path]) == 25
    assert {"/en/", "/en/topics/belarus/", "/sv/forfattare/ann-berg/"} <= set(paths)
    assert len(paths) == len(set(paths))
    assert max(len(get_addresses(client, part)) for part in parts if "pages" not in part) <= 10


def test_a_publication_keeps_its_part(client, small_parts):
    editions = [make_live() for _number in range(12)]
    part = f"/sitemap-publications-{editions[-1].publication_id // 10 + 1}.xml"
    before = editions[-1].get_absolute_url() in get_addresses(client, part)

    for edition in editions[:-1]:
        actions.withdraw(edition.publication, by=None)

    assert before and editions[-1].get_absolute_url() in get_addresses(client, part)


def test_translations_may_be_of_other_parts(client, small_parts):
    english = make_live(title="English").publication
    for _number in range(12):
        make_publication()
    swedish = actions.publish(
        make_publication(title="Svenska", language="sv", translation_of=english), by=None
    )

    part = get_document(client, f"/sitemap-publications-{swedish.publication_id // 10 + 1}.xml")

    links = {link.get("hreflang") for link in part.iter(f"{{{NAMESPACES['xhtml']}}}link")}
    assert links == {"en", "sv"}
    assert all("english" not in url.findtext("loc", "", NAMESPACES) for url in part)


@pytest.mark.parametrize(
    "part", ["publications-0", "publications-9999", f"topics-{10**30}", "topics-1", "nowhere-1", "pages-2"]
)
def test_an_empty_part_answers_404(client, part):
    make_live()

    assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_an_unchanged_sitemap_is_answered_with_304(client):
    make_live()
    tag = client.get("/sitemap.xml")["ETag"]
    status = client.get("/sitemap.xml", headers={"If-None-Match": tag}).status_code
    make_live()

    assert (status, client.get("/sitemap.xml", headers={"If-None-Match": tag}).status_code) == (304, 200)


def test_a_thousand_more_publications_add_no_query(client, monkeypatch):
    """Primary keys go on between tests on PostgreSQL: a boundary of blocks among the thousand would add a query."""
    monkeypatch.setattr(sitemaps, "MAX_URLS", 10**9)
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_live(author=author, tags=(tag,))
    paths = (
        "/sitemap.xml",
        "/sitemap-publications-1.xml",
        f"/sitemap-authors-{author.pk // sitemaps.SubjectSource.size + 1}.xml",
    )
    few = count_queries_of_each(client, paths)

    make_many(1000, author=author, tag=tag)

    assert count_queries_of_each(client, paths) == few
    assert max(few.values()) <= 13
