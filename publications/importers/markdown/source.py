"""A folder of Markdown files as a source, indexed before any text is read, so that texts can refer to each other."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from publications.locales import LOCALES
from publications.old_feeds import SITE_FEEDS
from publications.path_patterns import PathTree
from publications.stored_messages import gettext as _

from ..imported_file import EarlierText, ImportedFile, ImportRefused, SourceRemark
from ..read_ahead import read_texts
from ..source import ImportContext, ImportSource, OldPage
from ..source_authors import AuthorList
from ..source_redirects import SourceRedirect, describe_redirects
from ..translations import link_translations
from .anchors import fragments_in
from .authors import read_authors
from .earlier_texts import match_earlier_texts
from .folder_files import (
    MARKDOWN_SUFFIXES,
    find_files,
    find_html_texts,
    find_texts,
    refuse_linked_folders,
    refuse_other_formats,
)
from .inherited_fields import InheritedFields
from .links import FILE_PREFIX, PATH_END_PREFIX
from .list_pages import find_list_pages
from .permalinks import language_prefix
from .reader import MarkdownImportContext, read_file
from .replaced_texts import follow_redirects
from .source_file import SourceFile, describe_file, relative_source
from .source_site import SourceSite, find_source_site
from .taxonomies import describes_taxonomy, find_taxonomies, is_list_page, lists_texts
from .unsupported_files import describe_unsupported_files, list_files

TEXT_SUFFIX = re.compile(r"\.(?:md|html?)$")


@dataclass(kw_only=True)
class MarkdownSource(ImportSource):
    """The Markdown files of a folder. The neighbours are the files beside a single imported file.

    Args:
        unread_code: files of code that give texts fields.
        list_pages: files that describe a list of the old site and are no texts.
        lost_redirects: the texts in whose place the old site led to what does not come along.
        files: the pictures and documents of the folder.
        used_files: those that a text or an author read so far has.
    """

    entries: list[SourceFile]
    neighbours: list[SourceFile] = field(default_factory=list)
    source_site: SourceSite = field(default_factory=SourceSite)
    authors: Path | None = None
    unread_code: tuple[str, ...] = ()
    list_pages: tuple[str, ...] = ()
    lost_redirects: tuple[SourceRedirect, ...] = ()
    files: tuple[Path, ...] = ()
    used_files: set[Path] = field(default_factory=set)

    def summarize(self, site_paths: PathTree) -> list[SourceRemark]:
        unused = tuple(
            relative_source(file, self.root) for file in self.files if file.resolve() not in self.used_files
        )
        remarks = (
            SourceRemark(
                _("Files that no imported text shows or links to, which are left out: %d.") % len(unused),
                unused,
            ),
            SourceRemark(
                _("Files of code that give texts their fields were not read; look whether they hide any:"),
                self.unread_code,
            ),
            SourceRemark(
                _(
                    "Files that describe a list of the old site, and are no texts; lists are made here by themselves:"
                ),
                self.list_pages,
            ),
        )
        redirects = describe_redirects(self.lost_redirects, self.source_site.url, site_paths)
        return [*(remark for remark in remarks if remark.items), *redirects]

    @property
    def feed_paths(self) -> tuple[str, ...]:
        """Those of the site and of its sections."""
        site = self.source_site
        feeds = SITE_FEEDS.get(site.generator, ())
        if site.generator != "hugo":
            return feeds
        sections = {entry.source.removeprefix("content/").partition("/") for entry in self.entries}
        homes = dict.fromkeys(("", *(language_prefix(entry.language, site) for entry in self.entries)))
        of_homes = (f"{home}/{name}" for home in homes for name in site.feed_names)
        of_sections = (f"/{folder}/index.xml" for folder, mark, _name in sorted(sections) if mark)
        return tuple(dict.fromkeys((*feeds, *of_homes, *of_sections)))

    @property
    def author_list(self) -> Path | None:
        return self.authors

    def read_authors(self) -> AuthorList:
        return read_authors(self.authors)

    @property
    def media_folders(self) -> tuple[Path, ...]:
        """The folder of texts, and that of the site that they belong to."""
        return tuple(dict.fromkeys(filter(None, (*super().media_folders, self.source_site.folder))))

    def read(self, context: ImportContext, *, processes: int) -> Iterator[ImportedFile]:
        shared = vars(context) | {"linked_fragments": self.linked_fragments}
        context = MarkdownImportContext(**shared, source_site=self.source_site)
        portraits = (
            author.portrait and context.image_finder.find_file(author.portrait, author.folder)
            for author in context.authors.by_id.values()
        )
        self.used_files.update(path.resolve() for path in (*portraits, self.authors) if path)
        for text in read_texts(
            self.entries, read_file, context, total=len(self.entries), processes=processes
        ):
            self.used_files.update(text.files.values())
            yield text

    @property
    def old_pages(self) -> Mapping[str, OldPage]:
        return find_list_pages(self.entries, self.source_site, self.topic_names)

    @property
    def linked_fragments(self) -> frozenset[str]:
        """The fragments that links of all files point to."""
        fragments = (file.linked_fragments for file in self.all_entries)
        return frozenset().union(*fragments, *map(fragments_in, self.source_site.included_texts()))

    def addresses(self, address_of: Callable[[str, str], str]) -> dict[str, str]:
        """Return new addresses by old path, by `file:` and a path, and by `end:` and the end of a path."""
        addresses = super().addresses(address_of)
        for file in self.all_entries:
            new_address = address_of(file.locale, file.slug)
            addresses[f"{FILE_PREFIX}{file.source}"] = new_address
            path = TEXT_SUFFIX.sub("", file.source)
            for end in (*_path_ends(path), *_path_ends(path.removesuffix("/index"))):
                addresses.setdefault(f"{PATH_END_PREFIX}{end}", new_address)
        return addresses


def _path_ends(path: str) -> list[str]:
    """Return the endings of a path by which links may refer to it: c, b/c and a/b/c for `a/b/c`."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


