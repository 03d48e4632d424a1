"""Rendering of pages in this process, without server and page cache."""

import statistics
import time
from collections.abc import Iterator
from io import BytesIO

from .figures import Figure

ROUNDS = 40
PUBLICATION, OTHER = 3, 6  # budgets in milliseconds of CPU
MAX_RATIO = 1.5  # of the last page of the list to the first


def addresses(count: int) -> list[str]:
    """Return the addresses of the `count` newest live publications."""
    from publications.models import Edition

    return [edition.get_absolute_url() for edition in Edition.objects.live().newest_first()[:count]]


def render(paths: list[str], last: int) -> Iterator[Figure]:
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
        yield Figure(f"{name}, rendered", cpu, "ms CPU", budget)
        yield Figure(f"{name}, rendered first after an action", first, "ms CPU")
        yield Figure(f"{name}, rendered: queries", queries, "")
    ratio = cpu_by_page[f"list page {last}"] / cpu_by_page["list page 1"]
    yield Figure(f"list page {last} ÷ page 1", ratio, "", MAX_RATIO)


def _measure(paths: list[str]) -> tuple[float, float, int]:
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection

    from publications.models import read_site_state, site_state_scope

    application = WSGIHandler()
    _request(application, paths[0])  # loads what a process loads once
    with site_state_scope(read_site_state()):
        first = _cpu(lambda: _request(application, paths[0]))
        statements = []
        with connection.execute_wrapper(lambda execute, *args: statements.append(1) or execute(*args)):
            _request(application, paths[0])
        times = [_cpu(lambda n=n: _request(application, paths[n % len(paths)])) for n in range(ROUNDS)]
    return first, statistics.median(times), len(statements)


def _cpu(call) -> float:
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


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
