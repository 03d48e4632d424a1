"""The serializers of publications, from records. Those of their parts are in `part_serializers`.

The fields of a publication come from `publication_fields`, with their `api_name`. Fields of text or of an address need
nothing here; one of another type needs an entry in TYPED_FIELDS.
"""

from collections.abc import Iterable

from publications.locales import absolute_url
from publications.metadata import RECORD_FORMATS, Record, format_url
from publications.models import Edition
from publications.presentation import (
    absolutize_urls,
    body_html,
    byline_parts,
    public_image_url,
    responsive_image,
)
from publications.publication_fields import FIELDS, FIELDS_BY_NAME, FieldType, PublicationField
from publications.xml_writer import format_datetime

from .part_serializers import (
    BYLINE,
    CORRECTION,
    FILE,
    IMAGE,
    KIND,
    NOTICE,
    PUBLICATION_LINK,
    PUBLICATION_TOPIC,
    LocalizedTag,
    PublishedByline,
)
from .serializer import (
    DATETIME,
    LANGUAGE,
    NUMBER,
    TEXT,
    URL,
    UUID,
    Node,
    Serializer,
    SerializerField,
    api_url,
    closed_object,
    list_field,
    list_of,
    or_null,
)


def _cover(record: Record) -> Node | None:
    cover = record.edition.cover
    return IMAGE.serialize(responsive_image(cover, public_image_url)) if cover else None


def _bylines(record: Record) -> list[PublishedByline]:
    bylines = record.edition_with_rows.bylines
    return [PublishedByline(byline, *byline_parts(byline)) for byline in bylines]


def _html(record: Record) -> str:
    html = body_html(record.edition, record.edition_with_rows.images, public_image_url)
    return absolutize_urls(html, record.url)


def _updated_at(record: Record) -> str | None:
    return format_datetime(record.last_announced_at) if record.last_announced_at else None


def _modified_at(record: Record) -> str:
    edition = record.edition
    return format_datetime(max(edition.visible_from, edition.record_changed_at or edition.visible_from))


def _formats(record: Record) -> dict[str, str]:
    edition = record.edition
    urls = {extension: absolute_url(format_url(edition, extension)) for extension in RECORD_FORMATS}
    return {"pdf": record.pdf, **urls}


TYPED_FIELDS = {
    "title": SerializerField(TEXT, lambda record: record.title),
    "summary": SerializerField(or_null(TEXT), lambda record: record.summary or None),
    "key_points": SerializerField(list_of(TEXT), lambda record: record.edition.key_points_list),
    "body": SerializerField(TEXT, _html, "The text as safe HTML with whole addresses."),
    "bylines": list_field(
        BYLINE,
        lambda record: (
            PublishedByline(byline, *byline_parts(byline)) for byline in record.edition_with_rows.bylines
        ),
    ),
    "tags": list_field(
        PUBLICATION_TOPIC,
        lambda record: [LocalizedTag(tag, record.locale) for tag in record.edition_with_rows.tags],
    ),
    "published_at": SerializerField(
        DATETIME,
        lambda record: format_datetime(record.edition.published_at),
        "The date that readers see.",
    ),
    "kind": SerializerField(KIND.schema, KIND.serialize),
    "language": SerializerField(LANGUAGE, lambda record: record.language),
    "cover": SerializerField(or_null(IMAGE.reference), _cover),
    "translation_of": list_field(PUBLICATION_LINK, lambda record: record.edition_with_rows.translations),
    "external_url": SerializerField(
        or_null(URL),
        lambda record: record.external_url or None,
        "Where the text stands, if that is elsewhere; `html` may then be empty.",
    ),
    "series_number": SerializerField(
        or_null(TEXT), lambda record: record.number or None, "Of numbered kinds: 1/2023."
    ),
    "attachments": SerializerField(
        list_of(FILE.schema), lambda record: [FILE.serialize(file) for file in record.files]
    ),
    "related_links": list_field(PUBLICATION_LINK, lambda record: ()),
}
"""The fields of publications, by name, that are not just a text or an address."""


