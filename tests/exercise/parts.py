"""The parts of the exercise. Each yields its measurements beside their budgets."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from .alerts import killed_senders_and_server
from .bits import bits
from .crawler import crawler
from .crowds import crowds
from .disks import disk, kills
from .logs import logs
from .mails import killed_senders
from .measurements import Measurement, no_failures
from .mirrors import mirror_in_front
from .outages import clock, cut_off, stop
from .proxies import nginx
from .readers import Crowd, Reader, Results, open_connections, read_for, slow_readers
from .servers import Server, wait_until
from .sites import PAGES, Pair, one_site, publishing, stopping, two_servers, warm
from .unfinished_bodies import bodies

MAX_MS_IN_A_FLOOD = 250  # milliseconds, p99, of stored pages
MAX_MS_OF_NEW_PAGES = 1_000  # the same of pages and searches that nobody requested before
FLOODS = (16, 120)  # clients; the latter more than there are slots for pages
READER_ADDRESSES = [f"127.0.1.{number}" for number in range(1, 9)]
FLOOD_PATHS = [
    "/en/publications/no-such-publication-*/",
    "/en/publications/?q=word*",
    "/en/*",
    "/sv/publikationer/?q=ord*",
]


def hostile_connections(folder: Path) -> Iterator[Measurement]:
    """Connections held open, half a request, slow readers, headers that are too long: other readers do not notice."""
    with one_site(folder) as server:
        yield no_failures("no other client", read_for(server.port, PAGES, 3))
        with open_connections(server.port, 200):
            yield no_failures("200 silent connections", read_for(server.port, PAGES, 3))
        with open_connections(server.port, 200, b"GET / HTTP/1.1\r\nHost: localhost\r\n"):
            yield no_failures("200 requests that do not end", read_for(server.port, PAGES, 3))
        with slow_readers(server.port, "/en/publications/", 100):
            yield no_failures("100 slow readers of a list", read_for(server.port, PAGES, 3))
        with open_connections(
            server.port, 50, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Word: " + b"a" * 60_000
        ):
            status = Reader(server.port).get("/en/", X_Word="a" * 300_000)[0]
            yield no_failures("50 headers of 60 kB that do not end", read_for(server.port, PAGES, 3))
        yield Measurement("headers of 300 kB", str(status), "431", status == 431)


def reload(folder: Path) -> Iterator[Measurement]:
    """New processes in place of the old ones (kill -HUP), while readers read."""
    with one_site(folder) as server:
        for kind in ("keep-alive", "close"):
            before = set(server.processes()) - {server.process.pid}
            crowd = Crowd(server.port, PAGES, Connection=kind, pause=0.002)
            time.sleep(1)
            server.send(signal.SIGHUP)
            wait_until(
                lambda before=before: not before & set(server.processes()), what="the old processes are there"
            )
            time.sleep(1)
            yield no_failures(f"reload, connections {kind}", crowd.stop())


def two_app_servers(folder: Path) -> Iterator[Measurement]:
    """An action on one app server is visible on the other; either may die under load."""
    for pubsub in (False, True):
        with two_servers(_make_folder(folder / f"pubsub-{pubsub}"), pubsub=pubsub) as pair:
            yield _measure_visibility(
                pair, folder / f"pubsub-{pubsub}" / "first", "with pub/sub" if pubsub else "without pub/sub"
            )
            if pubsub:
                yield from _kill_in_turn(pair)


def _make_folder(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def _measure_visibility(pair: Pair, site_folder: Path, description: str) -> Measurement:
    times, reader = [], Reader(pair.second.port)
    with publishing(site_folder, pair.environment) as publish:
        publish("The first is slow")
        for number in range(8):
            reader.get("/en/publications/")
            stored, title = (
                publish(f"Barley {number} {description}"),
                f"Barley {number} {description}".encode(),
            )
            wait_until(
                lambda title=title: title in reader.get("/en/publications/")[2],
                what="the action is not seen",
                seconds=5,
            )
            times.append(time.time() - stored)
    return Measurement(
        f"an action is visible on the other, {description}",
        f"{sorted(times)[4]:.2f} s, at most {max(times):.2f}",
        "1 s",
        max(times) <= 1,
    )


def _kill_in_turn(pair: Pair) -> Iterator[Measurement]:
    for name, server in (("first", pair.first), ("second", pair.second)):
        crowd = Crowd(pair.balancer.port, PAGES, readers=6)
        time.sleep(2)
        server.kill()
        time.sleep(3)
        yield no_failures(f"the {name} app server killed", crowd.stop())
        server.start()
        server.wait()
        warm(server.port)
        time.sleep(3)  # the balancer tries it again


def database(folder: Path) -> Iterator[Measurement]:
    """PostgreSQL stops under load and starts again."""
    with two_servers(folder) as pair, publishing(folder / "first", pair.environment) as publish:
        publish("The first is slow")
        warm(pair.first.port)
        warm(pair.second.port)
        crowd = Crowd(pair.balancer.port, PAGES, readers=6, pause=0.002)
        time.sleep(2)
        pair.database.stop()
        time.sleep(8)
        pair.database.start()
        started_at = time.monotonic()
        for server in pair.both:
            wait_until(lambda port=server.port: _is_fresh(port), what="pages are stale", seconds=20)
        seconds = time.monotonic() - started_at
        time.sleep(1)
        results = crowd.stop()
        yield no_failures("PostgreSQL stopped for 8 s, stored pages", results)
        yield Measurement(
            "shown from memory in that time", f"{results.stale} answers", "some", results.stale > 0
        )
        yield Measurement("fresh after it is back", f"{seconds:.2f} s", "2 s", seconds <= 2)
        stored, title, reader = publish("Wheat after it"), b"Wheat after it", Reader(pair.second.port)
        wait_until(
            lambda: title in reader.get("/en/publications/")[2], what="the action is not seen", seconds=5
        )
        seconds = time.time() - stored
        yield Measurement("an action after that, seen on the other", f"{seconds:.2f} s", "1 s", seconds <= 1)


def _is_fresh(port: int) -> bool:
    status, head, _ = Reader(port).get("/en/", Accept_Encoding="gzip")
    return status == 200 and b"stale" not in head


def lock(folder: Path) -> Iterator[Measurement]:
    """A long write holds SQLite: readers do not notice."""
    with one_site(folder) as server:
        alone = read_for(server.port, PAGES, 3)
        with sqlite3.connect(folder / "site.sqlite3", isolation_level=None) as writer:
            writer.execute("BEGIN EXCLUSIVE")
            writer.execute("UPDATE django_migrations SET name = name")
            stored = read_for(server.port, PAGES, 4)
            rendered = read_for(server.port, ["/en/publications/no-such-publication-*/"], 3, readers=2)
            writer.execute("ROLLBACK")
        yield no_failures("no write", alone)
        yield no_failures("SQLite locked for 8 s, stored pages", stored)
        yield no_failures("the same, pages rendered", rendered)


def flood(folder: Path) -> Iterator[Measurement]:
    """Made-up addresses and searches, from few and many clients: a bare server keeps sending stored pages; behind nginx,
    which limits each client, new pages and searches work as well.
    """
    with one_site(folder) as server:
        for count in FLOODS:
            yield from _flood_bare_server(server, count)
        head = Reader(server.port).get("/en/")[1]
        status = "hit" if b"pages; hit" in head else "miss"
        yield Measurement("the home page after the flood", status, "hit", status == "hit")
        with stopping(nginx(folder, [server.port] * 2, has_limits=True)) as balancer:
            for count in FLOODS:
                yield from _flood_behind_limits(balancer, count)


def _flood_bare_server(server: Server, count: int) -> Iterator[Measurement]:
    """Measure stored pages in three pairs of rounds without and with a flood: the share of their speed in the median pair,
    and milliseconds. Pairs, since the machine may have other work.
    """
    alone, during, flooding = Results(), Results(), Results()
    ratios = []
    for _round in range(3):
        quiet = read_for(server.port, PAGES, 4)
        crowd = Crowd(server.port, FLOOD_PATHS, readers=count)
        time.sleep(1.5)
        results = read_for(server.port, PAGES, 4)
        flooding.add(crowd.stop())
        alone.add(quiet)
        during.add(results)
        ratios.append(results.per_second / quiet.per_second)
    ratio, slowest = sorted(ratios)[1], during.slowest()
    yield Measurement(
        f"bare server, {count} flooding clients: stored pages, of alone",
        f"{ratio:.2f} ({during.responses / 12:.0f} a second, {slowest:.0f} ms p99)",
        f"{MAX_MS_IN_A_FLOOD} ms",
        slowest <= MAX_MS_IN_A_FLOOD,
    )
    yield _count_faults(alone.failed + during.failed, flooding)


def _flood_behind_limits(balancer: Server, count: int) -> Iterator[Measurement]:
    """Measure readers who each have an address of their own beside clients that flood from one address."""
    paths = [*PAGES, "/en/publications/?q=grain*", "/en/no-such-page-*/"]
    readers = {
        "readers": len(READER_ADDRESSES),
        "pause": 0.2,
        "sources": READER_ADDRESSES,
    }  # each stays below the limit
    quiet = read_for(balancer.port, paths, 4, **readers)
    crowd = Crowd(balancer.port, FLOOD_PATHS, readers=count, sources=["127.0.2.1"])
    time.sleep(1.5)
    results = read_for(balancer.port, paths, 8, **readers)
    flooding = crowd.stop()
    failed, slowest = results.failed + results.statuses[429], results.slowest()
    yield Measurement(
        f"nginx, {count} flooding clients: pages and searches",
        f"{failed} of {results.responses} failed, {slowest:.0f} ms p99 (alone {quiet.slowest():.0f})",
        f"0 failed, {MAX_MS_OF_NEW_PAGES} ms",
        failed == 0 and slowest <= MAX_MS_OF_NEW_PAGES,
    )
    yield _count_faults(quiet.failed + failed, flooding)


def _count_faults(failed: int, flood: Results) -> Measurement:
    """Count failed readers, and responses to the flood that are errors and not limits."""
    faults = failed + flood.failed - flood.statuses[503]
    refused = f"{flood.statuses[503]} busy, {flood.statuses[429]} over the limit"
    return Measurement(
        "faults, readers and flood together", f"{faults}; of the flood {refused}", "0", faults == 0
    )


PARTS = {
    "front": mirror_in_front,
    "connections": hostile_connections,
    "reload": reload,
    "servers": two_app_servers,
    "database": database,
    "lock": lock,
    "flood": flood,
    "crowds": crowds,
    "crawler": crawler,
    "bodies": bodies,
    "logs": logs,
    "disk": disk,
    "kills": kills,
    "mail": killed_senders,
    "alerts": killed_senders_and_server,
    "clock": clock,
    "cut-off": cut_off,
    "stop": stop,
    "bits": bits,
}
