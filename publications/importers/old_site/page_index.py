"""The index of an old site: which of its pages are texts, and by which addresses each is reached."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from publications.old_feeds import FEED_LINKS
from publications.stored_messages import gettext as _

from .addresses import address_key, resolve_address
from .hidden_pages import find_hiding_sign
from .html_page import HtmlPage, UnreadablePage, plain_text, read_page
from .page_text import PageHead, read_head
from .rules import PageRule, find_rule
from .site_copy import SiteCopy

MAX_REDIRECTS = 10
_SEARCHED = r"(?: (?:som )?du (?:söker|sökte|letar|letade)(?: efter)?)?"
_NO_PAGE = (
    rf"(?:den här )?(?:sidan|dokumentet|filen){_SEARCHED}"
    r" (?:(?:kunde|kan) (?:tyvärr )?(?:inte|ej) hittas|hittades (?:inte|ej)|finns (?:inte|ej)(?: längre)?|saknas)"
    rf"|(?:vi (?:hittar|hittade|kan|kunde)|kunde vi) inte (?:hitta )?sidan{_SEARCHED}"
    r"|(?:(?:the|this|that) )?(?:requested )?(?:page|document|file|file or directory|object|resource)"
    r"(?: you(?: a|[’']| we)re looking for)?"
    r"(?:(?: was| is)? not found| (?:can ?not|can[’']?t|could not|couldn[’']t) be found"
    r"| (?:does not|doesn[’']t|no longer) exists?)"
    r"|not found"
)
MISSING_PAGE = re.compile(
    rf"(?:(?:oops|hoppsan|tyvärr)[!,]? )?(?:(?:http )?(?:error|fel) ?)?(?:404(?: ?[-–—:|]? ?(?:error|fel|{_NO_PAGE}))?"
    rf"|(?:{_NO_PAGE})(?: \(?404\)?)?)[.!]?(?: [-–—|·•»] .{{1,80}})?",
    re.IGNORECASE,
)
"""The whole title, apart from the name of the site, of what servers answer for an address without a page, some with
status 200."""
PARAMETER_VALUE = re.compile(r"=[^&]*")
MIN_EQUAL_WORDS = 50
"""Shorter texts of one title may be distinct, as forms and notices are."""
MAX_MISSING_WORDS = 120
"""A longer text says more than that there is no page."""


@dataclass
class IndexedPage:
    """A page of the copy with what is known of it before its text is read.

    Args:
        rule: None for a page that no rule fits.
        canonical: the key of the address that it gives as its own; "" if it gives none.
        digest: of its title and text, for pages that are reached by several addresses; of its title alone for a page
            that is no text.
        words: how many its text has; 0 for a page that is no text.
        links: the keys that a page that is no text links to.
        feeds: the addresses of the feeds that it names.
        hiding_sign: what shows that a text was not for all readers, or "".
    """

    key: str
    address: str
    rule: PageRule | None
    head: PageHead
    canonical: str = ""
    alternates: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    words: int = 0
    links: frozenset[str] = frozenset()
    hiding_sign: str = ""
    feeds: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        return self.rule is not None and not self.rule.is_ignored


@dataclass
class PageIndex:
    """All pages of a copy.

    Args:
        texts: the pages that are texts, by key; each once.
        duplicates: the keys of other addresses of a text, with the key of the text.
        ignored, unmatched: other pages by key: those of a rule with `ignore`, and those that no rule fits.
        missing: pages that only say that there is no page, the same for several pages, by key.
        redirects: keys of addresses that lead on, with the addresses they lead to.
        refused: the reasons why pages cannot be read, by path.
    """

    texts: dict[str, IndexedPage] = field(default_factory=dict)
    duplicates: dict[str, str] = field(default_factory=dict)
    ignored: dict[str, IndexedPage] = field(default_factory=dict)
    unmatched: dict[str, IndexedPage] = field(default_factory=dict)
    missing: dict[str, IndexedPage] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def find_text(self, key: str) -> IndexedPage | None:
        """Return the text at an address, also at another address of it, or None."""
        return self.texts.get(self.duplicates.get(key, key))

    def follow(self, copy: SiteCopy, key: str) -> str:
        """Return the address that an address leads to in the end, or "" if it leads nowhere within the redirects."""
        address = self.redirects.get(key, "")
        for _step in range(MAX_REDIRECTS):
            following = self.redirects.get(copy.find_key(address), "") if copy.is_own(address) else ""
            if not following:
                return address
            address = following
        return ""


def index_pages(copy: SiteCopy, rules: Iterable[PageRule]) -> PageIndex:
    """Return the index of a copy."""
    index, rules = PageIndex(), tuple(rules)
    candidates: dict[str, IndexedPage] = {}
    for key, resource in copy.resources.items():
        if resource.is_redirect:
            if target := resolve_address(resource.location, resource.address):
                index.redirects[key] = target
        elif resource.is_page:
            try:
                page = read_page(copy, resource)
            except UnreadablePage as error:
                index.refused[resource.address] = str(error)
            except OSError as error:
                index.refused[resource.address] = _("The file cannot be read (%s).") % (
                    error.strerror or error
                )
            else:
                if page.refresh and page.refresh != resource.address:
                    index.redirects[key] = page.refresh
                    continue
                indexed = _describe_page(copy, key, page, rules)
                group = candidates if indexed.is_text else index.ignored if indexed.rule else index.unmatched
                group[key] = indexed
    for group in (candidates, index.ignored, index.unmatched):
        _take_missing_pages(group, index)
    _group_addresses(index, copy, candidates)
    return index


def _take_missing_pages(pages: dict[str, IndexedPage], index: PageIndex) -> None:
    """Move short pages whose title only says that there is no page, the same for several pages, to the missing ones."""
    answers = {
        key: page
        for key, page in pages.items()
        if page.words <= MAX_MISSING_WORDS and MISSING_PAGE.fullmatch(page.head.title.strip())
    }
    addresses: dict[str, set[str]] = defaultdict(set)
    for page in answers.values():
        addresses[page.digest].add(address_key(page.address))
    for key, page in answers.items():
        if _are_of_several_pages(addresses[page.digest]):
            index.missing[key] = pages.pop(key)


def _are_of_several_pages(addresses: Collection[str]) -> bool:
    """Whether these have several paths, or several values of a parameter (`?id=41`, `?id=99`).

    A single page may be about missing pages, also with further parameters, such as one to print it.
    """
    paths = {address.partition("?")[0] for address in addresses}
    forms = {PARAMETER_VALUE.sub("", address) for address in addresses}
    return len(paths) > 1 or len(forms) < len(addresses)


def _path_key(page: IndexedPage) -> str:
    """Return the key of the address of a page without query."""
    return address_key(page.address).partition("?")[0]


def _describe_page(copy: SiteCopy, key: str, page: HtmlPage, rules: tuple[PageRule, ...]) -> IndexedPage:
    rule = find_rule(rules, page)
    head = read_head(page, rule) if rule else PageHead(title=_title_of(page), language=page.language)
    if not head.title:
        head = PageHead(**{**vars(head), "title": _title_of(page)})
    text, links, hiding_sign = "", frozenset(), ""
    if rule and not rule.is_ignored:
        bodies = page.select(rule.elements["body"])
        text = " ".join(map(plain_text, bodies))
        hiding_sign = find_hiding_sign(page, head.title, bodies)
    else:
        links = frozenset(copy.find_key(page.resolve(href)) for href in page.list_links("a[href]"))
    return IndexedPage(
        key,
        page.address,
        rule,
        head,
        canonical=address_key(page.canonical) if page.canonical else "",
        alternates=page.alternates,
        digest=sha256(f"{head.title}\n{text}".encode()).hexdigest(),
        words=len(text.split()),
        links=links,
        hiding_sign=hiding_sign,
        feeds=tuple(filter(None, map(page.resolve, page.list_links(FEED_LINKS)))),
    )


def _title_of(page: HtmlPage) -> str:
    """Return the heading of a page, or its title in the head."""
    nodes = page.select("h1") or page.select("title")
    return plain_text(nodes[0])[:300] if nodes else ""


def _group_addresses(index: PageIndex, copy: SiteCopy, pages: dict[str, IndexedPage]) -> None:
    """Make one text of pages with one content that have one canonical address or one path, or are long.

    It has the address at which all could read it, if there is one, and of others that which lists of the site link to:
    wget saves the page that an address redirects to under both addresses.
    """
    main_keys: dict[tuple[str, str], str] = {}
    lists = (*index.ignored.values(), *index.unmatched.values())
    linked = frozenset().union(*(page.links for page in lists))

    def rank(key: str) -> tuple[bool, bool, bool, int, str]:
        page = pages[key]
        is_canonical = key == _trusted_canonical(pages, page)
        return bool(page.hiding_sign), not is_canonical, key not in linked, len(key), key

    for key in sorted(pages, key=rank):
        page = pages[key]
        canonical = _trusted_canonical(pages, page)
        groups = [(canonical, page.digest)] if canonical else []
        groups.append((_path_key(page), page.digest))
        if page.words >= MIN_EQUAL_WORDS:
            groups.append(("", page.digest))
        main = next((main_keys[group] for group in groups if group in main_keys), key)
        for group in groups:
            main_keys.setdefault(group, main)
        if main == key:
            index.texts[key] = page
        else:
            index.duplicates[key] = main
    texts_of_canonical: dict[str, set[str]] = {}
    for main in index.texts:
        texts_of_canonical.setdefault(pages[main].canonical, set()).add(main)
    for canonical, mains in texts_of_canonical.items():
        if canonical and len(mains) == 1 and canonical not in copy.resources:
            index.duplicates.setdefault(canonical, *mains)


def _trusted_canonical(pages: Mapping[str, IndexedPage], page: IndexedPage) -> str:
    """Return the canonical address of a page, unless a page with another text has it, as where all name the home."""
    other = pages.get(page.canonical)
    if not page.canonical or page.canonical == "/" or (other and other.digest != page.digest):
        return "" if other is not page else page.canonical
    return page.canonical
