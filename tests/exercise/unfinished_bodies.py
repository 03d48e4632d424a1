"""Unfinished request bodies: to the server itself, and to nginx and Caddy with the files of deploy/."""

import http.client
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from .measurements import Measurement
from .proxies import caddy, nginx
from .readers import Reader, open_connections, read_for
from .servers import Server
from .sites import PAGES, one_site, stopping

CONNECTIONS = 400
MAX_P99 = 250  # milliseconds
SECONDS = 3
MULTIPART = "Content-Type: multipart/form-data; boundary=x\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
UNFINISHED = {
    "the login": ("/desk/login/", FORM, "username=a&password="),
    "a PDF": ("/en/publications/a.pdf", FORM, "a="),
    "OAI-PMH": ("/oai", FORM, "verb=Iden"),
    "the API": ("/api/v1/publications", FORM, "a="),
    "a style sheet": ("/static/css/base.css", FORM, "a="),
    "pages": ("/en/publications/", FORM, "a="),
    "an upload, signed in": ("/desk/publications/image/add/", MULTIPART, "--x\r\n"),
}
SIGN_INS = 5


def bodies(folder: Path) -> Iterator[Measurement]:
    """400 unfinished bodies of each type: no public request fails; behind nginx and Caddy the desk works too."""
    with one_site(folder) as server:
        public, cookie = _public_paths(server.port), sign_in(server.port, folder)
        yield from _attack(server.port, public, cookie, "bare server")
        for name, front in {"nginx": _nginx, "Caddy": _caddy}.items():
            with front(folder, server) as balancer:
                yield from _attack(
                    balancer.port, public, cookie, name, lambda port: _check_desk(port, folder)
                )


def _public_paths(port: int) -> list[str]:
    """Return addresses of every type that readers request."""
    reader = Reader(port)
    page = reader.get("/en/publications/")[2].decode()
    text = re.search(r'href="(/en/publications/[^/"?]+)/"', page)[1]
    sheet = re.search(r'href="(/static/css/[^"]+)"', page)[1]
    paths = [*PAGES, f"{text}/", f"{text}.pdf", f"{text}.bib", sheet, "/oai?verb=Identify", "/api/v1/topics"]
    for path in paths:
        assert reader.get(path)[0] == 200, path
    reader.close()
    return [*paths, "/en/publications/?q=word*"]


def _attack(
    port: int, public: list[str], cookie: str, server_name: str, check: Callable[[int], str] | None = None
) -> Iterator[Measurement]:
    for target, (path, content_type, body) in UNFINISHED.items():
        request = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n{content_type}Content-Length: 5000\r\n\r\n{body}"
        with open_connections(port, CONNECTIONS, request.encode()):
            time.sleep(0.5)
            results = read_for(port, public, SECONDS)
            desk = check(port) if check else ""
        yield Measurement(
            f"{server_name}: {CONNECTIONS} unfinished to {target}",
            f"{results.failed} of {results.responses} failed, {results.slowest():.0f} ms p99{desk and f'; desk: {desk}'}",
            f"0, {MAX_P99} ms" + (", well" if check else ""),
            results.failed == 0 and results.slowest() < MAX_P99 and desk in ("", "well"),
        )


def _check_desk(port: int, folder: Path) -> str:
    """Sign an editor in; return “well” or the error."""
    for _ in range(SIGN_INS):
        try:
            sign_in(port, folder)
        except (OSError, AssertionError, http.client.HTTPException) as error:
            return repr(error)
    return "well"


def sign_in(port: int, folder: Path) -> str:
    """Sign in as the editor of the demonstration and return the cookies. Raises AssertionError if that fails."""
    password = re.search(r"^editor\W+(\S+)", (folder / "first-login.txt").read_text("utf-8"), re.MULTILINE)[1]
    status, cookies, page = _send(port, "GET", "/desk/login/")
    assert status == 200, status
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"csrfmiddlewaretoken": token, "username": "editor", "password": password, "next": "/desk/"}
    status, signed_in, _ = _send(port, "POST", "/desk/login/", urlencode(form), cookies)
    assert status == 302, status
    both = f"{cookies}; {signed_in}"
    assert _send(port, "GET", "/desk/", cookies=both)[0] == 200
    return both


def _send(port: int, method: str, path: str, body: str = "", cookies: str = "") -> tuple[int, str, str]:
    """Return status, cookies and body of the response."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Host": "localhost", "Cookie": cookies, "Referer": f"http://localhost{path}"}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        page, set_cookies = response.read().decode(), SimpleCookie()
        for value in response.headers.get_all("Set-Cookie", []):
            set_cookies.load(value)
    finally:
        connection.close()
    return response.status, "; ".join(f"{name}={morsel.value}" for name, morsel in set_cookies.items()), page


@contextmanager
def _nginx(folder: Path, server: Server) -> Iterator[Server]:
    with stopping(nginx(folder, [server.port] * 2)) as balancer:
        yield balancer


@contextmanager
def _caddy(folder: Path, server: Server) -> Iterator[Server]:
    with stopping(caddy(folder, [server.port] * 2)) as balancer:
        yield balancer
