"""The serializers of the parts of a publication: bylines, topics, pictures, files, corrections and notices."""

from typing import NamedTuple

from publications.locales import absolute_url
from publications.models import NOTICES, Author, BylineRole, EditionByline, Tag
from publications.xml_writer import format_datetime

from .serializer import (
    BOOLEAN,
    DATETIME,
    LANGUAGE,
    NUMBER,
    TAG_KIND,
    TEXT,
    URL,
    UUID,
    Serializer,
    SerializerField,
    api_url,
    nested,
    or_null,
)


class PublishedByline(NamedTuple):
    """A byline with its name, title and affiliation as the page shows them."""

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


BYLINE = Serializer(
    "Byline",
    {
        "name": SerializerField(TEXT, lambda source: source.name),
        "organisation": SerializerField(BOOLEAN, lambda source: source.author.is_organisation),
        "role": SerializerField(
            {"type": "string", "enum": list(BylineRole.values)}, lambda source: source.byline.role
        ),
        "title": SerializerField(or_null(TEXT), lambda source: source.title or None),
        "affiliation": SerializerField(or_null(TEXT), lambda source: source.affiliation or None),
        "orcid": SerializerField(or_null(TEXT), lambda source: source.author.shown_orcid or None),
        "fediverse": SerializerField(
            or_null(TEXT), lambda source: source.author.shown_fediverse_address or None
        ),
        "id": SerializerField(or_null(TEXT), lambda source: source.slug),
        "href": SerializerField(
            or_null(URL), lambda source: api_url("author", slug=source.slug) if source.slug else None
        ),
    },
    "Somebody who signed it, as it was published. A pen name is a name and no more.",
)


class LocalizedTag(NamedTuple):
    """A tag, and the locale of the publication that has it."""

    tag: Tag
    locale: str


PUBLICATION_TOPIC = Serializer(
    "TopicOfPublication",
    {
        "id": SerializerField(TEXT, lambda topic: topic.tag.slug),
        "name": SerializerField(TEXT, lambda topic: topic.tag.get_translation("name", topic.locale)),
        "kind": SerializerField(TAG_KIND, lambda topic: topic.tag.kind),
        "href": SerializerField(URL, lambda topic: api_url("topic", slug=topic.tag.slug)),
    },
)
IMAGE = Serializer(
    "Picture",
    {
        "url": SerializerField(URL, lambda image: absolute_url(image.src)),
        "alt": SerializerField(TEXT, lambda image: image.alt),
        "credit": SerializerField(or_null(TEXT), lambda image: image.credit or None),
    },
)
PUBLICATION_LINK = Serializer(
    "OtherPublication",
    {
        "id": SerializerField(UUID, lambda edition: str(edition.uid)),
        "href": SerializerField(URL, lambda edition: api_url("publication", uid=edition.uid)),
        "url": SerializerField(URL, lambda edition: absolute_url(edition.get_absolute_url())),
        "language": SerializerField(LANGUAGE, lambda edition: edition.language),
        "title": SerializerField(TEXT, lambda edition: edition.marked_title),
    },
)
KIND = nested(
    {
        "id": SerializerField(TEXT, lambda record: record.edition.kind.slug),
        "name": SerializerField(
            TEXT, lambda record: record.edition.kind.get_translation("name", record.locale)
        ),
    }
)
FILE = nested(
    {
        "url": SerializerField(URL, lambda file: file.url),
        "media_type": SerializerField(TEXT, lambda file: file.media_type),
        "size": SerializerField(NUMBER, lambda file: file.size),
        "title": SerializerField(TEXT, lambda file: file.label),
    }
)
CORRECTION = nested(
    {
        "at": SerializerField(DATETIME, lambda correction: format_datetime(correction.at)),
        "note": SerializerField(TEXT, lambda correction: correction.note),
    }
)

NOTICE = nested(
    {
        "status": SerializerField(
            {"type": "string", "enum": [status.value for status in NOTICES]},
            lambda notice: notice.status.value,
        ),
        "at": SerializerField(DATETIME, lambda notice: format_datetime(notice.at)),
        "note": SerializerField(TEXT, lambda notice: notice.text, "The reason, as readers see it."),
    }
)
