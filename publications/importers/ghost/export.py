"""The tables of an export of Ghost (versions 1 to 6), with the rows that belong to a post."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused

MAX_EXPORT_BYTES = 500_000_000
HEAD_BYTES = 4000
Row = dict[str, Any]


@dataclass
class GhostExport:
    """Posts and pages, tags and users, and what connects them, in the order of the export."""

    posts: list[Row]
    tags: dict[str, Row] = field(default_factory=dict)
    users: dict[str, Row] = field(default_factory=dict)
    tags_of_posts: dict[str, list[str]] = field(default_factory=dict)
    authors_of_posts: dict[str, list[str]] = field(default_factory=dict)
    meta: dict[str, Row] = field(default_factory=dict)
    language: str = ""

    def tags_of(self, post: Row) -> list[Row]:
        """Return the public tags of a post; internal ones, whose names begin with #, have no pages."""
        tags = (self.tags.get(tag_id) for tag_id in self.tags_of_posts.get(text_of(post, "id"), ()))
        return [tag for tag in tags if tag and is_public_tag(tag)]

    def internal_tags_of(self, post: Row) -> list[str]:
        """Return the names of the tags of a post that have no pages."""
        tags = (self.tags.get(tag_id) for tag_id in self.tags_of_posts.get(text_of(post, "id"), ()))
        return [text_of(tag, "name") for tag in tags if tag and not is_public_tag(tag)]

    def authors_of(self, post: Row) -> list[Row]:
        ids = self.authors_of_posts.get(text_of(post, "id")) or [text_of(post, "author_id")]
        return [self.users[user_id] for user_id in ids if user_id in self.users]


def is_public_tag(tag: Row) -> bool:
    return text_of(tag, "visibility") != "internal" and not text_of(tag, "name").startswith("#")


def read_export(path: Path) -> GhostExport:
    """Return the tables of an export.

    Raises:
        ImportRefused: it is no JSON, which the message gives the line of, or has no posts.
    """
    try:
        if path.stat().st_size > MAX_EXPORT_BYTES:
            raise ImportRefused(_("“%s” is larger than 500 MB. Divide the export.") % path.name)
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        message = _("“%(name)s”, line %(line)d: this is no JSON (%(reason)s). Export the site again.")
        raise ImportRefused(
            message % {"name": path.name, "line": error.lineno, "reason": error.msg}
        ) from error
    except UnicodeDecodeError as error:
        raise ImportRefused(_("“%s” is not UTF-8. Export the site again.") % path.name) from error
    except RecursionError as error:
        raise ImportRefused(_("“%s” is nested too deeply to be an export.") % path.name) from error
    except OSError as error:
        raise ImportRefused(_("The file cannot be read (%s).") % (error.strerror or error)) from error
    tables = _tables_in(content)
    if tables is None:
        raise ImportRefused(_("“%s” has no list of posts: it is no export of Ghost.") % path.name)
    return _build_export(tables)


def _tables_in(content: Any) -> Row | None:
    """Return the tables, which older exports have without a list around them."""
    database = content.get("db") if isinstance(content, dict) else None
    outer = database[0] if isinstance(database, list) and database else content
    tables = outer.get("data") if isinstance(outer, dict) else None
    return tables if isinstance(tables, dict) and isinstance(tables.get("posts"), list) else None


def _build_export(tables: Row) -> GhostExport:
    settings = {text_of(row, "key"): text_of(row, "value") for row in _rows(tables, "settings")}
    return GhostExport(
        posts=list(_rows(tables, "posts")),
        tags={text_of(row, "id"): row for row in _rows(tables, "tags")},
        users={text_of(row, "id"): row for row in _rows(tables, "users")},
        tags_of_posts=_group(tables, "posts_tags", "tag_id"),
        authors_of_posts=_group(tables, "posts_authors", "author_id"),
        meta={text_of(row, "post_id"): row for row in _rows(tables, "posts_meta")},
        language=settings.get("locale") or settings.get("lang") or settings.get("default_locale", ""),
    )


def _rows(tables: Row, name: str) -> Iterator[Row]:
    rows = tables.get(name)
    yield from (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _group(tables: Row, name: str, column: str) -> dict[str, list[str]]:
    """Return the ids of a table that connects posts with others, by post, in their order."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for row in _rows(tables, name):
        order = row.get("sort_order")
        pair = (order if isinstance(order, int) else 0, text_of(row, column))
        groups.setdefault(text_of(row, "post_id"), []).append(pair)
    return {
        post: [value for _order, value in sorted(pairs, key=lambda pair: pair[0])]
        for post, pairs in groups.items()
    }


def text_of(row: Row, name: str) -> str:
    """Return a value as text; ids are numbers in older exports."""
    value = row.get(name)
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def date_of(row: Row, name: str) -> datetime | None:
    """Return a date, written in ISO 8601, or in older exports as milliseconds since 1970."""
    value = row.get(name)
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000, UTC)
        date = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return date.replace(tzinfo=UTC) if date and not date.tzinfo else date


def has_export_head(path: Path) -> bool:
    """Whether a file begins like an export of Ghost: its meta data, or its tables."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    return (b'"db"' in head[:200] and b'"data"' in head) or (b'"exported_on"' in head and b'"data"' in head)
