"""A feed and its entries as plain values, which every format writes. They know no database, no site and no format."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Text:
    """The piece itself or a translation of it. `url` is an absolute address, as all are here."""

    url: str
    language: str
    title: str


@dataclass(frozen=True)
class File:
    """A file that comes with the piece, its size in bytes."""

    url: str
    media_type: str
    title: str
    size: int


@dataclass(frozen=True)
class Picture:
    """The cover in one size."""

    url: str
    media_type: str
    alt: str = ""


@dataclass(frozen=True)
class Person:
    """Someone with a name; `uri` is empty where no page tells of them."""

    name: str
    uri: str = ""


@dataclass(frozen=True)
class Category:
    """A subject: `scheme` says which list `term` belongs to, `label` is for people."""

    term: str
    scheme: str
    label: str


@dataclass(frozen=True)
class Entry:
    """One piece. Titles and summary are text; content is HTML that stands by itself."""

    id: str
    title: str
    language: str
    published: datetime
    updated: datetime
    texts: list[Text]
    """The piece first, then its translations, one for each language."""
    summary: str
    content: str
    authors: list[Person] = field(default_factory=list)
    contributors: list[Person] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    cover: Picture | None = None
    external_url: str = ""
    """Where the text stands that the entry is about, if that is elsewhere."""

    @property
    def url(self) -> str:
        return self.texts[0].url


@dataclass(frozen=True)
class Feed:
    """A feed, its entries newest first. Its author stands for entries that name none."""

    id: str
    url: str
    page: str
    title: str
    subtitle: str
    language: str
    updated: datetime
    author: Person
    entries: list[Entry]
