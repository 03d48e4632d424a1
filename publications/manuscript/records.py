"""The records of a manuscript, and the plain values they are written as. The same words make an equal record."""

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
NO_TEXT = re.compile("[\0\ud800-\udfff]")
Files = Mapping[str, bytes]


class ManuscriptError(ValueError):
    """A manuscript that cannot be read or written, with a sentence naming the place and the remedy."""


def normalize(value: Any) -> Any:
    """Texts with one kind of newline, lists as tuples, moments at a fixed distance from UTC."""
    if isinstance(value, str):
        return str.replace(value, "\r\n", "\n").replace("\r", "\n")
    if isinstance(value, list | tuple):
        return tuple(normalize(each) for each in value)
    return with_zone(value) if isinstance(value, datetime) else value


def with_zone(moment: datetime) -> datetime:
    if moment.tzinfo is None or not 1000 < moment.year < 9000:
        raise ManuscriptError(f"“{moment}” cannot be when a piece came out: give a full year and a zone.")
    return moment.replace(tzinfo=timezone(moment.utcoffset()), fold=0)


class NormalizedRecord:
    """The same words make an equal record, whoever wrote them down."""

    def __post_init__(self) -> None:
        for each in fields(self):
            if each.name != "more":
                object.__setattr__(self, each.name, normalize(getattr(self, each.name)))


@dataclass(frozen=True, kw_only=True)
class ManuscriptByline(NormalizedRecord):
    """An author's place: the stable id (the slug of the author), the name as a help to readers, the role."""

    author: str
    name: str = ""
    role: str = "author"


@dataclass(frozen=True, kw_only=True)
class ManuscriptImage(NormalizedRecord):
    """A picture of the library that the text shows; `focus` in per cent from left and top."""

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
        filled = {language: normalize(text) for language, text in sorted(self.alt.items()) if text}
        object.__setattr__(self, "alt", filled)


@dataclass(frozen=True, kw_only=True)
class ManuscriptFile(NormalizedRecord):
    """A file that comes with the piece."""

    file: str
    label: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Manuscript(NormalizedRecord):
    """One publication. Fields are named and ordered as an editor reads them in the front matter."""

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
    more: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def digest(self) -> str:
        """SHA-256 over what publishing would put before readers.

        Left out: what is public by itself as soon as it is saved (related links, the pictures' own words),
        what never is (the note), and what only helps whoever reads the file (names of authors, the uid).
        """
        nameless = tuple(replace(line, name="") for line in self.bylines)
        written = entry(replace(self, bylines=nameless))
        counted = {key: value for key, value in written.items() if key not in NOT_IN_DIGEST}
        if self.published_at:
            counted["published_at"] = self.published_at.astimezone(UTC).isoformat()
        return hashlib.sha256(json.dumps({**counted, "body": self.body}, sort_keys=True).encode()).hexdigest()


NOT_IN_DIGEST = {"images", "uid", *(field.manuscript_key for field in FIELDS if not field.in_digest)}
IN_FRONT = [each.name for each in fields(Manuscript) if each.name not in ("body", "more")]
ALWAYS_WRITTEN = ("title", "kind", "language")
ALSO_CALLED = {"date": "published_at"}


# Records as plain values.


def entry(record: Any) -> dict[str, Any]:
    """The fields of a record that are not empty."""
    return {
        each.name: _written(each.name, getattr(record, each.name))
        for each in fields(record)
        if each.name not in ("body", "more")
        and (each.name in ALWAYS_WRITTEN or getattr(record, each.name) != _default(each))
    }


def _default(of: Any) -> Any:
    return of.default if of.default_factory is MISSING else of.default_factory()


def _written(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return OnOneLine(value) if name == "focus" else [_written(name, each) for each in value]
    if isinstance(value, NormalizedRecord):
        return entry(value)
    return _at_home(value) if isinstance(value, datetime) else value


def _at_home(moment: datetime) -> datetime:
    """As clocks at home show it; before 1879 those went by the sun, and YAML knows no seconds of a zone."""
    home = moment.astimezone(HOME_ZONE)
    return moment.astimezone(UTC) if home.utcoffset() % timedelta(minutes=1) else home


class OnOneLine(list):
    """A short list that is read at a glance."""
