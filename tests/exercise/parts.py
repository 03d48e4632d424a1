"""What is exercised. Each part yields what it measured beside what it may be."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from .crowds import crowds
from .disks import disk, kills
from .lines import Line, failed_none
from .logs import logs
from .machines import Server, manage, nginx, until
from .outages import clock, cut_off, stop
from .readers import Crowd, Reader, Told, held_open, reads, slow_readers
from .sites import PAGES, Pair, one_site, publishing, stopping, two_servers, warm
from .unfinished_bodies import bodies

SLOWEST_IN_A_FLOOD = 250  # milliseconds, p99
STRANGE = [
    "/en/publications/no-such-piece-*/",
    "/en/publications/?q=word*",
    "/en/*",
    "/sv/publikationer/?q=ord*",
]


def strangers(folder: Path) -> Iterator[Line]:
    """Connections held open, half a request, slow readers, heads that are too long: other readers do not notice."""
    with one_site(folder) as server:
        yield failed_none("nobody else", reads(server.port, PAGES, 3))
        with held_open(server.port, 200):
            yield failed_none("200 connections that say nothing", reads(server.port, PAGES, 3))
        with held_open(server.port, 200, b"GET / HTTP/1.1\r\nHost: localhost\r\n"):
            yield failed_none("200 requests that do not end", reads(server.port, PAGES, 3))
        with slow_readers(server.port, "/en/publications/", 100):
            yield failed_none("100 slow readers of a list", reads(server.port, PAGES, 3))
        with held_open(server.port, 50, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Word: " + b"a" * 60_000):
            status = Reader(server.port).get("/en/", X_Word="a" * 300_000)[0]
            yield failed_none("50 heads of 60 kB that do not end", reads(server.port, PAGES, 3))
        yield Line("a head of 300 kB", str(status), "431", status == 431)


def reload(folder: Path) -> Iterator[Line]:
    """New processes in place of the old ones (kill -HUP), while readers read."""
    with one_site(folder) as server:
        for kind in ("keep-alive", "close"):
            before = set(server.processes()) - {server.process.pid}
            crowd = Crowd(server.port, PAGES, Connection=kind, pause=0.002)
            time.sleep(1)
            server.send(signal.SIGHUP)
            until(
                lambda before=before: not before & set(server.processes()), what="the old processes are there"
            )
            time.sleep(1)
            yield failed_none(f"reload, connections {kind}", crowd.stop())


def neighbours(folder: Path) -> Iterator[Line]:
    """A deed on one app server is seen on the other; either may die under load."""
    for bell in (False, True):
        with two_servers(_made(folder / f"bell-{bell}"), bell=bell) as pair:
            yield _seen(pair, folder / f"bell-{bell}" / "first", "with a bell" if bell else "without a bell")
            if bell:
                yield from _killed(pair)


def _made(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def _seen(pair: Pair, home: Path, how: str) -> Line:
    times, reader = [], Reader(pair.second.port)
    with publishing(home, pair.environment) as publish:
        publish("The first is slow")
        for number in range(8):
            reader.get("/en/publications/")
            stored, title = publish(f"Barley {number} {how}"), f"Barley {number} {how}".encode()
            until(
                lambda title=title: title in reader.get("/en/publications/")[2],
                what="the deed is not seen",
                seconds=5,
            )
            times.append(time.time() - stored)
    return Line(
        f"a deed is seen on the other, {how}",
        f"{sorted(times)[4]:.2f} s, at most {max(times):.2f}",
        "1 s",
        max(times) <= 1,
    )


def _killed(pair: Pair) -> Iterator[Line]:
    for name, server in (("first", pair.first), ("second", pair.second)):
        crowd = Crowd(pair.balancer.port, PAGES, readers=6)
        time.sleep(2)
        server.kill()
        time.sleep(3)
        yield failed_none(f"the {name} app server killed", crowd.stop())
        server.start()
        server.wait()
        warm(server.port)
        time.sleep(3)  # the balancer tries it again


def database(folder: Path) -> Iterator[Line]:
    """PostgreSQL stops in mid-traffic and comes back."""
    with two_servers(folder) as pair, publishing(folder / "first", pair.environment) as publish:
        publish("The first is slow")
        warm(pair.first.port)
        warm(pair.second.port)
        crowd = Crowd(pair.balancer.port, PAGES, readers=6, pause=0.002)
        time.sleep(2)
        pair.database.stop()
        time.sleep(8)
        pair.database.start()
        back = time.monotonic()
        for server in pair.both:
            until(lambda port=server.port: _is_fresh(port), what="pages are stale", seconds=20)
        took = time.monotonic() - back
        time.sleep(1)
        told = crowd.stop()
        yield failed_none("PostgreSQL away for 8 s, stored pages", told)
        yield Line("shown from memory meanwhile", f"{told.stale} answers", "some", told.stale > 0)
        yield Line("fresh after it is back", f"{took:.2f} s", "2 s", took <= 2)
        stored, title, reader = publish("Wheat after it"), b"Wheat after it", Reader(pair.second.port)
        until(lambda: title in reader.get("/en/publications/")[2], what="the deed is not seen", seconds=5)
        took = time.time() - stored
        yield Line("a deed after that, seen on the other", f"{took:.2f} s", "1 s", took <= 1)


def _is_fresh(port: int) -> bool:
    status, head, _ = Reader(port).get("/en/", Accept_Encoding="gzip")
    return status == 200 and b"stale" not in head


def lock(folder: Path) -> Iterator[Line]:
    """A long write holds SQLite: readers do not notice."""
    with one_site(folder) as server:
        alone = reads(server.port, PAGES, 3)
        with sqlite3.connect(folder / "site.sqlite3", isolation_level=None) as writer:
            writer.execute("BEGIN EXCLUSIVE")
            writer.execute("UPDATE publications_generation SET number = number")
            stored = reads(server.port, PAGES, 4)
            made = reads(server.port, ["/en/publications/no-such-piece-*/"], 3, readers=2)
            writer.execute("ROLLBACK")
        yield failed_none("no write", alone)
        yield failed_none("SQLite locked for 8 s, stored pages", stored)
        yield failed_none("the same, pages made anew", made)


def flood(folder: Path) -> Iterator[Line]:
    """Unknown addresses and searches without end, by few and by many: stored pages go on, the home page stays."""
    with one_site(folder) as server:
        yield from _flooded(server, by=16)
        yield from _flooded(server, by=120)  # more than there are slots
        head = Reader(server.port).get("/en/")[1]
        yield Line(
            "the home page after the flood",
            "hit" if b"pages; hit" in head else "miss",
            "hit",
            b"pages; hit" in head,
        )


def _flooded(server: Server, *, by: int) -> Iterator[Line]:
    """Stored pages in three pairs of rounds, since the machine may have other work, without and with so many strangers:
    what part of their speed alone is left, in the middle pair, and how many milliseconds each takes.
    """
    alone, during, strange = Told(), Told(), Told()
    ratios = []
    for _round in range(3):
        quiet = reads(server.port, PAGES, 4)
        crowd = Crowd(server.port, STRANGE, readers=by)
        time.sleep(1.5)
        told = reads(server.port, PAGES, 4)
        strange.add(crowd.stop())
        alone.add(quiet)
        during.add(told)
        ratios.append(told.per_second / quiet.per_second)
    ratio, refused = sorted(ratios)[1], strange.statuses[503]
    slowest = during.slowest()
    yield Line(
        f"stored pages, {by} who flood, of alone",
        f"{ratio:.2f} ({during.answers / 12:.0f} a second, {slowest:.0f} ms p99)",
        f"{SLOWEST_IN_A_FLOOD} ms",
        slowest <= SLOWEST_IN_A_FLOOD,
    )
    faults = alone.failed + during.failed + strange.failed - refused
    yield Line(
        "faults, readers and flood together",
        f"{faults} of {alone.answers + during.answers + strange.answers}, {refused} told to come again",
        "0",
        faults == 0,
    )


def front(folder: Path) -> Iterator[Line]:
    """The mirror in front: pages without an app server, the headers of the application, secrets in no log."""
    with one_site(folder) as server:
        address = f"sqlite:///{folder}/site.sqlite3"
        manage("mirror", str(folder / "mirror"), SITE_DATA=str(folder), DATABASE_URL=address)
        for path in (folder, folder / "mirror", *(folder / "mirror").rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        with stopping(nginx(folder, [server.port] * 2, mirror=str(folder / "mirror"))) as balancer:
            reader = Reader(balancer.port)
            there, here = reader.get("/en/", Accept_Encoding="gzip")[1], Reader(server.port).get("/en/")[1]
            missing = [name for name in GUARDING if _field(there, name) != _field(here, name)]
            yield Line(
                "headers that differ from the application's",
                ", ".join(missing) or "none",
                "none",
                not missing,
            )
            reader.get("/desk/review/open-sesame/", Referer="http://localhost/desk/review/open-sesame/")
            until(
                lambda: "/desk/review" in (folder / "access.log").read_text(),
                what="nothing is logged",
                seconds=5,
            )
            told = "open-sesame" in (folder / "access.log").read_text()
            yield Line("a review link in the access log", "told" if told else "masked", "masked", not told)
            server.kill()
            yield failed_none("pages of the mirror, no app server", reads(balancer.port, PAGES, 3))


GUARDING = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cache-control",
)


def _field(head: bytes, name: str) -> list[str]:
    lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")]
    return [value for found, _, value in lines if found.lower() == name]


PARTS = {
    "front": front,
    "strangers": strangers,
    "reload": reload,
    "neighbours": neighbours,
    "database": database,
    "lock": lock,
    "flood": flood,
    "crowds": crowds,
    "bodies": bodies,
    "logs": logs,
    "disk": disk,
    "kills": kills,
    "clock": clock,
    "cut-off": cut_off,
    "stop": stop,
}
