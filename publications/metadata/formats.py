"""Output formats of publications and feeds, besides their pages.

FORMATS is the one table: routes, links, the API, compression, the page cache, the mirror and the feeds derive from it.
A new format of the record is one row here, a function and a golden file.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from publications.locales import localized_path
from publications.models import Edition
from publications.web_links import LINK_FORMAT_TYPE, LINKSET_JSON_TYPE, LINKSET_TYPE

from .bibtex import to_bibtex
from .dublin_core import to_dublin_core_xml
from .json_ld import to_json_ld
from .markdown import to_markdown_record
from .names import Name
from .record import Record


def to_ris(record: Record) -> str:
    """Return a record as RIS (specification of 2011), for EndNote, RefWorks, Mendeley, Zotero and the like."""
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in _ris_lines(record) if value]
    return "".join(f"{line}\r\n" for line in [*lines, "ER  - "])


def _ris_lines(record: Record) -> Iterator[tuple[str, str]]:
    """Yield tags with their values, the type first."""
    yield "TY", "RPRT" if record.is_report else "ELEC"
    yield "ID", record.key
    yield from (("AU", name.inverted) for name in record.creators)
    yield from (("ED", person.name.inverted) for person in record.editors)
    yield from (("A4", person.name.inverted) for person in record.contributors)
    yield "TI", record.title
    yield "T2", "" if record.is_report else record.publisher_short
    yield "M3", record.kind
    yield "IS", record.number
    yield "PB", record.publisher
    yield "PY", f"{record.published_on:%Y}"
    yield "DA", f"{record.published_on:%Y/%m/%d}/"
    yield "UR", record.url
    yield "L1", record.pdf
    yield "L2", record.external_url
    yield "N1", record.notice_statement
    yield "DO", record.doi
    yield "SN", record.isbn
    yield "LA", record.language
    yield "AB", record.summary
    yield from (("KW", word) for word in record.keywords)


def to_csl(record: Record) -> str:
    """Return a record as CSL-JSON, a list of one item, for programs that use the Citation Style Language."""
    return json.dumps([_csl_item(record)], ensure_ascii=False, indent=2) + "\n"


def _csl_item(record: Record) -> dict[str, Any]:
    day = record.published_on
    fields = {
        "id": record.key,
        "type": "report" if record.is_report else "webpage",
        "title": record.title,
        "author": [_csl_name(name) for name in record.creators],
        "editor": [_csl_name(person.name) for person in record.editors],
        "contributor": [_csl_name(person.name) for person in record.contributors],
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "genre": record.kind,
        "number": record.number,
        "container-title": "" if record.is_report else record.publisher_short,
        "publisher": record.publisher,
        "URL": record.url,
        "DOI": record.doi,
        "ISBN": record.isbn,
        "note": " ".join(record.notes),
        "status": record.notice.definition.work_status if record.notice else "",
        "language": record.language,
        "abstract": record.summary,
        "keyword": ", ".join(record.keywords),
    }
    return {name: value for name, value in fields.items() if value}


def _csl_name(name: Name) -> dict[str, str]:
    if not name.family:
        return {"literal": name.full}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: value for part, value in parts.items() if value}


@dataclass(frozen=True, kw_only=True)
class OutputFormat:
    """An output format, at addresses that end in its extension.

    Attributes:
        label: its name for people.
        applies_to: "publication" or "feed".
        relation: the relation of a publication to it (FAIR Signposting): its record, a file with its text, or "".
        render: returns the record of an edition in it; None for a PDF, an image or a feed, rendered elsewhere.
        is_reference: whether reference managers read it.
        is_slow: whether rendering is so slow that it has a pool of its own.
        filename: the last segment of the path, where it is fixed.
    """

    extension: str
    label: str
    media_type: str
    applies_to: str = "publication"
    relation: str = ""
    render: Callable[[Record], str] | None = None
    is_reference: bool = False
    is_compressible: bool = True
    is_slow: bool = False
    filename: str = ""

    @property
    def path_ending(self) -> str:
        return f"/{self.filename}" if self.filename else f".{self.extension}"


FORMATS = {
    format.extension: format
    for format in (
        OutputFormat(
            extension="pdf",
            label="PDF",
            media_type="application/pdf",
            relation="item",
            is_compressible=False,
            is_slow=True,
        ),
        OutputFormat(
            extension="png",
            label="PNG",
            media_type="image/png",
            is_compressible=False,
            is_slow=True,
            filename="card.png",
        ),
        OutputFormat(
            extension="md",
            label="Markdown",
            media_type="text/markdown",
            relation="alternate",
            render=to_markdown_record,
        ),
        OutputFormat(
            extension="bib",
            label="BibTeX",
            media_type="application/x-bibtex",
            relation="describedby",
            render=to_bibtex,
            is_reference=True,
        ),
        OutputFormat(
            extension="ris",
            label="RIS",
            media_type="application/x-research-info-systems",
            relation="describedby",
            render=to_ris,
            is_reference=True,
        ),
        OutputFormat(
            extension="csl.json",
            label="CSL-JSON",
            media_type="application/vnd.citationstyles.csl+json",
            relation="describedby",
            render=to_csl,
            is_reference=True,
        ),
        OutputFormat(
            extension="jsonld",
            label="JSON-LD",
            media_type="application/ld+json",
            relation="describedby",
            render=to_json_ld,
        ),
        OutputFormat(
            extension="dc.xml",
            label="Dublin Core",
            media_type="application/xml",
            relation="describedby",
            render=to_dublin_core_xml,
        ),
        OutputFormat(extension="atom", label="Atom", media_type="application/atom+xml", applies_to="feed"),
        OutputFormat(extension="rss", label="RSS", media_type="application/rss+xml", applies_to="feed"),
        OutputFormat(
            extension="json", label="JSON Feed", media_type="application/feed+json", applies_to="feed"
        ),
    )
}
"""The formats by extension, in the order in which they are offered."""

RECORD_FORMATS = {extension: format for extension, format in FORMATS.items() if format.render}
REFERENCE_FORMATS = {extension: format for extension, format in FORMATS.items() if format.is_reference}
FEED_FORMATS = {extension: format for extension, format in FORMATS.items() if format.applies_to == "feed"}
SLOW_FORMATS = tuple(format for format in FORMATS.values() if format.is_slow)

COMPRESSIBLE_TYPES = frozenset(
    [
        "text/html", "text/plain", "text/javascript", "text/xml", "application/xml", "application/json",
        "application/problem+json", LINKSET_TYPE, LINKSET_JSON_TYPE, LINK_FORMAT_TYPE,
        *(format.media_type for format in FORMATS.values() if format.is_compressible),
    ]
)  # fmt: skip
"""Media types of responses that are worth compressing."""


def format_url(edition: Edition, extension: str, number: int | None = None) -> str:
    """Return the path of a publication, or of its edition with the given number, in a format of the record."""
    name, parts = ("edition_record", {"number": number}) if number else ("record", {})
    return localized_path(
        edition.locale, f"publications:{name}", slug=edition.slug, record_format=extension, **parts
    )
