"""The portable mirror in a browser: opened from its folder, and served under another host name in a folder."""

import functools
import os
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT

pytestmark = pytest.mark.browser
PAGES = 12
TOPIC = "belarus"
MAX_PAGES = 80  # opened in a test, of several hundred


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args) -> None:
        pass


def write_copy(prepared_site, tmp_path_factory, *options: str) -> Path:
    """Return the folder of a copy of the demonstration."""
    folder = tmp_path_factory.mktemp("portable")
    variables = {**prepared_site.variables, **prepared_site.database.variables}
    subprocess.run(
        [
            sys.executable,
            "manage.py",
            "mirror",
            folder / "mirror",
            "--portable",
            folder / "a copy",
            "--verbosity=0",
            *options,
        ],
        cwd=ROOT,
        env={
            **os.environ,
            **variables,
            "SITE_DATA": str(prepared_site.folder),
            "SITE_URL": "https://site.example",
        },
        check=True,
        capture_output=True,
    )
    return folder / "a copy"


@pytest.fixture(scope="module")
def copy(prepared_site, tmp_path_factory):
    return write_copy(prepared_site, tmp_path_factory)


@pytest.fixture(scope="module")
def topic_copy(prepared_site, tmp_path_factory):
    return write_copy(prepared_site, tmp_path_factory, "--topic", TOPIC, "--with-files")


@pytest.fixture(params=["folder", "server"])
def first_url(request, copy):
    if request.param == "folder":
        yield (copy / "index.html").as_uri()
        return
    handler = functools.partial(QuietHandler, directory=copy.parent)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/a%20copy/index.html"
    server.shutdown()
    server.server_close()


def test_pages_lead_to_each_other_with_styles_fonts_images_and_scripts(browser, first_url, complaints):
    root = first_url.removesuffix("index.html")
    context = browser.new_context()
    page = context.new_page()
    failed, visited, waiting = [], [], [first_url]
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    while waiting and len(visited) < PAGES:
        url = waiting.pop(0)
        page.goto(url)
        visited.append(url)
        expect(page.locator("h1, main h2").first).to_be_visible()
        assert "Publications Serif" in page.evaluate("getComputedStyle(document.body).fontFamily")
        assert page.evaluate(
            "document.fonts.ready.then(() => [...document.fonts].some(f => f.status === 'loaded'))"
        )
        assert page.evaluate("[...document.images].every(image => !image.complete || image.naturalWidth > 0)")
        links = page.evaluate(
            "[...document.querySelectorAll('main a[href], footer a[href]')].map(a => a.href.split('#')[0])"
        )
        own = [link for link in links if link.startswith(root) and link.endswith(".html")]
        waiting += [link for link in own if link not in (*visited, *waiting)]
    context.close()

    assert len(visited) == PAGES and any("/publications/" in url for url in visited)
    assert failed == []


def test_scripts_run_from_a_folder(browser, copy, complaints):
    page = browser.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    noted = next(
        file for file in sorted(copy.rglob("index.html")) if 'class="footnote-ref' in file.read_text("utf-8")
    )
    page.goto(noted.as_uri())

    page.locator(".footnote-ref").first.click()

    expect(page.locator(".note")).to_be_visible()
    page.close()


@pytest.mark.parametrize("name", ["copy", "topic_copy"])
def test_a_copy_in_a_folder_requests_nothing_from_the_network(browser, request, complaints, name):
    """Every page is opened, from the start page on, along every link that stays in the folder."""
    folder = request.getfixturevalue(name)
    context = browser.new_context(offline=True)
    page = context.new_page()
    requested: list[str] = []
    context.on("request", lambda sent: requested.append(sent.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    visited, waiting = set(), [(folder / "index.html").as_uri()]
    while waiting and len(visited) < MAX_PAGES:
        url = waiting.pop()
        page.goto(url)
        visited.add(url)
        links = page.evaluate("[...document.links].map(a => [a.href.split('#')[0], 'onWeb' in a.dataset])")
        local = {link for link, _is_on_web in links if link.startswith("file:")}
        assert all(link.startswith("https://site.example") for link, is_on_web in links if is_on_web)
        assert [link for link in local if not Path(unquote(urlsplit(link).path)).is_file()] == [], url
        waiting += [link for link in local if link.endswith(".html") and link not in (*visited, *waiting)]
    context.close()

    assert len(visited) > 3 and {urlsplit(url).scheme for url in requested} == {"file"}


def test_a_copy_of_a_topic_begins_with_its_page(browser, topic_copy):
    page = browser.new_page()
    page.goto((topic_copy / "index.html").as_uri())

    expect(page.locator("h1")).to_have_text("Belarus")
    page.locator("main a[href*='publications/']:not([data-on-web])").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url.startswith(topic_copy.as_uri())
    page.close()
