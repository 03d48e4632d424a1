"""Why a text was not public on its old site, by its place: folders of drafts, and what a generator leaves out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from .dates import date_in_name
from .source_site import BUNDLE_PAGE, SourceSite

HIDDEN_FOLDER = re.compile(
    r"_*(?:drafts?|wip|unlisted|unpublished|hidden|private|internal|confidential|embargoed|trash|scaffolds"
    r"|members?[-_ ]?only|utkast|opublicera(?:d|de|t)|privata?|dolda?|intern[at]?|hemlig[at]?)[-_ ]?\d*",
    re.IGNORECASE,
)
HIDDEN_FILE = re.compile(r"[_#~].*|.*~")
"""Names of files that Jekyll leaves out (jekyllrb.com/docs/configuration/options)."""

HUGO_FOLDERS = frozenset({
    "archetypes", "assets", "data", "i18n", "layouts", "node_modules", "public", "resources", "static", "themes",
})  # fmt: skip
"""Folders of a site of Hugo from which it makes no pages (gohugo.io/getting-started/directory-structure)."""
UNDERSCORE_FOLDERS = {"astro": frozenset(), "hexo": frozenset({"_posts"})}
"""Generators that leave out folders whose names begin with `_`, and those of which they make pages nevertheless."""


def reasons_in_place(path: Path, root: Path, site: SourceSite) -> list[str]:
    """Return the parts of the path, or the lists of excluded files, by which a text was not public.

    Args:
        path: the file.
        root: the folder that is imported.
    """
    return list(dict.fromkeys(_find_reasons(path, root, site)))


def _find_reasons(path: Path, root: Path, site: SourceSite) -> Iterator[str]:
    parts = _parts_of(path, root, site)
    yield from (f"{part}/" for part in parts[:-1] if HIDDEN_FOLDER.fullmatch(part))
    if site.generator == "jekyll":
        yield from _reasons_of_jekyll(path, parts, site)
    if site.generator == "hugo":
        yield from _reasons_of_hugo(path, parts, site)
    if site.generator in UNDERSCORE_FOLDERS:
        shown = UNDERSCORE_FOLDERS[site.generator]
        yield from (f"{part}/" for part in parts[:-1] if part.startswith("_") and part not in shown)
    yield from _reasons_of_content_folders(PurePosixPath(*parts), site)
    if site.generator != "hugo" and HIDDEN_FILE.fullmatch(path.name):
        yield path.name
    yield from _lists_with(PurePosixPath(*parts), site.excluded)


def _parts_of(path: Path, root: Path, site: SourceSite) -> tuple[str, ...]:
    """Return the parts of the path below the site, or if that is not known, of the imported folder with its name."""
    real_root = root.resolve()
    below_root = path.relative_to(root).parts
    if site.folder and real_root.is_relative_to(site.folder):
        return site.below_source(PurePosixPath(*real_root.relative_to(site.folder).parts, *below_root)).parts
    return (*((real_root.name,) if real_root.name.startswith("_") else ()), *below_root)


def _reasons_of_jekyll(path: Path, parts: tuple[str, ...], site: SourceSite) -> Iterator[str]:
    """Yield why Jekyll does not publish a file: its folder is no collection with pages, or a post has no date."""
    if site.folder and not path.parent.resolve().is_relative_to(site.folder / site.source_folder):
        yield f"source: {site.source_folder}"
    if "_posts" in parts[:-1] and not date_in_name(parts[-1]):
        yield parts[-1]
    for part in parts[:-1]:
        if part.startswith("_") and part != "_posts" and not site.has_pages(part.removeprefix("_")):
            yield f"{part}/"


def _reasons_of_hugo(path: Path, parts: tuple[str, ...], site: SourceSite) -> Iterator[str]:
    """Yield why Hugo makes no page of a file: its folder is none of content, or it is a resource of another page."""
    if len(parts) > 1 and parts[0] in HUGO_FOLDERS and not site.content_folders:
        yield f"{parts[0]}/"
    folder = path.parent.resolve()
    folders = [folder, *folder.parents][: max(0, len(parts) - 2)]  # not that of all content
    for folder in folders[bool(BUNDLE_PAGE.fullmatch(path.name)) :]:
        if page := site.find_bundle_page(folder):
            yield f"{folder.name}/{page}"


def _reasons_of_content_folders(place: PurePosixPath, site: SourceSite) -> Iterator[str]:
    """Yield why a file is in none of the folders of pages, or left out of those that it is in."""
    folders = [folder for folder in site.content_folders if place.is_relative_to(folder.path)]
    if site.content_folders and not folders:
        yield f"{place.parts[0]}/" if len(place.parts) > 1 else place.name
    for folder in folders:
        yield from _lists_with(place.relative_to(folder.path), folder.excluded)


def _lists_with(path: PurePosixPath, excluded: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the lists of excluded files that a file is in."""
    for name, patterns in excluded.items():
        if any(_is_excluded(path, pattern) for pattern in patterns):
            yield name


def _is_excluded(path: PurePosixPath, pattern: str) -> bool:
    """Whether a path, or a folder that it is in, matches a pattern of a list of excluded files."""
    pattern = pattern.strip().strip("/")
    folders = [path, *list(path.parents)[:-1]]
    names = [name for folder in folders for name in (str(folder), f"/{folder}")]
    return bool(pattern) and any(fnmatchcase(name, pattern) for name in names)
