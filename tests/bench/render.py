"""Rendering of pages in this process, without server and page cache."""

import re
import statistics
from collections.abc import Iterator
from io import BytesIO

from .figures import Figure

ROUNDS = 40
PUBLICATION, OTHER = 3, 6  # budgets in milliseconds of CPU
MAX_RATIO = 1.5  # of the last page of the list to the first


def addresses(count: int) -> dict[str, list[str]]:
    """Return the addresses of the `count` newest live publications and of the sitemap, with its parts if it has any."""
    from django.core.handlers.wsgi import WSGIHandler

    from publications.models import Edition

    sitemap = _request(WSGIHandler(), "/sitemap.xml").decode()
    parts = re.findall(r"<loc>https?://[^/<]+(/[^<]+\.xml)</loc>", sitemap)
    return {
        "publications": [
            edition.get_absolute_url() for edition in Edition.objects.live().newest_first()[:count]
        ],
        "sitemap": ["/sitemap.xml", *parts],
    }


def render(site: str, paths: list[str], last: int) -> Iterator[Figure]:
    """Yield the CPU of every type of page within one site version, and of the first page in it.

    The first page of its type also computes what all of them share (counts of each topic, author, year).
    """
    pages = {
        "publication": (paths, PUBLICATION),
        "home": (["/en/"], OTHER),
        "list page 1": (["/en/publications/"], OTHER),
        f"list page {last}": ([f"/en/publications/?page={last}"], OTHER),
        "list of a topic": (["/en/publications/?topic=topic-0"], OTHER),
        "topic": (["/en/topics/topic-0/"], OTHER),
        "search": (["/en/publications/?q=harvest"], None),
        "feed": (["/en/feeds/publications.atom"], None),
    }
    cpu_by_page = {}
    for name, (page_paths, budget) in pages.items():
        first, cpu, queries = _measure(page_paths)
        cpu_by_page[name] = cpu
        yield Figure(f"{name}, rendered, {site}", cpu, "ms CPU", budget)
        yield Figure(f"{name}, rendered first after an action, {site}", first, "ms CPU")
        yield Figure(f"{name}, rendered, {site}: queries", queries, "")
    ratio = cpu_by_page[f"list page {last}"] / cpu_by_page["list page 1"]
    yield Figure(f"list page {last} ÷ page 1, {site}", ratio, "", MAX_RATIO)


def _measure(paths: list[str]) -> tuple[float, float, int]:
    """Return the CPU of the first page and of each after it, the database included, and the number of queries."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection

    from publications.models import read_site_state, site_state_scope
    from tests.figures.search import Clock, cpu_of

    application = WSGIHandler()
    _request(application, paths[0])  # loads what a process loads once
    clock = Clock()
    with site_state_scope(read_site_state()):
        first = cpu_of(clock, lambda: _request(application, paths[0]))
        statements = []
        with connection.execute_wrapper(lambda execute, *args: statements.append(1) or execute(*args)):
            _request(application, paths[0])
        times = [
            cpu_of(clock, lambda n=n: _request(application, paths[n % len(paths)])) for n in range(ROUNDS)
        ]
    return first, statistics.median(times), len(statements)


def _request(application, path: str) -> bytes:
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }  # fmt: skip
    statuses = []
    response = application(environ, lambda status, headers: statuses.append(status))
    body = b"".join(response)
    response.close()
    assert statuses[0].startswith("200"), f"{path} answers {statuses[0]}"
    return body
