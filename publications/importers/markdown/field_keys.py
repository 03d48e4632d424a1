"""The keys of front matter by meaning, under the names of other programs, and the values that files have under them."""

from collections.abc import Mapping
from typing import Any

from .front_matter import as_flag, first_value

INDEX_KEYS = {
    "language": ("lang", "language", "locale"),
    "permalink": ("permalink", "url"),
    "slug": ("slug",),
    "former_paths": ("redirect_from", "aliases", "redirects", "former_paths"),
    "related": ("related", "related_posts"),
    "uid": ("uid",),
    "status": ("status",),
}
"""Keys read for the index and for links between files; they are never reported as unread."""
KEYS = {
    **INDEX_KEYS,
    "title": ("title", "headline", "name"),
    "summary": ("summary", "excerpt", "description", "lede", "lead", "abstract", "subtitle", "deck", "dek"),
    "authors": ("authors", "author", "bylines", "byline", "by", "writers", "writer"),
    "tags": ("tags", "categories", "category", "topics", "topic", "keywords", "tag"),
    "cover": (
        "cover", "image", "images", "hero_image", "featured_image", "featuredImage", "thumbnail", "header", "og_image",
    ),
    "cover_address": ("path", "src", "url", "image", "teaser", "overlay_image", "file"),  # where a cover has fields
    "cover_alt": ("image_alt", "cover_alt", "alt", "imageAlt", "hero_alt"),
    "cover_credit": (
        "cover_credit", "image_credit", "photo_credit", "cover_caption", "image_caption", "image_figcaption",
        "feature_image_caption", "hero_caption", "imageCredit", "imageCaption", "figcaption", "caption", "credit",
    ),
    "kind": ("kind", "type", "layout"),
    "published_at": (
        "date", "published_at", "pubDate", "publishDate", "publish_date", "published_date", "published_on", "pubdate",
        "published", "created", "posted",
    ),
    "modified_at": ("last_modified", "last_modified_at", "lastmod", "updated", "modified"),
    "external_url": (
        "external_url", "externalUrl", "external_link", "link_url", "source_url", "original_url", "redirect_to",
        "redirect", "link", "linkUrl", "redirectUrl",
    ),
}  # fmt: skip
"""All supported keys of front matter by meaning, in order of precedence."""


def value_of(fields: Mapping[str, Any], name: str) -> Any:
    """Return the first value under the keys of KEYS[name]."""
    return first_value(fields, *KEYS[name])


def date_keys(fields: Mapping[str, Any]) -> list[str]:
    """Return the keys that may contain the date of publication; `published: false` marks a draft instead."""
    return [key for key in KEYS["published_at"] if as_flag(fields.get(key)) is None]
