"""Titles of pages: each page of the site has one of its own."""

import re
from collections import defaultdict
from html import unescape
from urllib.parse import urlencode, urljoin

import pytest

from publications import actions, demonstration
from tests.factories import make_author, make_live, make_many, make_person, make_tag, saved

pytestmark = pytest.mark.django_db

PAGE = re.compile(r"/(en|sv)/[^?]*(?<=/)(\?|$)")
QUERIES = ("?q=russia", "?q=russia&order=newest", "?q=russia&kind=commentary", "?q=qqzzqq", "?page=2")


def title_of(client, path: str) -> str:
    return _title(client.get(path).text)


def _title(html: str) -> str:
    return unescape(re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1])


def _linked_paths(path: str, html: str) -> set[str]:
    """Return the public paths that a page links to, and those of each option in its forms."""
    links = {
        urljoin(path, unescape(link)).partition("#")[0]
        for link in re.findall(r'<a [^>]*?href="([^"]+)"', html)
    }
    choices = set()
    if "?" not in path:  # each choice by itself: all their combinations are too many
        for name, options in re.findall(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', html, re.DOTALL):
            values = re.findall(r' value="([^"]+)"', options)
            choices |= {f"{path}?{urlencode({name: unescape(value)})}" for value in values}
    return {link for link in links | choices if PAGE.match(link)}


def _crawl(client, *queue: str) -> dict[str, str]:
    """Return each HTML page that can be reached, by its path."""
    pages, seen, queue = {}, set(), list(queue)
    while queue:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        response = client.get(path, follow=True)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        path = response.wsgi_request.get_full_path()
        pages[path] = response.text
        queue += _linked_paths(path, response.text)
    return pages


def _content(html: str) -> str:
    return re.search(r"<main.*?</main>", html, re.DOTALL)[0]


@pytest.mark.usefixtures("shared_renditions")
def test_no_two_pages_of_the_demonstration_have_one_title(client):
    demonstration.load(by=make_person("Administrators"), write=lambda _line: None)
    lists = ("/en/publications/", "/sv/publikationer/")
    pages = _crawl(client, "/en/", "/sv/", *(path + query for path in lists for query in QUERIES))

    contents_by_title = defaultdict(dict)
    for path, html in pages.items():
        contents_by_title[path[:4], _title(html)].setdefault(
            _content(html), path
        )  # one page may have two addresses
    similar = {
        title: list(contents.values()) for title, contents in contents_by_title.items() if len(contents) > 1
    }

    assert len(pages) > 250 and similar == {}


@pytest.fixture
def edition():
    """Published in three editions, with much beside it."""
    author, tag = make_author("Ann Berg"), make_tag("Energy", name_sv="Energi")
    make_many(45, author=author, tag=tag)
    live = make_live(title="On Minsk", slug="on-minsk", author=author, tags=(tag,))
    for body in ("Second.", "Third."):
        live = actions.publish(saved(live.publication, body=body), by=None, change="update")
    return live


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/en/publications/", "Publications"),
        ("/en/publications/?page=2", "Publications – page 2"),
        ("/en/publications/?topic=energy&kind=quick-comment", "Publications: Quick Comment, Energy"),
        ("/sv/publikationer/?topic=energy&page=2", "Publikationer: Energi – sida 2"),
        ("/en/publications/?q=on+minsk", "Publications: “on minsk”"),
        ("/en/publications/?q=minsk&author=ann-berg&order=newest", "Publications: “minsk”, Ann Berg, newest first"),
        ("/sv/publikationer/?q=minsk&order=newest", "Publikationer: ”minsk”, nyast först"),
        ("/en/authors/ann-berg/", "Ann Berg"),
        ("/en/authors/ann-berg/?page=3", "Ann Berg – page 3"),
        ("/sv/forfattare/ann-berg/?page=3", "Ann Berg – sida 3"),
        ("/en/publications/on-minsk/", "On Minsk"),
        ("/en/publications/on-minsk/editions/", "Editions: On Minsk"),
        ("/en/publications/on-minsk/editions/1/", "On Minsk – edition 1 of 3"),
        ("/en/publications/on-minsk/editions/3/", "On Minsk – edition 3 of 3"),
        ("/en/publications/on-minsk/editions/3/changes/", "What changed from edition 2 to edition 3: On Minsk"),
        ("/en/publications/on-minsk/editions/3/changes/?from=1", "What changed from edition 1 to edition 3: On Minsk"),
        ("/en/publications/on-minsk/share/mastodon/", "Share on Mastodon: On Minsk"),
    ],
)  # fmt: skip
def test_a_title_says_which_page_it_is(client, edition, path, title):
    assert title_of(client, path) == f"{title} – SCEEUS"


@pytest.mark.parametrize(("length", "is_small"), [(80, False), (81, True)])
def test_a_long_title_is_set_smaller_on_each_page_of_a_publication_and_in_lists(client, length, is_small):
    edition = make_live(title="x" * length)
    actions.publish(saved(edition.publication, body="Second."), by=None)
    path = edition.get_absolute_url()

    for page in (
        path,
        f"{path}editions/1/",
        f"{path}editions/",
        f"{path}editions/2/changes/",
        "/en/publications/",
    ):
        response = client.get(page)
        assert response.status_code == 200, page
        assert ('data-length="long"' in response.text) is is_small, page
