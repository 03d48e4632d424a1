"""What a rule understands of a page: the fields of a text, its HTML, its links and what is left out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ..series_number_formats import find_series_number
from .content_types import is_document
from .html_page import HtmlPage, Node, plain_text
from .rules import PageRule, ValueSource
from .values import find_date, find_turned_names, is_of_update, read_value, read_values, split_names

TAKEN_FIELDS = ("title", "summary", "date", "authors", "tags")
"""Fields whose elements are no part of the text, if they stand in it."""
TAKEN_ELEMENTS = ("files", "related", "breadcrumb", "remove")
LINK_ATTRIBUTES = (("a", "href"), ("img", "src"), ("area", "href"), ("iframe", "src"), ("source", "src"))
MAX_NUMBER_CHARACTERS = 100
ROBOTS, NOINDEX = (
    "meta[name='robots' i], meta[name='googlebot' i]",
    re.compile(r"\b(?:noindex|none)\b", re.IGNORECASE),
)
LAZY_ATTRIBUTES = ("data-src", "data-original", "data-lazy-src")


@dataclass(frozen=True)
class PageHead:
    """The fields of a page beside its text.

    Args:
        date_text: what the date was read from.
        is_update: whether that says that it is the date of the last update.
        is_unindexed: whether search engines were to leave the page out.
        unnamed: parts of the byline that are no names.
        turned: names that have the family name first, with what was read.
        files, related, breadcrumb: addresses with their labels.
    """

    title: str = ""
    summary: str = ""
    published_at: datetime | None = None
    date_text: str = ""
    is_update: bool = False
    is_unindexed: bool = False
    authors: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    turned: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    cover: str = ""
    cover_alt: str = ""
    number: str = ""
    files: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    breadcrumb: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PageText:
    """A page as a text: its fields, its HTML with absolute addresses, and the blocks that are left out of it."""

    head: PageHead
    html: str = ""
    removed: tuple[str, ...] = field(default_factory=tuple)


def read_head(page: HtmlPage, rule: PageRule) -> PageHead:
    """Return the fields of a page."""

    def sources(name: str) -> tuple[ValueSource, ...]:
        return rule.sources.get(name, ())

    bylines = read_values(page, sources("authors"))
    authors, unnamed = _read_authors(bylines)
    date_texts = read_values(page, sources("date"))
    date_text = next((text for text in date_texts if find_date(text)), "")
    cover = read_value(page, sources("cover"))
    return PageHead(
        title=read_value(page, sources("title")),
        summary=read_value(page, sources("summary")),
        published_at=find_date(date_text),
        date_text=date_text or next(iter(date_texts), ""),
        is_update=is_of_update(date_text) or is_of_update(_describe_source(page, sources("date"))),
        is_unindexed=any(
            NOINDEX.search(node.attributes.get("content") or "") for node in page.select(ROBOTS)
        ),
        authors=authors,
        unnamed=unnamed,
        turned=tuple(pair for text in bylines for pair in find_turned_names(text).items()),
        tags=_distinct(
            tag.strip(" ,#") for text in read_values(page, sources("tags")) for tag in text.split(",")
        ),
        language=(read_value(page, sources("language")) or page.language).partition("-")[0].lower(),
        cover=page.resolve(cover) if cover else "",
        cover_alt=_alt_of(page, sources("cover")),
        number=_read_number(page, rule),
        files=_links_in(page, rule.elements.get("files", ""), documents_only=True),
        related=_links_in(page, rule.elements.get("related", "")),
        breadcrumb=_links_in(page, rule.elements.get("breadcrumb", "")),
    )


def read_text(page: HtmlPage, rule: PageRule) -> PageText:
    """Return a page as a text. The tree of the page is changed: what the rule has taken is removed from it."""
    head = read_head(page, rule)
    bodies = _outermost(page.select(rule.elements["body"]))
    removed = _remove_taken(page, rule, bodies)
    for node in bodies:
        _make_absolute(node, page)
    return PageText(head, "\n".join(node.inner_html or "" for node in bodies), removed)


def _describe_source(page: HtmlPage, sources: Iterable[ValueSource]) -> str:
    """Return the selector, or the property of structured data, that a value was read from."""
    used = (source for source in sources if read_values(page, (source,)))
    return next((source.selector or " ".join(source.property_path) for source in used), "")


def _read_authors(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names: list[str] = []
    others: list[str] = []
    for text in texts:
        found, unnamed = split_names(text)
        names += found
        others += unnamed
    return _distinct(names), _distinct(others)


def _read_number(page: HtmlPage, rule: PageRule) -> str:
    """Return the number of a report. An element of its own is kept as it is written: what is no number is reported."""
    text = read_value(page, rule.sources.get("number", ()))
    is_title = text == read_value(page, rule.sources.get("title", ()))
    return find_series_number(text) or ("" if is_title else text[:MAX_NUMBER_CHARACTERS])


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple({text.casefold(): text for text in reversed([*filter(None, texts)])}.values())[::-1]


def _alt_of(page: HtmlPage, sources: Iterable[ValueSource]) -> str:
    for source in sources:
        if source.selector and (nodes := page.select(source.selector)):
            return " ".join((nodes[0].attributes.get("alt") or "").split())
    return ""


def _links_in(page: HtmlPage, selector: str, *, documents_only: bool = False) -> tuple[tuple[str, str], ...]:
    """Return the distinct addresses with labels of the links that a selector finds, or that are in what it finds."""
    links: dict[str, str] = {}
    for node in page.select(selector) if selector else ():
        for link in [node] if node.tag == "a" else node.css("a[href]"):
            address = page.resolve(link.attributes.get("href") or "")
            if address and (not documents_only or _is_file(address)):
                links.setdefault(address, plain_text(link))
    return tuple(links.items())


def _is_file(address: str) -> bool:
    """Whether a link in a block of files leads to one: also to a program that sends one (`download.aspx?id=3`)."""
    return is_document(address) or "?" in address or "download" in address.lower()


def _outermost(nodes: list[Node]) -> list[Node]:
    """Return the elements that are in none of the others."""
    inside = {child.mem_id for node in nodes for child in node.css("*") if child.mem_id != node.mem_id}
    return [node for node in nodes if node.mem_id not in inside]


def _remove_taken(page: HtmlPage, rule: PageRule, bodies: list[Node]) -> tuple[str, ...]:
    """Remove from the text what fields have taken, and what the rule drops; return the words of the latter."""
    selectors = [rule.elements[name] for name in TAKEN_ELEMENTS if name in rule.elements]
    selectors += [find_used_selector(page, rule, name) for name in TAKEN_FIELDS]
    protected = {node.mem_id for body in bodies for node in _lineage(body)}
    removed = []
    for selector in filter(None, selectors):
        for node in page.select(selector):
            if node.mem_id not in protected and node.parent is not None and _is_inside(node, bodies):
                removed.append(plain_text(node))
                node.decompose()
    return tuple(filter(None, removed))


def find_used_selector(page: HtmlPage, rule: PageRule, name: str) -> str:
    """Return the selector of the source that a field was read from."""
    for source in rule.sources.get(name, ()):
        if read_values(page, (source,)):
            return source.selector
    return ""


def _lineage(node: Node) -> list[Node]:
    nodes = [node]
    while nodes[-1].parent is not None:
        nodes.append(nodes[-1].parent)
    return nodes


def _is_inside(node: Node, bodies: list[Node]) -> bool:
    ids = {body.mem_id for body in bodies}
    return any(parent.mem_id in ids for parent in _lineage(node))


def _make_absolute(body: Node, page: HtmlPage) -> None:
    """Make the addresses of links and pictures absolute; pictures that scripts load get theirs."""
    for image in body.css("img"):
        lazy = next(
            (image.attributes.get(name) for name in LAZY_ATTRIBUTES if image.attributes.get(name)), None
        )
        if lazy:
            image.attrs["src"] = lazy
    for tag, attribute in LINK_ATTRIBUTES:
        for node in body.css(f"{tag}[{attribute}]"):
            value = (node.attributes.get(attribute) or "").strip()
            plain, mark, fragment = value.partition("#")
            if (plain or not mark) and (address := page.resolve(plain)):
                node.attrs[attribute] = f"{address}{mark}{fragment}"
