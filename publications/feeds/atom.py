"""Atom documents as RFC 4287 has them."""

from publications.xml_writer import XmlWriter, build_xml, format_datetime

from .feed import Entry, Feed, Person

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
HTML = "text/html"


def written(feed: Feed) -> bytes:
    return build_xml(lambda xml: _feed(feed, xml))


def _feed(feed: Feed, xml: XmlWriter) -> None:
    with xml.inside("feed", {"xmlns": NAMESPACE, "xml:lang": feed.language}):
        xml.element("id", feed.id)
        xml.element("title", feed.title)
        _where_told(xml, "subtitle", feed.subtitle)
        xml.element("updated", format_datetime(feed.updated))
        _link(xml, "self", feed.url, type=MEDIA_TYPE)
        _link(xml, "alternate", feed.page, type=HTML, hreflang=feed.language)
        _person(xml, "author", feed.author)
        for entry in feed.entries:
            _entry(entry, xml)


def _entry(entry: Entry, xml: XmlWriter) -> None:
    with xml.inside("entry", {"xml:lang": entry.language}):
        xml.element("id", entry.id)
        xml.element("title", entry.title)
        xml.element("published", format_datetime(entry.published))
        xml.element("updated", format_datetime(entry.updated))
        _links(entry, xml)
        for name, people in (("author", entry.authors), ("contributor", entry.contributors)):
            for person in people:
                _person(xml, name, person)
        for category in entry.categories:
            xml.element("category", attributes=vars(category))
        _where_told(xml, "summary", entry.summary)
        xml.element("content", entry.content, {"type": "html"})


def _links(entry: Entry, xml: XmlWriter) -> None:
    """One alternate, since some readers take the first and some the last; translations are related."""
    for text in entry.texts:
        rel = "alternate" if text.url == entry.url else "related"
        _link(xml, rel, text.url, type=HTML, hreflang=text.language, title=text.title)
    if entry.external_url:
        _link(xml, "via", entry.external_url, type=HTML)
    for file in entry.files:
        _link(xml, "enclosure", file.url, type=file.media_type, title=file.title, length=str(file.size))
    if entry.cover:
        _link(xml, "enclosure", entry.cover.url, type=entry.cover.media_type, title=entry.cover.alt)


def _link(xml: XmlWriter, rel: str, href: str, **attributes: str) -> None:
    xml.element("link", attributes={"href": href, "rel": rel, **attributes})


def _person(xml: XmlWriter, name: str, person: Person) -> None:
    with xml.inside(name):
        xml.element("name", person.name)
        _where_told(xml, "uri", person.uri)


def _where_told(xml: XmlWriter, name: str, text: str) -> None:
    if text:
        xml.element(name, text)
