"""Addresses of an old site: absolute, and the keys under which its pages are looked up."""

import re
from unicodedata import normalize
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes, urlencode, urljoin, urlsplit, urlunsplit

from publications.slugs import WESTERN

MAX_ADDRESS_CHARACTERS = 2_000
SCHEMES = ("http", "https")
DEFAULT_PAGE = re.compile(r"(?:^|/)(?:index|default|start)\.(?:html?|aspx?|php|jsp)\Z", re.IGNORECASE)
"""The names of the page of a folder, which servers also answer without it."""
PATH_CHARACTERS = "/%:@!$&'()*+,;=~"
QUERY_CHARACTERS = f"{PATH_CHARACTERS}?"
"""What is not percent-encoded beside letters, digits and “_.-”."""
WHITE_SPACE = re.compile(r"[\t\r\n]")


def resolve_address(link: str, base: str) -> str:
    """Return the absolute address of a link on a page, without fragment, or "" if it is none of HTTP."""
    if len(link) > MAX_ADDRESS_CHARACTERS:
        return ""
    try:
        parts = urlsplit(urljoin(base, WHITE_SPACE.sub("", link.strip())))
        if parts.scheme not in SCHEMES or not parts.hostname:
            return ""
        port = f":{parts.port}" if parts.port and parts.port != _default_port(parts.scheme) else ""
    except ValueError:
        return ""
    path = quote(unquote_to_bytes(parts.path or "/"), safe=PATH_CHARACTERS)
    query = quote(parts.query, safe=QUERY_CHARACTERS)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.lower()
    return urlunsplit((parts.scheme, f"{host}{port}", path, query, ""))


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def decode_path(path: str) -> str:
    """Return a path as it is read: decoded, bytes that are no UTF-8 as Windows-1252."""
    return unquote(path, errors=WESTERN)


def address_key(address: str, *, is_exact: bool = False) -> str:
    """Return the path and query of an address in the form in which pages are looked up.

    Without scheme and host, since one site is often reached by several; decoded and in lower case, without closing
    slash and the name of the page of a folder; the parameters are sorted.

    Args:
        is_exact: whether path and query keep their case, and the path the name of the page of a folder.
    """
    parts = urlsplit(address)
    path = normalize("NFC", decode_path(parts.path))
    path = "/" + (path if is_exact else DEFAULT_PAGE.sub("", path.lower())).strip("/")
    if not parts.query:
        return path
    query = parts.query if is_exact else parts.query.lower()
    parameters = sorted(parse_qsl(query, keep_blank_values=True))
    return f"{path}?{urlencode(parameters)}" if parameters else path


def path_of(address: str) -> str:
    """Return path and query of an address as it is written."""
    parts = urlsplit(address)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def site_of(address: str) -> str:
    """Return scheme and host of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(address: str) -> str:
    """Return the host of an address without `www.`."""
    return urlsplit(address).netloc.removeprefix("www.")
