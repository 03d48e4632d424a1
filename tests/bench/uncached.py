"""Uncached pages over HTTP from a server as in production: its CPU, database included.

`render` measures the same pages within one process, without server, compression and page cache.
"""

import http.client
import time
from collections.abc import Iterable, Iterator
from itertools import batched
from pathlib import Path
from statistics import median
from urllib.parse import quote_plus

from .figures import Figure
from .serving import Server, site_server

PUBLICATION, LIST, SEARCH, FEED = 4, 5, 8, 15
"""Budgets in milliseconds of CPU."""
WARM_UP = 10
"""Publications that are requested first: they pay for what a process loads once."""
PUBLICATIONS, LIST_PAGES = 200, 50
ROUNDS = 5
"""Each type of page is requested in so many rounds; the figure is the median of their means."""
QUERIES = (
    "harvest", "topic 3", "author 12", "harvest topic", "bada", "bade bani", "“harvest of”", "harvest -bada", "har*",
    "author 7 harvest", "topic 41", "dari", "dare doni", "fado", "gula gani", "harvest 12", "kole", "lani -topic", "mora",
    "nesa tavi",
)  # fmt: skip
HEADERS = {"Host": "localhost", "Accept-Encoding": "gzip, br"}


def measure_uncached(folder: Path, addresses: list[str], publications: int) -> Iterator[Figure]:
    """Yield the CPU and the latency of each type of page.

    Args:
        folder: of the site that is served.
        addresses: of publications; more than `WARM_UP`, each is requested once.
        publications: how many publications the site has.
    """
    pages = {
        "publication": (addresses[WARM_UP : WARM_UP + PUBLICATIONS], PUBLICATION),
        f"list, pages 1–{LIST_PAGES}": (
            [f"/en/publications/?page={n}" for n in _list_pages(publications)],
            LIST,
        ),
        "search, twenty queries": ([f"/en/publications/?q={quote_plus(query)}" for query in QUERIES], SEARCH),
        "feed of 30 full texts": ([f"/en/feeds/topics/topic-{n}.atom" for n in range(20)], FEED),
    }
    with site_server(folder) as server:
        _request(server, addresses[:WARM_UP])
        for name, (paths, budget) in pages.items():
            cpu, latency = _measure(server, paths)
            yield Figure(f"{name}, uncached, of {publications}", cpu, "ms CPU", budget, p50=latency)


def _list_pages(publications: int) -> range:
    return range(1, 1 + min(LIST_PAGES, publications // 20))


def _measure(server: Server, paths: list[str]) -> tuple[float, float]:
    """Return the milliseconds of CPU of the server, and of latency, for one page."""
    size = max(1, len(paths) // ROUNDS)
    rounds = [_request(server, part) for part in batched(paths, size) if len(part) == size]
    cpu, latencies = zip(*rounds, strict=True)
    return median(cpu), median(latencies)


def _request(server: Server, paths: Iterable[str]) -> tuple[float, float]:
    """Request each path once, one after the other over one connection.

    Raises AssertionError where an address does not answer 200: an error page would be quick.
    """
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    cpu, start, count = server.cpu(), time.perf_counter(), 0
    for path in paths:
        connection.request("GET", path, headers=HEADERS)
        response = connection.getresponse()
        response.read()
        assert response.status == 200, f"{path} answers {response.status}"
        count += 1
    connection.close()
    return (server.cpu() - cpu) * 1000 / count, (time.perf_counter() - start) * 1000 / count
