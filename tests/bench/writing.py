"""Publishing, and the time until readers see it; import; the mirror."""

import io
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError

from .databases import Site
from .figures import Figure
from .serving import Server, site_server
from .site import ROOT

if TYPE_CHECKING:
    from publications.importers.options import ImportOptions

DRAFTS = 25
ROUNDS = 5
IMPORTED_TEXTS = 1_000
VISIBLE_WITHIN = 1_000  # milliseconds


def publishing(site: str) -> Iterator[Figure]:
    """Save and publish new texts on this site, and measure the share of similarity."""
    from publications import actions
    from tests.factories import saved
    from tests.figures.search import Clock, cpu_of, make_drafts, time_similarity

    clock, drafts = Clock(), make_drafts(2 * DRAFTS)
    times = [
        cpu_of(clock, lambda draft=draft: actions.publish(saved(draft), by=None)) for draft in drafts[:DRAFTS]
    ]
    similarity = time_similarity(clock, drafts[DRAFTS:])
    yield Figure(f"save and publish, {site}: median", statistics.median(times), "ms CPU", 50)
    yield Figure(f"save and publish, {site}: worst", max(times), "ms CPU")
    yield Figure(f"similarity of it, {site}: median", statistics.median(similarity), "ms CPU")


def visible(site: Site, name: str) -> Iterator[Figure]:
    """Measure the time from the end of an action in one process to the page of a server in another."""
    with site_server(site) as server, publisher(site) as publish:
        server.fetch("/en/")
        times = [wait_until_visible(server, publish()) for _round in range(ROUNDS)]
    yield Figure(f"published, until other processes show it, {name}: worst", max(times), "ms", VISIBLE_WITHIN)


@contextmanager
def publisher(site: Site) -> Iterator[Callable[[], str]]:
    """Yield a function that lets another process publish a text, and returns its address."""
    command = [sys.executable, "-m", "tests.bench.inside", "publish"]
    with subprocess.Popen(
        command, cwd=ROOT, env=site.environment(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:

        def publish() -> str:
            process.stdin.write("\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield publish
        process.stdin.close()


def wait_until_visible(server: Server, path: str) -> float:
    """Wait until the server shows the address of a new publication; return the milliseconds."""
    started = time.monotonic()
    while True:
        try:
            server.fetch(path)
            return (time.monotonic() - started) * 1000
        except URLError:
            time.sleep(0.002)


def publish_for_each_line() -> None:
    """Publish a text for each line of input and print its address."""
    from tests.factories import make_live

    for _line in sys.stdin:
        print(make_live().get_absolute_url(), flush=True)


def importing(site: str) -> Iterator[Figure]:
    """Import and publish a folder of texts into this site, on all cores; the CPU of a PostgreSQL server is included."""
    from tests.figures.search import Clock

    clock = Clock()
    with import_options(IMPORTED_TEXTS, processes=os.cpu_count() or 1) as options:
        before, started = clock.now() / 1000 + _cpu_of_children(), time.monotonic()
        import_texts(options)
        seconds = time.monotonic() - started
        cpu = clock.now() / 1000 + _cpu_of_children() - before
    yield Figure(f"import, published, {site}", IMPORTED_TEXTS / seconds, "a second", 120, is_minimum=True)
    yield Figure(f"import, by one core, {site}", IMPORTED_TEXTS / cpu, "a CPU s")


@contextmanager
def import_options(count: int, *, processes: int) -> Iterator["ImportOptions"]:
    """Write texts into a folder and yield the options that import and publish them."""
    from publications.importers.report_text import Progress
    from publications.importers.run import ImportOptions
    from tests.figures.imports import generate

    with tempfile.TemporaryDirectory() as folder, redirect_stderr(io.StringIO()):  # of its progress
        source = generate(Path(folder) / "many", count)
        yield ImportOptions(source, processes=processes, publish=True, progress=Progress())


def import_texts(options: "ImportOptions") -> None:
    from publications.importers.run import run_import

    run_import(options)


def mirror(site: str) -> Iterator[Figure]:
    """Write the whole site as files, and again after one publication. The CPU of a PostgreSQL server is not counted."""
    from tests.factories import make_live

    with tempfile.TemporaryDirectory() as folder:
        pages, cpu, seconds = _write_mirror(Path(folder) / "mirror")
        yield Figure(
            f"mirror of {pages} addresses, {site}", pages / seconds, "a second", 400, is_minimum=True
        )
        yield Figure(f"mirror, by one core, {site}", pages / cpu, "a CPU s")
        make_live()
        pages, cpu, seconds = _write_mirror(Path(folder) / "mirror")
        yield Figure(f"mirror after one publication, {site}", seconds, "s")
        yield Figure(f"mirror after one publication, {site}: CPU", cpu, "s CPU")


def _write_mirror(folder: Path) -> tuple[int, float, float]:
    """Return the number of addresses, the seconds of CPU and of wall-clock time."""
    from django.core.management import call_command

    output, before, started = io.StringIO(), _own_cpu(), time.monotonic()
    call_command("mirror", folder, stdout=output, stderr=io.StringIO())
    pages = int(re.match(r"\s*(\d+)", output.getvalue())[1])
    return pages, _own_cpu() - before, time.monotonic() - started


def _own_cpu() -> float:
    return time.process_time() + _cpu_of_children()


def _cpu_of_children() -> float:
    """Return the seconds of CPU of the ended children of this process."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
