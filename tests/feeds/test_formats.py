"""Feeds in three formats: each follows its specification and has the same entries in common feed readers."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
import time_machine

from publications import actions
from publications.models import Attachment, BylineRole, store_original
from publications.presentation import feeds_for
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db

HERE = "http://127.0.0.1:8000"
MEDIA_TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
FORMATS = tuple(MEDIA_TYPES)
START = datetime(2026, 5, 3, 10, 0, 30, tzinfo=UTC)
SITE = "/en/feeds/publications"
RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def report(clock):
    """A corrected report with everything an entry can have, and a translation of it."""
    publication = make_publication(
        title="On Minsk & <“more”>", slug="on-minsk", kind="report", summary="So & so.", cover=make_image(size=(1600, 900)),
        authors=[make_author("Ann Berg"), make_author("Pen Name", is_pseudonymous=True), make_author("Bo Ek")], tags=(make_tag("Ämne"),),
        body="See [us](/en/).\n\n> “Quoted” & more",
    )  # fmt: skip
    publication.bylines.filter(author__name="Bo Ek").update(role=BylineRole.EDITOR)
    pdf = store_original(b"%PDF-1.4", "pdf")
    for name in ("r.pdf", "annex.pdf"):
        Attachment.objects.create(publication=publication, original=pdf, filename=name, label=name, size=8)
    actions.publish(saved(publication), by=None)
    actions.publish(make_publication(title="Звіт", language="uk", translation_of=publication), by=None)
    clock.shift(timedelta(days=9))
    actions.publish(
        saved(publication, body="Mended. [us](/en/)"), by=None, change="correction", note="Not <Kyiv>."
    )
    return publication


def fetch_feed(client, format: str, path: str = SITE) -> bytes:
    response = client.get(f"{path}.{format}")
    assert response.status_code == 200
    return response.content


@dataclass(frozen=True)
class ParsedEntry:
    """An entry as a feed reader parses it, whatever the format."""

    id: str
    title: str
    url: str
    published: datetime
    updated: datetime
    authors: list[str]
    summary: str
    content: str
    enclosures: list[str]


def parse_feed(content: bytes, media_type: str) -> feedparser.FeedParserDict:
    feed = feedparser.parse(content, response_headers={"content-type": media_type})
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def entries(client, format: str, path: str = SITE) -> list[ParsedEntry]:
    """Return the entries, of Atom and RSS by feedparser, of JSON Feed by the names of its specification."""
    if format == "json":
        return [_from_json(item) for item in json.loads(fetch_feed(client, format, path))["items"]]
    feed = parse_feed(fetch_feed(client, format, path), MEDIA_TYPES[format])
    assert feed.version == {"atom": "atom10", "rss": "rss20"}[format]
    return [_from_feedparser(entry) for entry in feed.entries]


def _from_feedparser(entry: feedparser.FeedParserDict) -> ParsedEntry:
    times = (datetime(*entry[name][:6], tzinfo=UTC) for name in ("published_parsed", "updated_parsed"))
    return ParsedEntry(
        entry.id, entry.title, entry.link, *times, [person.name for person in entry.authors],
        entry.get("summary", ""), entry.content[0].value, [enclosure.href for enclosure in entry.enclosures],
    )  # fmt: skip


def _from_json(entry: dict) -> ParsedEntry:
    times = (datetime.fromisoformat(entry[name]) for name in ("date_published", "date_modified"))
    return ParsedEntry(
        entry["id"], entry["title"], entry["url"], *times, [person["name"] for person in entry["authors"]],
        entry.get("summary", ""), entry["content_html"], [attachment["url"] for attachment in entry.get("attachments", [])],
    )  # fmt: skip


# Feed readers


@pytest.mark.parametrize("format", FORMATS)
def test_a_feed_reader_finds_everything(client, report, format):
    entry = entries(client, format)[0]

    assert (entry.title, entry.url) == ("On Minsk & <“more”>", f"{HERE}/en/publications/on-minsk/")
    assert entry.id == f"urn:uuid:{report.uid}"
    assert f"{entry.published:%F %T}" == "2026-05-03 10:00:00"
    assert f"{entry.updated:%F %T}" == "2026-05-12 10:00:30"
    assert entry.authors == ["Ann Berg", "Pen Name"]
    assert entry.summary == "So & so."
    assert "Not &lt;Kyiv&gt;." in entry.content and "Mended." in entry.content
    assert f'href="{HERE}/en/"' in entry.content


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_feed_can_be_read(client, format):
    assert entries(client, format) == []


@pytest.mark.parametrize("format", FORMATS)
def test_files_are_enclosed(client, report, format):
    files = [url for url in entries(client, format)[0].enclosures if url.endswith(".pdf")]

    assert len(files) == (1 if format == "rss" else 2)
    assert {client.get(address.removeprefix(HERE)).status_code for address in files} == {200}


@pytest.mark.parametrize("format", FORMATS)
def test_the_cover_is_included(client, report, format):
    text = fetch_feed(client, format).decode()

    match = re.search(rf"{HERE}/media/{report.cover.key}/960.jpg", text)
    assert match and client.get(match[0].removeprefix(HERE)).status_code == 200


@pytest.mark.parametrize("format", FORMATS)
def test_the_id_of_an_entry_never_changes(client, report, clock, format):
    before = [entry.id for entry in entries(client, format)]
    clock.shift(timedelta(days=1))
    actions.publish(saved(report, title="Anew", slug="anew", body="Anew."), by=None, change="update")

    assert [entry.id for entry in entries(client, format)] == before
    assert entries(client, format)[0].url == f"{HERE}/en/publications/anew/"


@pytest.mark.parametrize("path", ["kinds/report", "topics/ämne", "authors/ann-berg", "languages/en"])
@pytest.mark.parametrize("locale", ["en", "sv"])
def test_each_subject_has_the_same_entries_in_each_format(client, report, locale, path):
    make_live()

    result = [
        {entry.id for entry in entries(client, format, f"/{locale}/feeds/{path}")} for format in FORMATS
    ]

    assert result[0] == result[1] == result[2] and f"urn:uuid:{report.uid}" in result[0]


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_not_public_is_in_no_format(client, clock, format):
    make_publication(title="Draft")
    actions.withdraw(make_live(title="Withdrawn").publication, by=None)
    actions.publish(make_publication(title="Scheduled"), by=None, at=START + timedelta(hours=1))

    clock.shift(timedelta(hours=1) - timedelta(microseconds=1))
    before = [entry.title for entry in entries(client, format)]
    clock.shift(timedelta(microseconds=1))
    after = [entry.title for entry in entries(client, format)]

    assert (before, after) == ([], ["Scheduled"])
    assert client.get(f"/en/feeds/kinds/report.{format}").status_code == 404


# Specifications


def addresses(value) -> list[str]:
    """Return every address in a JSON document."""
    if isinstance(value, dict):
        own = [
            member for name, member in value.items() if name in ("url", "home_page_url", "feed_url", "image")
        ]
        return own + [address for member in value.values() for address in addresses(member)]
    return [address for item in value for address in addresses(item)] if isinstance(value, list) else []


def test_a_json_feed_follows_its_specification(client, report):
    response = client.get(f"{SITE}.json")
    feed = json.loads(response.content)
    entry = feed["items"][0]

    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["feed_url"] == f"{HERE}{SITE}.json"
    assert feed["language"] == entry["language"] == "en"
    assert all(urlsplit(address).scheme == "http" and " " not in address for address in addresses(feed))
    assert all(RFC_3339.fullmatch(entry[name]) for name in ("date_published", "date_modified"))
    assert entry["authors"] == [
        {"name": "Ann Berg", "url": f"{HERE}/en/authors/ann-berg/"},
        {"name": "Pen Name"},
    ]
    assert entry["tags"] == ["Report", "Ämne"]
    assert [(file["mime_type"], file["size_in_bytes"]) for file in entry["attachments"]] == [
        ("application/pdf", 8)
    ] * 2
    assert report.cover.key in entry["image"]


def test_rss_follows_its_specification(client, report):
    response = client.get(f"{SITE}.rss")
    root = ElementTree.fromstring(response.content)
    channel, entry = root.find("channel"), root.find("channel/item")

    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert all(channel.findtext(name) for name in ("title", "link", "description", "language"))
    own = channel.find("atom:link", NAMESPACES)
    assert (own.get("rel"), own.get("href"), own.get("type")) == (
        "self", f"{HERE}{SITE}.rss", "application/rss+xml"
    )  # fmt: skip
    assert len(entry.findall("enclosure")) == 1  # the specification's own words allow no more
    assert dict(entry.find("enclosure").attrib) | {"url": ""} == {
        "url": "",
        "length": "8",
        "type": "application/pdf",
    }
    assert entry.find("guid").get("isPermaLink") == "false"
    assert entry.findtext("dc:language", "", NAMESPACES) == "en"
    assert entry.find("media:content", NAMESPACES).get("type") == "image/jpeg"
    assert [link.get("hreflang") for link in entry.findall("atom:link", NAMESPACES)] == ["uk"]


def test_rss_has_dates_of_rfc_822(client, report):
    root = ElementTree.fromstring(fetch_feed(client, "rss"))
    dates = [element.text for name in ("pubDate", "lastBuildDate") for element in root.iter(name)]

    assert len(dates) == 2 and all(RFC_822.fullmatch(date) for date in dates)
    assert parsedate_to_datetime(dates[0]) == START.replace(second=0)
    assert dates[0].startswith("Sun, 03 May 2026")


def test_rss_names_the_publisher_where_there_is_no_byline(client):
    make_live().bylines.all().delete()

    assert entries(client, "rss")[0].authors == ["Stockholm Centre for Eastern European Studies"]
    assert "authors" not in json.loads(fetch_feed(client, "json"))["items"][0]


@pytest.mark.parametrize("format", FORMATS)
def test_every_address_is_absolute(client, report, format):
    text = fetch_feed(client, format).decode().replace("\\", "").replace("&lt;", "<").replace("&quot;", '"')

    addresses_found = re.findall(r'(?:href|src|url)="([^"]*)"|"(?:url|image)": "([^"]*)"', text)
    assert len(addresses_found) > 5
    assert all((one or other).startswith(HERE) for one, other in addresses_found)


@pytest.mark.parametrize("format", FORMATS)
def test_control_characters_are_removed(client, format):
    make_live(title="On\x0b \x1bMinsk\x9d\ufffe", summary="\x08So.")

    text = fetch_feed(client, format).decode()

    assert not CONTROL.search(text) and "\\u00" not in text
    assert ">On Minsk<" in text or '"On Minsk"' in text


# Pages


def feed_links(client, path: str) -> list[tuple[str, str, str]]:
    html = client.get(path).text
    return re.findall(r'<link rel="alternate" type="([^"]*)" href="([^"]*)" title="([^"]*)">', html)


@pytest.mark.parametrize(
    "path", ["/en/", "/sv/publikationer/", "/en/topics/ämne/", "/en/authors/ann-berg/", "/en/publications/?kind=report"]
)  # fmt: skip
def test_a_page_links_to_each_format_of_its_feeds(client, report, path):
    links = feed_links(client, path)

    assert len(links) >= 3 and len({title for _type, _url, title in links}) == len(links)
    for media_type, url, _title in links:
        assert client.get(url)["Content-Type"] == f"{media_type}; charset=utf-8"


def test_the_other_formats_are_listed_after_atom(report):
    own, _site = feeds_for("en", tag=report.tags.get())

    assert own["url"] == "/en/feeds/topics/%C3%A4mne.atom"
    assert [(other["title"], other["url"]) for other in own["others"]] == [
        ("Ämne (RSS)", "/en/feeds/topics/%C3%A4mne.rss"),
        ("Ämne (JSON Feed)", "/en/feeds/topics/%C3%A4mne.json"),
    ]
