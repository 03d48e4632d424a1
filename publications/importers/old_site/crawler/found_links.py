"""The addresses that a page, a style sheet or a sitemap names."""

import re
from collections.abc import Iterator
from html import unescape

from ..addresses import resolve_address
from ..content_types import suffix_of
from ..html_page import HtmlPage, UnreadablePage, decode_page, parse_page

LINKS = (
    ("a, area, link", "href"),
    ("img, source, iframe, frame, embed, audio, video, track", "src"),
    ("img, source", "srcset"),
    ("img, source", "data-srcset"),
    ("img, iframe", "data-src"),
    ("img", "data-original"),
    ("img", "data-lazy-src"),
    ("video", "poster"),
    ("object", "data"),
    ("[background]", "background"),
    ("meta[property^='og:' i], meta[name^='citation_' i], meta[name^='twitter:image' i]", "content"),
)
"""Elements and the attribute with an address, or with several and their widths."""
SET_ATTRIBUTES = ("srcset", "data-srcset")
STYLE_ADDRESS = re.compile(r"""url\(\s*["']?([^"')]{1,2000})|@import\s+["']([^"']{1,2000})""", re.IGNORECASE)
SITEMAP_ADDRESS = re.compile(rb"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,2000})", re.IGNORECASE)
SITEMAP_INDEX = re.compile(rb"<(?:\w+:)?sitemapindex\b", re.IGNORECASE)
LINK_WITHOUT_TREE = re.compile(r"""(?:href|src)\s*=\s*["']?([^"'\s<>]{1,2000})""", re.IGNORECASE)
MAX_LINKS = 20_000
MAX_SITEMAP_LINKS = 100_000
MEDIA_SUFFIXES = frozenset({
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif", ".bmp", ".tif", ".tiff", ".ico", ".css", ".js", ".woff",
    ".woff2", ".ttf", ".eot", ".mp3", ".mp4", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip",
})  # fmt: skip


def find_links(content: bytes, charset: str, address: str) -> list[str]:
    """Return the addresses that a page names.

    A page that is nested too deeply to be parsed is searched as text.
    """
    html = decode_page(content, charset)
    try:
        page = parse_page(html, address)
    except UnreadablePage:
        links = (unescape(match[1]) for match in LINK_WITHOUT_TREE.finditer(html))
        return _resolve(links, address)
    return _resolve(_values(page), page.base)


def find_style_links(content: bytes, address: str) -> list[str]:
    """Return the addresses that a style sheet names."""
    return _resolve(_style_addresses(content.decode("utf-8", "replace")), address)


def find_sitemap_links(content: bytes, address: str) -> tuple[list[str], bool]:
    """Return the addresses in a sitemap, and whether they are those of further sitemaps (sitemaps.org).

    One that is a text has an address a line. It is searched, not parsed: entities of XML are not expanded.
    """
    found = [unescape(match[1].decode("utf-8", "replace")) for match in SITEMAP_ADDRESS.finditer(content)]
    if not found and b"<" not in content:
        found = content.decode("utf-8", "replace").split()
    addresses = (resolve_address(link.strip(), address) for link in found[:MAX_SITEMAP_LINKS])
    return list(dict.fromkeys(filter(None, addresses))), bool(SITEMAP_INDEX.search(content))


def is_media(address: str) -> bool:
    """Whether an address is, by its name, that of no page."""
    return suffix_of(address) in MEDIA_SUFFIXES


def _values(page: HtmlPage) -> Iterator[str]:
    for selector, attribute in LINKS:
        for node in page.select(selector):
            value = node.attributes.get(attribute) or ""
            if attribute in SET_ATTRIBUTES:
                yield from _set_addresses(value)
            elif attribute != "content" or value.startswith(("http:", "https:", "/")):
                yield value
    for node in page.select("[style]"):
        yield from _style_addresses(node.attributes.get("style") or "")
    for node in page.select("style"):
        yield from _style_addresses(node.text())
    yield page.refresh


def _set_addresses(value: str) -> Iterator[str]:
    """Yield the addresses of a `srcset`: each may be followed by its width, and commas belong to no address."""
    for candidate in re.split(r",\s+|\s+,", value):
        yield from candidate.split()[:1]


def _style_addresses(text: str) -> Iterator[str]:
    return (match[1] or match[2] for match in STYLE_ADDRESS.finditer(text))


def _resolve(links: Iterator[str], base: str) -> list[str]:
    addresses: dict[str, None] = {}
    for link in links:
        if link.strip() and (address := resolve_address(link, base)):
            addresses[address] = None
        if len(addresses) >= MAX_LINKS:
            break
    return list(addresses)
