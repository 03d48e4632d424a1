"""Map the ids and names in front matter to authors, from a table (CSV), YAML, JSON or a folder of profiles."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import yaml

from publications import markup
from publications.slugs import slugify
from publications.stored_messages import gettext as _

from ..imported_file import ImportLog, ImportRefused
from ..source_authors import MAX_NAME_CHARACTERS, AuthorList, SourceAuthor, build_name
from .front_matter import (
    MAX_FILE_BYTES,
    Loader,
    as_text,
    as_texts,
    as_typed,
    first_value,
    has_many_aliases,
    read_front_matter,
    without_html,
)

LIST_PAGE_STEMS = ("_index", "index")
NAME_KEYS = ("display_name", "full_name", "name", "title")
BIOGRAPHY_KEYS = ("biography", "bio", "about", "description", "summary")
PORTRAIT_KEYS = ("portrait", "avatar", "photo", "image", "picture", "headshot")
FEDIVERSE_KEYS = ("fediverse", "fediverse_address", "mastodon")
SUBSCRIBER_COLUMNS = frozenset({"email", "e-mail", "email_address", "subscribed", "subscribed_at"})
PROFILE_SUFFIXES = (".md", ".markdown", ".yml", ".yaml", ".json", ".toml")
PORTRAIT_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
DATA_FORMATS = {".yml": "YAML", ".yaml": "YAML", ".json": "JSON"}
"""Formats of lists by suffix; any other is CSV."""


def read_authors(path: Path | None) -> AuthorList:
    """Read the authors of an import.

    Args:
        path: a CSV file with `id` and names, a YAML or JSON file, or a folder of profiles; None for an empty list.

    Raises:
        ImportRefused: the list cannot be read or has no authors.
    """
    if path is None:
        return AuthorList({})
    rows = _read_rows(path)
    authors = {author_id: author for author_id, row in rows if (author := _build_author(author_id, row))}
    if not authors and path.suffix.lower() in DATA_FORMATS:
        raise ImportRefused(_("“%s” names nobody: each person needs an “id”.") % path)
    if not authors:
        raise ImportRefused(_("“%s” names nobody: it needs a column “id”, or a file for each person.") % path)
    return AuthorList(authors)


def lists_names(path: Path) -> bool:
    """Return whether a file names somebody; also for one that cannot be read, as `read_authors` says why."""
    try:
        return any(_name_of(row) for _author_id, row in _read_rows(path))
    except ImportRefused:
        return True


def lists_authors(path: Path) -> bool:
    """Return whether a table can be read and has ids with names, and no addresses, which are of readers or members."""
    try:
        rows = _read_rows(path)
    except ImportRefused:
        return False
    columns = {name.casefold() for _author_id, row in rows[:1] for name in filter(None, row)}
    named = (
        author_id for author_id, row in rows if _name_of(row | {"title": ""})
    )  # titles are those of events
    return columns.isdisjoint(SUBSCRIBER_COLUMNS) and any(named)


def _read_rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the fields of authors by id."""
    if path.is_dir():
        return _read_profiles(path)
    list_format = DATA_FORMATS.get(path.suffix.lower(), "CSV")
    if path.exists() and path.stat().st_size > MAX_FILE_BYTES:
        raise ImportRefused(_("“%(path)s” is larger than 2 MB: it is no list of authors.") % {"path": path})
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\0", "")
        return _parse_list(text, list_format)
    except UnicodeDecodeError as error:
        saved_as = "CSV UTF-8" if list_format == "CSV" else "UTF-8"
        raise ImportRefused(
            _("“%(path)s” is not UTF-8. Save it as “%(format)s”, then try again.")
            % {"path": path, "format": saved_as}
        ) from error
    except OSError as error:
        message = _("“%(path)s” cannot be read: %(why)s")
        raise ImportRefused(message % {"path": path, "why": error.strerror or error}) from error
    except (ValueError, csv.Error, yaml.YAMLError, RecursionError) as error:
        values = {"path": path, "format": list_format, "line": _line_of(error)}
        message = (
            _("“%(path)s” cannot be read: line %(line)d is not valid %(format)s.")
            if values["line"]
            else _("“%(path)s” cannot be read: it is not valid %(format)s.")
        )
        raise ImportRefused(message % values) from error


