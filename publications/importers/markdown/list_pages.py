"""The list pages that Hugo and Jekyll make of their texts, and what each leads to here.

Sources: gohugo.io/configuration/taxonomies, gohugo.io/content-management/sections, jekyll-archives of jekyll.github.io.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from publications.locales import locale_of, localized_path

from ..source import OldPage
from .front_matter import as_text
from .liquid_values import slugify
from .permalinks import hugo_slug, language_prefix
from .source_file import SourceFile
from .source_site import SourceSite
from .taxonomies import AUTHOR_FOLDERS

LIST, AUTHORS = "publications:list", "publications:authors"


def find_list_pages(
    files: Iterable[SourceFile], site: SourceSite, topic_names: Mapping[str, str]
) -> dict[str, OldPage]:
    """Return what the pages of terms and sections lead to, by their old paths.

    A term that is no topic here leads to the list of all texts.

    Args:
        topic_names: the names of topics by id.
    """
    pages: dict[str, OldPage] = {}
    make_slug = hugo_slug if site.generator == "hugo" else slugify
    for file in files:
        prefix = f"{site.base_path}{language_prefix(file.language, site)}"
        locale = locale_of(file.language)
        texts = localized_path(locale, LIST)
        for folder, terms in file.terms.items():
            is_author = folder in AUTHOR_FOLDERS
            address = localized_path(locale, AUTHORS) if is_author else texts
            pages.setdefault(f"{prefix}/{folder}/", OldPage(address=address))
            for term in filter(make_slug, terms):
                page = (
                    OldPage(address=address, author=term)
                    if is_author
                    else OldPage(address=address, topic=topic_names.get(term.casefold(), term))
                )
                pages.setdefault(f"{prefix}/{folder}/{make_slug(term)}/", page)
                if pattern := _archive_pattern(folder, site):
                    pages.setdefault(pattern.replace(":name", make_slug(term)), page)
        for section in _sections_of(file, site):
            pages.setdefault(f"{prefix}/{section}/", OldPage(address=texts))
    return pages


def _archive_pattern(folder: str, site: SourceSite) -> str:
    """Return the pattern of the addresses that the settings of jekyll-archives give the pages of terms, or ""."""
    archives = site.options.get("jekyll-archives") if site.generator == "jekyll" else None
    permalinks = archives.get("permalinks") if isinstance(archives, dict) else None
    return as_text(permalinks.get(folder)) if isinstance(permalinks, dict) else ""


def _sections_of(file: SourceFile, site: SourceSite) -> Iterator[str]:
    """Yield the sections of Hugo that a text is in: the folders below that of all content."""
    path = file.path.resolve()
    place = (
        PurePosixPath(path.relative_to(site.folder))
        if site.folder and path.is_relative_to(site.folder)
        else None
    )
    content = site.find_content_folder(place) if place and site.generator == "hugo" else None
    if not place or not content:
        return
    folders = [*PurePosixPath(content.place).parts, *place.relative_to(content.path).parts[:-1]]
    if file.stem != file.path.stem:  # the folder of a page bundle
        folders = folders[:-1]
    if folders[:1] == [file.language]:
        folders = folders[1:]
    yield from ("/".join(folders[: depth + 1]) for depth in range(len(folders)))
