"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from typing import Any

from publications.xml_writer import FORBIDDEN, format_datetime

from .feed import Entry, Feed, File, Person

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"

Node = dict[str, Any]


def written(feed: Feed) -> bytes:
    return json.dumps(_filled(_feed(feed)), ensure_ascii=False, indent=1).encode()


def _feed(feed: Feed) -> Node:
    return {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "description": feed.subtitle,
        "language": feed.language,
        "authors": [_person(feed.author)],
        "items": [_item(entry) for entry in feed.entries],
    }


def _item(entry: Entry) -> Node:
    return {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.external_url,
        "title": entry.title,
        "language": entry.language,
        "date_published": format_datetime(entry.published),
        "date_modified": format_datetime(entry.updated),
        "authors": [_person(person) for person in entry.authors],
        "tags": [category.label for category in entry.categories],
        "summary": entry.summary,
        "image": entry.cover.url if entry.cover else "",
        "content_html": entry.content,
        "attachments": [_attachment(file) for file in entry.files],
    }


def _person(person: Person) -> Node:
    return {"name": person.name, "url": person.uri}


def _attachment(file: File) -> Node:
    return {
        "url": file.url,
        "mime_type": file.media_type,
        "title": file.title,
        "size_in_bytes": file.size,
    }


def _filled(value: Any) -> Any:
    """Without what is empty, but for the list of items, and without signs that no document of ours holds."""
    if isinstance(value, dict):
        told = {name: _filled(each) for name, each in value.items()}
        return {name: each for name, each in told.items() if each not in ("", []) or name == "items"}
    if isinstance(value, list):
        return [_filled(each) for each in value]
    return FORBIDDEN.sub("", value) if isinstance(value, str) else value
