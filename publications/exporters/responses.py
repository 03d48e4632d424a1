"""Responses of the application to the crawl: pages are rendered in this process, without a server."""

import time
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils import translation

from publications.models import site_state_scope
from publications.page_cache import SiteStateWatcher

from .mirror_paths import is_rendition

MAX_RETRIES, MAX_RETRY_SECONDS = 3, 10  # of a rendition, while others are rendered


@dataclass(frozen=True)
class CrawlResponse:
    """The response to a path."""

    status: int
    media_type: str
    body: bytes
    location: str = ""
    retry_after: int = 0


@cache
def _site():
    return get_wsgi_application()


@cache
def _watcher() -> SiteStateWatcher:
    return SiteStateWatcher(threaded=False)


def forget_site_state() -> None:
    """Read the site state again before the next page is rendered."""
    _watcher.cache_clear()


def fetch_with_retries(path: str) -> CrawlResponse:
    """Return the response to a path; a rendition that has to wait for others is requested again."""
    page = fetch(path)
    for _retry in range(MAX_RETRIES):
        if not (is_rendition(path) and 0 < page.retry_after <= MAX_RETRY_SECONDS):
            break
        time.sleep(page.retry_after)
        page = fetch(path)
    return page


def fetch(path: str) -> CrawlResponse:
    """Return the response to GET for a path, which is percent-encoded as in a link, and may have a query.

    Values cached for the site state are shared by all pages fetched in it.
    """
    state = _watcher().state()
    with site_state_scope(state) if state else nullcontext():
        return _get(path)


def find_answer(path: str) -> tuple[int, str]:
    """Return the status and the location of the response to GET, for a request that is in progress.

    It sends no signals of a request, which would close the connection to the database, and leaves the language of the
    request as it is.
    """
    with translation.override(translation.get_language()):
        response = _site().get_response(WSGIRequest(_environ(path)))
    return response.status_code, response.headers.get("Location", "")


def _get(path: str) -> CrawlResponse:
    start_response: list = []
    parts = _site()(
        _environ(path), lambda status, headers, error=None: start_response.extend((status, headers))
    )
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    headers = {name.lower(): value for name, value in start_response[1]}
    media_type = headers.get("content-type", "").partition(";")[0]
    return CrawlResponse(
        int(start_response[0][:3]),
        media_type,
        body,
        headers.get("location", ""),
        int(headers.get("retry-after", "0")),
    )


def _environ(path: str) -> dict[str, object]:
    site = urlsplit(settings.SITE_URL)
    path, _mark, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": site.hostname,
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": site.netloc,
        "HTTP_X_FORWARDED_PROTO": site.scheme,
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
