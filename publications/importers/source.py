"""What an import reads from: the index of its texts, in order, and what else the old site had.

A source is a folder of Markdown, or an export or a copy of another system. It lists its texts before any of them is
read (`SourceEntry`), so that each gets its slug and texts can refer to each other; then it reads them one by one
(`ImportedFile`). Sources use no database. `run` is the only user.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from publications.locales import locale_of
from publications.old_feeds import SITE_FEEDS
from publications.path_patterns import PathTree
from publications.slugs import numbered_slug, slug_stem
from publications.stored_messages import ngettext

from .image_finder import ImageFinder
from .imported_file import ImportedFile, SourceRemark
from .links import link_key
from .mapping import ImportMapping, normalize_key
from .source_authors import AuthorList

UID_NAMESPACE = UUID("6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71")
"""Of uids made from the place of a text in its source."""


@dataclass(frozen=True, kw_only=True)
class SourceEntry:
    """What is known of a text before it is read.

    Args:
        source: its place in the source, as reports name it: the path below the folder, or the address on the old site.
        uid: the same in every import of the source.
        requested_slug: the slug that the text requests; `slug` is the assigned one.
        names: the names for it in lists of related publications.
        former_paths: old addresses that redirect to it.
        default_paths: addresses that links may use for it, without a redirect.
        translation_of: the uid of its original.
        tags, authors: their ids or names in the source.
        manuscript_slug: the slug in a manuscript of this site, which its publication gets if it is free.
    """

    source: str
    uid: str
    language: str
    requested_slug: str
    names: tuple[str, ...] = ()
    former_paths: tuple[str, ...] = ()
    default_paths: tuple[str, ...] = ()
    translation_of: str = ""
    slug: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    manuscript_slug: str = ""

    @property
    def locale(self) -> str:
        return locale_of(self.language)


@dataclass(frozen=True)
class SourceTopic:
    """A topic of the old site with its name, introduction and the old paths of its page."""

    name: str
    introduction: str = ""
    former_paths: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OldPage:
    """What a page of the old site that is no text leads to here.

    Args:
        topic, author: the name in the source of the topic or author that it is of.
        address: an address of this site, also for a topic or author that is not here.
    """

    address: str
    topic: str = ""
    author: str = ""


@dataclass(frozen=True, kw_only=True)
class ImportContext:
    """The data shared by all texts of an import.

    Args:
        addresses: new addresses, by old path and by the keys of the source's `addresses`.
        uids_by_name: uids by language and by the names used in lists of related texts.
        kinds: slugs of the site's kinds of publications.
        kind: the default kind.
        site: the address of the old site, for links whose target is not imported.
        topics: names of topics by id.
        linked_fragments: the fragments that links of the import point to.
    """

    authors: AuthorList
    image_finder: ImageFinder
    addresses: Mapping[str, str]
    uids_by_name: Mapping[tuple[str, str], str]
    kinds: frozenset[str]
    kind: str
    site: str = ""
    topics: Mapping[str, str] = field(default_factory=dict)
    linked_fragments: frozenset[str] = frozenset()


@dataclass(kw_only=True)
class ImportSource(ABC):
    """The texts of a source in order of import, originals before translations.

    Args:
        root: the folder that the source is, or is in.
        refused: the reasons why texts cannot be imported, by source.
        neighbours: texts that are not imported, which others may refer to if they are on the site.
        topics: the topics of the old site by id in lower case.
        site: the address of the old site, as the source has it.
        language: that of introductions of topics and biographies; "" is that of the import.
        system: the name of the system that it is of; `open_source` sets it.
        base_path: the path below which the old site was, such as `/blog`, or "" for all of its host.
    """

    root: Path
    entries: list[SourceEntry]
    refused: dict[str, str] = field(default_factory=dict)
    neighbours: list[SourceEntry] = field(default_factory=list)
    topics: Mapping[str, SourceTopic] = field(default_factory=dict)
    site: str = ""
    language: str = ""
    system: str = ""
    base_path: str = ""

    @abstractmethod
    def read(self, context: ImportContext, *, processes: int) -> Iterator[ImportedFile]:
        """Yield the texts in the order of `entries`.

        Args:
            processes: the number of processes that read.
        """

    @property
    def media_folders(self) -> tuple[Path, ...]:
        """The folders with the files of the source, beside those of the options; nothing above them is read."""
        return (self.root.resolve(),)

    @property
    def author_list(self) -> Path | None:
        """The list of authors in the source, if it is a file of its own."""
        return None

    def read_authors(self) -> AuthorList:
        """Return the authors in the source. Raises ImportRefused if the list cannot be read."""
        return AuthorList({})

    @property
    def old_pages(self) -> Mapping[str, OldPage]:
        """Other pages of the old site by their old path and query, once the texts are read."""
        return {}

    @property
    def feed_paths(self) -> tuple[str, ...]:
        """The paths below the site of the feeds of all texts; those of topics and authors are below their pages."""
        return SITE_FEEDS.get(self.system, ())

    def names_of(self, path: str) -> Iterable[str]:
        """Return the names by which a file of an old path may be beside the texts, the best first."""
        return (path,)

    @property
    def missing_files(self) -> tuple[str, ...]:
        """The addresses of files that texts use and that the source does not hold, once the texts are read."""
        return ()

    def read_samples(self, context: ImportContext) -> list[dict[str, Any]]:
        """Return some texts beside their pages, for sources that are read by rules (`old_site.samples`)."""
        return []

    def summarize(self, site_paths: PathTree) -> list[SourceRemark]:
        """Return notes on the source as a whole, once its texts are read: what it holds, and what is not imported."""
        return []

    def propose_mapping(self) -> ImportMapping:
        """Return a mapping to be edited: topics and authors of the texts as they are, with the numbers of texts."""
        topics = Counter(
            self.topic_names.get(tag.casefold(), tag) for entry in self.entries for tag in entry.tags
        )
        people = Counter(author for entry in self.entries for author in entry.authors)
        authors = self.read_authors()
        return ImportMapping.from_names(
            topics={name: name for name in sorted(topics)},
            people={name: authors.find(name).name for name in sorted(people)},
            comments=_count_texts("topics", topics) | _count_texts("people", people),
        )

    @property
    def all_entries(self) -> list[SourceEntry]:
        return [*self.entries, *self.neighbours]

    @property
    def uids(self) -> set[str]:
        return {entry.uid for entry in self.all_entries}

    @property
    def topic_names(self) -> dict[str, str]:
        """The names of topics by id."""
        return {topic_id: topic.name for topic_id, topic in self.topics.items()}

    def assign_slugs(self, existing_slugs: Mapping[str, str], reserved: set[tuple[str, str]]) -> Self:
        """Return the source with a distinct slug for each text: the existing, the requested or the next free one.

        The result for a text is the same in every run.

        Args:
            existing_slugs: slugs on the site by uid.
            reserved: pairs of locale and slug that are not available.
        """
        slugs = _UsedSlugs(reserved)
        for entry in self.entries:
            if existing_slugs.get(entry.uid):
                slugs.add(entry.locale, existing_slugs[entry.uid])
        entries = []
        for entry in self.entries:
            slug = existing_slugs.get(entry.uid) or slugs.find_free(entry)
            if entry.manuscript_slug and not slugs.is_used(entry.locale, entry.manuscript_slug):
                slug = entry.manuscript_slug
            slugs.add(entry.locale, slug)
            entries.append(replace(entry, slug=slug))
        neighbours = [
            replace(entry, slug=existing_slugs[entry.uid])
            for entry in self.neighbours
            if existing_slugs.get(entry.uid)
        ]
        return replace(self, entries=entries, neighbours=neighbours)

    def addresses(self, address_of: Callable[[str, str], str]) -> dict[str, str]:
        """Return the new addresses of texts by their old paths.

        Args:
            address_of: returns the address for a locale and a slug.
        """
        addresses: dict[str, str] = {}
        for entry in self.all_entries:
            new_address = address_of(entry.locale, entry.slug)
            former_paths = filter(None, map(link_key, entry.former_paths))
            for old_path in (*entry.default_paths, *former_paths):
                addresses.setdefault(old_path, new_address)
        return addresses

    def uids_by_name(self) -> dict[tuple[str, str], str]:
        """Return uids by language and by the names used in lists of related texts."""
        uids: dict[tuple[str, str], str] = {}
        for position in range(2):  # the name of the file first, then its other name
            for entry in self.all_entries:
                for name in entry.names[position : position + 1]:
                    uids.setdefault((entry.language, name), entry.uid)
        return uids


def _count_texts(section: str, counts: Counter[str]) -> dict[tuple[str, str | int], str]:
    return {
        (section, normalize_key(name)): ngettext("%d text", "%d texts", count) % count
        for name, count in counts.items()
    }


class _UsedSlugs:
    """The slugs that are used, by locale."""

    def __init__(self, used: set[tuple[str, str]]) -> None:
        self.used: dict[str, set[str]] = {}
        self.numbers: dict[tuple[str, str], int] = {}  # the last by locale and stem: lower ones stay used
        for locale, slug in used:
            self.add(locale, slug)

    def add(self, locale: str, slug: str) -> None:
        self.used.setdefault(locale, set()).add(slug)

    def is_used(self, locale: str, slug: str) -> bool:
        return slug in self.used.get(locale, ())

    def find_free(self, entry: SourceEntry) -> str:
        """Return the requested slug, one with the language for a translation, or one with a number."""
        if not self.is_used(entry.locale, entry.requested_slug):
            return entry.requested_slug
        slug_with_language = f"{slug_stem(entry.requested_slug)}-{entry.language}"
        if entry.translation_of and not self.is_used(entry.locale, slug_with_language):
            return slug_with_language
        key = entry.locale, slug_stem(entry.requested_slug)
        slug = numbered_slug(entry.requested_slug, self.used[entry.locale], self.numbers.get(key, 2))
        self.numbers[key] = int(slug.rpartition("-")[2])
        return slug
