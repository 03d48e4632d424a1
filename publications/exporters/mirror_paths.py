"""Which paths of the site belong into the mirror, and the links of pages, style sheets and sitemaps."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings

from publications.metadata import SLOW_FORMATS
from publications.path_prefixes import UNCACHED_PREFIXES

CSS_URL = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
SITEMAP_LOC = re.compile(r"<loc>([^<]+)</loc>")
TAG = re.compile(r"<[a-z][^<>]*>")
LINK_ATTRIBUTE = re.compile(r'\s(href|src|srcset)="([^"]+)"')
META_URL = re.compile(r'\scontent="(https?://[^"\s]+)"')
JSON_LD = re.compile(r'<script type="application/ld\+json">([^<]*)</script>')
JSON_URL = re.compile(r'"(https?://[^"\\\s]+)"')
INDEX = "index.html"
QUERY_PAGE = re.compile(r"(?:page|from)=[1-9][0-9]*")
"""The query of a further page of a list, or of a comparison with an earlier edition; its file has the same name."""


def links_of(path: str, media_type: str, body: bytes) -> list[str]:
    """Return the distinct paths of this site that a document links to; with a query only those of `QUERY_PAGE`."""
    if media_type == "text/html":
        urls = [*_html_urls(body.decode())]
    elif media_type == "text/css":
        urls = CSS_URL.findall(body.decode())
    elif media_type == "application/xml":
        urls = SITEMAP_LOC.findall(body.decode())
    else:
        return []
    return list(dict.fromkeys(_own_paths(path, urls)))


def _own_paths(path: str, urls: Iterable[str]) -> Iterator[str]:
    base_url = f"{settings.SITE_URL}{path}"
    site = urlsplit(settings.SITE_URL)
    for url in urls:
        try:
            parts = urlsplit(urljoin(base_url, url.strip()))
        except ValueError:  # not a URL, such as http://[
            continue
        path = normalize_path(parts.path or "/")
        if (parts.scheme, parts.netloc) == (site.scheme, site.netloc) and file_name_of(path, parts.query):
            yield f"{path}?{parts.query}" if parts.query else path


def file_name_of(path: str, query: str = "") -> str:
    """Return the name of the file of an address, or "": index.html in its folder, or page=2.html for ?page=2.

    No slug has a "=", so that no other file has such a name.
    """
    name = unquote(path).lstrip("/")
    if not query:
        return f"{name}{INDEX}" if path.endswith("/") else name
    return f"{name}{query}.html" if path.endswith("/") and QUERY_PAGE.fullmatch(query) else ""


def address_of(name: str) -> str:
    """Return the address, not encoded, that a file is of; the inverse of `file_name_of`."""
    folder, _slash, last = f"/{name}".rpartition("/")
    query = last.removesuffix(".html")
    return f"{folder}/?{query}" if QUERY_PAGE.fullmatch(query) else f"/{name.removesuffix(INDEX)}"


def normalize_path(path: str) -> str:
    """Return the one spelling of a path that links may spell in several ways."""
    return quote(unquote(path), safe="/:@!$&'()*+,;=-._~")


def is_mirrored(path: str, *, with_renditions: bool, with_query_pages: bool = False) -> bool:
    """Whether the path belongs into the folder; PDFs and social images, and pages with a query, do on request."""
    if "?" in path and not with_query_pages:
        return False
    if path.startswith(UNCACHED_PREFIXES) or "/files/" in path:
        return False  # only the application sends uploaded files with the headers of downloads
    return with_renditions or not is_rendition(path)


def is_rendition(path: str) -> bool:
    """Whether the path is that of a PDF or a social image."""
    return path.endswith(tuple(format.path_ending for format in SLOW_FORMATS))


def _html_urls(text: str) -> Iterator[str]:
    """Yield the URLs in attributes, `meta` elements and JSON-LD, not those in texts.

    Our templates put attribute values in double quotes and escape every other "<" and ">".
    """
    for tag in TAG.findall(text):
        for name, value in LINK_ATTRIBUTE.findall(tag):
            urls = (
                [part.split()[0] for part in value.split(",") if part.strip()]
                if name == "srcset"
                else [value]
            )
            yield from map(unescape, urls)
        if tag.startswith("<meta "):
            yield from map(unescape, META_URL.findall(tag))
    for json_ld in JSON_LD.findall(text):
        yield from JSON_URL.findall(json_ld)
