"""The sitemap: every public address, when it truly changed, in every language; and nothing else."""

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
NAMES = {"": "http://www.sitemaps.org/schemas/sitemap/0.9", "xhtml": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as moved:
        yield moved


def document(client, path: str = "/sitemap.xml") -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def addresses(client, path: str = "/sitemap.xml") -> dict[str, str]:
    """Paths with when they changed."""
    return {
        url.findtext("loc", "", NAMES).removeprefix(SITE): url.findtext("lastmod", "", NAMES)
        for url in document(client, path)
    }


def alternates(client, path: str) -> dict[str, str]:
    url = next(each for each in document(client) if each.findtext("loc", "", NAMES) == SITE + path)
    return {link.get("hreflang"): link.get("href") for link in url.findall("xhtml:link", NAMES)}


def test_every_public_address_of_both_trees_is_told_and_opens(client):
    make_live(by_whom=make_author("Ann Berg"), tags=(make_tag("Жыве Belarus"),), title="Жук å")
    SitePage.objects.create(
        title_en="Method", slug_en="method", body_en="So.", title_sv="Metod", slug_sv="metod", body_sv="Så."
    )

    values = addresses(client)

    assert {"/en/", "/sv/", "/en/publications/", "/sv/publikationer/", "/en/method/", "/sv/metod/"} <= set(
        values
    )
    assert len(values) == 8 + 2 + 2 + 1 + sum(len(page.locales) for page in SitePage.objects.all())
    assert {path: client.get(path).status_code for path in values} == dict.fromkeys(values, 200)


def test_no_page_that_asks_not_to_be_indexed_is_told(client):
    make_live(by_whom=make_author("Ann Berg"), tags=(make_tag("Belarus"),))

    shy = [
        path
        for path in addresses(client)
        if re.search('name="robots" content="noindex', client.get(path).text)
    ]

    assert not shy


def test_pieces_stand_at_the_address_that_they_call_their_own(client):
    edition = make_live(title="Жук å")
    values = addresses(client)

    canonical = re.search('rel="canonical" href="([^"]+)"', client.get(edition.get_absolute_url()).text)[1]

    assert canonical.removeprefix(SITE) in values


def test_a_piece_changed_when_its_live_text_became_public(client, clock):
    edition = make_live(published_at=datetime(2014, 3, 1, tzinfo=UTC))
    clock.shift(timedelta(days=1))
    actions.publish(saved(edition.publication, body="Mended."), by=None)

    assert addresses(client)[edition.get_absolute_url()] == "2026-05-04T10:00:30Z"


def test_topics_authors_and_lists_changed_when_the_newest_of_their_pieces_did(client, clock):
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_live(by_whom=author, tags=(tag,))
    clock.shift(timedelta(days=1))
    make_live(by_whom=author, tags=(tag,))
    clock.shift(timedelta(days=1))
    make_live()

    values = addresses(client)

    assert values["/en/topics/belarus/"] == values["/sv/forfattare/ann-berg/"] == "2026-05-04T10:00:30Z"
    assert values["/en/"] == values["/sv/publikationer/"] == "2026-05-05T10:00:30Z"


def test_a_site_page_changed_when_it_was_written(client, clock):
    page = SitePage.objects.create(title_en="Method", slug_en="method", body_en="So.")
    clock.shift(timedelta(days=1))
    make_live()

    assert addresses(client)["/en/method/"] == "2026-05-03T10:00:30Z"
    assert page.locales == ["en"] and alternates(client, "/en/method/") == {}


def test_translations_are_told_of_each_other_and_of_themselves(client):
    english = make_live(title="English").publication
    actions.publish(make_publication(title="Svenska", language="sv", translation_of=english), by=None)
    actions.publish(make_publication(title="Ukrainska", language="uk", translation_of=english), by=None)

    expected = {
        "en": f"{SITE}/en/publications/english/",
        "sv": f"{SITE}/sv/publikationer/svenska/",
        "uk": f"{SITE}/en/publications/ukrainska/",
    }
    assert all(alternates(client, address.removeprefix(SITE)) == expected for address in expected.values())


def test_pages_of_both_trees_are_told_of_each_other(client):
    make_live(tags=(make_tag("Belarus"),))

    expected = {"en": f"{SITE}/en/topics/belarus/", "sv": f"{SITE}/sv/amnen/belarus/"}
    assert alternates(client, "/en/topics/belarus/") == alternates(client, "/sv/amnen/belarus/") == expected


def test_what_is_not_public_is_not_told(client, clock):
    tag, pen = make_tag("Secret"), make_author("Pen Name", is_pseudonymous=True)
    make_publication(title="Draft", tags=(tag,))
    actions.publish(make_publication(title="Waiting", tags=(tag,)), by=None, at=START + timedelta(hours=2))
    actions.publish(make_publication(title="Ended", tags=(tag,)), by=None, until=START + timedelta(hours=1))
    withdrawn = make_live(title="Withdrawn", tags=(tag,))
    make_live(title="Pseudonymous", by_whom=pen)
    clock.shift(timedelta(hours=1))
    actions.withdraw(withdrawn.publication, by=None)

    text = " ".join(addresses(client))

    assert "/pseudonymous/" in text
    assert not re.search("draft|waiting|ended|withdrawn|secret|pen-name", text)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(sitemaps, "MAX_URLS", 10)
    monkeypatch.setattr(sitemaps.SubjectSource, "size", 5)


def test_a_large_site_has_an_index_of_parts_that_hold_it_all(client, small_parts):
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_many(25, author=author, tag=tag)

    index = document(client)
    parts = [part.findtext("loc", "", NAMES).removeprefix(SITE) for part in index]
    rows = [path for part in parts for path in addresses(client, part)]

    assert index.tag.endswith("sitemapindex")
    assert len([path for path in rows if "/many-" in path]) == 25
    assert {"/en/", "/en/topics/belarus/", "/sv/forfattare/ann-berg/"} <= set(rows)
    assert len(rows) == len(set(rows))
    assert max(len(addresses(client, part)) for part in parts if "pages" not in part) <= 10


def test_a_piece_keeps_its_part_when_others_come_and_go(client, small_parts):
    editions = [make_live() for _number in range(12)]
    part = f"/sitemap-publications-{editions[-1].publication_id // 10 + 1}.xml"
    before = editions[-1].get_absolute_url() in addresses(client, part)

    for edition in editions[:-1]:
        actions.withdraw(edition.publication, by=None)

    assert before and editions[-1].get_absolute_url() in addresses(client, part)


def test_translations_are_found_in_other_parts(client, small_parts):
    english = make_live(title="English").publication
    for _number in range(12):
        make_publication()
    swedish = actions.publish(
        make_publication(title="Svenska", language="sv", translation_of=english), by=None
    )

    part = document(client, f"/sitemap-publications-{swedish.publication_id // 10 + 1}.xml")

    links = {link.get("hreflang") for link in part.iter(f"{{{NAMES['xhtml']}}}link")}
    assert links == {"en", "sv"}
    assert all("english" not in url.findtext("loc", "", NAMES) for url in part)


@pytest.mark.parametrize(
    "part", ["publications-0", "publications-9999", f"topics-{10**30}", "topics-1", "nowhere-1", "pages-2"]
)
def test_a_part_that_holds_nothing_is_not_there(client, part):
    make_live()

    assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_who_has_the_sitemap_already_is_told_so(client):
    make_live()
    tag = client.get("/sitemap.xml")["ETag"]
    known = client.get("/sitemap.xml", headers={"If-None-Match": tag}).status_code
    make_live()

    assert (known, client.get("/sitemap.xml", headers={"If-None-Match": tag}).status_code) == (304, 200)


def test_a_thousand_more_publications_add_no_query(client, monkeypatch):
    """Primary keys go on between tests on PostgreSQL: a boundary of blocks among the thousand would add a query."""
    monkeypatch.setattr(sitemaps, "MAX_URLS", 10**9)
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_live(by_whom=author, tags=(tag,))
    paths = (
        "/sitemap.xml",
        "/sitemap-publications-1.xml",
        f"/sitemap-authors-{author.pk // sitemaps.SubjectSource.size + 1}.xml",
    )
    few = count_queries_of_each(client, paths)

    make_many(1000, author=author, tag=tag)

    assert count_queries_of_each(client, paths) == few
    assert max(few.values()) <= 13
