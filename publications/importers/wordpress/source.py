"""An export of WordPress as a source: an index of its texts, which are read one by one from their place in the file."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid5

from publications.locales import language_code
from publications.path_patterns import PathTree
from publications.slugs import slugify
from publications.stored_messages import gettext as _

from ..imported_file import ImportedFile, ImportRefused, SourceRemark
from ..links import address_on_site, link_key
from ..mapping import MAPPED_FIELDS, ImportMapping, normalize_key
from ..read_ahead import read_texts
from ..source import UID_NAMESPACE, ImportContext, ImportSource, OldPage, SourceEntry
from ..source_authors import AuthorList
from ..source_redirects import SourceRedirect, describe_redirects, resolve_redirects
from ..translations import link_translations
from .addresses import attachment_addresses, former_addresses, list_part_addresses
from .archive_pages import describe_file_pages, find_archive_pages, is_listed
from .article import WordPressContext, read_post
from .authors import authors_of, read_authors
from .export_reader import ExportReader, is_export
from .index import ExportIndex, index_export
from .language_marks import choose_part
from .languages import PostLanguages, group_of
from .media import find_missing, find_names
from .posts import LEFT_OUT_STATUSES, PAGE, POST, PUBLISHED, IndexedPost
from .proposal import propose_mapping
from .redirection import find_redirects
from .summary import summarize_export
from .topics import find_topics, kind_of, topics_of

MARKDOWN_PATTERNS = ("*.md", "*/*.md")


@dataclass(frozen=True, kw_only=True)
class WordPressEntry(SourceEntry):
    """A text of the export.

    Attributes:
        place: the number of its file, and where it begins and how long it is there.
        part: the language of those of its words that are the text, if it has several (`language_marks`).
        is_hidden: whether the old site showed it to nobody without an account.
    """

    place: tuple[int, int, int]
    post_id: int
    kind: str
    part: str = ""
    is_hidden: bool = False


@dataclass(kw_only=True)
class WordPressSource(ImportSource):
    """The texts of one or several export files of one site.

    Args:
        left_out: the number of items that are no texts here, by type and status.
        missing_files: the addresses of files that texts use and that are not there; known once texts are read.
        redirects: those of the plugin Redirection that lead to no text of the import.
        archive_pages: what its feeds and list pages lead to.
    """

    entries: list[WordPressEntry]
    index: ExportIndex
    mapping: ImportMapping
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    missing_files: tuple[str, ...] = ()
    redirects: list[SourceRedirect] = field(default_factory=list)
    archive_pages: Mapping[str, OldPage] = field(default_factory=dict)

    def addresses(self, address_of: Callable[[str, str], str]) -> dict[str, str]:
        """Return the new addresses, without those of hidden texts by number: a link would show the title in them."""
        numbered = {
            link_key(path)
            for entry in self.entries
            if entry.is_hidden
            for path in entry.former_paths
            if "?" in path
        }
        return {path: new for path, new in super().addresses(address_of).items() if path not in numbered}

    @property
    def old_pages(self) -> Mapping[str, OldPage]:
        return self.archive_pages

    @property
    def feed_paths(self) -> tuple[str, ...]:
        home = urlsplit(self.index.address).path.rstrip("/")
        return tuple(f"{home}{path}" for path in super().feed_paths)

    def read(self, context: ImportContext, *, processes: int) -> Iterator[ImportedFile]:
        self.missing_files = find_missing(self.index, context.image_finder)
        index, attachments = self.index, self.index.attachments.values()
        shared = vars(context) | {"linked_fragments": frozenset(index.fragments)}
        context = WordPressContext(
            **shared,
            index=index,
            mapping=self.mapping,
            pages={
                page: item.url for item in attachments for page in attachment_addresses(item, index.address)
            },
            alts={item.upload: item.alt for item in attachments if item.alt},
        )
        return read_texts(self.entries, read_post, context, total=len(self.entries), processes=processes)

    def read_authors(self) -> AuthorList:
        return read_authors(self.index)

    def names_of(self, path: str) -> Iterable[str]:
        return find_names(path)

    def propose_mapping(self) -> ImportMapping:
        return propose_mapping(super().propose_mapping(), self.index)

    def summarize(self, site_paths: PathTree) -> list[SourceRemark]:
        return [
            *summarize_export(self.index, self.mapping, self.left_out, self.missing_files),
            *describe_redirects(self.redirects, self.index.address, site_paths),
            *describe_file_pages(self.index, {entry.post_id for entry in self.entries}),
        ]


def find_exports(path: Path) -> list[Path]:
    """Return the exports that a file or folder is: a large site is exported as several files."""
    if path.is_file():
        return [path] if is_export(path) else []
    exports = [file for file in sorted(path.glob("*.xml")) if is_export(file)]
    if exports or any(next(path.glob(pattern), None) for pattern in MARKDOWN_PATTERNS):
        return exports
    return [file for file in sorted(path.glob("*/*.xml")) if is_export(file)]


def find_site_key(path: Path) -> str:
    """Return what identifies the site of an export, by the head of its first readable file; "" if none is."""
    for file in find_exports(path):
        reader = ExportReader(file)
        try:
            next(reader.read_items(), None)
        except (ImportRefused, OSError):
            continue
        return ExportIndex(site=reader.site).key
    return ""


def open_wordpress_source(path: Path, *, language: str, mapping: ImportMapping) -> WordPressSource:
    """Index an export: a file, or a folder with one or several.

    Args:
        language: that of texts that show none.

    Raises:
        ImportRefused: it holds no text, or no file of it can be read.
    """
    if unknown := set(filter(None, mapping.fields.values())) - set(MAPPED_FIELDS):
        message = _("The mapping gives custom fields to “%(names)s”. There are: %(known)s.")
        values = {"names": ", ".join(sorted(unknown)), "known": ", ".join(MAPPED_FIELDS)}
        raise ImportRefused(message % values)
    index = index_export(find_exports(path) or [path])
    numbers, left_out = _choose_texts(index, mapping)
    languages = PostLanguages(index, language)
    posts = [index.posts[number] for number in numbers]
    pages = find_archive_pages(index, posts, languages.language)
    topics = find_topics(index, [term for post in posts if is_listed(post) for term in post.terms])
    entries, groups = [], {}
    for number in numbers:
        post = index.posts.pop(number)  # the entry has what is needed of it
        parts = [_build_entry(post, index, languages, mapping, part) for part in post.marks or ("",)]
        entries += parts
        if group := group_of(post) or (f"parts of {number}" if len(parts) > 1 else ""):
            groups |= {entry.uid: group for entry in parts}
    index.posts.clear()
    if not entries:
        counts = ", ".join(
            f"{kind} ({count})" for kind, count in Counter(kind for kind, _status in index.counts).items()
        )
        message = _("“%(path)s” is an export of WordPress without texts. It holds: %(items)s.")
        raise ImportRefused(message % {"path": path.name, "items": counts or "–"})
    entries = link_translations(entries, groups, languages.language)
    root = path if path.is_dir() else path.parent
    entries, redirects = _add_redirects(entries, [*index.redirects, *find_redirects(root)], index)
    return WordPressSource(
        root=root,
        entries=entries,
        refused=index.refused,
        topics=topics,
        site=index.address,
        language=languages.language,
        index=index,
        mapping=mapping,
        left_out=left_out,
        redirects=redirects,
        archive_pages=pages,
    )


def _choose_texts(index: ExportIndex, mapping: ImportMapping) -> tuple[list[int], Counter[tuple[str, str]]]:
    """Return the numbers of the items that are texts, in order, and how many others there are by type and status."""
    numbers, left_out = [], Counter(index.counts)
    for post in sorted(index.posts.values(), key=lambda post: post.post_id):
        kind = mapping.kinds.get(normalize_key(post.post_type))
        is_text = kind != "" if post.post_type in (POST, PAGE) else bool(kind)
        if is_text and post.status not in LEFT_OUT_STATUSES:
            numbers.append(post.post_id)
            left_out[post.post_type, post.status] -= 1
    return numbers, +left_out


def _uid_of(post: IndexedPost, index: ExportIndex, part: str) -> str:
    """Return the uid of a post, or of the part of it in another language than the first."""
    query = f"&lang={part}" if part and part != post.marks[0] else ""
    return str(uuid5(UID_NAMESPACE, f"{index.key}/?p={post.post_id}{query}"))


def _build_entry(
    post: IndexedPost, index: ExportIndex, languages: PostLanguages, mapping: ImportMapping, part: str
) -> WordPressEntry:
    language = language_code(part) or languages.find(post)
    slug = slugify(unquote(post.slug)) or slugify(choose_part(post.title, part)) or f"text-{post.post_id}"
    name = address_on_site(post.link, index.address) or f"?p={post.post_id}"
    return WordPressEntry(
        source=f"{name} ({part})" if part and part != post.marks[0] else name,
        uid=_uid_of(post, index, part),
        language=language,
        requested_slug=slug,
        names=(str(post.post_id), slug),
        former_paths=_former_paths(post, index, part),
        tags=topics_of(post, index, mapping),
        authors=authors_of(post),
        place=(post.file, post.start, post.length),
        post_id=post.post_id,
        kind=kind_of(post, mapping),
        part=part,
        is_hidden=post.status != PUBLISHED,
    )


def _add_redirects(
    entries: list[WordPressEntry], redirects: list[SourceRedirect], index: ExportIndex
) -> tuple[list[WordPressEntry], list[SourceRedirect]]:
    """Return the entries with further old addresses, and the redirects that lead to none of them."""
    if not redirects:
        return entries, []
    keys: dict[str, str] = {}
    for entry in entries:
        for address in entry.former_paths:
            keys.setdefault(link_key(address), entry.uid)
    found, others = resolve_redirects(redirects, keys, index.address)
    return [
        replace(entry, former_paths=(*entry.former_paths, *found[entry.uid])) if entry.uid in found else entry
        for entry in entries
    ], others


def _former_paths(post: IndexedPost, index: ExportIndex, part: str) -> tuple[str, ...]:
    """Return the addresses of a text, and those of the pages of files that were uploaded to it."""
    addresses = list(former_addresses(post, index.address))
    in_language = list_part_addresses(addresses, part, index.address) if part else []
    if part and part != post.marks[0]:
        return tuple(in_language)
    addresses += in_language
    for attachment in index.children.get(post.post_id, ()):
        addresses += attachment_addresses(attachment, index.address)
    return tuple(dict.fromkeys(addresses))
