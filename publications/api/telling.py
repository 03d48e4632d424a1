"""Publications, authors and topics as the API tells of them: no more than their pages do.

What a thing has not is null, what it has none of is an empty list. Moments are in UTC (RFC 3339).
"""

from collections.abc import Iterable
from typing import Any

from publications.addresses import absolute
from publications.languages import TREES
from publications.metadata import RECORD_FORMATS, Record, format_url
from publications.models import Author, Edition, EditionByline, Image, Kind, Tag, facet_of
from publications.presentation import public_address
from publications.presentation.parts import body_html, picture, portrait, signed
from publications.presentation.whole_addresses import with_whole_addresses
from publications.xml_writer import format_datetime

from .addresses import of_api, of_pages

Node = dict[str, Any]


def publication(record: Record) -> Node:
    """A publication in a list."""
    edition = record.rows.edition
    return {
        "id": str(edition.uid),
        "href": of_api("publication", uid=edition.uid),
        "url": record.url,
        "title": record.title,
        "language": record.language,
        "kind": _kind(edition.kind, record.tree),
        "label": record.label,
        "number": record.number or None,
        "summary": record.summary or None,
        **_moments(record, edition),
        "authors": [_byline(row) for row in record.rows.bylines],
        "topics": [_tag(tag, record.tree) for tag in record.rows.tags],
        "doi": record.doi or None,
        "isbn": record.isbn or None,
        "external_url": record.external_url or None,
        "words": record.words,
        "cover": _picture(edition.cover),
        "formats": _formats(record, edition),
        "translations": [_other(other) for other in record.rows.translations],
    }


def whole_publication(record: Record, related: Iterable[Edition]) -> Node:
    """A publication by itself, with its text."""
    edition = record.rows.edition
    html = body_html(edition, record.rows.images, public_address)
    return {
        **publication(record),
        "key_points": edition.key_points_list,
        "html": with_whole_addresses(html, record.url),
        "text": edition.text,
        "disclaimer": edition.disclaimer or None,
        "corrections": [{"at": format_datetime(each.at), "note": each.note} for each in record.corrections],
        "files": [
            {"url": file.url, "media_type": file.media_type, "size": file.size, "title": file.label}
            for file in record.files
        ],
        "related": [_other(other) for other in related],
    }


def author(found: Author) -> Node:
    """An author whom readers may know, with the number of live texts (`pieces`)."""
    return {
        "id": found.slug,
        "href": of_api("author", slug=found.slug),
        "urls": of_pages("author", slug=found.slug),
        "name": found.name,
        "organisation": found.is_organisation,
        "orcid": found.shown_orcid or None,
        "guest": found.guest,
        "title": _in_languages(found, "title"),
        "affiliation": _in_languages(found, "affiliation"),
        "pieces": found.pieces,
        "newest_at": format_datetime(found.newest),
        "publications": f"{of_api('publications')}?author={found.slug}",
    }


def whole_author(found: Author) -> Node:
    shown = portrait(found.shown_portrait, public_address)
    return {
        **author(found),
        "biography": _in_languages(found, "biography"),
        "portrait": absolute(shown.src) if shown else None,
    }


def topic(found: Tag) -> Node:
    """A theme, country or series, likewise."""
    return {
        "id": found.slug,
        "href": of_api("topic", slug=found.slug),
        "urls": of_pages("topic", slug=found.slug),
        "kind": found.kind,
        "name": _in_languages(found, "name"),
        "pieces": found.pieces,
        "newest_at": format_datetime(found.newest),
        "publications": f"{of_api('publications')}?{facet_of(found).name}={found.slug}",
    }


def whole_topic(found: Tag) -> Node:
    return {**topic(found), "introduction": _in_languages(found, "introduction")}


def _kind(kind: Kind, tree: str) -> Node:
    return {"id": kind.slug, "name": kind.worded("name", tree)}


def _moments(record: Record, edition: Edition) -> Node:
    """The date that readers see, the first that they saw, the last announced change, and the last of any sort."""
    changed = max(edition.visible_from, edition.touched_at or edition.visible_from)
    return {
        "published_at": format_datetime(edition.published_at),
        "first_published_at": format_datetime(record.first_published),
        "updated_at": format_datetime(record.announced) if record.announced else None,
        "modified_at": format_datetime(changed),
        "edition": record.edition,
    }


def _byline(row: EditionByline) -> Node:
    """As it was published. A pen name is a name and no more."""
    name, title, affiliation = signed(row)
    slug = None if row.author.pseudonymous else row.author.slug
    return {
        "name": name,
        "organisation": row.author.is_organisation,
        "role": row.role,
        "title": title or None,
        "affiliation": affiliation or None,
        "orcid": row.author.shown_orcid or None,
        "id": slug,
        "href": of_api("author", slug=slug) if slug else None,
    }


def _tag(tag: Tag, tree: str) -> Node:
    return {
        "id": tag.slug,
        "kind": tag.kind,
        "name": tag.worded("name", tree),
        "href": of_api("topic", slug=tag.slug),
    }


def _picture(image: Image | None) -> Node | None:
    if not image:
        return None
    shown = picture(image, public_address)
    return {"url": absolute(shown.src), "alt": shown.alt, "credit": shown.credit or None}


def _formats(record: Record, edition: Edition) -> Node:
    """The same piece in formats of others, by the endings of their addresses."""
    urls = {extension: absolute(format_url(edition, extension)) for extension in RECORD_FORMATS}
    return {"pdf": record.pdf, **urls}


def _other(edition: Edition) -> Node:
    """Another publication, as this one names it."""
    return {
        "id": str(edition.uid),
        "href": of_api("publication", uid=edition.uid),
        "url": absolute(edition.get_absolute_url()),
        "language": edition.language,
        "title": edition.title,
    }


def _in_languages(row: Author | Tag, field: str) -> Node:
    """The words in each language of the site that has them."""
    return {tree: words for tree in TREES if (words := getattr(row, f"{field}_{tree}"))}
