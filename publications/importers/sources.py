"""The systems that an import reads from, and which of them a folder or file is of.

A new system is a package beside `markdown` with an `ImportSource`, and a row of SYSTEMS.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .ghost import is_ghost, open_ghost_source
from .imported_file import ImportRefused
from .markdown import MARKDOWN_SUFFIXES, open_markdown_source
from .old_site import WARC_SUFFIXES, is_old_site, open_old_site
from .options import ImportOptions
from .source import ImportSource
from .substack import is_substack, open_substack_source
from .wordpress import find_exports, find_site_key, open_wordpress_source

README = "readme"
"""The name of a file that explains an export and is no text of it."""
PAGE_SUFFIXES = (".html", ".htm")
"""Of pages in an archive that holds a copy of an old site."""
EXPORT_DEPTHS = ("*", "*/*")
MAX_NAMED_EXPORTS = 3


@dataclass(frozen=True)
class SourceSystem:
    """A system that texts come from.

    Args:
        name: as reports and the desk name it.
        is_source: whether a folder or file is an export or a copy of this system, by its content.
        open_source: indexes it. Raises ImportRefused if it cannot be read.
        suffixes: the ends of the names of its files, in lower case. An uploaded archive needs one such file, and gets
            unpacked into a folder, in which an export with another name than its own is found too.
        description: what an export or a copy is called; by default "An export of" and the name.
        find_site_key: returns what identifies the site of an export, whose next one at the desk has the same choices
            for types and fields; "" if nothing does.
    """

    name: str
    is_source: Callable[[Path], bool]
    open_source: Callable[[ImportOptions], ImportSource]
    suffixes: tuple[str, ...] = ()
    description: str | Promise = ""
    find_site_key: Callable[[Path], str] = lambda path: ""


def _open_markdown(options: ImportOptions) -> ImportSource:
    return open_markdown_source(
        options.path,
        language=options.language,
        permalink=options.permalink,
        boundary=options.boundary,
        earlier_texts=options.earlier_texts,
    )


def _open_wordpress(options: ImportOptions) -> ImportSource:
    return open_wordpress_source(options.path, language=options.language, mapping=options.mapping)


WORDPRESS = SourceSystem(
    "WordPress",
    lambda path: bool(find_exports(path)),
    _open_wordpress,
    (".xml",),
    find_site_key=find_site_key,
)


def _open_old_site(options: ImportOptions) -> ImportSource:
    return open_old_site(options.path, options.mapping, language=options.language, site=options.site)


OLD_SITE = SourceSystem(
    "Old site",
    is_old_site,
    _open_old_site,
    (*WARC_SUFFIXES, *PAGE_SUFFIXES),
    gettext_lazy("A copy of an old site"),
)
MARKDOWN = SourceSystem(
    "Markdown", lambda path: True, _open_markdown, MARKDOWN_SUFFIXES, gettext_lazy("Markdown files")
)
GHOST = SourceSystem(
    "Ghost",
    is_ghost,
    lambda options: open_ghost_source(options.path, language=options.language, site=options.site),
    (".json",),
)
SUBSTACK = SourceSystem(
    "Substack",
    is_substack,
    lambda options: open_substack_source(
        options.path, language=options.language, site=options.site, media=options.media
    ),
    (".csv",),
)
SYSTEMS: tuple[SourceSystem, ...] = (WORDPRESS, GHOST, SUBSTACK, OLD_SITE, MARKDOWN)
"""The first that recognizes a folder or file reads it; the last reads Markdown, and says what there is instead."""


def has_supported_suffix(name: str) -> bool:
    """Return whether a file may be of one of the systems, by the end of its name."""
    suffixes = tuple(suffix for system in SYSTEMS for suffix in system.suffixes)
    return name.lower().endswith(suffixes)


def list_export_suffixes() -> list[tuple[str, str]]:
    """Return the names of the systems with exports, and the ends of the names of their files."""
    return [(system.name, ", ".join(system.suffixes)) for system in SYSTEMS if system is not MARKDOWN]


def describe_system(name: str) -> str:
    """Return what an export or a copy of a system is called, in the current language."""
    descriptions = {system.name: str(system.description) for system in SYSTEMS}
    return descriptions.get(name) or _("An export of %(system)s") % {"system": name}


def find_source(path: Path) -> tuple[SourceSystem, Path]:
    """Return the system of a folder or file, and what it reads: the folder or file, or an export in the folder.

    Raises:
        ImportRefused: the folder holds several exports, and no system reads them together.
    """
    if system := _recognize(path):
        return system, path
    exports = [] if path.is_file() or _has_markdown(path) else list(_find_exports(path))
    if len(exports) > 1:
        names = ", ".join(file.name for _system, file in exports[:MAX_NAMED_EXPORTS])
        message = _("There are several exports: %(names)s. Import them one after the other.")
        raise ImportRefused(message % {"names": names})
    return exports[0] if exports else (MARKDOWN, path)


def _recognize(path: Path) -> SourceSystem | None:
    """Return the system of which this folder or file as a whole is; None is left to Markdown."""
    return next((system for system in SYSTEMS if system is not MARKDOWN and system.is_source(path)), None)


def _find_exports(folder: Path) -> Iterator[tuple[SourceSystem, Path]]:
    """Yield the exports in a folder and in the folders in it."""
    files = sorted(file for depth in EXPORT_DEPTHS for file in folder.glob(depth) if file.is_file())
    for file in files:
        if has_supported_suffix(file.name) and (system := _recognize(file)):
            yield system, file


def _has_markdown(folder: Path) -> bool:
    """Return whether a folder holds Markdown files other than one that explains the folder."""
    return any(
        file.suffix.lower() in MARKDOWN_SUFFIXES and file.stem.lower() != README for file in folder.rglob("*")
    )


def open_source(options: ImportOptions) -> ImportSource:
    """Return the source of an import, indexed.

    Raises:
        ImportRefused: there are no texts, they cannot be read, or there are more than the options allow.
    """
    system, path = find_source(options.path)
    source = replace(system.open_source(replace(options, path=path)), system=system.name)
    if options.max_texts and len(source.entries) > options.max_texts:
        message = _(
            "It has %(count)d texts; at the desk at most %(limit)d are imported at once. On the server the command "
            "import_publications imports any number; or divide it."
        )
        raise ImportRefused(message % {"count": len(source.entries), "limit": options.max_texts})
    return source
