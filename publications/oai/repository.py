"""The repository: the response to each verb, in XML."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from publications import metadata
from publications.compression import COMPRESS
from publications.locales import absolute_url
from publications.models import FACETS, Edition, SiteSettings
from publications.xml_writer import XmlWriter, format_datetime

from .items import HarvestItem, earliest_datestamp, find_item, read_page
from .request import METADATA_PREFIX, OaiError, OaiRequest, check_format, parse_identifier, write_token

XSI = "http://www.w3.org/2001/XMLSchema-instance"
OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_IDENTIFIER = f"{OAI}oai-identifier"
SCHEMAS = {
    OAI: f"{OAI}OAI-PMH.xsd",
    metadata.OAI_DC: metadata.OAI_DC_SCHEMA,
    OAI_IDENTIFIER: f"{OAI}oai-identifier.xsd",
}
DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]+)+")
GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"


@dataclass(frozen=True)
class Repository:
    """The repository at the time of a request; all parts of the response are as of this time."""

    now: datetime
    site: SiteSettings

    @property
    def name(self) -> str:
        return urlsplit(settings.SITE_URL).hostname or "localhost"

    @property
    def identifier_prefix(self) -> str:
        return f"oai:{self.name}:"

    def identify(self, request: OaiRequest, xml: XmlWriter) -> None:
        xml.element("repositoryName", self.site.get_translation("name"))
        xml.element("baseURL", base_url())
        xml.element("protocolVersion", "2.0")
        xml.element("adminEmail", parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
        xml.element("earliestDatestamp", format_datetime(earliest_datestamp(self.now)))
        xml.element("deletedRecord", "persistent")
        xml.element("granularity", GRANULARITY)
        for coding in COMPRESS:
            xml.element("compression", coding)
        if DOMAIN.fullmatch(self.name):
            self._write_identifier_description(xml)

    def list_metadata_formats(self, request: OaiRequest, xml: XmlWriter) -> None:
        if "identifier" in request.arguments:
            self._get_item(request.identifier)
        with xml.inside("metadataFormat"):
            xml.element("metadataPrefix", METADATA_PREFIX)
            xml.element("schema", SCHEMAS[metadata.OAI_DC])
            xml.element("metadataNamespace", metadata.OAI_DC)

    def list_sets(self, request: OaiRequest, xml: XmlWriter) -> None:
        """Write the values of facets with sets (kinds, languages) among what is or was public."""
        if "resumptionToken" in request.arguments:
            raise OaiError("badResumptionToken", "The list of sets is given whole.")
        started = Edition.objects.ever_public(self.now)
        sets = [
            (f"{facet.name}-{facet.value_of(row)}", facet.set_label(row))
            for facet in FACETS.values()
            if facet.set_label
            for row in facet.values_used_by(started)
        ]
        if not sets:
            raise OaiError("noSetHierarchy", "There is nothing here yet.")
        for spec, name in sets:
            with xml.inside("set"):
                xml.element("setSpec", spec)
                xml.element("setName", name)

    def get_record(self, request: OaiRequest, xml: XmlWriter) -> None:
        item = self._get_item(request.identifier)
        check_format(request.arguments["metadataPrefix"])
        self._write_records([item], xml)

    def list_identifiers(self, request: OaiRequest, xml: XmlWriter) -> None:
        self._write_list(request, xml, lambda items: [self._write_header(item, xml) for item in items])

    def list_records(self, request: OaiRequest, xml: XmlWriter) -> None:
        self._write_list(request, xml, lambda items: self._write_records(items, xml))

    def _write_list(
        self, request: OaiRequest, xml: XmlWriter, write: Callable[[list[HarvestItem]], object]
    ) -> None:
        """Write a page of a list. The last page has an empty token, the only page of a list has none."""
        query = request.query
        items, last = read_page(query, self.now)
        if not items:
            raise OaiError("noRecordsMatch", "Nothing here is of that set and of that time.")
        write(items)
        if last or query.after:
            xml.element("resumptionToken", write_token(query, last) if last else "")

    def _get_item(self, identifier: str) -> HarvestItem:
        item = find_item(parse_identifier(identifier, self.identifier_prefix), self.now)
        if not item:
            raise OaiError("idDoesNotExist", "No item here has this identifier.")
        return item

    def _write_records(self, items: list[HarvestItem], xml: XmlWriter) -> None:
        for item in items:
            with xml.inside("record"):
                self._write_header(item, xml)
                if not item.is_deleted:
                    record = metadata.build_record(item.edition_with_rows, site=self.site)
                    with xml.inside("metadata"):
                        metadata.write_dublin_core(record, xml)

    def _write_header(self, item: HarvestItem, xml: XmlWriter) -> None:
        with xml.inside("header", {"status": "deleted" if item.is_deleted else ""}):
            xml.element("identifier", f"{self.identifier_prefix}{item.uid}")
            xml.element("datestamp", format_datetime(item.datestamp))
            for spec in item.sets:
                xml.element("setSpec", spec)

    def _write_identifier_description(self, xml: XmlWriter) -> None:
        attributes = {
            "xmlns": OAI_IDENTIFIER,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": schema_location(OAI_IDENTIFIER),
        }
        with xml.inside("description"), xml.inside("oai-identifier", attributes):
            xml.element("scheme", "oai")
            xml.element("repositoryIdentifier", self.name)
            xml.element("delimiter", ":")
            xml.element("sampleIdentifier", f"{self.identifier_prefix}6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71")


VERBS: dict[str, Callable[[Repository, OaiRequest, XmlWriter], None]] = {
    "Identify": Repository.identify,
    "ListMetadataFormats": Repository.list_metadata_formats,
    "ListSets": Repository.list_sets,
    "GetRecord": Repository.get_record,
    "ListIdentifiers": Repository.list_identifiers,
    "ListRecords": Repository.list_records,
}


def base_url() -> str:
    return absolute_url(reverse("oai"))


def schema_location(namespace: str) -> str:
    """Return the value of xsi:schemaLocation for a namespace."""
    return f"{namespace} {SCHEMAS[namespace]}"
