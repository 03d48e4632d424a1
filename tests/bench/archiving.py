"""Archive and restore: time, CPU and memory, of a whole site, of one that has not changed, and into a new one."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from .databases import Site
from .figures import Figure
from .site import ROOT, environment

SECONDS_PER_PUBLICATION = 0.05
MAX_MEGABYTES = 400


def measure_archive(site: Site) -> Iterator[Figure]:
    """Archive a site twice, and restore it into a new one on SQLite."""
    budget = SECONDS_PER_PUBLICATION * site.publications
    with tempfile.TemporaryDirectory() as folder:
        archive, other = Path(folder) / "archive", environment(Path(folder) / "other")
        runs = {
            "archive": (site.environment(), "archive", str(archive)),
            "archive, unchanged": (site.environment(), "archive", str(archive)),
            "migrate": (other, "migrate", "--verbosity=0"),
            "restore": (other, "restore", str(archive)),
        }
        for name, (variables, *arguments) in runs.items():
            seconds, cpu_seconds, megabytes = _run(variables, *arguments)
            if name != "migrate":
                yield Figure(f"{name}: {site}", seconds, "s", budget)
                yield Figure(f"{name}, CPU: {site}", cpu_seconds, "s", budget)
                yield Figure(f"{name}, memory: {site}", megabytes, "MB", MAX_MEGABYTES)


def _run(variables: Mapping[str, str], *arguments: str) -> tuple[float, float, float]:
    """Run a command; return how long it took, how much of that on a core, and how much memory it had at most."""
    Path(variables["SITE_DATA"]).mkdir(exist_ok=True)
    started = time.monotonic()
    command = [sys.executable, "manage.py", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(variables), stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{arguments[0]} ended with {status}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
