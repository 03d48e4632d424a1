"""Sites to measure on SQLite and, where DATABASE_URL names a server, on PostgreSQL.

A database on PostgreSQL is kept between runs like the folder of a site on SQLite, under a name with the same digest.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from tests.processes import cpu_seconds

from .site import FOLDER, ROOT, build_site, environment

SERVER = os.environ.get("DATABASE_URL", "")
PREFIX = "sceeus_bench_"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1", None)


@dataclass(frozen=True)
class Site:
    """A site to measure: its folder, its number of publications, and the URL of its database; "" is SQLite."""

    folder: Path
    publications: int
    database_url: str = ""

    def __str__(self) -> str:
        return f"{self.publications:,} in {'PostgreSQL' if self.database_url else 'SQLite'}"

    def environment(self, **variables: str) -> dict[str, str]:
        """Return the environment variables of a process that works on this site."""
        database = {"DATABASE_URL": self.database_url} if self.database_url else {}
        return environment(self.folder, **database, **variables)


def sites(*counts: int) -> Iterator[Site]:
    """Yield the sites of so many publications on each database; those that do not exist yet are built."""
    for count in dict.fromkeys(counts):
        site = Site(build_site(count), count)
        yield site
        if SERVER:
            yield _build_on_postgresql(site)


@contextmanager
def copy(site: Site) -> Iterator[Site]:
    """Yield a copy of a site that may be changed."""
    folder, name = FOLDER / f"copy-{os.getpid()}", f"{PREFIX}copy_{os.getpid()}"
    shutil.copytree(site.folder, folder)
    try:
        if not site.database_url:
            yield replace(site, folder=folder)
            return
        _execute(f"CREATE DATABASE {name} TEMPLATE {_name_of(site.database_url)} STRATEGY file_copy")
        yield replace(site, folder=folder, database_url=_url_of(name))
    finally:
        shutil.rmtree(folder)
        if site.database_url:
            _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def forget() -> None:
    """Delete all sites, their databases and the last result."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in _databases() if SERVER else ():
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


def _build_on_postgresql(model: Site) -> Site:
    """Build the site in a database named like the folder of the one on SQLite; the file `complete` is written last."""
    name = f"{PREFIX}{model.folder.name.replace('-', '_')}"
    site = Site(FOLDER / f"postgresql-{model.folder.name}", model.publications, _url_of(name))
    databases = _databases()
    if (site.folder / "complete").exists() and name in databases:
        return site
    for folder in FOLDER.glob(f"postgresql-{site.publications}-*"):
        shutil.rmtree(folder)
    for old in databases:
        if old.startswith(f"{PREFIX}{site.publications}_"):
            _execute(f"DROP DATABASE {old} WITH (FORCE)")
    print(f"Building a site of {site} …", file=sys.stderr, flush=True)
    _execute(f"CREATE DATABASE {name}")
    command = [sys.executable, "-m", "tests.bench.site", str(site.publications)]
    subprocess.run(command, env=site.environment(), cwd=ROOT, check=True)
    (site.folder / "complete").touch()
    return site


def _databases() -> list[str]:
    with _connect() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        return [name for (name,) in rows.fetchall()]


def _execute(statement: str) -> None:
    with _connect() as connection:
        connection.execute(statement)


def _connect():
    import psycopg

    return psycopg.connect(_url_of("postgres"), autocommit=True)


def _url_of(name: str) -> str:
    return urlsplit(SERVER)._replace(path=f"/{name}").geturl()


def _name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


class Backends:
    """The CPU of the PostgreSQL processes that serve the connections of a site, if they run on this machine."""

    def __init__(self, site: Site) -> None:
        self._connection = _connect() if _is_local(site.database_url) else nullcontext()
        self._name, self._seconds_by_pid = _name_of(site.database_url), {}

    def __enter__(self) -> "Backends":
        self._connection.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.__exit__(*error)

    def cpu(self) -> float:
        """Return their seconds of CPU so far; of a backend that has ended, those that were seen last."""
        if isinstance(self._connection, nullcontext):
            return 0
        rows = self._connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
            [self._name],
        )
        self._seconds_by_pid |= {pid: cpu_seconds(pid) for (pid,) in rows.fetchall()}
        return sum(self._seconds_by_pid.values())


def _is_local(url: str) -> bool:
    return bool(url) and urlsplit(url).hostname in LOCAL_HOSTS
