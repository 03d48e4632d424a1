"""Which requests may be answered from what is stored, under which key, and how those that may not are treated."""

from collections.abc import Callable, Collection
from io import BytesIO
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from .store import Key

Environ = dict[str, object]
Parameters = Callable[[str], Collection[str] | None]
KEPT_HEADERS = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"}
MAX_HOSTS = 64
MAX_URL_CHARACTERS = 2_000  # characters of path and query
FOR_MACHINES = ("/oai", "/api/")
NO_PAGES = (settings.DESK, "/admin/", *FOR_MACHINES)
"""Where what starts so is not the same for everyone, or has tags of its own."""

MEDIA = "/media/"
NEVER_CACHED = (*NO_PAGES, settings.STATIC_URL, MEDIA)
FORM_PATHS = frozenset({"/oai"})
"""Public addresses that take a form, since a protocol asks for it. No other public address reads what is sent to it."""

MAX_FORM_BYTES = 64 * 1024

_hosts: set[str] = set()


def cache_key(environ: Environ, parameters: Parameters, made_on_request: tuple[str, ...]) -> Key | None:
    """Return the path and the query that its page reads, in one order; None for what is never stored.

    Who asks for a range of a page gets the whole, as a server may answer (RFC 9110, 14.2); files have no key.
    """
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or path.startswith(NEVER_CACHED):
        return None
    if _is_file(path, made_on_request):
        return None
    if not (_is_allowed_host(environ.get("HTTP_HOST", "")) and _has_required_scheme(environ)):
        return None
    query = environ.get("QUERY_STRING", "")
    if len(path) + len(query) > MAX_URL_CHARACTERS or "%00" in query:
        return None
    return (path, _normalize(query, parameters(_decode(path)))) if query else (path, "")


def is_desk(environ: Environ) -> bool:
    return environ["PATH_INFO"].startswith(settings.DESK)


def is_slow(environ: Environ, made_on_request: tuple[str, ...]) -> bool:
    """Whether it asks for an image or a file, for a PDF or social image that may have to be made first, or for many
    records at once.
    """
    path = environ["PATH_INFO"]
    if path.startswith((*FOR_MACHINES, MEDIA)):
        return True
    return not path.startswith(NEVER_CACHED) and _is_file(path, made_on_request)


def max_body(environ: Environ) -> int:
    """Return how many bytes may be sent to the address; 0 where nothing that is sent is read."""
    if is_desk(environ):
        return settings.LARGEST_REQUEST
    return MAX_FORM_BYTES if environ["PATH_INFO"] in FORM_PATHS else 0


def anonymous_request(environ: Environ, key: Key) -> Environ:
    """Return the request for what is kept under the key, with nothing of the reader who asks first."""
    kept = {
        name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in KEPT_HEADERS
    }
    return without_body({**kept, "REQUEST_METHOD": "GET", "QUERY_STRING": key[1]})


def without_body(environ: Environ) -> Environ:
    return {**environ, "CONTENT_LENGTH": "", "CONTENT_TYPE": "", "wsgi.input": BytesIO()}


def _is_file(path: str, made_on_request: tuple[str, ...]) -> bool:
    return path.endswith(made_on_request) or "/files/" in path


def _decode(path: str) -> str:
    """The path as text: servers hand on its bytes, each as a letter (PEP 3333)."""
    return path.encode("latin-1").decode("utf-8", "replace")


def _normalize(query: str, parameters: Collection[str] | None) -> str:
    """Only what the page of this path reads; the rest, as marks of campaigns, makes no other page.

    Where no page is known there may be a way to one, which takes the query along.
    """
    if parameters is None:
        return query
    pairs = [pair for pair in parse_qsl(_decode(query), keep_blank_values=True) if pair[0] in parameters]
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def _is_allowed_host(host: str) -> bool:
    """Whether the site answers to the host, as Django decides it."""
    if host in _hosts:
        return True
    allowed = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
    if allowed and len(_hosts) < MAX_HOSTS:
        _hosts.add(host)
    return allowed


def _has_required_scheme(environ: Environ) -> bool:
    """Whether the request came by https, where the site is one of https alone."""
    return not settings.BEHIND_TLS or environ.get("HTTP_X_FORWARDED_PROTO") == "https"
