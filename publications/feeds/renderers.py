"""Renderers of feeds in Atom, RSS and JSON Feed, one in RENDERERS for each of FEED_FORMATS."""

import email.utils
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from publications.metadata import FEED_FORMATS
from publications.xml_writer import FORBIDDEN, XmlWriter, build_xml, format_datetime

from .feed import Feed, FeedEntry, FeedFile, FeedPerson

ATOM = "http://www.w3.org/2005/Atom"
HTML = "text/html"
RSS_NAMESPACES = {
    "xmlns:atom": ATOM,
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}
JSON_FEED_VERSION = "https://jsonfeed.org/version/1.1"
REQUIRED_MEMBERS = ("items", "content_html")

JSONObject = dict[str, Any]


def render_atom(feed: Feed) -> bytes:
    """Return a feed as Atom (RFC 4287)."""
    return build_xml(lambda xml: _atom_feed(feed, xml))


def _atom_feed(feed: Feed, xml: XmlWriter) -> None:
    with xml.inside("feed", {"xmlns": ATOM, "xml:lang": feed.language}):
        xml.element("id", feed.id)
        xml.element("title", feed.title)
        _element_if(xml, "subtitle", feed.subtitle)
        xml.element("updated", format_datetime(feed.updated_at))
        _atom_link(xml, "self", feed.url, type=FEED_FORMATS["atom"].media_type)
        _atom_link(xml, "alternate", feed.page, type=HTML, hreflang=feed.language)
        _atom_person(xml, "author", feed.author)
        for entry in feed.entries:
            _atom_entry(entry, xml)


def _atom_entry(entry: FeedEntry, xml: XmlWriter) -> None:
    with xml.inside("entry", {"xml:lang": entry.language}):
        xml.element("id", entry.id)
        xml.element("title", entry.title)
        xml.element("published", format_datetime(entry.published_at))
        xml.element("updated", format_datetime(entry.updated_at))
        _atom_links(entry, xml)
        for name, people in (("author", entry.authors), ("contributor", entry.contributors)):
            for person in people:
                _atom_person(xml, name, person)
        for category in entry.categories:
            xml.element("category", attributes=vars(category))
        _element_if(xml, "summary", entry.summary)
        xml.element("content", entry.content, {"type": "html"})


def _atom_links(entry: FeedEntry, xml: XmlWriter) -> None:
    """Write one alternate link, since some readers use the first and some the last; translations are related."""
    for version in entry.language_versions:
        rel = "alternate" if version.url == entry.url else "related"
        _atom_link(xml, rel, version.url, type=HTML, hreflang=version.language, title=version.title)
    if entry.external_url:
        _atom_link(xml, "via", entry.external_url, type=HTML)
    for file in entry.files:
        _atom_link(xml, "enclosure", file.url, type=file.media_type, title=file.title, length=str(file.size))
    if entry.cover:
        _atom_link(xml, "enclosure", entry.cover.url, type=entry.cover.media_type, title=entry.cover.alt)


def _atom_link(xml: XmlWriter, rel: str, href: str, **attributes: str) -> None:
    xml.element("link", attributes={"href": href, "rel": rel, **attributes})


def _atom_person(xml: XmlWriter, name: str, person: FeedPerson) -> None:
    with xml.inside(name):
        xml.element("name", person.name)
        _element_if(xml, "uri", person.uri)


def _element_if(xml: XmlWriter, name: str, text: str) -> None:
    if text:
        xml.element(name, text)


def render_rss(feed: Feed) -> bytes:
    """Return a feed as RSS 2.0 (rssboard.org/rss-specification), with the modules that feed readers support.

    An author is a `dc:creator`, since RSS requires an e-mail address in `author`; the full text is `content:encoded`;
    the last announced change is `atom:updated`. An item may have one `enclosure`, which is the first file; the cover is
    `media:content`. `pubDate` stays the date of publication, as readers sort by it.
    """
    return build_xml(lambda xml: _rss(feed, xml))


def format_rfc_822(at: datetime) -> str:
    """Return a datetime as in RFC 822 with a year of four digits: "Sun, 03 May 2026 10:00:30 GMT"."""
    return email.utils.format_datetime(at.astimezone(UTC), usegmt=True)