def _plain_field(field: PublicationField) -> SerializerField:
    if field.type not in (FieldType.LINE, FieldType.TEXT, FieldType.URL):
        raise TypeError(f"TYPED_FIELDS must say how the API shows “{field.name}”.")
    schema = or_null(URL if field.type is FieldType.URL else TEXT)
    return SerializerField(schema, lambda record: getattr(record.edition, field.name) or None)


def _publication_fields(*names: str) -> dict[str, SerializerField]:
    """Return fields of a publication by their `api_name`."""
    fields = (FIELDS_BY_NAME[name] for name in names)
    return {
        field.api_name: TYPED_FIELDS.get(field.name) or _plain_field(field)
        for field in fields
        if field.api_name
    }


SUMMARY_FIELDS = {
    "id": SerializerField(
        UUID,
        lambda record: str(record.edition.uid),
        "Never changes, whatever becomes of title and address.",
    ),
    "href": SerializerField(URL, lambda record: api_url("publication", uid=record.edition.uid)),
    "url": SerializerField(URL, lambda record: record.url, "The page."),
    **_publication_fields("title", "language", "kind"),
    "label": SerializerField(
        TEXT, lambda record: record.label, "What stands above the title: “SCEEUS Report No 1, 2023”."
    ),
    **_publication_fields("series_number", "summary", "published_at"),
    "first_published_at": SerializerField(
        DATETIME,
        lambda record: format_datetime(record.first_published_at),
        "The date before any update moved it.",
    ),
    "updated_at": SerializerField(
        or_null(DATETIME), _updated_at, "When readers were last told of a correction or an update."
    ),
    "modified_at": SerializerField(DATETIME, _modified_at, "When anything that is told of it last changed."),
    "notice": SerializerField(
        or_null(NOTICE.schema),
        lambda record: NOTICE.serialize(record.notice) if record.notice else None,
        "That it is retracted, or under an expression of concern; the title then begins with that.",
    ),
    "edition": SerializerField({"type": "integer", "minimum": 1}, lambda record: record.edition_number),
    **_publication_fields("bylines", "tags", "doi", "isbn", "external_url"),
    "words": SerializerField(NUMBER, lambda record: record.word_count),
    **_publication_fields("cover"),
    "formats": SerializerField(closed_object(dict.fromkeys(("pdf", *RECORD_FORMATS), URL)), _formats),
    **_publication_fields("translation_of"),
}
DETAIL_FIELDS = {
    **SUMMARY_FIELDS,
    **_publication_fields("key_points", "body"),
    "text": SerializerField(TEXT, lambda record: record.edition.plain_text, "The text without any markup."),
    "disclaimer": SerializerField(or_null(TEXT), lambda record: record.edition.disclaimer or None),
    "corrections": SerializerField(
        list_of(CORRECTION.schema),
        lambda record: [CORRECTION.serialize(correction) for correction in record.corrections],
    ),
    **_publication_fields("attachments", "related_links"),
}
PUBLICATION = Serializer("Publication", SUMMARY_FIELDS)
PUBLICATION_DETAIL = Serializer(
    "WholePublication",
    {
        **DETAIL_FIELDS,
        **_publication_fields(*(field.name for field in FIELDS if field.api_name not in DETAIL_FIELDS)),
    },
)
"""All further fields of `publication_fields` come last."""


def serialize_summary(record: Record) -> Node:
    """Return a publication as in a list."""
    return PUBLICATION.serialize(record)


def serialize_detail(record: Record, related_editions: Iterable[Edition]) -> Node:
    """Return a publication with its text and the publications that staff have linked to it."""
    serialized = [PUBLICATION_LINK.serialize(edition) for edition in related_editions]
    return PUBLICATION_DETAIL.serialize(record, related=serialized)
