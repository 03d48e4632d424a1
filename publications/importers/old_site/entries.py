"""The entries of the texts of an old site: uid, language, slug, old addresses, and which is a translation of which."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit
from uuid import uuid5

from publications.locales import LANGUAGE_NAMES
from publications.slugs import slugify

from ..source import UID_NAMESPACE, SourceEntry
from ..translations import choose_original
from .addresses import decode_path, host_of, path_of
from .content_types import HTML_SUFFIXES
from .page_index import IndexedPage, PageIndex
from .site_copy import SiteCopy


def build_entries(copy: SiteCopy, index: PageIndex, language: str) -> list[SourceEntry]:
    """Return the entries of all texts, originals before translations.

    Args:
        language: that of pages that name none, or none that this site knows.
    """
    former_addresses = _former_addresses(copy, index)
    entries = [
        _build_entry(page, index, copy, former_addresses[page.key], language) for page in index.texts.values()
    ]
    return sorted(entries, key=lambda entry: (bool(entry.translation_of), entry.source))


def uid_of(page: IndexedPage, copy: SiteCopy) -> str:
    """Return the uid of a text: the same in every copy of the site that has its canonical address."""
    return str(uuid5(UID_NAMESPACE, f"{host_of(copy.site)}{page.canonical or page.key}"))


def _former_addresses(copy: SiteCopy, index: PageIndex) -> dict[str, list[str]]:
    """Return the old addresses of each text by key: its own, those of duplicates, and those that redirect to it."""
    addresses: dict[str, list[str]] = {key: [path_of(page.address)] for key, page in index.texts.items()}
    for key, main in index.duplicates.items():
        resource = copy.resources.get(key)
        addresses[main].append(path_of(resource.address) if resource else key)
    for key in index.redirects:
        if page := index.find_text(copy.find_key(index.follow(copy, key))):
            addresses[page.key].append(path_of(copy.resources[key].address))
    return addresses


def _build_entry(
    page: IndexedPage,
    index: PageIndex,
    copy: SiteCopy,
    former_addresses: list[str],
    default_language: str,
) -> SourceEntry:
    language = page.head.language if page.head.language in LANGUAGE_NAMES else default_language
    original = _find_original(page, index, copy, language, default_language)
    return SourceEntry(
        source=path_of(page.address),
        uid=uid_of(page, copy),
        language=language,
        requested_slug=_slug_of(page),
        former_paths=tuple(dict.fromkeys(former_addresses)),
        translation_of=uid_of(original, copy) if original else "",
        tags=page.head.tags,
        authors=page.head.authors,
    )


def _find_original(
    page: IndexedPage, index: PageIndex, copy: SiteCopy, language: str, default_language: str
) -> IndexedPage | None:
    """Return the text that a text is a translation of, by the versions that its page names."""
    versions = {language: page}
    for name, address in page.alternates.items():
        if copy.is_own(address) and (other := index.find_text(copy.find_key(address))):
            versions.setdefault(name, other)
    original = versions[choose_original(sorted(versions), default_language)]
    return None if original is page else original


def _slug_of(page: IndexedPage) -> str:
    """Return the slug that an address requests; one that only the query tells from others gets that of the title."""
    parts = urlsplit(page.address)
    name = PurePosixPath(decode_path(parts.path)).name
    stem = PurePosixPath(name).stem if PurePosixPath(name).suffix.lower() in HTML_SUFFIXES else name
    return ("" if parts.query else slugify(stem)) or slugify(page.head.title) or "text"
