"""Legal deposit: a feed from which the National Library of Sweden fetches what was published (Lag 2012:492, "e-plikt").

RSS 2.0 with DCMI Metadata Terms and Media RSS, after "Leverans via RSS" of the library (metadatabyran.kb.se, version of
2024-12-09), which forbids pages. It is off until the library has given the publisher an identifier.
"""

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from publications.metadata import FEED_FORMATS, FORMATS, Record, build_record
from publications.models import Edition, EditionWithRows, SiteSettings, doi_url, site_settings
from publications.presentation import absolute_url, conditional_response
from publications.xml_writer import XmlWriter, build_xml

from .renderers import ATOM, HTML, format_rfc_822

MAX_ITEMS = 200
"""The feed has no pages and is fetched once a day or more often; what becomes public in a day must be on it."""
TITLE = "Legal deposit of electronic material (e-plikt)"
FREE_OF_CHARGE = "gratis"
NAMESPACES = {
    "xmlns:atom": ATOM,
    "xmlns:dcterms": "http://purl.org/dc/terms/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}


def deposit_feed(request: HttpRequest) -> HttpResponse:
    """The publications that changed last, without those whose text is on another site; 404 while it is off."""
    if not settings.LEGAL_DEPOSIT_PUBLISHER:
        raise Http404
    return conditional_response(request, _render_feed)


def _render_feed() -> HttpResponse:
    site = site_settings()
    body = build_xml(lambda xml: _write_feed(site, _read_editions(), xml))
    return HttpResponse(body, content_type=f"{FEED_FORMATS['rss'].media_type}; charset=utf-8")


def _read_editions() -> list[EditionWithRows]:
    """Return the live editions that became public last, in a number of queries that does not depend on how many."""
    has_own_text = Q(external_url="") | Q(word_count__gt=0)
    editions = Edition.objects.live().filter(has_own_text).order_by("-visible_from", "-pk").without_texts()
    return EditionWithRows.get_many(editions[:MAX_ITEMS], rows=("bylines", "attachments", "history"))


def _write_feed(site: SiteSettings, editions: list[EditionWithRows], xml: XmlWriter) -> None:
    with xml.inside("rss", {"version": "2.0", **NAMESPACES}), xml.inside("channel"):
        xml.element("title", f"{site.name}: {TITLE}")
        xml.element("link", absolute_url(reverse("publications:home")))
        xml.element("description", TITLE)
        own = {
            "href": absolute_url(reverse("legal_deposit")),
            "rel": "self",
            "type": FEED_FORMATS["rss"].media_type,
        }
        xml.element("atom:link", attributes=own)
        for rows in editions:
            _write_item(rows.edition.uid.urn, build_record(rows, site=site), xml)


def _write_item(guid: str, record: Record, xml: XmlWriter) -> None:
    """Write a publication: `link` is its page, of the format `dcterms:format`; its other files are `media:content`."""
    with xml.inside("item"):
        xml.element("title", record.title)
        xml.element("link", record.url)
        xml.element("guid", guid, {"isPermaLink": "false"})
        xml.element("pubDate", format_rfc_822(record.first_published_at))
        xml.element("dcterms:publisher", settings.LEGAL_DEPOSIT_PUBLISHER)
        for name in record.creators:
            xml.element("dcterms:creator", name.full)
        xml.element("dcterms:format", HTML)
        xml.element("dcterms:language", record.language)
        xml.element("dcterms:accessRights", FREE_OF_CHARGE)
        if record.license_url:
            xml.element("dcterms:license", record.license_url)
        if record.doi:
            xml.element("dcterms:identifier", doi_url(record.doi), {"xsi:type": "dcterms:URI"})
        if record.summary:
            xml.element("description", record.summary)
        with xml.inside("media:group"):
            xml.element(
                "media:content", attributes={"url": record.url_in("pdf"), "type": FORMATS["pdf"].media_type}
            )
            for file in record.files:
                attributes = {"url": file.url, "type": file.media_type, "fileSize": str(file.size)}
                xml.element("media:content", attributes=attributes)
