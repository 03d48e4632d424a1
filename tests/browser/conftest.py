"""A real browser before a real server: granian on a site of its own, reached as by readers.

These tests touch no database from inside: they run as a call of their own (`pytest tests/browser`).
On PostgreSQL the site gets a database of its own, created and dropped here.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.conftest import ROOT
from tests.ports import first_free

expect.set_options(
    timeout=30_000
)  # as long as playwright waits for a click: a busy machine is no fault of a page

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)


def pytest_collection_modifyitems(items) -> None:
    if CHROMIUM:
        return
    for item in items:
        if "browser" in Path(item.fspath).parts:
            item.add_marker(
                pytest.mark.skip(reason="needs a Chromium on this machine (Debian: apt-get install chromium)")
            )


@dataclass
class Site:
    """A running site, the passwords of its first accounts, and the cookies of those who have signed in."""

    url: str
    passwords: dict[str, str]
    cookies: dict[str, list] = field(default_factory=dict)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    port = first_free([0])
    variables = {**os.environ, "SITE_DATA": str(folder), "PORT": str(port), "WORKERS": "1"}
    variables.pop("SITE_URL", None)
    with _BrowserDatabase(variables):
        subprocess.run(
            [sys.executable, "manage.py", "prepare"],
            cwd=ROOT,
            env=variables,
            check=True,
            capture_output=True,
        )
        log = (folder / "server.log").open("w")
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=ROOT, env=variables, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/en/")
            lines = (folder / "first-login.txt").read_text().splitlines()
            yield Site(f"http://127.0.0.1:{port}", dict(line.split() for line in lines))
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """Collect console errors of the browser; a test that opens pages fails if there are any."""
    messages: list[str] = []
    yield messages
    assert not messages


@pytest.fixture
def open_page(browser, site, complaints):
    """Return a function that opens a path as a new visitor; options are those of a browser context."""
    contexts = []

    def open_path(path: str = "/en/", **options):
        context = browser.new_context(base_url=site.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if _matters(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_path
    for context in contexts:
        context.close()


def sign_in(page, site: Site, username: str = "editor") -> None:
    """Sign in by the form, or with the cookies of an earlier sign-in, as hashing a password takes long."""
    if username in site.cookies:
        page.context.add_cookies(site.cookies[username])
        page.goto("/desk/")
        return
    page.goto("/desk/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", site.passwords[username])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    site.cookies[username] = page.context.cookies()


def _matters(message) -> bool:
    """Return whether a console message is an error; a page that answers 404 on purpose is none."""
    return message.type == "error" and "Failed to load resource" not in message.text


def _wait_for(url: str) -> None:
    for _attempt in range(150):
        try:
            urlopen(url, timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer")


class _BrowserDatabase:
    """A database for this run on PostgreSQL; on SQLite the folder is enough."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables, self.url = variables, variables.get("DATABASE_URL", "")
        self.name = f"browser_{secrets.token_hex(4)}"

    def __enter__(self) -> None:
        if self.url.startswith("postgres"):
            self._do(f"CREATE DATABASE {self.name}")
            self.variables["DATABASE_URL"] = urlunsplit(urlsplit(self.url)._replace(path=f"/{self.name}"))

    def __exit__(self, *_error) -> None:
        if self.url.startswith("postgres"):
            self._do(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _do(self, statement: str) -> None:

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)
