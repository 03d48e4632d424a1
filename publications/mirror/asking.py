"""Asking the site for an address, as a reader would, without a server between."""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from publications.models import within
from publications.page_cache import SiteStateWatcher

OK = 200


@dataclass(frozen=True)
class Page:
    """What stands at an address."""

    path: str
    status: int
    media_type: str
    body: bytes
    location: str = ""


@cache
def _site():
    return get_wsgi_application()


@cache
def _watcher() -> SiteStateWatcher:
    return SiteStateWatcher(threaded=False)


def ask(path: str) -> Page:
    """The answer to GET for the path, which is percent-encoded as in a link.

    What pages have in common is worked out once for all that are asked for in one epoch.
    """
    epoch = _watcher().state()
    with within(epoch) if epoch else nullcontext():
        return _answer(path)


def _answer(path: str) -> Page:
    told: list = []
    parts = _site()(_environ(path), lambda status, headers, error=None: told.extend((status, headers)))
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    headers = {name.lower(): value for name, value in told[1]}
    media_type = headers.get("content-type", "").partition(";")[0]
    return Page(path, int(told[0][:3]), media_type, body, headers.get("location", ""))


def _environ(path: str) -> dict[str, object]:
    site = urlsplit(settings.SITE_URL)
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": "",
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
