"""Cached pages over HTTP, beside nginx with the same pages as files."""

import gzip
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .databases import Site
from .figures import Figure
from .serving import Server, nginx_server, site_server

ROUNDS, SECONDS = 5, 0.6
DIFFERENT_PUBLICATIONS = 500  # different publications
GZIP = {"Accept-Encoding": "gzip"}
BUDGETS = {"HTML": 15_000, "styles": 12_000, "scripts": 4_000}

Requests = list[tuple[str, dict[str, str]]]


def warm(site: Site, addresses: list[str], last: int) -> Iterator[Figure]:
    """Yield figures of every type of page.

    Args:
        addresses: of publications.
        last: number of the last page of the list.
    """
    with site_server(site) as server, tempfile.TemporaryDirectory() as nginx_folder:
        requests_by_name = _build_requests(server, addresses, last)
        paths = dict.fromkeys(path for requests in requests_by_name.values() for path, _headers in requests)
        names = {path: f"page-{number}.html" for number, path in enumerate(paths)}
        bodies = {names[path]: _fetch_compressed(server, path) for path in paths}
        with nginx_server(bodies, Path(nginx_folder)) as nginx:
            for name, requests in requests_by_name.items():
                yield _compare(name, server, requests, nginx, names)
        yield Figure("memory of the server", server.memory(), "MB")
        yield from _measure_transfer(server, addresses[0])


def _build_requests(site: Server, addresses: list[str], last: int) -> dict[str, Requests]:
    def single(path: str, **headers: str) -> Requests:
        return [(path, {**GZIP, **headers})]

    _body, headers = site.fetch(addresses[0], **GZIP)
    return {
        "publication, warm": single(addresses[0]),
        f"{len(addresses[:DIFFERENT_PUBLICATIONS])} different publications, warm": [
            (path, GZIP) for path in addresses[:DIFFERENT_PUBLICATIONS]
        ],
        "home, warm": single("/en/"),
        "list page 1, warm": single("/en/publications/"),
        f"list page {last}, warm": single(f"/en/publications/?page={last}"),
        "topic, warm": single("/en/topics/topic-0/"),
        "search, warm": single("/en/publications/?q=harvest"),
        "feed, warm": single("/en/feeds/publications.atom"),
        "publication unchanged (304), warm": single(addresses[0], **{"If-None-Match": headers["etag"]}),
    }


def _fetch_compressed(site: Server, path: str) -> bytes:
    body, headers = site.fetch(path, **GZIP)
    return body if headers.get("content-encoding") == "gzip" else gzip.compress(body)


def _compare(
    name: str, site: Server, requests: Requests, nginx: Server | None, names: dict[str, str]
) -> Figure:
    """Measure both servers in alternating rounds, so that other load affects both; the ratio is the median of the pairs."""
    nginx_requests = [(f"/{names[path]}", GZIP) for path, _headers in requests]
    measurements, ratios = [], []
    for _round in range(ROUNDS):
        measurements.append(site.load(requests, SECONDS))
        if nginx:
            ratios.append(measurements[-1]["cpu"] / (nginx.load(nginx_requests, SECONDS)["cpu"] or 1))
    medians = {
        key: statistics.median(measurement[key] for measurement in measurements)
        for key in ("cpu", "rate", "p50", "p99")
    }
    return Figure(
        name, medians["cpu"], "µs CPU", budget=2, limits_ratio=True,
        nginx_ratio=statistics.median(ratios) if ratios else None,
        rate=medians["rate"], p50=medians["p50"], p99=medians["p99"],
    )  # fmt: skip


def _measure_transfer(site: Server, path: str) -> Iterator[Figure]:
    """Yield the bytes over the wire at the first view of a publication."""
    html = gzip.decompress(_fetch_compressed(site, path)).decode()
    files = {part.split('"')[0] for part in html.split('"/static/')[1:]}
    kinds = {"styles": ".css", "scripts": ".js"}
    yield Figure(
        "publication on the wire: HTML", len(_fetch_compressed(site, path)), "bytes", BUDGETS["HTML"]
    )
    for kind, ending in kinds.items():
        size = sum(
            len(_fetch_compressed(site, f"/static/{name}"))
            for name in files
            if name.endswith(ending) and "print" not in name
        )
        yield Figure(f"publication on the wire: {kind}", size, "bytes", BUDGETS[kind])
