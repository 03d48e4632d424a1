"""A page of an old site as a tree that CSS selectors find elements in.

`selectolax` (lexbor) parses as browsers do, so that selectors find what the developers' tools of a browser show. The
module is the only one that knows how it parses and which selectors are valid.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from publications.html_tree import split_names
from publications.stored_messages import gettext as _

from .addresses import resolve_address
from .site_copy import MAX_PAGE_BYTES, CopiedResource, SiteCopy

Node = LexborNode


CHARSET_IN_PAGE = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WESTERN = "windows-1252"
"""What browsers read ISO-8859-1 and ASCII as (WHATWG Encoding)."""
WESTERN_NAMES = frozenset(
    {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "us-ascii", "ascii", "cp1252"}
)
NO_PAGE_ENCODINGS = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"}
)
"""Encodings of Python that browsers do not know; some take quadratic time."""
PAGE_HEAD_BYTES = 4_096
MAX_PAGE_BYTES_WITH_IMAGES = 50_000_000
DATA_ADDRESS = re.compile(rb"data:[\w/+.;=-]{0,100}base64,[A-Za-z0-9+/=%\s]{1000,}")
"""A picture within the markup, which is left out of pages that are too large with it."""
BLOCK_TAGS = split_names(
    "address article aside blockquote body br dd div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td th thead tr ul"
)
UNSEEN_TAGS = frozenset({"script", "style", "noscript", "template", "head"})
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]{0,200})")
FORMATTING_TAGS = split_names("a b big code em font i nobr s small strike strong tt u")
"""Elements that a parser opens again in every block behind them if they are not closed."""
SELF_CLOSED_TAGS = split_names(
    "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr option "
    "thead tbody"
)
MAX_OPEN_TAGS = 1_000
"""Browsers nest at most some 500 elements."""
WHOLE_TAG = re.compile(r"""<[a-zA-Z](?:[^>"'=]++|=\s*+(?:"[^"]*+"?+|'[^']*+'?+)?+|["'])*+""")
"""A tag with its attributes, of which the values may hold `>`; without backtracking."""
QUOTED_VALUE = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
SEPARATOR = re.compile(r"""[\s/"']+""")
MIN_LONG_TAG = 4_000
MAX_ATTRIBUTES, MAX_SEPARATORS = 1_000, 20_000
"""Of a tag: the parser compares each attribute with all others. The second also counts within values."""
MAX_REOPENED_TAGS = 500_000
MAX_EQUAL_REOPENED = 3
META_REFRESH = re.compile(r"\s*\d{1,3}(?:\.\d+)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE)


def decode_page(content: bytes, charset: str = "") -> str:
    """Return the text of a page: by its mark, the header, what it says itself, or as UTF-8 or Western European.

    A page that is not in the encoding it names is read as UTF-8 if it is valid, otherwise as Western European.
    """
    for mark, name in BOMS:
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    declared = CHARSET_IN_PAGE.search(content[:PAGE_HEAD_BYTES])
    names = [charset, declared[1].decode("ascii", "replace") if declared else "", "utf-8"]
    for name in dict.fromkeys(filter(None, names)):
        try:
            if not _is_encoding_of_pages(name, content):
                continue
            return content.decode(WESTERN if name.lower() in WESTERN_NAMES else name)
        except (LookupError, ValueError):  # unknown, or not that of the page
            continue
    return content.decode(WESTERN, errors="replace")


def _is_encoding_of_pages(name: str, content: bytes) -> bool:
    """Whether pages may be in an encoding. Raises LookupError or ValueError for an unknown one."""
    codec = codecs.lookup(name).name
    is_wide = codec.startswith(("utf-16", "utf-32")) and b"\0" not in content[:PAGE_HEAD_BYTES]
    return codec not in NO_PAGE_ENCODINGS and not is_wide


@dataclass
class HtmlPage:
    """A page with its address; `tree` may be changed by who reads it."""

    address: str
    tree: LexborHTMLParser

    def select(self, selector: str) -> list[Node]:
        """Return the elements that a valid selector finds, in document order."""
        return self.tree.css(selector)

    @cached_property
    def base(self) -> str:
        """The address that relative links start from."""
        base = self.tree.css_first("base[href]")
        href = (base.attributes.get("href") or "") if base else ""
        return (resolve_address(href, self.address) if href else "") or self.address

    @cached_property
    def json_ld(self) -> list[dict[str, Any]]:
        """The objects of the structured data in the page (schema.org), also those within `@graph`."""
        objects: list[dict[str, Any]] = []
        for script in self.select("script[type='application/ld+json' i]"):
            try:
                objects += _list_objects(json.loads(script.text()))
            except (ValueError, RecursionError):
                continue
        return objects

    @cached_property
    def language(self) -> str:
        html = self.tree.css_first("html")
        attributes = html.attributes if html else {}
        return (attributes.get("lang") or attributes.get("xml:lang") or "").partition("-")[0].lower()

    @cached_property
    def canonical(self) -> str:
        """The address that the page gives as its own, or ""."""
        return next(
            filter(None, (self.resolve(href) for href in self.list_links("link[rel~='canonical' i]"))), ""
        )

    @cached_property
    def alternates(self) -> dict[str, str]:
        """The addresses of the page in other languages, by language."""
        links = self.select("link[rel~='alternate' i][hreflang], a[rel~='alternate' i][hreflang]")
        pairs = ((link.attributes.get("hreflang") or "", link.attributes.get("href") or "") for link in links)
        return {name.partition("-")[0].lower(): self.resolve(href) for name, href in pairs if name and href}

    @cached_property
    def refresh(self) -> str:
        """The address that the page leads on to by itself (`<meta http-equiv=refresh>`), or ""."""
        for meta in self.select("meta[http-equiv='refresh' i]"):
            if match := META_REFRESH.match(meta.attributes.get("content") or ""):
                return self.resolve(match[1].strip())
        return ""

    def resolve(self, link: str) -> str:
        return resolve_address(link, self.base) if link.strip() else ""

    def list_links(self, selector: str) -> list[str]:
        return [node.attributes.get("href") or "" for node in self.select(selector)]


def _list_objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [entry for item in value for entry in _list_objects(item)]
    if isinstance(value, dict):
        return [value, *_list_objects(value.get("@graph", []))]
    return []


class UnreadablePage(ValueError):
    """A page that is too large, or whose markup is too deep to be parsed or would be many times as long."""


def parse_page(html: str, address: str) -> HtmlPage:
    """Return a page as a tree. Raises UnreadablePage."""
    _check_attributes(html)
    _check_markup(html)
    return HtmlPage(address, LexborHTMLParser(html))


def _check_attributes(html: str) -> None:
    """Raise UnreadablePage for a tag with too many attributes."""
    for match in WHOLE_TAG.finditer(html):
        if match.end() - match.start() > MIN_LONG_TAG:
            tag = match[0]
            unquoted = len(SEPARATOR.findall(QUOTED_VALUE.sub(" ", tag)))
            if unquoted > MAX_ATTRIBUTES or len(SEPARATOR.findall(tag)) > MAX_SEPARATORS:
                raise UnreadablePage(
                    _(
                        "A tag has thousands of attributes: it is no page that a browser shows. "
                        "If it is a text, copy it by hand."
                    )
                )


def _check_markup(html: str) -> None:
    """Raise UnreadablePage for too many tags that are open at once, or are opened again in each block."""
    open_tags = most_reopened = blocks = 0
    formatting = _OpenFormatting()
    for closing, name, attributes in TAG.findall(html):
        tag, step = name.lower(), -1 if closing else 1
        blocks += tag in BLOCK_TAGS
        if tag in FORMATTING_TAGS:
            formatting.add(tag, attributes, is_closing=bool(closing))
            most_reopened = max(most_reopened, formatting.reopened)
        elif tag not in SELF_CLOSED_TAGS:
            open_tags = max(0, open_tags + step)
        if open_tags + formatting.total > MAX_OPEN_TAGS:
            raise UnreadablePage(
                _(
                    "Its elements are nested too deeply: it is no page that a browser shows. "
                    "If it is a text, copy it by hand."
                )
            )
    if most_reopened * blocks > MAX_REOPENED_TAGS:
        raise UnreadablePage(
            _("Its formatting is opened %d times and never closed. If it is a text, copy it by hand.")
            % most_reopened
        )


class _OpenFormatting:
    """The elements that are open, and how many of them a block opens again: of equal ones three."""

    def __init__(self) -> None:
        self.total = self.reopened = 0
        self._attributes: dict[str, list[str]] = {tag: [] for tag in FORMATTING_TAGS}
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, tag: str, attributes: str, *, is_closing: bool) -> None:
        if is_closing and not self._attributes[tag]:
            return
        if not is_closing:
            self._attributes[tag].append(attributes)
        key = (tag, self._attributes[tag].pop() if is_closing else attributes)
        step = -1 if is_closing else 1
        self.reopened -= min(self._counts[key], MAX_EQUAL_REOPENED)
        self._counts[key] += step
        self.reopened += min(self._counts[key], MAX_EQUAL_REOPENED)
        self.total += step


