"""Pages that are not in the page cache, over HTTP from a server as in production: its CPU, database included.

Two cases: pages that nobody has requested from this process, and pages that were all requested once and are requested
again after one publication was published by another process.
"""

import http.client
import time
from collections.abc import Iterable, Iterator
from itertools import batched
from statistics import median
from typing import NamedTuple
from urllib.parse import quote_plus

from .databases import Site, copy
from .figures import Figure
from .serving import Server, site_server
from .writing import publisher, wait_until_visible

WARM_UP = 10
"""Publications that are requested first: they pay for what a process loads once."""
PUBLICATIONS, LIST_PAGES, TOPICS, SITEMAP_FILES, HARVESTS = 200, 50, 20, 5, 5
LISTS = ("/en/publications/", "/sv/publikationer/")
ROUNDS = 5
"""Each type of page is requested in so many rounds; the figure is the median of their means."""
QUERIES = (
    "harvest", "topic 3", "author 12", "harvest topic", "bada", "bade bani", "“harvest of”", "harvest -bada", "har*",
    "author 7 harvest", "topic 41", "dari", "dare doni", "fado", "gula gani", "harvest 12", "kole", "lani -topic", "mora",
    "nesa tavi",
)  # fmt: skip
HEADERS = {"Host": "localhost", "Accept-Encoding": "gzip, br"}


class PageType(NamedTuple):
    """Different addresses of one type, and its budget in milliseconds of CPU on SQLite and on PostgreSQL."""

    paths: list[str]
    budget: float | None = None
    postgresql_budget: float | None = None

    def budget_on(self, site: Site) -> float | None:
        return self.postgresql_budget if site.database_url and self.postgresql_budget else self.budget


def page_types(publications: int, addresses: dict[str, list[str]]) -> dict[str, PageType]:
    """Return the types of page by name, with the addresses that `render.addresses` returned; `WARM_UP` are left out."""
    last_page = publications // 20
    lists = range(1, 1 + min(LIST_PAGES, last_page))
    late_lists = range(1 + last_page - len(lists) // len(LISTS), 1 + last_page)
    return {
        "publication": PageType(addresses["publications"][WARM_UP:], 4),
        f"list, pages 1–{LIST_PAGES}": PageType([f"/en/publications/?page={n}" for n in lists], 5),
        "topic": PageType([f"/en/topics/topic-{n}/" for n in range(TOPICS)]),
        "search, twenty queries": PageType(
            [f"/en/publications/?q={quote_plus(query)}" for query in QUERIES], 8, 15
        ),
        "feed of 30 full texts": PageType([f"/en/feeds/topics/topic-{n}.atom" for n in range(TOPICS)], 15),
        f"list, last {LIST_PAGES} pages": PageType(
            [f"{path}?page={n}" for n in late_lists for path in LISTS], 10
        ),
        "sitemap, each file": PageType(addresses["sitemap"][:SITEMAP_FILES]),
        "OAI-PMH, a page of records": PageType(["/oai?verb=ListRecords&metadataPrefix=oai_dc"] * HARVESTS),
    }


def measure_uncached(site: Site, addresses: dict[str, list[str]]) -> Iterator[Figure]:
    """Yield the CPU and the latency of each type of page on a copy of the site, in both cases."""
    pages = page_types(site.publications, addresses)
    with copy(site) as own, site_server(own) as server, publisher(own) as publish:
        request_all(server, addresses["publications"][:WARM_UP])
        yield from _measure(server, site, pages, "never requested")
        wait_until_visible(server, publish())
        yield from _measure(server, site, pages, "again after a change")


def _measure(server: Server, site: Site, pages: dict[str, PageType], case: str) -> Iterator[Figure]:
    for name, page_type in pages.items():
        size = max(1, len(page_type.paths) // ROUNDS)
        rounds = [request_all(server, part) for part in batched(page_type.paths, size) if len(part) == size]
        latencies = sorted(latency for _cpu, times in rounds for latency in times)
        yield Figure(
            f"{name}, {case}, {site}",
            median(cpu for cpu, _times in rounds),
            "ms CPU",
            page_type.budget_on(site),
            p50=median(latencies),
            p99=latencies[len(latencies) * 99 // 100],
        )


def request_all(server: Server, paths: Iterable[str]) -> tuple[float, list[float]]:
    """Request each path once, one after the other over one connection; return the CPU of a page and the latencies, in
    milliseconds.

    Raises:
        AssertionError: an address does not answer 200; an error page would be quick.
    """
    connection, latencies = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60), []
    cpu = server.cpu()
    for path in paths:
        start = time.perf_counter()
        connection.request("GET", path, headers=HEADERS)
        response = connection.getresponse()
        response.read()
        latencies.append((time.perf_counter() - start) * 1000)
        assert response.status == 200, f"{path} answers {response.status}"
    connection.close()
    return (server.cpu() - cpu) * 1000 / len(latencies), latencies
