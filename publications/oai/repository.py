"""The repository: its items in the order of their datestamps, page by page, and the answer to each verb in XML.

The datestamp of a record is when what it says last changed: when its live edition became public, or an action changed
what the record says (a redaction, a new name of a topic), or when the publication ended. All of these are stored, so a
scheduled publication is there at its second though nothing is done then.
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
from publications.locales import absolute_url
from publications.models import FACETS, Edition, EditionWithRows, SiteSettings
from publications.page_cache import COMPRESS
from publications.xml_writer import XmlWriter, format_datetime

from .request import (
    PREFIX,
    HarvestQuery,
    ListPosition,
    OaiError,
    OaiRequest,
    check_format,
    uid_of,
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
    """A record's header, and the edition it is of, with its rows: the live one, or the last that was."""

    rows: EditionWithRows
    stamp: datetime
    is_deleted: bool

    @property
    def edition(self) -> Edition:
        return self.rows.edition

    @property
    def uid(self) -> UUID:
        return self.edition.uid

    @property
    def place(self) -> ListPosition:
        return ListPosition(self.stamp, self.edition.publication_id)

    @property
    def sets(self) -> list[str]:
        return [
            f"{facet.name}-{value}"
            for facet in FACETS.values()
            if facet.set_label
            for value in facet.values_of(self.edition)
        ]


@dataclass(frozen=True)
class Source:
    """Editions whose items have their stamp in one column."""

    editions: QuerySet
    column: str
    is_deleted: bool = False

    def matching(self, query: HarvestQuery) -> "Source":
        """The editions of a query. An unknown set holds none."""
        name, _hyphen, value = query.set.partition("-")
        column, found = self.column, self.editions
        if query.set:
            facet = FACETS.get(name)
            found = facet.filter(found, value) if facet and facet.set_label else found.none()
        if query.since:
            found = found.filter(**{f"{column}__gte": query.since})
        if query.until:
            found = found.filter(**{f"{column}__lte": query.until.replace(microsecond=999_999)})
        if query.after:
            at, publication = query.after.stamp, query.after.publication
            later = Q(**{f"{column}__gt": at}) | Q(**{column: at, "publication__gt": publication})
            found = found.filter(later, **{f"{column}__gte": at})
        return replace(self, editions=found)

    def positions(self, count: int) -> Iterator[tuple[ListPosition, int, bool]]:
        rows = self.editions.order_by(self.column, "publication").values_list(
            self.column, "publication", "pk"
        )
        return (
            (ListPosition(stamp, publication), pk, self.is_deleted) for stamp, publication, pk in rows[:count]
        )


def _sources(now: datetime) -> list[Source]:
    """All items, each in one of three: live and as it was published, live and touched since, ended."""
    live, begun = Edition.objects.live(now), Edition.objects.started(now)
    touched = Q(record_changed_at__gt=F("visible_from"))
    later = begun.filter(publication=OuterRef("publication"), visible_from__gte=OuterRef("visible_until"))
    ended = begun.filter(~Exists(later.order_by()), visible_until__lte=now)
    return [
        Source(live.filter(Q(record_changed_at=None) | ~touched), "visible_from"),
        Source(live.filter(touched), "record_changed_at"),
        Source(ended, "visible_until", is_deleted=True),
    ]


def page_of_items(query: HarvestQuery, now: datetime) -> tuple[list[HarvestItem], ListPosition | None]:
    """The next items, and the place of the last of them where more follow."""
    found = [source.matching(query).positions(PAGE_ITEMS + 1) for source in _sources(now)]
    rows = list(islice(merge(*found), PAGE_ITEMS + 1))
    more = rows[PAGE_ITEMS - 1][0] if len(rows) > PAGE_ITEMS else None
    return _items(rows[:PAGE_ITEMS]), more


def find_item(uid: UUID, now: datetime) -> HarvestItem | None:
    """Return the item of a publication that is or was public, or None."""
    for source in _sources(now):
        own = replace(source, editions=source.editions.filter(publication__uid=uid))
        if found := _items(list(own.positions(1))):
            return found[0]
    return None


def earliest_datestamp(now: datetime) -> datetime:
    """No datestamp is before this moment."""
    begun = Edition.objects.started(now).order_by()
    return begun.aggregate(first=Min("visible_from"))["first"] or now


