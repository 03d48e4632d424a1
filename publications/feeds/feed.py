"""Feeds and their entries as plain values, which every format renders. All addresses are absolute."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class LanguageVersion:
    """A publication in one language: itself or a translation."""

    url: str
    language: str
    title: str


@dataclass(frozen=True)
class FeedFile:
    """An attached file; `size` is in bytes."""

    url: str
    media_type: str
    title: str
    size: int


@dataclass(frozen=True)
class FeedImage:
    """The cover in one size."""

    url: str
    media_type: str
    alt: str = ""


@dataclass(frozen=True)
class FeedPerson:
    """A person or an organisation; `uri` is "" if they have no page."""

    name: str
    uri: str = ""


@dataclass(frozen=True)
class FeedCategory:
    """A subject: `scheme` is the address of the list that `term` belongs to, `label` is for people."""

    term: str
    scheme: str
    label: str


@dataclass(frozen=True)
class FeedEntry:
    """One publication. Title and summary are plain text, content is HTML with absolute addresses."""

    id: str
    title: str
    language: str
    published_at: datetime
    updated_at: datetime
    language_versions: list[LanguageVersion]
    """The publication first, then its translations, one for each language."""
    summary: str
    content: str
    authors: list[FeedPerson] = field(default_factory=list)
    contributors: list[FeedPerson] = field(default_factory=list)
    categories: list[FeedCategory] = field(default_factory=list)
    files: list[FeedFile] = field(default_factory=list)
    cover: FeedImage | None = None
    external_url: str = ""
    """The address of the text, if that is on another site."""

    @property
    def url(self) -> str:
        return self.language_versions[0].url


@dataclass(frozen=True)
class Feed:
    """A feed, its entries newest first. Its author is used for entries without one."""

    id: str
    url: str
    page: str
    title: str
    subtitle: str
    language: str
    updated_at: datetime
    author: FeedPerson
    entries: list[FeedEntry]