def read_page(copy: SiteCopy, resource: CopiedResource) -> HtmlPage:
    """Return a page of a copy. Raises OSError if it cannot be read, and UnreadablePage."""
    content = copy.read_body(resource, MAX_PAGE_BYTES_WITH_IMAGES + 1)
    if len(content) > MAX_PAGE_BYTES:
        content = DATA_ADDRESS.sub(b"data:,", content)
    if len(content) > MAX_PAGE_BYTES:
        raise UnreadablePage(
            _("It has more than %d MB without its pictures, and is not read. Copy its text by hand.")
            % (MAX_PAGE_BYTES // 1_000_000)
        )
    return parse_page(decode_page(content, resource.charset), resource.address)


def is_selector(selector: str) -> bool:
    """Whether this is a valid CSS selector."""
    try:
        LexborHTMLParser("<p>").css(selector)
    except (SelectolaxError, ValueError):
        return False
    return bool(selector.strip())


def plain_text(node: Node) -> str:
    """Return the text of an element on one line, as readers see it: blocks are apart, scripts are left out."""
    return " ".join(" ".join(_texts(node)).split()) if _has_blocks(node) else " ".join(node.text().split())


def _has_blocks(node: Node) -> bool:
    return any(child.tag in BLOCK_TAGS or child.tag in UNSEEN_TAGS for child in node.traverse())


def _texts(node: Node) -> Iterator[str]:
    """Yield the text of each block; inline elements belong to the text around them."""
    line: list[str] = []
    for child in node.traverse(include_text=True):
        if child.tag in BLOCK_TAGS:
            yield "".join(line)
            line = []
        elif child.tag == "-text" and not is_unseen(child):
            line.append(child.text_content or "")
            if ends_block(child):
                yield "".join(line)
                line = []
    yield "".join(line)


def is_unseen(text: Node) -> bool:
    """Whether a text is that of a script or the like."""
    return text.parent is not None and text.parent.tag in UNSEEN_TAGS


def ends_block(text: Node) -> bool:
    """Whether the text is the last of a block, so that what comes after it is another one."""
    node = text
    while node is not None and node.next is None:
        node = node.parent
        if node is not None and node.tag in BLOCK_TAGS:
            return True
    return False
