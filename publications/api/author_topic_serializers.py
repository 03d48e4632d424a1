"""The serializers of authors and topics, which have the number of their live editions."""

from publications.locales import LOCALES, absolute_url, localized_path
from publications.models import Author, Tag, facet_of
from publications.presentation import portrait_image, public_image_url
from publications.xml_writer import format_datetime

from .serializer import (
    BOOLEAN,
    DATETIME,
    NUMBER,
    TAG_KIND,
    TEXT,
    URL,
    Node,
    Serializer,
    SerializerField,
    api_url,
    closed_object,
    or_null,
)

PAGE_URLS: Node = {**closed_object(dict.fromkeys(LOCALES, URL)), "description": "The page in each language."}


def page_urls(name: str, **kwargs: str) -> dict[str, str]:
    """Return the absolute URLs of a page by locale."""
    return {
        locale: absolute_url(localized_path(locale, f"publications:{name}", **kwargs)) for locale in LOCALES
    }


def translated_field(name: str) -> SerializerField:
    """Return a field for a translated property of an author or topic."""
    schema = {
        "type": "object",
        "description": "The words in each language of the site that has them.",
        "properties": dict.fromkeys(LOCALES, TEXT),
        "additionalProperties": False,
    }

    def read(instance: Author | Tag) -> dict[str, str]:
        return {locale: text for locale in LOCALES if (text := getattr(instance, f"{name}_{locale}"))}

    return SerializerField(schema, read)


def _count_fields() -> dict[str, SerializerField]:
    """Return the fields for the number of live editions, the date of the newest, and the list of them."""
    return {
        "pieces": SerializerField(NUMBER, lambda instance: instance.edition_count),
        "newest_at": SerializerField(DATETIME, lambda instance: format_datetime(instance.newest)),
        "publications": SerializerField(
            URL, lambda instance: f"{api_url('publications')}?{facet_of(instance).name}={instance.slug}"
        ),
    }


def _address_fields(name: str) -> dict[str, SerializerField]:
    return {
        "id": SerializerField(TEXT, lambda instance: instance.slug),
        "href": SerializerField(URL, lambda instance: api_url(name, slug=instance.slug)),
        "urls": SerializerField(PAGE_URLS, lambda instance: page_urls(name, slug=instance.slug)),
    }


def _portrait(author: Author) -> str | None:
    image = portrait_image(author.shown_portrait, public_image_url)
    return absolute_url(image.src) if image else None


AUTHOR = Serializer(
    "Author",
    {
        **_address_fields("author"),
        "name": SerializerField(TEXT, lambda author: author.name),
        "organisation": SerializerField(BOOLEAN, lambda author: author.is_organisation),
        "orcid": SerializerField(or_null(TEXT), lambda author: author.shown_orcid or None),
        "fediverse": SerializerField(or_null(TEXT), lambda author: author.shown_fediverse_address or None),
        "guest": SerializerField(BOOLEAN, lambda author: author.is_guest),
        "title": translated_field("title"),
        "affiliation": translated_field("affiliation"),
        **_count_fields(),
    },
)
AUTHOR_DETAIL = Serializer(
    "WholeAuthor",
    {
        **AUTHOR.fields,
        "biography": translated_field("biography"),
        "portrait": SerializerField(or_null(URL), _portrait),
    },
)
TOPIC = Serializer(
    "Topic",
    {
        **_address_fields("topic"),
        "kind": SerializerField(TAG_KIND, lambda tag: tag.kind),
        "name": translated_field("name"),
        **_count_fields(),
    },
)
TOPIC_DETAIL = Serializer("WholeTopic", {**TOPIC.fields, "introduction": translated_field("introduction")})
