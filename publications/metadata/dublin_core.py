"""Dublin Core 1.1 as elements, and as the XML that OAI-PMH calls `oai_dc`."""

from collections.abc import Iterator

from publications.models import doi_url
from publications.xml_writer import XmlWriter, build_xml

from .record import Record

DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
ROOT_ATTRIBUTES = {
    "xmlns:oai_dc": OAI_DC,
    "xmlns:dc": DC,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{OAI_DC} {OAI_DC_SCHEMA}",
}


def to_dublin_core_xml(record: Record) -> str:
    """Return a record as a document of Dublin Core in XML."""
    return build_xml(lambda xml: write_dublin_core(record, xml)).decode() + "\n"


def write_dublin_core(record: Record, xml: XmlWriter) -> None:
    """Write the element `oai_dc:dc` of a record."""
    with xml.inside("oai_dc:dc", ROOT_ATTRIBUTES):
        for name, value in dublin_core(record):
            language = record.language if name in ("title", "description") else ""
            xml.element(f"dc:{name}", value, {"xml:lang": language})


def dublin_core(record: Record) -> list[tuple[str, str]]:
    """Return the elements of Dublin Core 1.1 that have a value, in the order of the standard."""
    return [(name, value) for name, value in _elements(record) if value]


def _elements(record: Record) -> Iterator[tuple[str, str]]:
    yield "title", record.title
    yield from (("creator", name.inverted) for name in record.creators)
    yield from (("contributor", person.name.inverted) for person in (*record.editors, *record.contributors))
    yield from (("subject", word) for word in record.keywords)
    yield "description", record.notice_statement
    yield "description", record.summary
    yield "publisher", record.publisher
    yield "date", record.published_on.isoformat()
    yield "type", record.kind
    yield "type", "Text"
    yield "format", "text/html"
    yield from (("format", media_type) for media_type in sorted({file.media_type for file in record.files}))
    yield "identifier", record.url
    yield "identifier", doi_url(record.doi) if record.doi else ""
    yield "identifier", f"urn:isbn:{record.isbn}" if record.isbn else ""
    yield "source", record.external_url
    yield "language", record.language
    yield "rights", record.license_url
