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
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.conftest import ROOT
from tests.first_passwords import keep_first_passwords
from tests.ports import first_free

expect.set_options(
    timeout=30_000
)  # as long as playwright waits for a click: a busy machine is no fault of a page

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
LAUNCH_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


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


@dataclass
class PreparedSite:
    """A folder and a database with the demonstration, and the variables of a server on a copy of them."""

    folder: Path
    database: "_Database"
    variables: dict[str, str]


@pytest.fixture(scope="session")
def prepared_site(tmp_path_factory):
    """Return a site that no test changes: each file of tests gets a copy, so that no file sees what others left."""
    folder = tmp_path_factory.mktemp("prepared")
    variables = {**os.environ, "PORT": str(first_free([0])), "WORKERS": "1"}
    variables.pop("SITE_URL", None)
    with _Database(variables.get("DATABASE_URL", "")) as database:
        subprocess.run(
            [sys.executable, "manage.py", "prepare"],
            cwd=ROOT,
            env={**variables, "SITE_DATA": str(folder), **database.variables},
            check=True,
            capture_output=True,
        )
        keep_first_passwords({**variables, "SITE_DATA": str(folder), **database.variables})
        yield PreparedSite(folder, database, variables)


@pytest.fixture(scope="module")
def site(prepared_site, tmp_path_factory):
    with serve_site(prepared_site, tmp_path_factory.mktemp("site") / "data") as site:
        yield site


@contextmanager
def serve_site(prepared_site: PreparedSite, folder: Path, host: str = "127.0.0.1", **settings: str):
    """Serve a copy of the prepared site from that folder, with further settings; `host` is the one in addresses."""
    shutil.copytree(prepared_site.folder, folder)
    with _Database(prepared_site.database.server_url, prepared_site.database.name) as database:
        variables = {**prepared_site.variables, "SITE_DATA": str(folder), **database.variables, **settings}
        log = (folder / "server.log").open("w")
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=ROOT, env=variables, stdout=log, stderr=log
        )
        url = f"http://{host}:{variables['PORT']}"
        try:
            _wait_for(f"{url}/en/")
            lines = (folder / "first-login.txt").read_text().splitlines()
            yield Site(url, dict(line.split() for line in lines))
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=LAUNCH_ARGUMENTS,
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


@pytest.fixture
def open_desk(open_page, site):
    """Return a function that opens a path of the desk as a user who has signed in, with options of a browser context."""

    def open_path(path: str = "/desk/", *, username: str = "editor", **options):
        if username not in site.cookies:
            sign_in(open_page("/desk/"), site, username)
        return open_page(path, storage_state={"cookies": site.cookies[username]}, **options)

    return open_path


@pytest.fixture
def choose_language(open_desk):
    """Return a function that chooses the language in which the editor works. It is English again after the test."""

    def choose(language: str) -> None:
        page = open_desk("/desk/my-settings/")
        page.check(f"input[name=language][value={language}]")
        page.locator(".submit-row input").click()
        page.locator(f"html[lang={language}] .messagelist").wait_for()

    yield choose
    choose("en")


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
    for _attempt in range(600):
        try:
            urlopen(url, timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer")


class _Database:
    """A database of its own on PostgreSQL, empty or a copy, dropped at the end; on SQLite the folder is enough."""

    def __init__(self, server_url: str, template: str = "template1") -> None:
        self.server_url, self.template = server_url, template
        self.name = f"browser_{secrets.token_hex(4)}"
        self.variables: dict[str, str] = {}
        if server_url.startswith("postgres"):
            self.variables["DATABASE_URL"] = urlunsplit(urlsplit(server_url)._replace(path=f"/{self.name}"))

    def __enter__(self) -> "_Database":
        self._do(f"CREATE DATABASE {self.name} TEMPLATE {self.template}")
        return self

    def __exit__(self, *_error) -> None:
        self._do(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        if self.variables:
            with psycopg.connect(self.server_url, autocommit=True) as connection:
                connection.execute(statement)
