"""Which requests may be answered from what is stored, and under which key."""

import re
from collections.abc import Callable, Collection
from io import BytesIO
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from .shelf import Key

Environ = dict[str, object]
Parameters = Callable[[str], Collection[str] | None]
ALSO_READ = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"}
MOST_HOSTS = 64
LONGEST = 2_000  # characters of path and query
FOR_MACHINES = ("/oai", "/api/")
NO_PAGES = (settings.DESK, "/admin/", *FOR_MACHINES)
"""Where what starts so is not the same for everyone, or has tags of its own."""

NEVER = (*NO_PAGES, settings.STATIC_URL, "/media/")
FILES = (".pdf", ".png")
LINKED = re.compile(rb' href="(/[^"?#]*)"')

_hosts: set[str] = set()


def key_of(environ: Environ, parameters: Parameters) -> Key | None:
    """The path and the query that its page reads, in one order; none for what is never stored.

    Who asks for a range of a page gets the whole, as a server may answer (RFC 9110, 14.2); files have no key.
    """
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or path.startswith(NEVER):
        return None
    if path.endswith(FILES) or "/files/" in path:
        return None
    if not (_is_known(environ.get("HTTP_HOST", "")) and _came_as_it_must(environ)):
        return None
    query = environ.get("QUERY_STRING", "")
    if len(path) + len(query) > LONGEST or "%00" in query:
        return None
    return (path, _in_order(query, parameters(_read(path)))) if query else (path, "")


def keys_of_links(page: bytes) -> frozenset[Key]:
    """Under which keys the pages of this site are kept that a page leads to."""
    return frozenset((unquote_to_bytes(path).decode("latin-1"), "") for path in LINKED.findall(page))


def is_of_the_desk(environ: Environ) -> bool:
    return environ["PATH_INFO"].startswith(settings.DESK)


def may_take_long(environ: Environ) -> bool:
    """Whether it asks for a PDF or a card, which may have to be made first, or for many records at once."""
    path = environ["PATH_INFO"]
    return path.startswith(FOR_MACHINES) or (
        path.endswith(FILES) and "/files/" not in path and not path.startswith(NEVER)
    )


def alone(environ: Environ, key: Key) -> Environ:
    """The request for what is kept under the key, with nothing of the reader who asks first."""
    told = {
        name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in ALSO_READ
    }
    return {
        **told,
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": key[1],
        "CONTENT_LENGTH": "",
        "CONTENT_TYPE": "",
        "wsgi.input": BytesIO(),
    }


def _read(path: str) -> str:
    """The path as text: servers hand on its bytes, each as a letter (PEP 3333)."""
    return path.encode("latin-1").decode("utf-8", "replace")


def _in_order(query: str, known: Collection[str] | None) -> str:
    """Only what the page of this path reads; the rest, as marks of campaigns, makes no other page.

    Where no page is known there may be a way to one, which takes the query along.
    """
    if known is None:
        return query
    query = _read(query)
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] in known]
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def _is_known(host: str) -> bool:
    """Whether the site answers to the host, as Django decides it."""
    if host in _hosts:
        return True
    allowed = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
    if allowed and len(_hosts) < MOST_HOSTS:
        _hosts.add(host)
    return allowed


def _came_as_it_must(environ: Environ) -> bool:
    """Whether the request came by https, where the site is one of https alone."""
    return not settings.BEHIND_TLS or environ.get("HTTP_X_FORWARDED_PROTO") == "https"
