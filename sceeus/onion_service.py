"""The site as an onion service of Tor, at the host of ONION_URL: public pages over plain http, without the desk.

Tor encrypts and authenticates the connection, so that nothing redirects to https.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http.request import split_domain_port

NOT_SERVED = b"The desk is not served at this address. Please use the public address of the site.\n"
NOT_SERVED_HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
STAFF_PREFIXES = (settings.DESK, "/admin/")
HSTS = "strict-transport-security"


class OnionService:
    """WSGI middleware that passes requests for the onion host on as requests for the site itself.

    So both hosts share the pages of the page cache, and redirects and canonical links are the same. Other requests are
    passed on unchanged.
    """

    def __init__(self, application: WSGIApplication, *, onion_url: str, site_url: str) -> None:
        self._application = application
        self._host, self._site = urlsplit(onion_url).hostname, urlsplit(site_url)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if split_domain_port(environ.get("HTTP_HOST", ""))[0] != self._host:
            return self._application(environ, start_response)
        if environ["PATH_INFO"].startswith(STAFF_PREFIXES):
            start_response("404 Not Found", NOT_SERVED_HEADERS)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [NOT_SERVED]
        site_environ = {
            **environ, "HTTP_HOST": self._site.netloc, "HTTP_X_FORWARDED_PROTO": self._site.scheme
        }  # fmt: skip
        return self._application(site_environ, _without_hsts(start_response))


def _without_hsts(start_response: StartResponse) -> StartResponse:
    def start(status: str, headers: list[tuple[str, str]], *error: object) -> object:
        return start_response(status, [header for header in headers if header[0].lower() != HSTS], *error)

    return start
