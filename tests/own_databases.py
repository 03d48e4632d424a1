"""A database of its own for code that runs in another process, on the engine of the tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import ROOT


@contextmanager
def own_database(folder: Path, suffix: str = "") -> Iterator[dict[str, str]]:
    """Yield the environment of a site with an empty database, whose files are in the folder.

    Args:
        suffix: tells several databases of this process apart.
    """
    environment = {
        **os.environ,
        "SITE_DATA": str(folder),
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "sceeus.settings",
    }
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield environment
        return
    import psycopg

    name = f"own_{os.getpid()}{suffix}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield {**environment, "DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl()}
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run_python(code: str, environment: dict[str, str]) -> str:
    """Return the last line that a script prints."""
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.splitlines()[-1]
