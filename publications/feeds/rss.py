"""RSS 2.0 (rssboard.org/rss-specification), with what it lacks from the modules that its readers know.

An author is a `dc:creator`, since RSS wants an e-mail address of an `author`; the full text is `content:encoded`; the
moment of the last announced change is `atom:updated`. An item has one `enclosure` at most, so that is the first file;
the cover is `media:content`. The moment of an item stays that of its publication, as its readers sort by it.
"""

from datetime import UTC, datetime
from email.utils import format_datetime

from publications.xml_writer import XmlWriter, build_xml
from publications.xml_writer import format_datetime as rfc_3339

from .atom import NAMESPACE as ATOM
from .feed import Entry, Feed

MEDIA_TYPE = "application/rss+xml"
NAMESPACES = {
    "xmlns:atom": ATOM,
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}


def written(feed: Feed) -> bytes:
    return build_xml(lambda xml: _rss(feed, xml))


def moment(at: datetime) -> str:
    """As RFC 822 writes it, with the four digits of a year that RSS prefers: Sun, 03 May 2026 10:00:30 GMT."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _rss(feed: Feed, xml: XmlWriter) -> None:
    with xml.inside("rss", {"version": "2.0", **NAMESPACES}), xml.inside("channel"):
        xml.element("title", feed.title)
        xml.element("link", feed.page)
        xml.element("description", feed.subtitle)
        xml.element("language", feed.language)
        xml.element("lastBuildDate", moment(feed.updated))
        xml.element("atom:link", attributes={"href": feed.url, "rel": "self", "type": MEDIA_TYPE})
        for entry in feed.entries:
            _item(feed, entry, xml)


def _item(feed: Feed, entry: Entry, xml: XmlWriter) -> None:
    with xml.inside("item"):
        xml.element("title", entry.title)
        xml.element("link", entry.url)
        xml.element("guid", entry.id, {"isPermaLink": "false"})
        xml.element("pubDate", moment(entry.published))
        xml.element("atom:updated", rfc_3339(entry.updated))
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
        _others(entry, xml)


def _others(entry: Entry, xml: XmlWriter) -> None:
    """Translations, the first file, and the cover."""
    for text in entry.texts[1:]:
        way = {"href": text.url, "rel": "related", "type": "text/html"}
        xml.element("atom:link", attributes={**way, "hreflang": text.language, "title": text.title})
    for file in entry.files[:1]:
        told = {"url": file.url, "length": str(file.size), "type": file.media_type}
        xml.element("enclosure", attributes=told)
    if entry.cover:
        told = {"url": entry.cover.url, "type": entry.cover.media_type, "medium": "image"}
        with xml.inside("media:content", told):
            xml.element("media:description", entry.cover.alt, {"type": "plain"})
