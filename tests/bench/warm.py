"""Pages that are in memory, from the server, beside nginx with the same pages as files."""

import gzip
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .serving import Server, nginx_server, site_server

ROUNDS, SECONDS = 5, 0.6
MANY = 500
GZIP = {"Accept-Encoding": "gzip"}
BUDGETS = {"HTML": 15_000, "styles": 12_000, "scripts": 4_000}

Asked = list[tuple[str, dict[str, str]]]


def warm(folder: Path, addresses: list[str], last: int) -> Iterator[Figure]:
    """Figures of every type of page; `addresses` are those of pieces, `last` the number of the last page of the list."""
    with site_server(folder) as site, tempfile.TemporaryDirectory() as place:
        params = _asked(site, addresses, last)
        paths = dict.fromkeys(path for requests in params.values() for path, _headers in requests)
        names = {path: f"page-{number}.html" for number, path in enumerate(paths)}
        bodies = {names[path]: _compressed(site, path) for path in paths}
        with nginx_server(bodies, Path(place)) as nginx:
            for name, requests in params.items():
                yield _compared(name, site, requests, nginx, names)
        yield Figure("memory of the server", site.memory(), "MB")
        yield from _weights(site, addresses[0])


def _asked(site: Server, addresses: list[str], last: int) -> dict[str, Asked]:
    def one(path: str, **more: str) -> Asked:
        return [(path, {**GZIP, **more})]

    _body, headers = site.fetch(addresses[0], **GZIP)
    return {
        "piece, warm": one(addresses[0]),
        f"{len(addresses[:MANY])} different pieces, warm": [(path, GZIP) for path in addresses[:MANY]],
        "home, warm": one("/en/"),
        "list page 1, warm": one("/en/publications/"),
        f"list page {last}, warm": one(f"/en/publications/?page={last}"),
        "topic, warm": one("/en/topics/topic-0/"),
        "search, warm": one("/en/publications/?q=harvest"),
        "feed, warm": one("/en/feeds/publications.atom"),
        "piece unchanged (304), warm": one(addresses[0], **{"If-None-Match": headers["etag"]}),
    }


def _compressed(site: Server, path: str) -> bytes:
    body, headers = site.fetch(path, **GZIP)
    return body if headers.get("content-encoding") == "gzip" else gzip.compress(body)


def _compared(
    name: str, site: Server, requests: Asked, nginx: Server | None, names: dict[str, str]
) -> Figure:
    """Rounds in turn, so that what else the machine does meets both; the ratio is the median of those of the pairs."""
    theirs = [(f"/{names[path]}", GZIP) for path, _headers in requests]
    ours, ratios = [], []
    for _round in range(ROUNDS):
        ours.append(site.ask(requests, SECONDS))
        if nginx:
            ratios.append(ours[-1]["cpu"] / (nginx.ask(theirs, SECONDS)["cpu"] or 1))
    best = {key: statistics.median(each[key] for each in ours) for key in ("cpu", "rate", "p50", "p99")}
    return Figure(
        name, best["cpu"], "µs CPU", budget=2, of_nginx=True,
        nginx=statistics.median(ratios) if ratios else None,
        rate=best["rate"], p50=best["p50"], p99=best["p99"],
    )  # fmt: skip


def _weights(site: Server, path: str) -> Iterator[Figure]:
    """Bytes over the wire at the first view of a piece."""
    html = gzip.decompress(_compressed(site, path)).decode()
    files = {part.split('"')[0] for part in html.split('"/static/')[1:]}
    kinds = {"styles": ".css", "scripts": ".js"}
    yield Figure("piece on the wire: HTML", len(_compressed(site, path)), "bytes", BUDGETS["HTML"])
    for kind, ending in kinds.items():
        size = sum(
            len(_compressed(site, f"/static/{name}"))
            for name in files
            if name.endswith(ending) and "print" not in name
        )
        yield Figure(f"piece on the wire: {kind}", size, "bytes", BUDGETS[kind])
