"""Sites to look at: one with the demonstration, every state and real texts where there are any; one that is empty."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
STATES = "import django; django.setup(); from tests.audit import states; states.tell()"


@dataclass(frozen=True)
class Page:
    """One page to look at: its name, whole address, and the status it answers with."""

    name: str
    url: str
    status: int = 200


@dataclass(frozen=True)
class Site:
    url: str
    pages: list[Page]


@contextmanager
def running() -> Iterator[Site]:
    """Both sites, served as readers get them, until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        full, empty = Path(folder, "full"), Path(folder, "empty")
        surroundings = _surroundings(full)
        _manage(surroundings, "prepare")
        _import_corpus(surroundings)
        result = _run(surroundings, "-c", STATES)
        for order in (("migrate", "--verbosity=0"), ("collectstatic", "--verbosity=0", "--no-input")):
            _manage(_surroundings(empty), *order)
        with _served(full) as url, _served(empty) as bare:
            pages = [Page(name, f"{url}{path}", status) for name, path, status in json.loads(result)]
            nothing = [Page("empty home", f"{bare}/en/"), Page("empty list sv", f"{bare}/sv/publikationer/")]
            yield Site(url, [*pages, *nothing])


@contextmanager
def demonstrated() -> Iterator[str]:
    """The address of a site that shows the demonstration alone, until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        _manage(_surroundings(Path(folder)), "prepare")
        with _served(Path(folder)) as url:
            yield url


def _import_corpus(surroundings: dict[str, str]) -> None:
    """Real texts for volume, where this machine has them and the site can import."""
    known = _run(surroundings, "manage.py", "help", "--commands")
    if CORPUS.exists() and "import_publications" in known.split():
        authors = CORPUS / "authors" / "team_members.csv"
        order = ("import_publications", str(CORPUS / "posts"), "--authors", str(authors), "--publish")
        _manage(surroundings, *order)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    surroundings = {**_surroundings(folder), "PORT": str(port), "SITE_URL": url}
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=surroundings, stdout=log, stderr=log
    )
    try:
        _wait_for(f"{url}/en/", folder / "server.log")
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str, log: Path) -> None:
    for _attempt in range(150):
        try:
            urlopen(url, timeout=5).close()
            return
        except HTTPError as answer:
            raise RuntimeError(f"{url} answers {answer.code}:\n{log.read_text()[-2000:]}") from answer
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer:\n{log.read_text()[-2000:]}")


def _surroundings(folder: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_URL", "DEMO")
    }
    return {**kept, "SITE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "sceeus.settings", "WORKERS": "1"}


def _manage(surroundings: dict[str, str], *order: str) -> None:
    Path(surroundings["SITE_DATA"]).mkdir(parents=True, exist_ok=True)
    _run(surroundings, "manage.py", *order)


def _run(surroundings: dict[str, str], *order: str) -> str:
    done = subprocess.run(
        [sys.executable, *order], cwd=ROOT, env=surroundings, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(order)} failed:\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    return done.stdout
