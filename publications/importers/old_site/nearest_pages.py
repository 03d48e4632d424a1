"""Where the other pages of an old site lead: a topic, an author, the list of publications or the home page.

What leads nowhere is listed in the report, because its address would answer 404.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from publications.locales import LOCALES, locale_of, localized_path
from publications.old_feeds import FEED_END

from ..source import OldPage
from .addresses import path_of
from .page_index import IndexedPage, PageIndex
from .site_copy import SiteCopy

HOME, LIST, AUTHORS = "publications:home", "publications:list", "publications:authors"
FEED = "publications:feed"
FEED_OF_PAGE = re.compile(rf"(/.+)/(?:{FEED_END})/?", re.IGNORECASE)
MIN_LISTED_TEXTS = 3
MAX_SHARE_OF_PAGES = 0.5
"""A text that more pages link to is in a box of the site, such as "Latest"."""


@dataclass
class NearestPages:
    """What other addresses lead to, by path and query, and those that lead nowhere."""

    pages: dict[str, OldPage] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def add(self, address: str, page: OldPage | None) -> None:
        if page:
            self.pages[address] = page
        else:
            self.lost.append(address)


def find_nearest_pages(copy: SiteCopy, index: PageIndex) -> NearestPages:
    """Return what the pages that are no texts lead to, and the addresses that redirect to them."""
    nearest, names = NearestPages(), _Names.of(index)
    pages = index.ignored | index.unmatched
    linked = {
        key: {index.duplicates.get(link, link) for link in page.links} & index.texts.keys()
        for key, page in pages.items()
    }
    counts = Counter(text for texts in linked.values() for text in texts)
    common = {text for text, count in counts.items() if count > len(pages) * MAX_SHARE_OF_PAGES}
    targets = {
        key: names.find_target(page, lists_texts=len(linked[key] - common) >= MIN_LISTED_TEXTS)
        for key, page in pages.items()
    }
    for key, page in pages.items():
        nearest.add(path_of(page.address), targets[key])
    for key in index.redirects:
        target = copy.find_key(index.follow(copy, key)) if copy.is_own(index.follow(copy, key)) else ""
        resource = copy.resources.get(target)
        if not index.find_text(target) and not (resource and resource.is_file):
            nearest.add(path_of(copy.resources[key].address), targets.get(target))
    nearest.pages |= _find_feeds(copy, index)
    return nearest


def _find_feeds(copy: SiteCopy, index: PageIndex) -> dict[str, OldPage]:
    """Return what the feeds that pages name lead to: that of the site, unless they are below a page of the copy."""
    feeds: dict[str, OldPage] = {}
    for page in (*index.texts.values(), *index.ignored.values(), *index.unmatched.values()):
        for address in filter(copy.is_own, page.feeds):
            path = path_of(address)
            above = FEED_OF_PAGE.fullmatch(path)
            locale = locale_of(page.head.language or LOCALES[0])
            if not (above and copy.find_key(copy.site + above[1]) in copy.resources):
                feeds.setdefault(path, OldPage(address=localized_path(locale, FEED)))
    return feeds


@dataclass
class _Names:
    """Topics and authors of the texts by their names in lower case, and the folders of texts."""

    topics: Mapping[str, str]
    authors: Mapping[str, str]
    folders: Counter[str]

    @classmethod
    def of(cls, index: PageIndex) -> "_Names":
        pages = index.texts.values()
        folders: Counter[str] = Counter()
        for key in (*index.texts, *index.duplicates):
            parts = key.partition("?")[0].strip("/").split("/")
            folders.update({"/" + "/".join(parts[:end]) for end in range(1, len(parts))})
        return cls(
            topics={tag.casefold(): tag for page in pages for tag in page.head.tags},
            authors={name.casefold(): name for page in pages for name in page.head.authors},
            folders=folders,
        )

    def find_target(self, page: IndexedPage, *, lists_texts: bool) -> OldPage | None:
        """Return what a page leads to, or None.

        A page titled as a topic or an author leads there; the home page and those of languages to the home page; one in
        whose folder texts are, or that links to several, to the list; any other to a topic of its breadcrumb.
        """
        locale = locale_of(page.head.language or LOCALES[0])
        title, path = page.head.title.casefold(), page.key.partition("?")[0]
        if title in self.authors:
            return OldPage(address=localized_path(locale, AUTHORS), author=self.authors[title])
        if title in self.topics:
            return OldPage(address=localized_path(locale, LIST), topic=self.topics[title])
        if path.strip("/") in ("", *LOCALES):
            return OldPage(address=localized_path(locale, HOME))
        if self.folders[path] or lists_texts:
            return OldPage(address=localized_path(locale, LIST))
        labels = (label.casefold() for _address, label in reversed(page.head.breadcrumb))
        topics = (self.topics[label] for label in labels if label in self.topics)
        return next((OldPage(address=localized_path(locale, LIST), topic=topic) for topic in topics), None)
