"""The answer to each verb, as elements of the protocol's schema."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from publications import metadata
from publications.addresses import absolute
from publications.models import FACETS, Edition, Site
from publications.page_cache import COMPRESS
from publications.xml_writer import XmlWriter, format_datetime

from . import items, tokens
from .asking import PREFIX, Fault, Question, check_format, uid_of

XSI = "http://www.w3.org/2001/XMLSchema-instance"
OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = f"{OAI}oai_dc/"
OAI_IDENTIFIER = f"{OAI}oai-identifier"
DC = "http://purl.org/dc/elements/1.1/"
SCHEMAS = {
    OAI: f"{OAI}OAI-PMH.xsd",
    OAI_DC: f"{OAI}oai_dc.xsd",
    OAI_IDENTIFIER: f"{OAI}oai-identifier.xsd",
}
DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]+)+")
GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"


@dataclass(frozen=True)
class Repository:
    """The repository at the moment of a request, all of whose parts are of that moment."""

    now: datetime
    site: Site

    @property
    def name(self) -> str:
        return urlsplit(settings.SITE_URL).hostname or "localhost"

    @property
    def before_identifiers(self) -> str:
        return f"oai:{self.name}:"

    def identify(self, question: Question, xml: XmlWriter) -> None:
        xml.element("repositoryName", self.site.worded("name"))
        xml.element("baseURL", base_url())
        xml.element("protocolVersion", "2.0")
        xml.element("adminEmail", parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
        xml.element("earliestDatestamp", format_datetime(items.earliest(self.now)))
        xml.element("deletedRecord", "persistent")
        xml.element("granularity", GRANULARITY)
        for coding in COMPRESS:
            xml.element("compression", coding)
        if DOMAIN.fullmatch(self.name):
            self._describe_identifiers(xml)

    def list_formats(self, question: Question, xml: XmlWriter) -> None:
        if "identifier" in question.arguments:
            self._item(question.identifier)
        with xml.inside("metadataFormat"):
            xml.element("metadataPrefix", PREFIX)
            xml.element("schema", SCHEMAS[OAI_DC])
            xml.element("metadataNamespace", OAI_DC)

    def list_sets(self, question: Question, xml: XmlWriter) -> None:
        """The values of facets with sets, such as kinds and languages, among what is or was public."""
        if "resumptionToken" in question.arguments:
            raise Fault("badResumptionToken", "The list of sets is given whole.")
        begun = Edition.objects.begun(self.now)
        sets = [
            (f"{facet.name}-{facet.value_of(row)}", facet.set_label(row))
            for facet in FACETS.values()
            if facet.set_label
            for row in facet.rows_among(begun)
        ]
        if not sets:
            raise Fault("noSetHierarchy", "There is nothing here yet.")
        for spec, name in sets:
            with xml.inside("set"):
                xml.element("setSpec", spec)
                xml.element("setName", name)

    def get_record(self, question: Question, xml: XmlWriter) -> None:
        item = self._item(question.identifier)
        check_format(question.arguments["metadataPrefix"])
        self._records([item], xml)

    def list_identifiers(self, question: Question, xml: XmlWriter) -> None:
        self._list(question, xml, lambda found: [self._header(item, xml) for item in found])

    def list_records(self, question: Question, xml: XmlWriter) -> None:
        self._list(question, xml, lambda found: self._records(found, xml))

    def _list(self, question: Question, xml: XmlWriter, write: Callable[[list[items.Item]], object]) -> None:
        """A page of a list. Its last page ends in an empty token, a list of one page in none."""
        wanted = question.wanted
        found, more = items.page_of_items(wanted, self.now)
        if not found:
            raise Fault("noRecordsMatch", "Nothing here is of that set and of that time.")
        write(found)
        if more or wanted.after:
            xml.element("resumptionToken", tokens.write(wanted, more) if more else "")

    def _item(self, identifier: str) -> items.Item:
        item = items.item(uid_of(identifier, self.before_identifiers), self.now)
        if not item:
            raise Fault("idDoesNotExist", "No item here has this identifier.")
        return item

    def _records(self, found: list[items.Item], xml: XmlWriter) -> None:
        for item in found:
            with xml.inside("record"):
                self._header(item, xml)
                if not item.is_deleted:
                    self._metadata(metadata.build_record(item.rows, site=self.site), xml)

    def _header(self, item: items.Item, xml: XmlWriter) -> None:
        with xml.inside("header", {"status": "deleted" if item.is_deleted else ""}):
            xml.element("identifier", f"{self.before_identifiers}{item.uid}")
            xml.element("datestamp", format_datetime(item.stamp))
            for spec in item.sets:
                xml.element("setSpec", spec)

    def _metadata(self, record: metadata.Record, xml: XmlWriter) -> None:
        names = {
            "xmlns:oai_dc": OAI_DC,
            "xmlns:dc": DC,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": located(OAI_DC),
        }
        with xml.inside("metadata"), xml.inside("oai_dc:dc", names):
            for name, value in metadata.dublin_core(record):
                language = record.language if name in ("title", "description") else ""
                xml.element(f"dc:{name}", value, {"xml:lang": language})

    def _describe_identifiers(self, xml: XmlWriter) -> None:
        names = {"xmlns": OAI_IDENTIFIER, "xmlns:xsi": XSI, "xsi:schemaLocation": located(OAI_IDENTIFIER)}
        with xml.inside("description"), xml.inside("oai-identifier", names):
            xml.element("scheme", "oai")
            xml.element("repositoryIdentifier", self.name)
            xml.element("delimiter", ":")
            xml.element("sampleIdentifier", f"{self.before_identifiers}6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71")


ANSWERS: dict[str, Callable[[Repository, Question, XmlWriter], None]] = {
    "Identify": Repository.identify,
    "ListMetadataFormats": Repository.list_formats,
    "ListSets": Repository.list_sets,
    "GetRecord": Repository.get_record,
    "ListIdentifiers": Repository.list_identifiers,
    "ListRecords": Repository.list_records,
}


def base_url() -> str:
    return absolute(reverse("oai"))


def located(namespace: str) -> str:
    """Where the schema of a namespace is, as xsi:schemaLocation has it."""
    return f"{namespace} {SCHEMAS[namespace]}"
