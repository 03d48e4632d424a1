"""The records of a manuscript and their plain values. Records with the same content compare equal."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from publications.publication_fields import FIELDS

HOME_ZONE = ZoneInfo("Europe/Stockholm")
NON_TEXT = re.compile("[\0\ud800-\udfff]")
Files = Mapping[str, bytes]


class ManuscriptError(ValueError):
    """A manuscript that cannot be read or written; the message names the place and the remedy."""


def normalize(value: Any) -> Any:
    """Return text with `\\n` as newline, lists as tuples, datetimes with a fixed offset from UTC."""
    if isinstance(value, str):
        return str.replace(value, "\r\n", "\n").replace("\r", "\n")
    if isinstance(value, list | tuple):
        return tuple(normalize(item) for item in value)
    return with_fixed_offset(value) if isinstance(value, datetime) else value


def with_fixed_offset(value: datetime) -> datetime:
    if value.tzinfo is None or not 1000 < value.year < 9000:
        raise ManuscriptError(f"“{value}” cannot be a date of publication: give a full year and a zone.")
    return value.replace(tzinfo=timezone(value.utcoffset()), fold=0)


class NormalizedRecord:
    """A record whose values are normalized, so that equal content makes equal records."""

    def __post_init__(self) -> None:
        for attribute in fields(self):
            if attribute.name != "extra_fields":
                object.__setattr__(self, attribute.name, normalize(getattr(self, attribute.name)))


@dataclass(frozen=True, kw_only=True)
class ManuscriptByline(NormalizedRecord):
    """An author and their role: `author` is the slug, `name` only helps people who read the file."""

    author: str
    name: str = ""
    role: str = "author"


@dataclass(frozen=True, kw_only=True)
class ManuscriptImage(NormalizedRecord):
    """A library image that the text shows; `focus` is in per cent from the left and the top."""

    key: str
    file: str = ""
    digest: str = ""
    alt: dict[str, str] = field(default_factory=dict, hash=False)
    credit: str = ""
    licence: str = ""
    decorative: bool = False
    focus: tuple[int, int] = (50, 50)

    def __post_init__(self) -> None:
        super().__post_init__()
        alt = {language: normalize(text) for language, text in sorted(self.alt.items()) if text}
        object.__setattr__(self, "alt", alt)


@dataclass(frozen=True, kw_only=True)
class ManuscriptFile(NormalizedRecord):
    """A file attached to the publication."""

    file: str
    label: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Manuscript(NormalizedRecord):
    """A publication; the fields have the names and the order of the front matter."""

    title: str = ""
    kind: str = "quick-comment"
    language: str = "en"
    bylines: tuple[ManuscriptByline, ...] = ()
    summary: str = ""
    key_points: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published_at: datetime | None = None
    slug: str = ""
    number: str = ""
    external_url: str = ""
    doi: str = ""
    isbn: str = ""
    cover: str = ""
    images: tuple[ManuscriptImage, ...] = ()
    attachments: tuple[ManuscriptFile, ...] = ()
    related: tuple[str, ...] = ()
    translation_of: str = ""
    note: str = ""
    uid: str = ""
    body: str = ""
    extra_fields: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the content that publishing makes public.

        Excluded are fields that become public as soon as they are saved (related links, texts of images), that never
        do (the note), and that only help people who read the file (names of authors, the uid).
        """
        nameless = tuple(replace(byline, name="") for byline in self.bylines)
        mapping = to_mapping(replace(self, bylines=nameless))
        content = {key: value for key, value in mapping.items() if key not in NOT_IN_DIGEST}
        if self.published_at:
            content["published_at"] = self.published_at.astimezone(UTC).isoformat()
        return hashlib.sha256(json.dumps({**content, "body": self.body}, sort_keys=True).encode()).hexdigest()


NOT_IN_DIGEST = {"images", "uid", *(field.manuscript_key for field in FIELDS if not field.in_digest)}
FRONT_MATTER_FIELDS = [
    attribute.name for attribute in fields(Manuscript) if attribute.name not in ("body", "extra_fields")
]
REQUIRED_FIELDS = ("title", "kind", "language")
FIELD_ALIASES = {"date": "published_at"}


def to_mapping(record: Any) -> dict[str, Any]:
    """Return the fields of a record as plain values for YAML and JSON; those with their default are omitted."""
    return {
        attribute.name: _to_plain(attribute.name, getattr(record, attribute.name))
        for attribute in fields(record)
        if attribute.name not in ("body", "extra_fields")
        and (attribute.name in REQUIRED_FIELDS or getattr(record, attribute.name) != _default_of(attribute))
    }


def _default_of(attribute: Any) -> Any:
    return attribute.default if attribute.default_factory is MISSING else attribute.default_factory()


def _to_plain(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return FlowList(value) if name == "focus" else [_to_plain(name, item) for item in value]
    if isinstance(value, NormalizedRecord):
        return to_mapping(value)
    return _in_home_zone(value) if isinstance(value, datetime) else value


def _in_home_zone(value: datetime) -> datetime:
    """Return a datetime in HOME_ZONE; before 1879, when its offset has seconds that YAML cannot write, in UTC."""
    local = value.astimezone(HOME_ZONE)
    return value.astimezone(UTC) if local.utcoffset() % timedelta(minutes=1) else local


class FlowList(list):
    """A list that YAML writes on one line, in flow style."""
