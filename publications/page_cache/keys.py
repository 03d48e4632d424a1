"""Cache keys of requests, and how requests without one are treated."""

from collections.abc import Callable, Collection
from io import BytesIO
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from publications.path_prefixes import ALERT_PREFIXES, MACHINE_PREFIXES, MEDIA_PREFIX, RESERVED_PREFIXES
from publications.slugs import decode_wsgi

from .store import Key

Environ = dict[str, object]
Parameters = Callable[[str], Collection[str] | None]
FindStoredQuery = Callable[[str, str], str]
"""Returns the query of an old address that a path and the query of a request match, or ""."""
PASSED_HEADERS = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"}
MAX_HOSTS = 64
MAX_URL_CHARACTERS = 2_000  # of path and query
TIME_GATE = "timegate/"
"""The last segment of paths that answer by the header `Accept-Datetime` (RFC 7089)."""
MAX_FORM_BYTES = 64 * 1024
MAX_FIELD_BYTES = 64 * 1024  # of a form besides its file
VERIFY_PATHS = frozenset({"/en/verify/", "/sv/kontrollera/"})
FORM_LIMITS = {
    "/oai": MAX_FORM_BYTES,
    **dict.fromkeys(VERIFY_PATHS, settings.MAX_VERIFIED_BYTES + MAX_FIELD_BYTES),
}
"""Public paths that read a form, and of how many bytes, as those below ALERT_PREFIXES do. No others read a body."""

_allowed_hosts: set[str] = set()


def cache_key(
    environ: Environ,
    parameters: Parameters,
    slow_extensions: tuple[str, ...],
    find_stored_query: FindStoredQuery = lambda path, query: "",
) -> Key | None:
    """Return the path and the sorted query parameters that its page reads, or None for what is never stored.

    Of a request for an old address that has a query, they are those of the old address.

    A request for a range of a page gets the whole page, which a server may send (RFC 9110, section 14.2); files have no
    key.
    """
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or path.startswith(
        (*RESERVED_PREFIXES, *ALERT_PREFIXES)
    ):
        return None
    if _is_file(path, slow_extensions) or path.endswith(f"/{TIME_GATE}"):
        return None
    if not (_is_allowed_host(environ.get("HTTP_HOST", "")) and _has_required_scheme(environ)):
        return None
    query = environ.get("QUERY_STRING", "")
    if len(path) + len(query) > MAX_URL_CHARACTERS or "%00" in query:
        return None
    if not query:
        return path, ""
    stored_query = find_stored_query(decode_wsgi(path), decode_wsgi(query))
    return path, stored_query or _normalize(query, parameters(decode_wsgi(path)))


def is_desk(environ: Environ) -> bool:
    return environ["PATH_INFO"].startswith(settings.DESK)


def is_verification(environ: Environ) -> bool:
    """Return whether the request is of the page that verifies a PDF or a text, which takes seconds of a processor."""
    return environ["PATH_INFO"] in VERIFY_PATHS


def is_slow(environ: Environ, slow_extensions: tuple[str, ...]) -> bool:
    """Return whether the response may take long: an image, file, PDF, social image, many records."""
    path = environ["PATH_INFO"]
    if path.startswith((*MACHINE_PREFIXES, MEDIA_PREFIX)):
        return True
    return not path.startswith(RESERVED_PREFIXES) and _is_file(path, slow_extensions)


def max_body_bytes(environ: Environ) -> int:
    """Return how many bytes of a request body the path accepts; 0 if it reads none."""
    if is_desk(environ):
        return settings.MAX_REQUEST_BYTES
    path = environ["PATH_INFO"]
    return MAX_FORM_BYTES if path.startswith(ALERT_PREFIXES) else FORM_LIMITS.get(path, 0)


def anonymous_request(environ: Environ, key: Key) -> Environ:
    """Return the request to render for the key, without the headers of the client that sent it."""
    passed = {
        name: value
        for name, value in environ.items()
        if not name.startswith("HTTP_") or name in PASSED_HEADERS
    }
    return without_body({**passed, "REQUEST_METHOD": "GET", "QUERY_STRING": key[1]})


def without_body(environ: Environ) -> Environ:
    return {**environ, "CONTENT_LENGTH": "", "CONTENT_TYPE": "", "wsgi.input": BytesIO()}


def _is_file(path: str, slow_extensions: tuple[str, ...]) -> bool:
    return path.endswith(slow_extensions) or "/files/" in path


def _normalize(query: str, parameters: Collection[str] | None) -> str:
    """Return the parameters that the page reads, sorted; others, such as utm_source, are dropped.

    Without a page (`parameters` is None) the query is kept, as a redirect may need it.
    """
    if parameters is None:
        return query
    pairs = [pair for pair in parse_qsl(decode_wsgi(query), keep_blank_values=True) if pair[0] in parameters]
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def _is_allowed_host(host: str) -> bool:
    """Return whether the host is one of ALLOWED_HOSTS."""
    if host in _allowed_hosts:
        return True
    is_allowed = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
    if is_allowed and len(_allowed_hosts) < MAX_HOSTS:
        _allowed_hosts.add(host)
    return is_allowed


def _has_required_scheme(environ: Environ) -> bool:
    """Return whether the request came by https, if the site is served by https only."""
    return not settings.BEHIND_TLS or environ.get("HTTP_X_FORWARDED_PROTO") == "https"
