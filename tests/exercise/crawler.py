"""A reader of pages that nobody requested before, alone and while a crawler requests thousands of others."""

import itertools
import json
import multiprocessing
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.bench.databases import Site, copy, sites

from .measurements import Measurement
from .readers import Reader
from .servers import ROOT, site
from .sites import stopping

PUBLICATIONS = 20_000  # of the site, which the bench keeps in build/bench
CRAWLED_PAGES, CRAWLED_A_SECOND, CRAWLER_CONNECTIONS = 20_000, 50, 8
READ_A_SECOND, SECONDS_ALONE = 3, 60
MAX_MS = 50  # milliseconds, p99, of the reader
OK = 200
NO_RESPONSE = 0
TURN = (
    "publication",
    "list",
    "search",
    "publication",
    "topic",
    "publication",
    "list",
    "feed",
    "publication",
    "search",
)
"""The types of page that the reader requests by turns."""
SHOWN_PAGES = 5  # the slowest
TOPICS = 80


class Response(NamedTuple):
    """A response to one request. `status` is NO_RESPONSE if there was none."""

    path: str
    status: int
    milliseconds: float


def crawler(folder: Path) -> Iterator[Measurement]:
    """A crawler requests 20,000 pages at 50 a second; a reader requests other pages that are not cached (eight minutes)."""
    with copy(next(sites(PUBLICATIONS))) as copied:
        addresses = _read_addresses(copied)
        read_count = READ_A_SECOND * (SECONDS_ALONE + CRAWLED_PAGES // CRAWLED_A_SECOND)
        reader_paths, others = choose_paths(addresses, read_count)
        alone, beside = (
            reader_paths[: READ_A_SECOND * SECONDS_ALONE],
            reader_paths[READ_A_SECOND * SECONDS_ALONE :],
        )
        lists = (f"/sv/publikationer/?page={number}" for number in itertools.count(1))
        crawled = [*others, *itertools.islice(lists, CRAWLED_PAGES)][:CRAWLED_PAGES]
        spawn = multiprocessing.get_context("spawn")
        with (
            stopping(site(copied.folder).wait()) as server,
            ProcessPoolExecutor(2, mp_context=spawn) as processes,
        ):
            _load_templates(server.port)
            responses = processes.submit(request_in_time, server.port, alone, READ_A_SECOND).result()
            yield _measure("reader of pages that are not cached, alone", responses)
            crawl = processes.submit(
                request_in_time, server.port, crawled, CRAWLED_A_SECOND, CRAWLER_CONNECTIONS
            )
            responses = processes.submit(request_in_time, server.port, beside, READ_A_SECOND).result()
            yield _measure("the same beside a crawler", responses)
            for kind in dict.fromkeys(TURN):
                of_kind = [response for response in responses if _kind_of(response.path) == kind]
                yield _measure(f"  of these, {kind}", of_kind, has_budget=False)
            yield _show_slowest(responses)
            yield _measure_crawl(crawl.result())


def _read_addresses(site: Site) -> list[str]:
    command = [sys.executable, "-m", "tests.bench.inside", "addresses", str(PUBLICATIONS)]
    output = subprocess.run(
        command, cwd=ROOT, env=site.environment(), check=True, text=True, stdout=subprocess.PIPE
    ).stdout
    return json.loads(output)["publications"]


def choose_paths(addresses: Sequence[str], count: int) -> tuple[list[str], list[str]]:
    """Return so many different paths for the reader, by turns of each type, and the publications that it leaves."""
    publications = addresses[:: len(addresses) // count]
    paths = {
        "publication": iter(publications),
        "list": (f"/en/publications/?page={number}" for number in itertools.count(1)),
        "search": (f"/en/publications/?q={query}" for query in _queries()),
        "topic": (f"/{locale}/{topics}/topic-{n}/" for locale, topics in (("en", "topics"), ("sv", "amnen")) for n in range(TOPICS)),
        "feed": (f"/en/feeds/topics/topic-{n}.{format}" for format in ("atom", "rss") for n in range(TOPICS)),
    }  # fmt: skip
    chosen = [next(paths[kind]) for kind in itertools.islice(itertools.cycle(TURN), count)]
    read = set(chosen)
    return chosen, [path for path in addresses if path not in read]


def _queries() -> Iterator[str]:
    """Yield different queries of one, two and three words, most of which the generated texts have."""
    syllables = [a + b for a in "bdfgklmn" for b in "aeiou"]
    words = (first + second for first in syllables for second in syllables)
    for word in words:
        yield word
        yield f"{next(words)}+{next(words)}"
        yield f"{next(words)}+harvest+{next(words)}"


def _kind_of(path: str) -> str:
    if "?q=" in path:
        return "search"
    if "?page=" in path:
        return "list"
    names = {"feeds": "feed", "topics": "topic", "amnen": "topic", "publications": "publication"}
    return names[path.split("/")[2]]


def _load_templates(port: int) -> None:
    """Request one page of each type, none of them one that is measured: the first of a type loads what the others use."""
    reader = Reader(port)
    for path in (
        "/en/",
        "/sv/publikationer/?q=harvest",
        "/sv/publikationer/?country=topic-1",
        "/en/feeds/publications.atom",
    ):
        assert reader.get(path)[0] == OK, path
    reader.close()


def request_in_time(
    port: int, paths: Sequence[str], per_second: float, connections: int = 1
) -> list[Response]:
    """Request paths at this rate, each at its time or, if the connection still waits for a response, as soon as it can."""
    responses: list[Response] = []
    started_at = time.monotonic()

    def request_share(first: int) -> None:
        reader = Reader(port)
        for number in range(first, len(paths), connections):
            time.sleep(max(0.0, started_at + number / per_second - time.monotonic()))
            responses.append(_request(reader, paths[number]))

    threads = [threading.Thread(target=request_share, args=(first,)) for first in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return responses


def _request(reader: Reader, path: str) -> Response:
    requested_at = time.monotonic()
    try:
        status = reader.get(path, Accept_Encoding="gzip, br")[0]
    except (OSError, EOFError):
        reader.close()
        status = NO_RESPONSE
    return Response(path, status, (time.monotonic() - requested_at) * 1000)


def _measure(what: str, responses: Sequence[Response], *, has_budget: bool = True) -> Measurement:
    times = sorted(response.milliseconds for response in responses)
    failed = sum(response.status != OK for response in responses)
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    measured = f"{failed} of {len(times)} failed, p50 {p50:.0f}, p99 {p99:.0f}, max {times[-1]:.0f} ms"
    if not has_budget:
        return Measurement(what, measured, "", True)
    return Measurement(what, measured, f"0; {MAX_MS} ms p99", failed == 0 and p99 <= MAX_MS)


def _show_slowest(responses: Sequence[Response]) -> Measurement:
    slowest = sorted(responses, key=lambda response: -response.milliseconds)[:SHOWN_PAGES]
    return Measurement(
        "  the slowest", ", ".join(f"{response.path} {response.milliseconds:.0f}" for response in slowest), "", True
    )  # fmt: skip


def _measure_crawl(responses: Sequence[Response]) -> Measurement:
    """Count what failed; 503 with Retry-After is a failure too, as the crawl is far below what the site can render."""
    failed = sum(response.status != OK for response in responses)
    times = sorted(response.milliseconds for response in responses)
    return Measurement(
        f"the crawler, {CRAWLED_A_SECOND} pages a second",
        f"{failed} of {len(responses)} failed, {times[len(times) * 99 // 100]:.0f} ms p99",
        "0 failed",
        failed == 0,
    )