def open_markdown_source(
    path: Path,
    *,
    language: str = LOCALES[0],
    permalink: str = "",
    boundary: Path | None = None,
    earlier_texts: Mapping[str, EarlierText] | None = None,
) -> MarkdownSource:
    """Index a folder or a single file; files that cannot be read are refused.

    Args:
        language: the default language of files.
        permalink: the pattern of addresses on the old site.
        boundary: the folder that the site of the texts is looked for in; None looks in the folders above.
        earlier_texts: the texts of an earlier import of them by their paths then, for a folder.

    Returns:
        The source, with the reasons for refused files.

    Raises:
        ImportRefused: there are no Markdown files; the message names what there is.
    """
    if path.is_dir():
        files = sorted(path.rglob("*"))
        paths = [*find_texts(files, path), *find_html_texts(files, path)]
        if not paths:
            raise ImportRefused(describe_unsupported_files(list_files(path), path))
        source = _build_source(paths, path, language, permalink, boundary, earlier_texts or {})
        refused = refuse_linked_folders(files, path) | refuse_other_formats(files, path)
        return replace(
            source,
            refused=source.refused | refused,
            files=tuple(find_files(files, path, source.source_site)),
        )
    if path.suffix.lower() not in MARKDOWN_SUFFIXES:
        raise ImportRefused(describe_unsupported_files(list_files(path), path))
    paths = dict.fromkeys([path, *find_texts(path.parent.glob("*"), path.parent)])
    source = _build_source(paths, path.parent, language, permalink, boundary, {})
    name = relative_source(path, path.parent)
    return replace(
        source,
        entries=[file for file in source.entries if file.path == path],
        refused={refused: reason for refused, reason in source.refused.items() if refused == name},
        neighbours=[file for file in source.entries if file.path != path],
    )


def _take_earlier_uids(
    files: dict[str, SourceFile], earlier_texts: Mapping[str, EarlierText]
) -> dict[str, SourceFile]:
    """Return files by uid; those of texts that an earlier import has, with the uids of these."""
    titles = {file.source: file.title for file in files.values() if not file.is_manuscript}
    uids = match_earlier_texts(titles, earlier_texts) if earlier_texts else {}
    taken = {uids.get(file.source, file.uid): file for file in files.values()}
    return {uid: replace(file, uid=uid) for uid, file in taken.items()} if len(taken) == len(files) else files


def _build_source(
    paths: Iterable[Path],
    root: Path,
    language: str,
    permalink: str,
    boundary: Path | None,
    earlier_texts: Mapping[str, EarlierText],
) -> MarkdownSource:
    files: dict[str, SourceFile] = {}
    refused: dict[str, str] = {}
    list_pages: list[str] = []
    site = find_source_site(root, boundary)
    inherited = InheritedFields(root, site)
    for path in paths:
        source = relative_source(path, root)
        if is_list_page(path) or lists_texts(path):
            if not describes_taxonomy(path):
                list_pages.append(source)
            continue
        try:
            file = describe_file(path, root, language, permalink, inherited)
            if file.uid in files:
                message = _("It has the uid of “%s”: give it one of its own.")
                raise ImportRefused(message % files[file.uid].source)
            files[file.uid] = file
        except ImportRefused as error:
            refused[source] = str(error)
        except OSError as error:
            refused[source] = _("The file cannot be read (%s).") % (error.strerror or error)
    files = _take_earlier_uids(files, earlier_texts)
    ordered = sorted(
        link_translations(
            files.values(), {file.uid: file.translation_key for file in files.values()}, language
        ),
        key=lambda file: (bool(file.translation_of), file.source),
    )
    ordered, lost_redirects = follow_redirects(ordered, site)
    taxonomies = find_taxonomies(root, site, boundary)
    return MarkdownSource(
        root=root,
        entries=ordered,
        refused=refused,
        source_site=site,
        base_path=site.base_path,
        topics=taxonomies.topics,
        authors=taxonomies.authors,
        unread_code=tuple(inherited.list_code()),
        list_pages=tuple(list_pages),
        lost_redirects=tuple(lost_redirects),
    )