def _items(rows: list[tuple[ListPosition, int, bool]]) -> list[HarvestItem]:
    editions = Edition.objects.filter(pk__in=[pk for _place, pk, _is_deleted in rows]).without_texts()
    texts = EditionWithRows.get_many(editions, rows=("bylines", "tags", "attachments"))
    by_number = {text.edition.pk: text for text in texts}
    return [HarvestItem(by_number[pk], place.stamp, is_deleted) for place, pk, is_deleted in rows]


@dataclass(frozen=True)
class Repository:
    """The repository at the moment of a request, all of whose parts are of that moment."""

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
            self._describe_identifiers(xml)

    def list_formats(self, request: OaiRequest, xml: XmlWriter) -> None:
        if "identifier" in request.arguments:
            self._item(request.identifier)
        with xml.inside("metadataFormat"):
            xml.element("metadataPrefix", PREFIX)
            xml.element("schema", SCHEMAS[OAI_DC])
            xml.element("metadataNamespace", OAI_DC)

    def list_sets(self, request: OaiRequest, xml: XmlWriter) -> None:
        """The values of facets with sets, such as kinds and languages, among what is or was public."""
        if "resumptionToken" in request.arguments:
            raise OaiError("badResumptionToken", "The list of sets is given whole.")
        begun = Edition.objects.started(self.now)
        sets = [
            (f"{facet.name}-{facet.value_of(row)}", facet.set_label(row))
            for facet in FACETS.values()
            if facet.set_label
            for row in facet.rows_among(begun)
        ]
        if not sets:
            raise OaiError("noSetHierarchy", "There is nothing here yet.")
        for spec, name in sets:
            with xml.inside("set"):
                xml.element("setSpec", spec)
                xml.element("setName", name)

    def get_record(self, request: OaiRequest, xml: XmlWriter) -> None:
        item = self._item(request.identifier)
        check_format(request.arguments["metadataPrefix"])
        self._records([item], xml)

    def list_identifiers(self, request: OaiRequest, xml: XmlWriter) -> None:
        self._list(request, xml, lambda found: [self._header(item, xml) for item in found])

    def list_records(self, request: OaiRequest, xml: XmlWriter) -> None:
        self._list(request, xml, lambda found: self._records(found, xml))

    def _list(
        self, request: OaiRequest, xml: XmlWriter, write: Callable[[list[HarvestItem]], object]
    ) -> None:
        """A page of a list. Its last page ends in an empty token, a list of one page in none."""
        query = request.query
        found, more = page_of_items(query, self.now)
        if not found:
            raise OaiError("noRecordsMatch", "Nothing here is of that set and of that time.")
        write(found)
        if more or query.after:
            xml.element("resumptionToken", write_token(query, more) if more else "")

    def _item(self, identifier: str) -> HarvestItem:
        item = find_item(uid_of(identifier, self.identifier_prefix), self.now)
        if not item:
            raise OaiError("idDoesNotExist", "No item here has this identifier.")
        return item

    def _records(self, found: list[HarvestItem], xml: XmlWriter) -> None:
        for item in found:
            with xml.inside("record"):
                self._header(item, xml)
                if not item.is_deleted:
                    self._metadata(metadata.build_record(item.rows, site=self.site), xml)

    def _header(self, item: HarvestItem, xml: XmlWriter) -> None:
        with xml.inside("header", {"status": "deleted" if item.is_deleted else ""}):
            xml.element("identifier", f"{self.identifier_prefix}{item.uid}")
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
            xml.element("sampleIdentifier", f"{self.identifier_prefix}6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71")


ANSWERS: dict[str, Callable[[Repository, OaiRequest, XmlWriter], None]] = {
    "Identify": Repository.identify,
    "ListMetadataFormats": Repository.list_formats,
    "ListSets": Repository.list_sets,
    "GetRecord": Repository.get_record,
    "ListIdentifiers": Repository.list_identifiers,
    "ListRecords": Repository.list_records,
}


def base_url() -> str:
    return absolute_url(reverse("oai"))


def located(namespace: str) -> str:
    """Where the schema of a namespace is, as xsi:schemaLocation has it."""
    return f"{namespace} {SCHEMAS[namespace]}"
