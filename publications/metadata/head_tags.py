"""The tags in the head of the page of a publication, and the citations and formats that the page offers.

Dublin Core: DCMI, "Expressing Dublin Core metadata using HTML/XHTML meta and link elements". Highwire, for scholarly
kinds: the `citation_` tags of Google Scholar's guidelines for webmasters. Open Graph: ogp.me, with its `article`.
`fediverse:creator`: Mastodon's documentation, "Author attribution".
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from publications.locales import LOCALES
from publications.models import Edition, doi_url, site_fediverse_addresses
from publications.web_links import LINKSET_JSON_TYPE

from . import json_ld
from .citations import citations
from .formats import RECORD_FORMATS, REFERENCE_FORMATS, format_url
from .json_ld import HeadImage, format_local_datetime
from .names import Name
from .record import Record
from .signposting import linkset_path

OPEN_GRAPH_LOCALES = {
    "en": "en_GB", "sv": "sv_SE", "uk": "uk_UA", "ru": "ru_RU", "be": "be_BY", "pl": "pl_PL", "de": "de_DE",
    "fr": "fr_FR", "es": "es_ES", "ka": "ka_GE", "hy": "hy_AM", "az": "az_AZ", "ro": "ro_RO", "et": "et_EE",
    "lv": "lv_LV", "lt": "lt_LT", "fi": "fi_FI", "da": "da_DK", "no": "nb_NO", "cs": "cs_CZ", "sk": "sk_SK",
    "hu": "hu_HU", "bg": "bg_BG", "el": "el_GR", "tr": "tr_TR", "ar": "ar_AR", "he": "he_IL", "fa": "fa_IR",
    "zh": "zh_CN", "ja": "ja_JP",
}  # fmt: skip


class HeadTag(NamedTuple):
    """A `meta` element; `attribute` is the attribute that has its name, "name" or "property"."""

    name: str
    content: str
    attribute: str = "name"


def head_tags(record: Record, image: HeadImage | None = None) -> list[HeadTag]:
    """Return all tags of a publication that have content."""
    tags = [*_dublin_core(record), *_open_graph(record, image), *_fediverse(record)]
    if record.is_scholarly:
        tags += _highwire(record)
    return [tag for tag in tags if tag.content]


def render_tags(tags: Iterable[HeadTag]) -> SafeString:
    """Return the tags as HTML, one per line. Names are constants that need no escaping."""
    lines = (f'<meta {tag.attribute}="{tag.name}" content="{escape(tag.content)}">' for tag in tags)
    return mark_safe("\n".join(lines))


def _dublin_core(record: Record) -> Iterator[HeadTag]:
    yield HeadTag("DC.title", record.title)
    yield from (HeadTag("DC.creator", _sortable(name)) for name in record.creators)
    yield from (
        HeadTag("DC.contributor", _sortable(person.name))
        for person in (*record.editors, *record.contributors)
    )
    yield HeadTag("DC.description", record.notice_statement)
    yield HeadTag("DC.description", record.summary)
    yield HeadTag("DC.date", record.published_on.isoformat())
    yield HeadTag("DC.publisher", record.publisher)
    yield HeadTag("DC.language", record.language)
    yield HeadTag("DC.type", "Report" if record.is_report else "Text")
    yield HeadTag("DC.identifier", record.url)
    yield HeadTag("DC.identifier", doi_url(record.doi) if record.doi else "")
    yield HeadTag("DC.identifier", f"urn:isbn:{record.isbn}" if record.isbn else "")
    yield HeadTag("DC.source", record.external_url)
    yield from (HeadTag("DC.subject", word) for word in record.keywords)


def _highwire(record: Record) -> Iterator[HeadTag]:
    yield HeadTag("citation_title", record.title)
    for person in record.authors:
        yield HeadTag("citation_author", _sortable(person.name))
        yield HeadTag("citation_author_institution", person.affiliation)
        yield HeadTag("citation_author_orcid", f"https://orcid.org/{person.orcid}" if person.orcid else "")
    if not record.authors:
        yield HeadTag("citation_author", record.publisher)
    yield HeadTag("citation_publication_date", f"{record.published_on:%Y/%m/%d}")
    yield HeadTag("citation_technical_report_institution", record.publisher)
    yield HeadTag("citation_technical_report_number", record.number)
    yield HeadTag("citation_publisher", record.publisher)
    yield HeadTag("citation_language", record.language)
    yield HeadTag("citation_doi", record.doi)
    yield HeadTag("citation_isbn", record.isbn)
    yield HeadTag("citation_public_url", record.url)
    yield HeadTag("citation_abstract_html_url", record.url)
    yield HeadTag("citation_fulltext_html_url", record.url)
    yield HeadTag("citation_pdf_url", record.pdf)
    yield from (HeadTag("citation_keywords", word) for word in record.keywords)


def _open_graph(record: Record, image: HeadImage | None) -> Iterator[HeadTag]:
    def tag(name: str, content: str) -> HeadTag:
        return HeadTag(name, content, "property")

    yield tag("og:type", "article")
    yield tag("og:title", record.title)
    yield tag("og:description", record.summary)
    yield tag("og:url", record.url)
    yield tag("og:site_name", record.publisher_short)
    yield tag("og:locale", OPEN_GRAPH_LOCALES.get(record.language, ""))
    yield from (
        tag("og:locale:alternate", OPEN_GRAPH_LOCALES.get(translation.language, ""))
        for translation in record.translations
        if translation.language in LOCALES
    )
    yield tag("article:published_time", format_local_datetime(record.first_published_at))
    if record.modified_at and record.modified_at > record.first_published_at:
        yield tag("article:modified_time", format_local_datetime(record.modified_at))
    yield tag("article:section", record.kind)
    yield from (tag("article:author", person.url) for person in record.authors)
    yield from (tag("article:tag", word) for word in record.keywords)
    if image:
        yield tag("og:image", image.url)
        yield tag("og:image:alt", image.alt)
        yield tag("og:image:width", str(image.width or ""))
        yield tag("og:image:height", str(image.height or ""))
    yield HeadTag("twitter:card", "summary_large_image" if image else "summary")


def _fediverse(record: Record) -> Iterator[HeadTag]:
    """Yield the authors with an address on the fediverse, or the accounts of the site if none has one."""
    addresses = [person.fediverse_address for person in record.authors if person.fediverse_address]
    yield from (HeadTag("fediverse:creator", address) for address in addresses or site_fediverse_addresses())


def _sortable(name: Name) -> str:
    """Return the inverted name, unless it has two words on either side of the comma and so reads as two people."""
    is_ambiguous = " " in name.family and " " in name.given
    return name.full if is_ambiguous else name.inverted


def _head_links(record: Record, edition: Edition) -> list[dict[str, str]]:
    """Return the links in the head, which a copy of the page without headers has as well (FAIR Signposting).

    They are the DOI, the linkset, and the formats that the page does not offer to readers.
    """
    cite_as = [{"rel": "cite-as", "href": record.citation_url}] if record.doi else []
    formats = [
        {"rel": format.relation, "href": format_url(edition, extension), "type": format.media_type}
        for extension, format in RECORD_FORMATS.items()
        if not format.is_reference
    ]
    linkset = {"rel": "linkset", "href": linkset_path(edition), "type": LINKSET_JSON_TYPE}
    return [*cite_as, *formats, linkset]


def citation_context(record: Record, edition: Edition, *, is_preview: bool = False) -> dict[str, object]:
    """Return the citations and the formats that the page of an edition offers; a preview offers no formats."""
    number = None if record.is_current else edition.number
    formats = [
        {"name": format.label, "url": format_url(edition, extension, number)}
        for extension, format in REFERENCE_FORMATS.items()
    ]
    return {"references": citations(record), "formats": [] if is_preview else formats}


def head_context(
    record: Record,
    edition: Edition,
    breadcrumb: Sequence[dict[str, str]],
    *,
    social_image: HeadImage | None = None,
    cover: HeadImage | None = None,
) -> dict[str, object]:
    """Return tags, links and JSON-LD for the head of the page of an edition.

    Args:
        social_image: shown by messengers and social networks.
        cover: the image of the publication in JSON-LD; without it the social image is.
    """
    nodes = [
        json_ld.publication_json_ld(record, cover or social_image),
        json_ld.breadcrumb(breadcrumb, record.url),
    ]
    return {
        "head_tags": render_tags(head_tags(record, social_image)),
        "head_links": _head_links(record, edition),
        "json_ld": json_ld.render_json_ld(nodes),
    }
