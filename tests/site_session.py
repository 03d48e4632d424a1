"""A session of `requests` whose responses come from a page cache around the site, for libraries that read the web."""

from email.message import Message
from io import BytesIO
from urllib.parse import unquote

import requests
from requests.adapters import BaseAdapter

from tests.page_caches import CachedClient

SITE = "http://127.0.0.1:8000"


class SiteAdapter(BaseAdapter):
    """Answers requests to the site without a server."""

    def __init__(self) -> None:
        super().__init__()
        self.client = CachedClient()

    def send(self, request: requests.PreparedRequest, **options) -> requests.Response:
        headers = {
            name.lower().replace("-", "_"): value
            for name, value in request.headers.items()
            if name.lower() == "accept-datetime"
        }
        path = unquote(request.url.removeprefix(SITE))
        answer = self.client.get(path, method=request.method, **headers)
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status, request.url, request
        response.headers.update(answer.headers)
        response.raw = BytesIO(answer.body)
        response.raw._original_response = _NoCookies()
        response._content = answer.body
        return response

    def close(self) -> None:
        pass


class _NoCookies:
    msg = Message()


def site_session() -> requests.Session:
    session = requests.Session()
    session.mount(SITE, SiteAdapter())
    return session
