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
from contextlib import redirect_stderr
from pathlib import Path
from urllib.error import URLError

from .figures import Figure
from .serving import Server, site_server
from .site import ROOT, environment

DRAFTS = 25
ROUNDS = 5
IMPORTED_TEXTS = 2_000
VISIBLE_WITHIN = 1_000  # milliseconds


def publishing(publications: int) -> Iterator[Figure]:
    """Save and publish new texts on this site, and measure the share of similarity."""
    from publications import actions
    from tests.factories import saved
    from tests.figures.search import Clock, cpu_of, make_drafts, time_similarity

    clock, drafts = Clock(), make_drafts(2 * DRAFTS)
    times = [
        cpu_of(clock, lambda draft=draft: actions.publish(saved(draft), by=None)) for draft in drafts[:DRAFTS]
    ]
    similarity = time_similarity(clock, drafts[DRAFTS:])
    yield Figure(
        f"save and publish, {publications} publications: median", statistics.median(times), "ms CPU", 50
    )
    yield Figure(f"save and publish, {publications} publications: worst", max(times), "ms CPU")
    yield Figure(
        f"similarity of it, {publications} publications: median", statistics.median(similarity), "ms CPU"
    )


def visible(folder: Path) -> Iterator[Figure]:
    """Measure the time from the end of an action in one process to the page of a server in another."""
    command = [sys.executable, "-m", "tests.bench.inside", "publish"]
    with site_server(folder) as server:
        server.fetch("/en/")
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(folder),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as publisher:
            times = [_wait_until_visible(server, publisher) for _round in range(ROUNDS)]
            publisher.stdin.close()
    yield Figure("published, until other processes show it: worst", max(times), "ms", VISIBLE_WITHIN)


def _wait_until_visible(server: Server, publisher: subprocess.Popen) -> float:
    """Let the other process publish a text; return the milliseconds until the server shows it."""
    publisher.stdin.write("\n")
    publisher.stdin.flush()
    path, started = publisher.stdout.readline().strip(), time.monotonic()
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


def importing() -> Iterator[Figure]:
    """Import and publish a folder of short texts."""
    from publications.importers.report_text import Progress
    from publications.importers.run import ImportOptions, run_import
    from tests.figures.imports import generate

    with tempfile.TemporaryDirectory() as folder:
        source, cores = generate(Path(folder) / "many", IMPORTED_TEXTS), os.cpu_count() or 1
        options = ImportOptions(source, processes=cores, publish=True, progress=Progress())
        with redirect_stderr(io.StringIO()):
            cpu, seconds = _time(lambda: run_import(options))
    yield Figure(
        f"import of {IMPORTED_TEXTS}, published", IMPORTED_TEXTS / seconds, "a second", 300, is_minimum=True
    )
    yield Figure("import, by one core", IMPORTED_TEXTS / cpu, "a CPU s")


def mirror() -> Iterator[Figure]:
    """Write the whole site as files."""
    from django.core.management import call_command

    output = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        mirror_folder = Path(folder) / "mirror"
        cpu, seconds = _time(
            lambda: call_command("mirror", mirror_folder, stdout=output, stderr=io.StringIO())
        )
    pages = int(re.match(r"\s*(\d+)", output.getvalue())[1])
    yield Figure(f"mirror of {pages} addresses", pages / seconds, "a second", 400, is_minimum=True)
    yield Figure("mirror, by one core", pages / cpu, "a CPU s")


def _time(call: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of CPU of this process and its children, and of wall-clock time."""
    before, started = _all_cpu(), time.monotonic()
    call()
    return _all_cpu() - before, time.monotonic() - started


def _all_cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