def _line_of(error: Exception) -> int:
    """Return the line of an error in JSON or YAML, or 0 if it has none."""
    if isinstance(error, json.JSONDecodeError):
        return error.lineno
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 0


def _parse_list(text: str, list_format: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the fields of authors: of data a mapping by id, or a list of mappings."""
    if list_format == "CSV":
        return [_with_id(row) for row in csv.DictReader(io.StringIO(text))]
    is_json = list_format == "JSON"
    if not is_json and has_many_aliases(text):
        raise yaml.YAMLError
    content = as_typed(json.loads(text)) if is_json else yaml.load(text, Loader)  # noqa: S506 - texts and lists alone
    if isinstance(content, dict):
        return [(str(author_id), row) for author_id, row in content.items() if isinstance(row, dict)]
    return [_with_id(row) for row in content if isinstance(row, dict)] if isinstance(content, list) else []


def _with_id(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return as_text(row.get("id") or row.get("slug")), row


def _read_profiles(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the fields of profiles by id, from files (`ann.md`, `ann.yml`) or folders (`ann/_index.md`)."""
    profiles = []
    for path in sorted(path for path in folder.glob("*.*") if path.stem not in LIST_PAGE_STEMS):
        if path.suffix.lower() in PROFILE_SUFFIXES:
            profiles.append((path.stem, path, ""))
    for path in sorted(path for name in LIST_PAGE_STEMS for path in folder.glob(f"*/{name}.md")):
        profiles.append((path.parent.name, path, f"/{folder.name}/{path.parent.name}/"))
    profile_fields = ((author_id, _read_profile(path, page)) for author_id, path, page in profiles)
    return [(author_id, fields) for author_id, fields in profile_fields if fields is not None]


def _read_profile(path: Path, page: str) -> dict[str, Any] | None:
    """Return the fields of a profile with its text and path, or None if it cannot be read."""
    try:
        content = path.read_bytes()
        has_front_matter = b"---" in content[:10] or b"+++" in content[:10]
        fence = b"+++" if path.suffix.lower() == ".toml" else b"---"  # JSON is YAML
        front_matter = read_front_matter(
            content if has_front_matter else fence + b"\n" + content + b"\n" + fence + b"\n", ImportLog()
        )
    except (ImportRefused, OSError):
        return None
    return front_matter.fields | {"body": front_matter.body, "folder": path.parent, "page": page}


def _build_author(author_id: str, row: dict[str, Any]) -> SourceAuthor | None:
    slug = slugify(author_id)
    if not slug:
        return None
    folder = row.get("folder") if isinstance(row.get("folder"), Path) else Path()
    return SourceAuthor(
        slug,
        (_name_of(row) or build_name(author_id))[:MAX_NAME_CHARACTERS],
        tuple(filter(None, [*as_texts(row.get("redirect_from")), as_text(row.get("page"))])),
        biography=_biography(row),
        portrait=as_text(first_value(row, *PORTRAIT_KEYS)) or _find_portrait(folder),
        fediverse_address=as_text(first_value(row, *FEDIVERSE_KEYS)),
        folder=folder,
    )


def _name_of(row: dict[str, Any]) -> str:
    parts = " ".join(as_text(row.get(name)) for name in ("first_name", "last_name"))
    names = [as_text(row.get(name)) for name in NAME_KEYS]
    return next(filter(None, [*names[:2], parts.strip(), *names[2:]]), "")


def _biography(row: dict[str, Any]) -> str:
    """Return the biography of a profile as plain paragraphs."""
    body = row.get("body")
    text = (body.strip() if isinstance(body, str) else "") or as_text(first_value(row, *BIOGRAPHY_KEYS))
    if not text:
        return ""
    try:
        return markup.render_markdown(text).text
    except markup.Unrenderable:
        return without_html(text)


def _find_portrait(folder: Path) -> str:
    """Return the image in the folder of a profile."""
    if folder == Path() or not any((folder / f"{name}.md").exists() for name in LIST_PAGE_STEMS):
        return ""
    return next(
        (path.name for path in sorted(folder.glob("*")) if path.suffix.lower() in PORTRAIT_SUFFIXES), ""
    )
