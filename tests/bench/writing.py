"""What comes in and goes out: publishing, and the time until readers see it; import; the mirror."""

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
IMPORTED = 2_000
SEEN_WITHIN = 1_000  # milliseconds


def publishing(publications: int) -> Iterator[Figure]:
    """Save and publish new texts on this site, and what of it likeness takes."""
    from publications import actions
    from tests.factories import saved
    from tests.figures.search import Clock, as_drafts, spent, timed_likeness

    clock, drafts = Clock(), as_drafts(2 * DRAFTS)
    times = [
        spent(clock, lambda each=each: actions.publish(saved(each), by=None)) for each in drafts[:DRAFTS]
    ]
    own = timed_likeness(clock, drafts[DRAFTS:])
    yield Figure(f"save and publish, {publications} pieces: median", statistics.median(times), "ms CPU", 50)
    yield Figure(f"save and publish, {publications} pieces: worst", max(times), "ms CPU")
    yield Figure(f"likeness of it, {publications} pieces: median", statistics.median(own), "ms CPU")


def visible(folder: Path) -> Iterator[Figure]:
    """From the end of a deed in one process to the page of a server in another, by the clock."""
    command = [sys.executable, "-m", "tests.bench.inside", "seen"]
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
            times = [_seen_after(server, publisher) for _round in range(ROUNDS)]
            publisher.stdin.close()
    yield Figure("published, until others see it: worst", max(times), "ms", SEEN_WITHIN)


def _seen_after(server: Server, publisher: subprocess.Popen) -> float:
    publisher.stdin.write("\n")
    publisher.stdin.flush()
    path, began = publisher.stdout.readline().strip(), time.monotonic()
    while True:
        try:
            server.fetch(path)
            return (time.monotonic() - began) * 1000
        except URLError:
            time.sleep(0.002)


def publish_when_asked() -> None:
    """Publish a piece for each line that comes, and tell its address once that is done."""
    from tests.factories import make_live

    for _line in sys.stdin:
        print(make_live().get_absolute_url(), flush=True)


def importing() -> Iterator[Figure]:
    """A folder of small pieces, brought in and published."""
    from publications.importers.report_text import Progress
    from publications.importers.run import ImportOptions, run_import
    from tests.figures.imports import generate

    with tempfile.TemporaryDirectory() as folder:
        source, cores = generate(Path(folder) / "many", IMPORTED), os.cpu_count() or 1
        order = ImportOptions(source, processes=cores, publish=True, progress=Progress())
        with redirect_stderr(io.StringIO()):
            cpu, seconds = _spent(lambda: run_import(order))
    yield Figure(f"import of {IMPORTED}, published", IMPORTED / seconds, "a second", 300, at_least=True)
    yield Figure("import, by one core", IMPORTED / cpu, "a CPU s")


def mirror() -> Iterator[Figure]:
    """The whole site as files."""
    from django.core.management import call_command

    result = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "mirror"
        cpu, seconds = _spent(lambda: call_command("mirror", to, stdout=result, stderr=io.StringIO()))
    pages = int(re.match(r"\s*(\d+)", result.getvalue())[1])
    yield Figure(f"mirror of {pages} addresses", pages / seconds, "a second", 400, at_least=True)
    yield Figure("mirror, by one core", pages / cpu, "a CPU s")


def _spent(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU, of this process and of those that it started, and by the clock."""
    before, began = _all_cpu(), time.monotonic()
    act()
    return _all_cpu() - before, time.monotonic() - began


def _all_cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
