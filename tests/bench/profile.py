"""CPU of uncached pages and of the import by part, and flame graphs of both.

The server has a page cache that keeps nothing (`uncached_wsgi`), so that a page can be requested many times.
"""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.processes import process_tree

from . import cpu_parts
from .cpu_parts import PATH, CpuMeter, difference
from .databases import Site, copy
from .figures import Figure
from .serving import Server, site_server
from .site import FOLDER, ROOT
from .uncached import PageType, page_types, request_all
from .writing import import_options, import_texts

MIN_PAGES = 200  # requested of each type
IMPORTED_TEXTS = 300
PROFILED_TYPES = 5  # the first ones: publication, list, topic, search, feed
SAMPLES_A_SECOND = 100
PY_SPY = Path(sys.executable).with_name("py-spy")


def profile_pages(site: Site, addresses: dict[str, list[str]]) -> Iterator[Figure]:
    """Yield the CPU of each type of page as a whole and by part."""
    pages = dict(list(page_types(site.publications, addresses).items())[:PROFILED_TYPES])
    with site_server(site, "tests.bench.measured_wsgi") as server:
        for name, page_type in pages.items():
            yield from _by_part(server, f"{name}, {site}", page_type)


def _by_part(server: Server, name: str, page_type: PageType) -> Iterator[Figure]:
    request_all(server, page_type.paths)  # loads what a process loads once
    paths = page_type.paths * -(-MIN_PAGES // len(page_type.paths))
    before, database = _read_parts(server), server.database_cpu()
    _cpu, latencies = request_all(server, paths)
    parts = difference(before, _read_parts(server), cpu_parts.PAGES_REST)
    if database_cpu := server.database_cpu() - database:
        parts["PostgreSQL"] = database_cpu
    latency = sum(latencies) / len(paths)
    yield from _figures_of_parts(f"{name}: rendered each time", parts, 1000 / len(paths), latency)


def _read_parts(server: Server) -> dict[str, float]:
    return json.loads(server.fetch(PATH)[0])


def _figures_of_parts(
    name: str, parts: dict[str, float], scale: float, latency: float | None = None
) -> Iterator[Figure]:
    """Yield the whole, which is the sum of the parts, and each part, in milliseconds of CPU."""
    yield Figure(name, scale * sum(parts.values()), "ms CPU", p50=latency)
    for part, seconds in sorted(parts.items(), key=lambda item: -item[1]):
        if scale * seconds >= 0.001:
            yield Figure(f"  {name.partition(':')[0]}: {part}", scale * seconds, "ms CPU")


def import_by_part(site: str) -> Iterator[Figure]:
    """Import and publish texts into the site of this process, in this process alone, by part."""
    from tests.figures.search import Clock

    clock = Clock()
    with import_options(IMPORTED_TEXTS, processes=0) as options:
        meter = CpuMeter(cpu_parts.IMPORT)
        before, database = meter.read(), clock.backend_seconds()
        import_texts(options)
        parts = difference(before, meter.read(), cpu_parts.IMPORT_REST)
        if database_cpu := clock.backend_seconds() - database:
            parts["PostgreSQL"] = database_cpu
    yield from _figures_of_parts(f"a text imported, {site}: one process", parts, 1000 / IMPORTED_TEXTS)


def import_once() -> None:
    """Import and publish texts into the site of this process."""
    with import_options(IMPORTED_TEXTS, processes=0) as options:
        import_texts(options)


def draw_flame_graphs(site: Site, addresses: dict[str, list[str]]) -> None:
    """Write a flame graph of each type of page and of the import into the folder of the bench.

    Only the thread that runs Python is drawn (`--gil`), as all others wait: compression, which runs beside it, is not seen.
    Prints why there are none, if py-spy cannot read other processes here, and does without.
    """
    pages = dict(list(page_types(site.publications, addresses).items())[:PROFILED_TYPES])
    with copy(site) as own:
        import_command = [sys.executable, "-m", "tests.bench.inside", "import-once"]
        py_spy = _record(_file(site, "import"), "--", *import_command, env=own.environment())
        if not _is_drawn(py_spy, _file(site, "import")):
            return
    with site_server(site, "tests.bench.uncached_wsgi") as server:
        for name, page_type in pages.items():
            request_all(server, page_type.paths)
            file = _file(site, re.split(r"\W", name)[0])
            py_spy = _record(file, "--duration", "600", "--pid", str(process_tree(server.process.pid)[-1]))
            time.sleep(1)  # py-spy reads the symbols of the process first
            request_all(server, page_type.paths * -(-MIN_PAGES // len(page_type.paths)))
            py_spy.send_signal(signal.SIGINT)
            if not _is_drawn(py_spy, file):
                return


def _file(site: Site, name: str) -> Path:
    return FOLDER / f"flame-{name}-{site.publications}-{'postgresql' if site.database_url else 'sqlite'}.svg"


def _record(file: Path, *target: str, **options) -> subprocess.Popen:
    command = [
        PY_SPY, "record", "--output", str(file), "--rate", str(SAMPLES_A_SECOND), "--gil", "--nonblocking", "--function", *target
    ]  # fmt: skip
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, **options
    )


def _is_drawn(py_spy: subprocess.Popen, file: Path) -> bool:
    """Wait until py-spy has written its file; return whether it did, and print why not."""
    output, _ = py_spy.communicate(timeout=600)
    if py_spy.returncode == 0 and file.exists():
        print(f"(flame graph: {file.relative_to(ROOT)})", flush=True)
        return True
    print(f"(no flame graphs: py-spy cannot record here. {output.strip().splitlines()[-1:]})", flush=True)
    return False