def _rss(feed: Feed, xml: XmlWriter) -> None:
    with xml.inside("rss", {"version": "2.0", **RSS_NAMESPACES}), xml.inside("channel"):
        xml.element("title", feed.title)
        xml.element("link", feed.page)
        xml.element("description", feed.subtitle)
        xml.element("language", feed.language)
        xml.element("lastBuildDate", format_rfc_822(feed.updated_at))
        xml.element(
            "atom:link", attributes={"href": feed.url, "rel": "self", "type": FEED_FORMATS["rss"].media_type}
        )
        for entry in feed.entries:
            _rss_item(feed, entry, xml)


def _rss_item(feed: Feed, entry: FeedEntry, xml: XmlWriter) -> None:
    with xml.inside("item"):
        xml.element("title", entry.title)
        xml.element("link", entry.url)
        xml.element("guid", entry.id, {"isPermaLink": "false"})
        xml.element("pubDate", format_rfc_822(entry.published_at))
        xml.element("atom:updated", format_datetime(entry.updated_at))
        for person in entry.authors or [feed.author]:
            xml.element("dc:creator", person.name)
        for person in entry.contributors:
            xml.element("dc:contributor", person.name)
        xml.element("dc:language", entry.language)
        for category in entry.categories:
            xml.element("category", category.label, {"domain": category.scheme})
        if entry.summary:
            xml.element("description", entry.summary)
        xml.element("content:encoded", entry.content)
        _rss_related(entry, xml)


def _rss_related(entry: FeedEntry, xml: XmlWriter) -> None:
    """Write translations, the first file and the cover."""
    for translation in entry.language_versions[1:]:
        link = {"href": translation.url, "rel": "related", "type": HTML}
        attributes = {**link, "hreflang": translation.language, "title": translation.title}
        xml.element("atom:link", attributes=attributes)
    for file in entry.files[:1]:
        enclosure = {"url": file.url, "length": str(file.size), "type": file.media_type}
        xml.element("enclosure", attributes=enclosure)
    if entry.cover:
        media = {"url": entry.cover.url, "type": entry.cover.media_type, "medium": "image"}
        with xml.inside("media:content", media):
            xml.element("media:description", entry.cover.alt, {"type": "plain"})


def render_json_feed(feed: Feed) -> bytes:
    """Return a feed as JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    return json.dumps(_without_empty(_json_feed(feed)), ensure_ascii=False, indent=1).encode()


def _json_feed(feed: Feed) -> JSONObject:
    return {
        "version": JSON_FEED_VERSION,
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "description": feed.subtitle,
        "language": feed.language,
        "authors": [_json_person(feed.author)],
        "items": [_json_item(entry) for entry in feed.entries],
    }


def _json_item(entry: FeedEntry) -> JSONObject:
    return {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.external_url,
        "title": entry.title,
        "language": entry.language,
        "date_published": format_datetime(entry.published_at),
        "date_modified": format_datetime(entry.updated_at),
        "authors": [_json_person(person) for person in entry.authors],
        "tags": [category.label for category in entry.categories],
        "summary": entry.summary,
        "image": entry.cover.url if entry.cover else "",
        "content_html": entry.content,
        "attachments": [_json_attachment(file) for file in entry.files],
    }


def _json_person(person: FeedPerson) -> JSONObject:
    return {"name": person.name, "url": person.uri}


def _json_attachment(file: FeedFile) -> JSONObject:
    return {
        "url": file.url,
        "mime_type": file.media_type,
        "title": file.title,
        "size_in_bytes": file.size,
    }


def _without_empty(value: Any) -> Any:
    """Return a value without empty members that are optional, and without the characters that XML forbids."""
    if isinstance(value, dict):
        members = {name: _without_empty(member) for name, member in value.items()}
        return {
            name: member
            for name, member in members.items()
            if member not in ("", []) or name in REQUIRED_MEMBERS
        }
    if isinstance(value, list):
        return [_without_empty(member) for member in value]
    return FORBIDDEN.sub("", value) if isinstance(value, str) else value


RENDERERS: dict[str, Callable[[Feed], bytes]] = {
    "atom": render_atom,
    "rss": render_rss,
    "json": render_json_feed,
}
"""The renderers by the extensions of FEED_FORMATS."""
