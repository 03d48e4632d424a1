"""FAIR Signposting (signposting.org, level 2): links by which programs find what a publication consists of.

The links are derived from the record and sent as a `Link` header with its page, first the most important ones, as many
as fit. All of them, and the links back to the page, are in its linkset (RFC 9264).
"""

from collections.abc import Iterator

from publications.locales import localized_path
from publications.models import Edition
from publications.web_links import (
    LINKSET_JSON_TYPE,
    LINKSET_TYPE,
    WebLink,
    render_linkset,
    render_linkset_json,
)

from .formats import FORMATS
from .record import Record

HTML = "text/html"
SCHEMA_ORG = "https://schema.org/"
LINKSET_JSON = "linkset.json"
LINKSET_RENDERERS = {
    LINKSET_JSON: (LINKSET_JSON_TYPE, render_linkset_json),
    "linkset": (LINKSET_TYPE, render_linkset),
}
"""By the last segment of its path, the media type of a linkset and what renders its links."""
REVERSE_RELATIONS = {"item": "collection", "describedby": "describes"}
"""The relation of a file or record to the page that links to it."""


def publication_links(record: Record) -> list[WebLink]:
    """Return the links of the page of an edition, the most important ones first."""
    return [
        *(
            WebLink(record.url, "linkset", f"{record.url}{filename}", media_type)
            for filename, (media_type, _render) in LINKSET_RENDERERS.items()
        ),
        *_page_links(record),
    ]


def linkset_path(edition: Edition, filename: str = LINKSET_JSON, number: int | None = None) -> str:
    """Return the path of the linkset of a publication, or of its edition with the given number."""
    page, parts = ("edition_linkset", {"number": number}) if number else ("linkset", {})
    return localized_path(
        edition.locale, f"publications:{page}", slug=edition.slug, filename=filename, **parts
    )


def render_links(record: Record, filename: str) -> str:
    """Return the linkset of an edition: the links of its page, and those from its files and records back to it."""
    links = list(_page_links(record))
    reverse = [
        WebLink(link.target, REVERSE_RELATIONS[link.relation], record.url, HTML)
        for link in links
        if link.relation in REVERSE_RELATIONS
    ]
    return LINKSET_RENDERERS[filename][1]([*links, *reverse])


def _page_links(record: Record) -> Iterator[WebLink]:
    def link(relation: str, target: str, media_type: str = "") -> WebLink:
        return WebLink(record.url, relation, target, media_type)

    yield link("cite-as", record.citation_url)
    yield link("type", f"{SCHEMA_ORG}AboutPage")
    yield link("type", f"{SCHEMA_ORG}{record.schema_type}")
    if record.license_url:
        yield link("license", record.license_url)
    for format in FORMATS.values():
        if format.relation in REVERSE_RELATIONS:
            yield link(format.relation, record.url_in(format.extension), format.media_type)
    for person in record.authors:
        if url := f"https://orcid.org/{person.orcid}" if person.orcid else person.url:
            yield link("author", url)
    for file in record.files:
        yield link("item", file.url, file.media_type)
