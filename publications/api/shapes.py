"""The shapes of what the API returns: each field declared once, with its JSON Schema and how it is read.

What a publication consists of comes from `publication_fields`, under the keys that fields have there. A field of text
or of an address needs nothing here; one of another type needs an entry in CONTENT. Every field is always there: what
there is none of is null, or an empty list. Moments are in UTC (RFC 3339). Schemas are those of OpenAPI 3.1 (JSON
Schema 2020-12).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from publications.locales import LANGUAGE_NAMES, LOCALES, absolute_url, localized_path
from publications.metadata import RECORD_FORMATS, Record, format_url
from publications.models import Author, BylineRole, Edition, EditionByline, Image, Tag, TagKind, facet_of
from publications.presentation import public_address
from publications.presentation.authors import byline_groups
from publications.presentation.images import body_html, portrait_image, responsive_image
from publications.presentation.links import with_whole_addresses
from publications.publication_fields import FIELDS, FIELDS_BY_NAME, FieldType, PublicationField
from publications.xml_writer import format_datetime

Node = dict[str, Any]

TEXT: Node = {"type": "string"}
ADDRESS: Node = {"type": "string", "format": "uri"}
MOMENT: Node = {"type": "string", "format": "date-time"}
NUMBER: Node = {"type": "integer", "minimum": 0}
YES_OR_NO: Node = {"type": "boolean"}
UUID: Node = {"type": "string", "format": "uuid"}
LANGUAGE: Node = {"type": "string", "enum": list(LANGUAGE_NAMES)}


@dataclass(frozen=True)
class ShapeField:
    """One field of a shape: its schema, and how its value is read; `description` is for readers of the schema."""

    schema: Node
    read: Callable[[Any], Any]
    description: str = ""


class Shape:
    """An object of the API, made of what its fields read from one Python object."""

    def __init__(self, name: str, fields: dict[str, ShapeField], description: str = "") -> None:
        self.name, self.fields, self.description = name, fields, description

    def serialize(self, source: Any, **values: Any) -> Node:
        """Return the object; `values` are those of fields that the source does not know."""
        return {
            key: values[key] if key in values else field.read(source) for key, field in self.fields.items()
        }

    @property
    def schema(self) -> Node:
        schema = closed_object({key: _described(field) for key, field in self.fields.items()})
        return {**schema, "description": self.description} if self.description else schema

    @property
    def reference(self) -> Node:
        return {"$ref": f"#/components/schemas/{self.name}"}


def _described(field: ShapeField) -> Node:
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


def _each(shape: Shape, read: Callable[[Any], Iterable[Any]]) -> ShapeField:
    """A list of objects of a shape."""
    return ShapeField(
        list_of(shape.reference), lambda source: [shape.serialize(item) for item in read(source)]
    )


def _nested(fields: dict[str, ShapeField]) -> Shape:
    """An object without a name of its own in the description."""
    return Shape("", fields)


def _api_url(name: str, **parts: object) -> str:
    return absolute_url(reverse(f"api:{name}", kwargs=parts or None))


def _page_urls(name: str, **parts: str) -> dict[str, str]:
    return {
        locale: absolute_url(localized_path(locale, f"publications:{name}", **parts)) for locale in LOCALES
    }


def _in_languages(name: str) -> ShapeField:
    """A property that a row has in each language of the site."""
    schema = {
        "type": "object",
        "description": "The words in each language of the site that has them.",
        "properties": dict.fromkeys(LOCALES, TEXT),
        "additionalProperties": False,
    }

    def read(row: Author | Tag) -> dict[str, str]:
        return {locale: text for locale in LOCALES if (text := getattr(row, f"{name}_{locale}"))}

    return ShapeField(schema, read)


PAGES: Node = {**closed_object(dict.fromkeys(LOCALES, ADDRESS)), "description": "The page in each language."}


# Parts of a publication


def _author_slug(byline: EditionByline) -> str | None:
    """Whose page the name leads to; a pen name leads nowhere."""
    return None if byline.author.is_pseudonymous else byline.author.slug


def _author_href(byline: EditionByline) -> str | None:
    slug = _author_slug(byline)
    return _api_url("author", slug=slug) if slug else None


BYLINE = Shape(
    "Byline",
    {
        "name": ShapeField(TEXT, lambda byline: byline_groups(byline)[0]),
        "organisation": ShapeField(YES_OR_NO, lambda byline: byline.author.is_organisation),
        "role": ShapeField({"type": "string", "enum": list(BylineRole.values)}, lambda byline: byline.role),
        "title": ShapeField(or_null(TEXT), lambda byline: byline_groups(byline)[1] or None),
        "affiliation": ShapeField(or_null(TEXT), lambda byline: byline_groups(byline)[2] or None),
        "orcid": ShapeField(or_null(TEXT), lambda byline: byline.author.shown_orcid or None),
        "id": ShapeField(or_null(TEXT), _author_slug),
        "href": ShapeField(or_null(ADDRESS), _author_href),
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
        "href": ShapeField(ADDRESS, lambda topic: _api_url("topic", slug=topic[0].slug)),
    },
)
"""Read from a tag and the locale of the publication."""
PICTURE = Shape(
    "Picture",
    {
        "url": ShapeField(ADDRESS, lambda image: absolute_url(image.src)),
        "alt": ShapeField(TEXT, lambda image: image.alt),
        "credit": ShapeField(or_null(TEXT), lambda image: image.credit or None),
    },
)
OTHER_PUBLICATION = Shape(
    "OtherPublication",
    {
        "id": ShapeField(UUID, lambda edition: str(edition.uid)),
        "href": ShapeField(ADDRESS, lambda edition: _api_url("publication", uid=edition.uid)),
        "url": ShapeField(ADDRESS, lambda edition: absolute_url(edition.get_absolute_url())),
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
        "url": ShapeField(ADDRESS, lambda file: file.url),
        "media_type": ShapeField(TEXT, lambda file: file.media_type),
        "size": ShapeField(NUMBER, lambda file: file.size),
        "title": ShapeField(TEXT, lambda file: file.label),
    }
)
CORRECTION = _nested(
    {
        "at": ShapeField(MOMENT, lambda correction: format_datetime(correction.at)),
        "note": ShapeField(TEXT, lambda correction: correction.note),
    }
)


# Publications


def _cover(record: Record) -> Node | None:
    cover: Image | None = record.rows.edition.cover
    return PICTURE.serialize(responsive_image(cover, public_address)) if cover else None


def _html(record: Record) -> str:
    html = body_html(record.rows.edition, record.rows.images, public_address)
    return with_whole_addresses(html, record.url)


def _updated_at(record: Record) -> str | None:
    return format_datetime(record.announced) if record.announced else None


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
    "bylines": _each(BYLINE, lambda record: record.rows.bylines),
    "tags": _each(TOPIC_OF_PUBLICATION, lambda record: [(tag, record.locale) for tag in record.rows.tags]),
    "published_at": ShapeField(
        MOMENT,
        lambda record: format_datetime(record.rows.edition.published_at),
        "The date that readers see.",
    ),
    "kind": ShapeField(KIND.schema, KIND.serialize),
    "language": ShapeField(LANGUAGE, lambda record: record.language),
    "cover": ShapeField(or_null(PICTURE.reference), _cover),
    "translation_of": _each(OTHER_PUBLICATION, lambda record: record.rows.translations),
    "external_url": ShapeField(
        or_null(ADDRESS),
        lambda record: record.external_url or None,
        "Where the text stands, if that is elsewhere; `html` may then be empty.",
    ),
    "series_number": ShapeField(
        or_null(TEXT), lambda record: record.number or None, "Of numbered kinds: 1/2023."
    ),
    "attachments": ShapeField(
        list_of(FILE.schema), lambda record: [FILE.serialize(file) for file in record.files]
    ),
    "related_links": _each(OTHER_PUBLICATION, lambda record: ()),
}
"""Fields of publications, by their names in `publication_fields`, that are more than a text or an address."""


def _plain_field(field: PublicationField) -> ShapeField:
    if field.type not in (FieldType.LINE, FieldType.TEXT, FieldType.URL):
        raise TypeError(f"CONTENT must say how the API shows “{field.name}”.")
    schema = or_null(ADDRESS if field.type is FieldType.URL else TEXT)
    return ShapeField(schema, lambda record: getattr(record.rows.edition, field.name) or None)


def _content(*names: str) -> dict[str, ShapeField]:
    """Fields of a publication, under the keys that `publication_fields` gives them."""
    fields = (FIELDS_BY_NAME[name] for name in names)
    return {
        field.api_key: CONTENT.get(field.name) or _plain_field(field) for field in fields if field.api_key
    }


LISTED = {
    "id": ShapeField(
        UUID,
        lambda record: str(record.rows.edition.uid),
        "Never changes, whatever becomes of title and address.",
    ),
    "href": ShapeField(ADDRESS, lambda record: _api_url("publication", uid=record.rows.edition.uid)),
    "url": ShapeField(ADDRESS, lambda record: record.url, "The page."),
    **_content("title", "language", "kind"),
    "label": ShapeField(
        TEXT, lambda record: record.label, "What stands above the title: “SCEEUS Report No 1, 2023”."
    ),
    **_content("series_number", "summary", "published_at"),
    "first_published_at": ShapeField(
        MOMENT,
        lambda record: format_datetime(record.first_published),
        "The date before any update moved it.",
    ),
    "updated_at": ShapeField(
        or_null(MOMENT), _updated_at, "When readers were last told of a correction or an update."
    ),
    "modified_at": ShapeField(MOMENT, _modified_at, "When anything that is told of it last changed."),
    "edition": ShapeField({"type": "integer", "minimum": 1}, lambda record: record.edition),
    **_content("bylines", "tags", "doi", "isbn", "external_url"),
    "words": ShapeField(NUMBER, lambda record: record.words),
    **_content("cover"),
    "formats": ShapeField(closed_object(dict.fromkeys(("pdf", *RECORD_FORMATS), ADDRESS)), _formats),
    **_content("translation_of"),
}
WHOLE = {
    **LISTED,
    **_content("key_points", "body"),
    "text": ShapeField(TEXT, lambda record: record.rows.edition.plain_text, "The text without any markup."),
    "disclaimer": ShapeField(or_null(TEXT), lambda record: record.rows.edition.disclaimer or None),
    "corrections": ShapeField(
        list_of(CORRECTION.schema),
        lambda record: [CORRECTION.serialize(correction) for correction in record.corrections],
    ),
    **_content("attachments", "related_links"),
}
PUBLICATION = Shape("Publication", LISTED)
PUBLICATION_DETAIL = Shape(
    "WholePublication", {**WHOLE, **_content(*(field.name for field in FIELDS if field.api_key not in WHOLE))}
)
"""Whatever else a publication consists of comes last."""


def publication_summary(record: Record) -> Node:
    """A publication in a list."""
    return PUBLICATION.serialize(record)


def publication_detail(record: Record, related: Iterable[Edition]) -> Node:
    """A publication with its text, and the publications that staff have linked it with."""
    others = [OTHER_PUBLICATION.serialize(edition) for edition in related]
    return PUBLICATION_DETAIL.serialize(record, related=others)


# Authors and topics, which carry how many live editions they have (`pieces`)


def _counted() -> dict[str, ShapeField]:
    return {
        "pieces": ShapeField(NUMBER, lambda row: row.pieces),
        "newest_at": ShapeField(MOMENT, lambda row: format_datetime(row.newest)),
        "publications": ShapeField(
            ADDRESS, lambda row: f"{_api_url('publications')}?{facet_of(row).name}={row.slug}"
        ),
    }


def _addressed(name: str) -> dict[str, ShapeField]:
    return {
        "id": ShapeField(TEXT, lambda row: row.slug),
        "href": ShapeField(ADDRESS, lambda row: _api_url(name, slug=row.slug)),
        "urls": ShapeField(PAGES, lambda row: _page_urls(name, slug=row.slug)),
    }


def _portrait(author: Author) -> str | None:
    image = portrait_image(author.shown_portrait, public_address)
    return absolute_url(image.src) if image else None


AUTHOR = Shape(
    "Author",
    {
        **_addressed("author"),
        "name": ShapeField(TEXT, lambda author: author.name),
        "organisation": ShapeField(YES_OR_NO, lambda author: author.is_organisation),
        "orcid": ShapeField(or_null(TEXT), lambda author: author.shown_orcid or None),
        "guest": ShapeField(YES_OR_NO, lambda author: author.is_guest),
        "title": _in_languages("title"),
        "affiliation": _in_languages("affiliation"),
        **_counted(),
    },
)
AUTHOR_DETAIL = Shape(
    "WholeAuthor",
    {
        **AUTHOR.fields,
        "biography": _in_languages("biography"),
        "portrait": ShapeField(or_null(ADDRESS), _portrait),
    },
)
TOPIC = Shape(
    "Topic",
    {
        **_addressed("topic"),
        "kind": ShapeField(TAG_KIND, lambda tag: tag.kind),
        "name": _in_languages("name"),
        **_counted(),
    },
)
TOPIC_DETAIL = Shape("WholeTopic", {**TOPIC.fields, "introduction": _in_languages("introduction")})

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
        "withdrawn": YES_OR_NO,
        "ended_at": MOMENT,
        "reason": or_null(TEXT),
    },
    "additionalProperties": False,
}


def schemas() -> Node:
    """The schemas of all shapes and of problems, by name."""
    return {**{shape.name: shape.schema for shape in SHAPES}, "Problem": PROBLEM}
