"""The repository: its items in the order of their datestamps, page by page, and the response to each verb in XML.

The datestamp of a record is when its content last changed: when its live edition became public, an action changed the
record (a redaction, a new name of a topic), or the publication ended. All of these are stored columns, so a scheduled
publication is listed from its first second without any job.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from heapq import merge
from itertools import islice
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.urls import reverse

from publications import metadata
from publications.compression import COMPRESS
from publications.locales import absolute_url
from publications.models import FACETS, Edition, EditionWithRows, SiteSettings
from publications.xml_writer import XmlWriter, format_datetime

from .request import (
    METADATA_PREFIX,
    HarvestQuery,
    ListPosition,
    OaiError,
    OaiRequest,
    check_format,
    parse_identifier,
    write_token,
)

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
PAGE_ITEMS = 100


@dataclass(frozen=True)
class HarvestItem:
    """The datestamp of a record and its edition with rows: the live one, or the last that was."""

    edition_with_rows: EditionWithRows
    datestamp: datetime
    is_deleted: bool

    @property
    def edition(self) -> Edition:
        return self.edition_with_rows.edition

    @property
    def uid(self) -> UUID:
        return self.edition.uid

    @property
    def position(self) -> ListPosition:
        return ListPosition(self.datestamp, self.edition.publication_id)

    @property
    def sets(self) -> list[str]:
        return [
            f"{facet.name}-{value}"
            for facet in FACETS.values()
            if facet.set_label
            for value in facet.values_of(self.edition_with_rows)
        ]


@dataclass(frozen=True)
class ItemSource:
    """Editions whose items have their datestamp in one column."""

    editions: QuerySet
    column: str
    is_deleted: bool = False

    def matching(self, query: HarvestQuery) -> "ItemSource":
        """Return the source limited to a query. An unknown set has no editions."""
        name, _hyphen, value = query.set.partition("-")
        column, editions = self.column, self.editions
        if query.set:
            facet = FACETS.get(name)
            editions = facet.filter(editions, value) if facet and facet.set_label else editions.none()
        if query.since:
            editions = editions.filter(**{f"{column}__gte": query.since})
        if query.until:
            editions = editions.filter(**{f"{column}__lte": query.until.replace(microsecond=999_999)})
        if query.after:
            at, publication = query.after.datestamp, query.after.publication
            comes_after = Q(**{f"{column}__gt": at}) | Q(**{column: at, "publication__gt": publication})
            editions = editions.filter(comes_after, **{f"{column}__gte": at})
        return replace(self, editions=editions)

    def positions(self, count: int) -> Iterator[tuple[ListPosition, int, bool]]:
        rows = self.editions.order_by(self.column, "publication").values_list(
            self.column, "publication", "pk"
        )
        return (
            (ListPosition(datestamp, publication), pk, self.is_deleted)
            for datestamp, publication, pk in rows[:count]
        )


def _sources(now: datetime) -> list[ItemSource]:
    """Return all items in three sources: live and unchanged, live and changed since, ended."""
    live, started = Edition.objects.live(now), Edition.objects.ever_public(now)
    changed = Q(record_changed_at__gt=F("visible_from"))
    successors = started.filter(
        publication=OuterRef("publication"), visible_from__gte=OuterRef("visible_until")
    )
    ended = started.filter(~Exists(successors.order_by()), visible_until__lte=now)
    return [
        ItemSource(live.filter(Q(record_changed_at=None) | ~changed), "visible_from"),
        ItemSource(live.filter(changed), "record_changed_at"),
        ItemSource(ended, "visible_until", is_deleted=True),
    ]


def read_page(query: HarvestQuery, now: datetime) -> tuple[list[HarvestItem], ListPosition | None]:
    """Return the next items, and the position of the last one if more follow."""
    positions = [source.matching(query).positions(PAGE_ITEMS + 1) for source in _sources(now)]
    rows = list(islice(merge(*positions), PAGE_ITEMS + 1))
    last = rows[PAGE_ITEMS - 1][0] if len(rows) > PAGE_ITEMS else None
    return _read_items(rows[:PAGE_ITEMS]), last


def find_item(uid: UUID, now: datetime) -> HarvestItem | None:
    """Return the item of a publication that is or was public, or None."""
    for source in _sources(now):
        of_publication = replace(source, editions=source.editions.filter(publication__uid=uid))
        if items := _read_items(list(of_publication.positions(1))):
            return items[0]
    return None


def earliest_datestamp(now: datetime) -> datetime:
    """Return a time that no datestamp is before."""
    started = Edition.objects.ever_public(now).order_by()
    return started.aggregate(first=Min("visible_from"))["first"] or now


def _read_items(rows: list[tuple[ListPosition, int, bool]]) -> list[HarvestItem]:
    editions = Edition.objects.filter(pk__in=[pk for _position, pk, _is_deleted in rows]).without_texts()
    editions_with_rows = EditionWithRows.get_many(editions, rows=("bylines", "tags", "attachments"))
    by_pk = {loaded.edition.pk: loaded for loaded in editions_with_rows}
    return [HarvestItem(by_pk[pk], position.datestamp, is_deleted) for position, pk, is_deleted in rows]


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
            xml.element("schema", SCHEMAS[OAI_DC])
            xml.element("metadataNamespace", OAI_DC)

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
                    self._write_metadata(metadata.build_record(item.edition_with_rows, site=self.site), xml)

    def _write_header(self, item: HarvestItem, xml: XmlWriter) -> None:
        with xml.inside("header", {"status": "deleted" if item.is_deleted else ""}):
            xml.element("identifier", f"{self.identifier_prefix}{item.uid}")
            xml.element("datestamp", format_datetime(item.datestamp))
            for spec in item.sets:
                xml.element("setSpec", spec)

    def _write_metadata(self, record: metadata.Record, xml: XmlWriter) -> None:
        attributes = {
            "xmlns:oai_dc": OAI_DC,
            "xmlns:dc": DC,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": schema_location(OAI_DC),
        }
        with xml.inside("metadata"), xml.inside("oai_dc:dc", attributes):
            for name, value in metadata.dublin_core(record):
                language = record.language if name in ("title", "description") else ""
                xml.element(f"dc:{name}", value, {"xml:lang": language})

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
