"""Atom documents as RFC 4287 has them, from plain values. Knows no database and no site."""

import io
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.xmlutils import SimplerXMLGenerator

from publications.xml_documents import FORBIDDEN, moment

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Link:
    """A way to something: `href` is an absolute address, `length` a number of bytes."""

    href: str
    rel: str = "alternate"
    type: str = ""
    hreflang: str = ""
    title: str = ""
    length: str = ""


@dataclass(frozen=True)
class Person:
    """Someone with a name; `uri` is empty where no page tells of them."""

    name: str
    uri: str = ""


@dataclass(frozen=True)
class Category:
    """A subject: `scheme` says which list `term` belongs to, `label` is for people."""

    term: str
    scheme: str
    label: str


@dataclass(frozen=True)
class Entry:
    """One piece. `content` and titles are text; content is HTML that stands by itself."""

    id: str
    title: str
    language: str
    published: datetime
    updated: datetime
    links: list[Link]
    summary: str
    content: str
    authors: list[Person] = field(default_factory=list)
    contributors: list[Person] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)


@dataclass(frozen=True)
class Feed:
    """A feed, its entries newest first. Its author stands for entries that name none."""

    id: str
    title: str
    subtitle: str
    language: str
    updated: datetime
    author: Person
    links: list[Link]
    entries: list[Entry]


def document(feed: Feed) -> bytes:
    """The feed as an XML document in UTF-8."""
    stream = io.StringIO()
    writer = Writer(SimplerXMLGenerator(stream, "utf-8", short_empty_elements=True))
    writer.xml.startDocument()
    writer.feed(feed)
    writer.xml.endDocument()
    return stream.getvalue().encode()


class Writer:
    """Writes the parts of a feed, each through the one door that escapes and takes out what XML forbids."""

    def __init__(self, xml: SimplerXMLGenerator) -> None:
        self.xml = xml

    def feed(self, feed: Feed) -> None:
        self.xml.startElement("feed", {"xmlns": NAMESPACE, "xml:lang": feed.language})
        self.element("id", feed.id)
        self.element("title", feed.title)
        self.element("subtitle", feed.subtitle, optional=True)
        self.element("updated", moment(feed.updated))
        self.links(feed.links)
        self.person("author", feed.author)
        for entry in feed.entries:
            self.entry(entry)
        self.xml.endElement("feed")

    def entry(self, entry: Entry) -> None:
        self.xml.startElement("entry", {"xml:lang": entry.language})
        self.element("id", entry.id)
        self.element("title", entry.title)
        self.element("published", moment(entry.published))
        self.element("updated", moment(entry.updated))
        self.links(entry.links)
        for name, people in (("author", entry.authors), ("contributor", entry.contributors)):
            for person in people:
                self.person(name, person)
        for category in entry.categories:
            self.element("category", "", **vars(category))
        self.element("summary", entry.summary, optional=True)
        self.element("content", entry.content, type="html")
        self.xml.endElement("entry")

    def links(self, links: list[Link]) -> None:
        for link in links:
            self.element("link", "", **vars(link))

    def person(self, name: str, person: Person) -> None:
        self.xml.startElement(name, {})
        self.element("name", person.name)
        self.element("uri", person.uri, optional=True)
        self.xml.endElement(name)

    def element(self, name: str, text: str, *, optional: bool = False, **attributes: str) -> None:
        """An element with text; attributes that are empty are left out, and so is an empty optional element."""
        if optional and not text:
            return
        given = {key: FORBIDDEN.sub("", value) for key, value in attributes.items() if value}
        self.xml.startElement(name, given)
        self.xml.characters(FORBIDDEN.sub("", text))
        self.xml.endElement(name)
