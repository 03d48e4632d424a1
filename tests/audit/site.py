"""Sites to audit: one with the demonstration, every state and, if available, real texts; and an empty one."""

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
from urllib.parse import urljoin
from urllib.request import urlopen

from tests.mail_sink import mail_sink

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
STATES = "import django; django.setup(); from tests.audit import states; states.print_registry()"


@dataclass(frozen=True)
class Page:
    """A page to audit, or a mail in a file: its name, URL, expected status, and the form that is sent to it, if any."""

    name: str
    url: str
    status: int = 200
    form: str = ""

    @property
    def is_mail(self) -> bool:
        return self.url.startswith("file:")

    def open(self, browser_page, **options) -> None:
        """Open it in a page of a browser."""

        def send_form(route) -> None:
            headers = {**route.request.headers, "content-type": "application/x-www-form-urlencoded"}
            route.continue_(method="POST", post_data=self.form, headers=headers)

        if self.form:
            browser_page.route(self.url, send_form)
        browser_page.goto(self.url, **options)
        browser_page.unroute_all()


@dataclass(frozen=True)
class Site:
    url: str
    pages: list[Page]


@contextmanager
def serve_sites() -> Iterator[Site]:
    """Serve both sites as in production until the end of the block."""
    with tempfile.TemporaryDirectory() as folder, mail_sink() as sink:
        os.environ["EMAIL_URL"] = sink.url
        full, empty = Path(folder, "full"), Path(folder, "empty")
        variables = _environment(full)
        _manage(variables, "prepare")
        _import_corpus(variables)
        registry = _run(variables, "-c", STATES)
        for command in (("migrate", "--verbosity=0"), ("collectstatic", "--verbosity=0", "--no-input")):
            _manage(_environment(empty), *command)
        with _serve(full) as url, _serve(empty) as empty_url:
            pages = [Page(name, urljoin(url, path), *rest) for name, path, *rest in json.loads(registry)]
            empty_pages = [
                Page("empty home", f"{empty_url}/en/"),
                Page("empty list sv", f"{empty_url}/sv/publikationer/"),
            ]
            yield Site(url, [*pages, *empty_pages])


@contextmanager
def serve_demonstration() -> Iterator[str]:
    """Serve a site with the demonstration alone until the end of the block; yield its URL."""
    with tempfile.TemporaryDirectory() as folder:
        _manage(_environment(Path(folder)), "prepare")
        with _serve(Path(folder)) as url:
            yield url


def _import_corpus(variables: dict[str, str]) -> None:
    """Import real texts for volume, if this machine has them."""
    commands = _run(variables, "manage.py", "help", "--commands")
    if CORPUS.exists() and "import_publications" in commands.split():
        authors = CORPUS / "authors" / "team_members.csv"
        command = ("import_publications", str(CORPUS / "posts"), "--authors", str(authors), "--publish")
        _manage(variables, *command)


@contextmanager
def _serve(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    variables = {**_environment(folder), "PORT": str(port), "SITE_URL": url}
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=variables, stdout=log, stderr=log
    )
    try:
        _wait_for(f"{url}/en/", folder / "server.log")
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str, log: Path) -> None:
    for _attempt in range(600):
        try:
            urlopen(url, timeout=5).close()
            return
        except HTTPError as error:
            raise RuntimeError(f"{url} answers {error.code}:\n{log.read_text()[-2000:]}") from error
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer:\n{log.read_text()[-2000:]}")


def _environment(folder: Path) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_URL", "DEMO")
    }
    return {
        **inherited,
        "SITE_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "sceeus.settings",
        "WORKERS": "1",
    }


def _manage(variables: dict[str, str], *command: str) -> None:
    Path(variables["SITE_DATA"]).mkdir(parents=True, exist_ok=True)
    _run(variables, "manage.py", *command)


def _run(variables: dict[str, str], *command: str) -> str:
    completed = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    if completed.returncode:
        raise RuntimeError(
            f"{' '.join(command)} failed:\n{completed.stdout[-1000:]}\n{completed.stderr[-3000:]}"
        )
    return completed.stdout
