"""Which addresses of the site a page, a sheet of styles or a sitemap leads to."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings

from publications.metadata import MADE_ON_REQUEST
from publications.page_cache import NO_PAGES

IN_SHEET = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
IN_SITEMAP = re.compile(r"<loc>([^<]+)</loc>")
TAG = re.compile(r"<[a-z][^<>]*>")
LEADING_ON = re.compile(r'\s(href|src|srcset)="([^"]+)"')
META_ADDRESS = re.compile(r'\scontent="(https?://[^"\s]+)"')
LINKED_DATA = re.compile(r'<script type="application/ld\+json">([^<]*)</script>')
WHOLE_ADDRESS = re.compile(r'"(https?://[^"\\\s]+)"')


def links_of(path: str, media_type: str, body: bytes) -> list[str]:
    """The paths of this site that it leads to, as they are asked for, each once; those with a query are left out."""
    if media_type == "text/html":
        found = [*_in_html(body.decode())]
    elif media_type == "text/css":
        found = IN_SHEET.findall(body.decode())
    elif media_type == "application/xml":
        found = IN_SITEMAP.findall(body.decode())
    else:
        return []
    return list(dict.fromkeys(_own(path, found)))


def _own(path: str, addresses: Iterable[str]) -> Iterator[str]:
    here = f"{settings.SITE_URL}{path}"
    home = urlsplit(settings.SITE_URL)
    for address in addresses:
        try:
            parts = urlsplit(urljoin(here, address.strip()))
        except ValueError:  # not an address at all, as http://[
            continue
        if (parts.scheme, parts.netloc) == (home.scheme, home.netloc) and not parts.query:
            yield as_asked(parts.path or "/")


def as_asked(path: str) -> str:
    """One spelling of a path, however a link has it."""
    return quote(unquote(path), safe="/:@!$&'()*+,;=-._~")


def is_mirrored(path: str, *, made: bool) -> bool:
    """Whether the path belongs into the folder; what takes long to make does where it is wanted (`made`)."""
    if path.startswith(NO_PAGES) or "/files/" in path:
        return False  # files of editors go out as downloads, which is for the application to say
    return made or not path.endswith(tuple(format.path_ending for format in MADE_ON_REQUEST))


def _in_html(text: str) -> Iterator[str]:
    """Pages of ours have their values in double quotes, and every other "<" and ">" is written as a character.

    Social images stand in `meta`, the logo in linked data; an address that is quoted in a text is no link.
    """
    for tag in TAG.findall(text):
        for name, value in LEADING_ON.findall(tag):
            found = (
                [part.split()[0] for part in value.split(",") if part.strip()]
                if name == "srcset"
                else [value]
            )
            yield from map(unescape, found)
        if tag.startswith("<meta "):
            yield from map(unescape, META_ADDRESS.findall(tag))
    for linked_data in LINKED_DATA.findall(text):
        yield from WHOLE_ADDRESS.findall(linked_data)
