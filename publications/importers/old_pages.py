"""Redirects from the other pages of an old site: to the topic or author that they are of, or to the nearest page."""

from dataclasses import replace

from publications.actions import AddressRefusal, OldAddress
from publications.locales import locale_of, localized_path
from publications.models import Author, Tag, tags_by_name

from .import_cache import ImportCache
from .options import ImportOptions
from .redirects import keep_old_addresses
from .source import ImportSource, OldPage
from .source_authors import AuthorList

FEED = "publications:feed"
REASONS_OF_ANSWERED = (AddressRefusal.USED, AddressRefusal.OTHER)
"""Why an address is not kept that leads somewhere already."""


def redirect_old_pages(
    source: ImportSource, options: ImportOptions, authors: AuthorList, import_cache: ImportCache
) -> tuple[int, list[str]]:
    """Redirect the pages of a source that are no texts; safe to repeat.

    Returns:
        The number of addresses that redirect, and those that lead nowhere.
    """
    pages = _list_feeds(source, options) | dict(source.old_pages)
    topics = tags_by_name() if pages else {}

    def find_target(page: OldPage) -> Tag | Author | str:
        tag = topics.get(options.mapping.find_topic(page.topic).casefold()) if page.topic else None
        return tag or (page.author and find_author(page.author)) or page.address

    def find_author(name: str) -> Author | None:
        author = authors.find(name)
        if named := options.mapping.find_person(name, author.name):
            author = replace(authors.find(named), name=named)
        return import_cache.find_author(author.slug, author.name)

    rows = [OldAddress(address, find_target(page)) for address, page in pages.items()]
    refused = keep_old_addresses(rows, by=options.by, archive_import=options.archive_import) if rows else []
    lost = [row.address for row in refused if row.reason not in REASONS_OF_ANSWERED]
    return len(rows) - len(refused), lost


def _list_feeds(source: ImportSource, options: ImportOptions) -> dict[str, OldPage]:
    """Return the feed here of each feed of the old site, also of those of its languages if it has several."""
    home = locale_of(source.language or options.language)
    locales = sorted({entry.locale for entry in source.entries})
    base = source.base_path
    feeds = {f"{base}{path}": OldPage(address=localized_path(home, FEED)) for path in source.feed_paths}
    for locale in locales if len(locales) > 1 else ():
        page = OldPage(address=localized_path(locale, FEED))
        feeds |= {f"{base}/{locale}{path}": page for path in source.feed_paths if "?" not in path}
    return feeds
