"""Sites to exercise: one app server, or two behind a balancer, and a process that publishes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from .proxies import nginx
from .readers import Reader
from .servers import ROOT, PostgreSQL, Server, manage, redis, site

PAGES = ["/en/", "/en/publications/", "/en/authors/", "/en/topics/", "/sv/", "/en/about/"]


@contextmanager
def one_site(folder: Path) -> Iterator[Server]:
    """Serve the demonstration on SQLite from one app server with all its pages in memory."""
    address = f"sqlite:///{folder}/site.sqlite3"
    manage("prepare", SITE_DATA=str(folder), DATABASE_URL=address)
    with stopping(site(folder, DATABASE_URL=address).wait()) as server:
        warm(server.port)
        yield server


@contextmanager
def stopping(*servers):
    try:
        yield servers[0] if len(servers) == 1 else servers
    finally:
        for server in servers:
            server.stop()


def warm(port: int) -> None:
    reader = Reader(port)
    for path in PAGES:
        assert reader.get(path, Accept_Encoding="gzip")[0] == 200, path
    reader.close()


class Pair(NamedTuple):
    """Two app servers on one database, each with a folder of its own as on a machine of its own, and a balancer."""

    first: Server
    second: Server
    balancer: Server
    database: PostgreSQL
    environment: dict[str, str]

    @property
    def both(self) -> list[Server]:
        return [self.first, self.second]


@contextmanager
def two_servers(folder: Path, *, pubsub: bool = True) -> Iterator[Pair]:
    with ExitStack() as stack:
        database = stack.enter_context(stopping(PostgreSQL(folder / "cluster")))
        variables = {"DATABASE_URL": database.url, "SECRET_KEY": "x" * 50}
        if pubsub:
            variables["CACHE_URL"] = (
                f"redis://127.0.0.1:{stack.enter_context(stopping(redis(folder))).port}/0"
            )
        servers = []
        for name in ("first", "second"):
            site_folder = folder / name
            site_folder.mkdir()
            manage("prepare", SITE_DATA=str(site_folder), **variables)
            servers.append(stack.enter_context(stopping(site(site_folder, **variables))))
        for server in servers:
            server.wait()
            warm(server.port)
        balancer = stack.enter_context(stopping(nginx(folder, [server.port for server in servers])))
        yield Pair(*servers, balancer, database, variables)


PUBLISH = """
import django.db, time, sys
django.setup()
from publications import actions
from tests.factories import make_publication
for line in sys.stdin:
    django.db.close_old_connections()
    edition = actions.publish(make_publication(title=line.strip()), by=None)
    print(time.time(), flush=True)
"""


@contextmanager
def publishing(folder: Path, variables: dict[str, str]):
    """Yield a function that publishes a text from the first machine and returns when it was stored."""
    environment = {
        **os.environ,
        **variables,
        "SITE_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "sceeus.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PUBLISH], cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )  # fmt: skip
    assert process.stdin and process.stdout

    def publish(title: str) -> float:
        process.stdin.write(f"{title}\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    try:
        yield publish
    finally:
        process.stdin.close()
        process.wait(10)
