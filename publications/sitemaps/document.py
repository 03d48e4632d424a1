"""Sitemap documents as sitemaps.org has them, with translations as search engines read them (xhtml:link)."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils.xmlutils import SimplerXMLGenerator

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True)
class Address:
    """A public address (absolute), when it last changed, and what it is called in every language, itself too."""

    url: str
    changed_at: datetime | None = None
    alternates: dict[str, str] = field(default_factory=dict)


def urlset(addresses: Iterable[Address]) -> bytes:
    return _document("urlset", "url", addresses, {"xmlns": NAMESPACE, "xmlns:xhtml": XHTML})


def index(parts: Iterable[Address]) -> bytes:
    return _document("sitemapindex", "sitemap", parts, {"xmlns": NAMESPACE})


def _document(root: str, element: str, addresses: Iterable[Address], namespaces: dict[str, str]) -> bytes:
    stream = io.StringIO()
    xml = SimplerXMLGenerator(stream, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement(root, namespaces)
    for address in addresses:
        _write(xml, element, address)
    xml.endElement(root)
    xml.endDocument()
    return stream.getvalue().encode()


def _write(xml: SimplerXMLGenerator, element: str, address: Address) -> None:
    xml.startElement(element, {})
    xml.addQuickElement("loc", address.url)
    if address.changed_at:
        xml.addQuickElement("lastmod", f"{address.changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    for language, url in address.alternates.items():
        xml.addQuickElement("xhtml:link", None, {"rel": "alternate", "hreflang": language, "href": url})
    xml.endElement(element)
