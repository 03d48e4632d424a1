"""The shapes of the objects of the API: each field is declared once, with its JSON Schema and how it is read.

The fields of a publication come from `publication_fields`, with their `api_key`. Fields of text or of an address need
nothing here; one of another type needs an entry in CONTENT. Every field is always present: a missing value is null or
an empty list. Datetimes are in UTC (RFC 3339). Schemas are of OpenAPI 3.1 (JSON Schema 2020-12).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.urls import reverse

from publications.locales import LANGUAGE_NAMES, LOCALES, absolute_url, localized_path
from publications.metadata import RECORD_FORMATS, Record, format_url
from publications.models import Author, BylineRole, Edition, EditionByline, Image, Tag, TagKind, facet_of
from publications.presentation import (
    absolutize_urls,
    body_html,
    byline_parts,
    portrait_image,
    public_image_url,
    responsive_image,
)
from publications.publication_fields import FIELDS, FIELDS_BY_NAME, FieldType, PublicationField
from publications.xml_writer import format_datetime

Node = dict[str, Any]

TEXT: Node = {"type": "string"}
URL: Node = {"type": "string", "format": "uri"}
DATETIME: Node = {"type": "string", "format": "date-time"}
NUMBER: Node = {"type": "integer", "minimum": 0}
BOOLEAN: Node = {"type": "boolean"}
UUID: Node = {"type": "string", "format": "uuid"}
LANGUAGE: Node = {"type": "string", "enum": list(LANGUAGE_NAMES)}


@dataclass(frozen=True)
class ShapeField:
    """One field of a shape: its schema, and a function that reads its value from the source."""

    schema: Node
    read: Callable[[Any], Any]
    description: str = ""


class Shape:
    """An object of the API, whose fields are read from one Python object."""

    def __init__(self, name: str, fields: dict[str, ShapeField], description: str = "") -> None:
        self.name, self.fields, self.description = name, fields, description

    def serialize(self, source: Any, **values: Any) -> Node:
        """Return the object as JSON values; `values` are those of fields that the source does not have."""
        return {
            key: values[key] if key in values else field.read(source) for key, field in self.fields.items()
        }

    @property
    def schema(self) -> Node:
        schema = closed_object({key: _field_schema(field) for key, field in self.fields.items()})
        return {**schema, "description": self.description} if self.description else schema

    @property
    def reference(self) -> Node:
        return {"$ref": f"#/components/schemas/{self.name}"}


def _field_schema(field: ShapeField) -> Node:
    return {**field.schema, "description": field.description} if field.description else field.schema


def closed_object(properties: dict[str, Node]) -> Node:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def list_of(schema: Node) -> Node:
    return {"type": "array", "items": schema}


def or_null(schema: Node) -> Node:
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def _list_field(shape: Shape, read: Callable[[Any], Iterable[Any]]) -> ShapeField:
    """Return a field for a list of objects of a shape."""
    return ShapeField(
        list_of(shape.reference), lambda source: [shape.serialize(item) for item in read(source)]
    )


def _nested(fields: dict[str, ShapeField]) -> Shape:
    """Return a shape without a name of its own in the description."""
    return Shape("", fields)


def _api_url(name: str, **parts: object) -> str:
    return absolute_url(reverse(f"api:{name}", kwargs=parts or None))


def _page_urls(name: str, **parts: str) -> dict[str, str]:
    return {
        locale: absolute_url(localized_path(locale, f"publications:{name}", **parts)) for locale in LOCALES
    }


def _translated_field(name: str) -> ShapeField:
    """Return a field for a translated property of a row."""
    schema = {
        "type": "object",
        "description": "The words in each language of the site that has them.",
        "properties": dict.fromkeys(LOCALES, TEXT),
        "additionalProperties": False,
    }

    def read(row: Author | Tag) -> dict[str, str]:
        return {locale: text for locale in LOCALES if (text := getattr(row, f"{name}_{locale}"))}

    return ShapeField(schema, read)


PAGES: Node = {**closed_object(dict.fromkeys(LOCALES, URL)), "description": "The page in each language."}


# Parts of a publication


class BylineSource(NamedTuple):
    """A byline, and its name, title and affiliation as the page shows them."""

    byline: EditionByline
    name: str
    title: str
    affiliation: str

    @property
    def author(self) -> Author:
        return self.byline.author

    @property
    def slug(self) -> str | None:
        """The slug of the author, or None for a pseudonym."""
        return None if self.author.is_pseudonymous else self.author.slug


BYLINE = Shape(
    "Byline",
    {
        "name": ShapeField(TEXT, lambda source: source.name),
        "organisation": ShapeField(BOOLEAN, lambda source: source.author.is_organisation),
        "role": ShapeField(
            {"type": "string", "enum": list(BylineRole.values)}, lambda source: source.byline.role
        ),
        "title": ShapeField(or_null(TEXT), lambda source: source.title or None),
        "affiliation": ShapeField(or_null(TEXT), lambda source: source.affiliation or None),
        "orcid": ShapeField(or_null(TEXT), lambda source: source.author.shown_orcid or None),
        "id": ShapeField(or_null(TEXT), lambda source: source.slug),
        "href": ShapeField(
            or_null(URL), lambda source: _api_url("author", slug=source.slug) if source.slug else None
        ),
    },
    "Somebody who signed it, as it was published. A pen name is a name and no more.",
)
TAG_KIND: Node = {"type": "string", "enum": list(TagKind.values)}
TOPIC_OF_PUBLICATION = Shape(
    "TopicOfPublication",
    {
        "id": ShapeField(TEXT, lambda topic: topic[0].slug),
        "name": ShapeField(TEXT, lambda topic: topic[0].get_translation("name", topic[1])),
        "kind": ShapeField(TAG_KIND, lambda topic: topic[0].kind),
        "href": ShapeField(URL, lambda topic: _api_url("topic", slug=topic[0].slug)),
    },
)
"""Its source is a pair of a tag and the locale of the publication."""
PICTURE = Shape(
    "Picture",
    {
        "url": ShapeField(URL, lambda image: absolute_url(image.src)),
        "alt": ShapeField(TEXT, lambda image: image.alt),
        "credit": ShapeField(or_null(TEXT), lambda image: image.credit or None),
    },
)
OTHER_PUBLICATION = Shape(
    "OtherPublication",
    {
        "id": ShapeField(UUID, lambda edition: str(edition.uid)),
        "href": ShapeField(URL, lambda edition: _api_url("publication", uid=edition.uid)),
        "url": ShapeField(URL, lambda edition: absolute_url(edition.get_absolute_url())),
        "language": ShapeField(LANGUAGE, lambda edition: edition.language),
        "title": ShapeField(TEXT, lambda edition: edition.title),
    },
)
KIND = _nested(
    {
        "id": ShapeField(TEXT, lambda record: record.rows.edition.kind.slug),
        "name": ShapeField(
            TEXT, lambda record: record.rows.edition.kind.get_translation("name", record.locale)
        ),
    }
)
FILE = _nested(
    {
        "url": ShapeField(URL, lambda file: file.url),
        "media_type": ShapeField(TEXT, lambda file: file.media_type),
        "size": ShapeField(NUMBER, lambda file: file.size),
        "title": ShapeField(TEXT, lambda file: file.label),
    }
)
CORRECTION = _nested(
    {
        "at": ShapeField(DATETIME, lambda correction: format_datetime(correction.at)),
        "note": ShapeField(TEXT, lambda correction: correction.note),
    }
)


# Publications


def _cover(record: Record) -> Node | None:
    cover: Image | None = record.rows.edition.cover
    return PICTURE.serialize(responsive_image(cover, public_image_url)) if cover else None


def _html(record: Record) -> str:
    html = body_html(record.rows.edition, record.rows.images, public_image_url)
    return absolutize_urls(html, record.url)


def _updated_at(record: Record) -> str | None:
    return format_datetime(record.last_announced_at) if record.last_announced_at else None


def _modified_at(record: Record) -> str:
    edition = record.rows.edition
    return format_datetime(max(edition.visible_from, edition.record_changed_at or edition.visible_from))


def _formats(record: Record) -> dict[str, str]:
    edition = record.rows.edition
    urls = {extension: absolute_url(format_url(edition, extension)) for extension in RECORD_FORMATS}
    return {"pdf": record.pdf, **urls}


CONTENT = {
    "title": ShapeField(TEXT, lambda record: record.title),
    "summary": ShapeField(or_null(TEXT), lambda record: record.summary or None),
    "key_points": ShapeField(list_of(TEXT), lambda record: record.rows.edition.key_points_list),
    "body": ShapeField(TEXT, _html, "The text as safe HTML with whole addresses."),
    "bylines": _list_field(
        BYLINE, lambda record: (BylineSource(row, *byline_parts(row)) for row in record.rows.bylines)
    ),
    "tags": _list_field(
        TOPIC_OF_PUBLICATION, lambda record: [(tag, record.locale) for tag in record.rows.tags]
    ),
    "published_at": ShapeField(
        DATETIME,
        lambda record: format_datetime(record.rows.edition.published_at),
        "The date that readers see.",
    ),
    "kind": ShapeField(KIND.schema, KIND.serialize),
    "language": ShapeField(LANGUAGE, lambda record: record.language),
    "cover": ShapeField(or_null(PICTURE.reference), _cover),
    "translation_of": _list_field(OTHER_PUBLICATION, lambda record: record.rows.translations),
    "external_url": ShapeField(
        or_null(URL),
        lambda record: record.external_url or None,
        "Where the text stands, if that is elsewhere; `html` may then be empty.",
    ),
    "series_number": ShapeField(
        or_null(TEXT), lambda record: record.number or None, "Of numbered kinds: 1/2023."
    ),
    "attachments": ShapeField(
        list_of(FILE.schema), lambda record: [FILE.serialize(file) for file in record.files]
    ),
    "related_links": _list_field(OTHER_PUBLICATION, lambda record: ()),
}
"""The fields of publications, by name, that are not just a text or an address."""


def _plain_field(field: PublicationField) -> ShapeField:
    if field.type not in (FieldType.LINE, FieldType.TEXT, FieldType.URL):
        raise TypeError(f"CONTENT must say how the API shows “{field.name}”.")
    schema = or_null(URL if field.type is FieldType.URL else TEXT)
    return ShapeField(schema, lambda record: getattr(record.rows.edition, field.name) or None)


def _publication_fields(*names: str) -> dict[str, ShapeField]:
    """Return fields of a publication by their `api_key`."""
    fields = (FIELDS_BY_NAME[name] for name in names)
    return {
        field.api_key: CONTENT.get(field.name) or _plain_field(field) for field in fields if field.api_key
    }


SUMMARY_FIELDS = {
    "id": ShapeField(
        UUID,
        lambda record: str(record.rows.edition.uid),
        "Never changes, whatever becomes of title and address.",
    ),
    "href": ShapeField(URL, lambda record: _api_url("publication", uid=record.rows.edition.uid)),
    "url": ShapeField(URL, lambda record: record.url, "The page."),
    **_publication_fields("title", "language", "kind"),
    "label": ShapeField(
        TEXT, lambda record: record.label, "What stands above the title: “SCEEUS Report No 1, 2023”."
    ),
    **_publication_fields("series_number", "summary", "published_at"),
    "first_published_at": ShapeField(
        DATETIME,
        lambda record: format_datetime(record.first_published_at),
        "The date before any update moved it.",
    ),
    "updated_at": ShapeField(
        or_null(DATETIME), _updated_at, "When readers were last told of a correction or an update."
    ),
    "modified_at": ShapeField(DATETIME, _modified_at, "When anything that is told of it last changed."),
    "edition": ShapeField({"type": "integer", "minimum": 1}, lambda record: record.edition_number),
    **_publication_fields("bylines", "tags", "doi", "isbn", "external_url"),
    "words": ShapeField(NUMBER, lambda record: record.word_count),
    **_publication_fields("cover"),
    "formats": ShapeField(closed_object(dict.fromkeys(("pdf", *RECORD_FORMATS), URL)), _formats),
    **_publication_fields("translation_of"),
}
DETAIL_FIELDS = {
    **SUMMARY_FIELDS,
    **_publication_fields("key_points", "body"),
    "text": ShapeField(TEXT, lambda record: record.rows.edition.plain_text, "The text without any markup."),
    "disclaimer": ShapeField(or_null(TEXT), lambda record: record.rows.edition.disclaimer or None),
    "corrections": ShapeField(
        list_of(CORRECTION.schema),
        lambda record: [CORRECTION.serialize(correction) for correction in record.corrections],
    ),
    **_publication_fields("attachments", "related_links"),
}
PUBLICATION = Shape("Publication", SUMMARY_FIELDS)
PUBLICATION_DETAIL = Shape(
    "WholePublication",
    {
        **DETAIL_FIELDS,
        **_publication_fields(*(field.name for field in FIELDS if field.api_key not in DETAIL_FIELDS)),
    },
)
"""All further fields of `publication_fields` come last."""


def publication_summary(record: Record) -> Node:
    """Return a publication as in a list."""
    return PUBLICATION.serialize(record)


def publication_detail(record: Record, related: Iterable[Edition]) -> Node:
    """Return a publication with its text and the publications that staff have linked to it."""
    serialized = [OTHER_PUBLICATION.serialize(edition) for edition in related]
    return PUBLICATION_DETAIL.serialize(record, related=serialized)


# Authors and topics, which carry how many live editions they have (`pieces`)


def _count_fields() -> dict[str, ShapeField]:
    return {
        "pieces": ShapeField(NUMBER, lambda row: row.edition_count),
        "newest_at": ShapeField(DATETIME, lambda row: format_datetime(row.newest)),
        "publications": ShapeField(
            URL, lambda row: f"{_api_url('publications')}?{facet_of(row).name}={row.slug}"
        ),
    }


def _address_fields(name: str) -> dict[str, ShapeField]:
    return {
        "id": ShapeField(TEXT, lambda row: row.slug),
        "href": ShapeField(URL, lambda row: _api_url(name, slug=row.slug)),
        "urls": ShapeField(PAGES, lambda row: _page_urls(name, slug=row.slug)),
    }


def _portrait(author: Author) -> str | None:
    image = portrait_image(author.shown_portrait, public_image_url)
    return absolute_url(image.src) if image else None


AUTHOR = Shape(
    "Author",
    {
        **_address_fields("author"),
        "name": ShapeField(TEXT, lambda author: author.name),
        "organisation": ShapeField(BOOLEAN, lambda author: author.is_organisation),
        "orcid": ShapeField(or_null(TEXT), lambda author: author.shown_orcid or None),
        "guest": ShapeField(BOOLEAN, lambda author: author.is_guest),
        "title": _translated_field("title"),
        "affiliation": _translated_field("affiliation"),
        **_count_fields(),
    },
)
AUTHOR_DETAIL = Shape(
    "WholeAuthor",
    {
        **AUTHOR.fields,
        "biography": _translated_field("biography"),
        "portrait": ShapeField(or_null(URL), _portrait),
    },
)
TOPIC = Shape(
    "Topic",
    {
        **_address_fields("topic"),
        "kind": ShapeField(TAG_KIND, lambda tag: tag.kind),
        "name": _translated_field("name"),
        **_count_fields(),
    },
)
TOPIC_DETAIL = Shape("WholeTopic", {**TOPIC.fields, "introduction": _translated_field("introduction")})

SHAPES = (
    PUBLICATION, PUBLICATION_DETAIL, OTHER_PUBLICATION, BYLINE, TOPIC_OF_PUBLICATION, PICTURE, AUTHOR, AUTHOR_DETAIL,
    TOPIC, TOPIC_DETAIL,
)  # fmt: skip
PROBLEM: Node = {
    "type": "object",
    "description": "What is wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "parameter": TEXT,
        "withdrawn": BOOLEAN,
        "ended_at": DATETIME,
        "reason": or_null(TEXT),
    },
    "additionalProperties": False,
}


def schemas() -> Node:
    """Return the schemas of all shapes and of problems, by name."""
    return {**{shape.name: shape.schema for shape in SHAPES}, "Problem": PROBLEM}
