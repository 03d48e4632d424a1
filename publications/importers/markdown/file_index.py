"""The index of all files of an import, built before any text is read, so that texts can refer to each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from publications.locales import LOCALES
from publications.slugs import normalize_redirect_path, numbered_slug, slug_stem
from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused
from .anchors import fragments_in
from .links import FILE_PREFIX, PATH_END_PREFIX
from .source_file import SourceFile, describe_file, relative_source
from .source_site import SourceSite, find_source_site
from .taxonomies import Taxonomies, describes_taxonomy, find_taxonomies, is_list_page
from .unsupported_files import describe_unsupported_files, list_files

MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")


@dataclass
class FileIndex:
    """All files of a folder in order of import, originals before translations.

    Args:
        refused: the reasons why files cannot be imported, by source.
        neighbours: the files beside a single imported file, which it may refer to if they are on the site.
    """

    root: Path
    files: list[SourceFile]
    refused: dict[str, str] = field(default_factory=dict)
    neighbours: list[SourceFile] = field(default_factory=list)
    source_site: SourceSite = field(default_factory=SourceSite)
    taxonomies: Taxonomies = field(default_factory=Taxonomies)

    @property
    def all_files(self) -> list[SourceFile]:
        return [*self.files, *self.neighbours]

    @property
    def linked_fragments(self) -> frozenset[str]:
        """The fragments that links of all files point to."""
        fragments = (file.linked_fragments for file in self.all_files)
        return frozenset().union(*fragments, *map(fragments_in, self.source_site.included_texts()))

    @property
    def uids(self) -> set[str]:
        return {file.uid for file in self.all_files}

    def assign_slugs(self, existing_slugs: Mapping[str, str], reserved: set[tuple[str, str]]) -> "FileIndex":
        """Return the index with a distinct slug for each file: the existing, the requested or the next free one.

        The result for a file is the same in every run.

        Args:
            existing_slugs: slugs on the site by uid.
            reserved: pairs of locale and slug that are not available.
        """
        used_slugs = reserved | {
            (file.locale, existing_slugs[file.uid]) for file in self.files if existing_slugs.get(file.uid)
        }
        files = []
        for file in self.files:
            slug = existing_slugs.get(file.uid) or _find_free_slug(file, used_slugs)
            if file.manuscript_slug and (file.locale, file.manuscript_slug) not in used_slugs:
                slug = file.manuscript_slug
            used_slugs.add((file.locale, slug))
            files.append(replace(file, slug=slug))
        neighbours = [
            replace(file, slug=existing_slugs[file.uid])
            for file in self.neighbours
            if existing_slugs.get(file.uid)
        ]
        return replace(self, files=files, neighbours=neighbours)

    def addresses(self, address_of: Callable[[str, str], str]) -> dict[str, str]:
        """Return new addresses by old path, by `file:` and a path, and by `end:` and the end of a path.

        Args:
            address_of: returns the address for a locale and a slug.
        """
        addresses: dict[str, str] = {}
        for file in self.all_files:
            new_address = address_of(file.locale, file.slug)
            for old_path in (
                *file.default_paths,
                *filter(None, map(normalize_redirect_path, file.former_paths)),
            ):
                addresses.setdefault(old_path, new_address)
            addresses[f"{FILE_PREFIX}{file.source}"] = new_address
            for end in _path_ends(file.source.removesuffix(".md")):
                addresses.setdefault(f"{PATH_END_PREFIX}{end}", new_address)
        return addresses

    def uids_by_name(self) -> dict[tuple[str, str], str]:
        """Return uids by language and by the names used in lists of related texts."""
        uids: dict[tuple[str, str], str] = {}
        for position in range(2):  # the name of the file first, then its other name
            for file in self.all_files:
                for name in file.names[position : position + 1]:
                    uids.setdefault((file.language, name), file.uid)
        return uids


def _path_ends(path: str) -> list[str]:
    """Return the endings of a path by which links may refer to it: c, b/c and a/b/c for `a/b/c`."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


def index_files(path: Path, *, language: str = LOCALES[0], permalink: str = "") -> FileIndex:
    """Index a folder or a single file; files that cannot be read are refused.

    Args:
        language: the default language of files.
        permalink: the pattern of addresses on the old site.

    Returns:
        The index, with the reasons for refused files.

    Raises:
        ImportRefused: there are no Markdown files; the message names what there is.
    """
    if path.is_dir():
        paths = list(_find_texts(path.rglob("*"), path))
        if not paths:
            raise ImportRefused(describe_unsupported_files(list_files(path), path))
        return _build_index(paths, path, language, permalink)
    if path.suffix.lower() not in MARKDOWN_SUFFIXES:
        raise ImportRefused(describe_unsupported_files(list_files(path), path))
    paths = dict.fromkeys([path, *_find_texts(path.parent.glob("*"), path.parent)])
    index = _build_index(paths, path.parent, language, permalink)
    source = relative_source(path, path.parent)
    return replace(
        index,
        files=[file for file in index.files if file.path == path],
        refused={refused: reason for refused, reason in index.refused.items() if refused == source},
        neighbours=[file for file in index.files if file.path != path],
    )


def _build_index(paths: Iterable[Path], root: Path, language: str, permalink: str) -> FileIndex:
    files: dict[str, SourceFile] = {}
    refused: dict[str, str] = {}
    for path in paths:
        source = relative_source(path, root)
        if is_list_page(path):
            if not describes_taxonomy(path):
                refused[source] = _("It describes a list of the old site and is no text of its own.")
            continue
        try:
            file = describe_file(path, root, language, permalink)
            if file.uid in files:
                message = _("It has the uid of “%s”: give it one of its own.")
                raise ImportRefused(message % files[file.uid].source)
            files[file.uid] = file
        except ImportRefused as error:
            refused[source] = str(error)
        except OSError as error:
            refused[source] = _("The file cannot be read (%s).") % (error.strerror or error)
    ordered = sorted(
        _link_translations(list(files.values()), language),
        key=lambda file: (bool(file.translation_of), file.source),
    )
    site = find_source_site(root)
    return FileIndex(root, ordered, refused, source_site=site, taxonomies=find_taxonomies(root, site))


def _find_texts(paths: Iterable[Path], root: Path) -> Iterator[Path]:
    for path in sorted(paths):
        is_hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.suffix.lower() in MARKDOWN_SUFFIXES and not is_hidden and not path.is_dir():
            yield path


def _link_translations(files: list[SourceFile], default_language: str) -> list[SourceFile]:
    """Set the originals of translations: the English text, otherwise the one in the language of the import."""
    groups: dict[str, list[SourceFile]] = {}
    for file in files:
        groups.setdefault(file.translation_key, []).append(file)
    linked = []
    for group in groups.values():
        languages = [file.language for file in group]
        if len(group) == 1 or len(set(languages)) < len(languages):
            linked += group
            continue
        order = [LOCALES[0], default_language, *languages]
        original = min(group, key=lambda file: order.index(file.language))
        linked += [file if file is original else replace(file, translation_of=original.uid) for file in group]
    return linked


def _find_free_slug(file: SourceFile, used_slugs: set[tuple[str, str]]) -> str:
    if (file.locale, file.requested_slug) not in used_slugs:
        return file.requested_slug
    slug_with_language = f"{slug_stem(file.requested_slug)}-{file.language}"
    if file.translation_of and (file.locale, slug_with_language) not in used_slugs:
        return slug_with_language
    return numbered_slug(file.requested_slug, {slug for locale, slug in used_slugs if locale == file.locale})
