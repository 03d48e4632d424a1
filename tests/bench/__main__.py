"""Run the benchmark: each part in processes of its own; print one table and store it."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import figures, uncached, warm, writing
from .figures import Figure
from .site import FOLDER, ROOT, build_site, copy_site, environment

DEFAULT_PUBLICATIONS = "20000"
PER_PAGE = 20
LAST_RUN = FOLDER / "last.json"
HELP = """\
Measures the speed of the site and prints one table: each figure beside its budget, as a ratio to nginx where nginx
serves the same pages, and as a change against the last run (build/bench/last.json). A figure above its budget is
marked with "!"; nothing fails. The sites are generated, kept in build/bench and built again when the code that
builds them changes: the first run takes minutes longer.

parts:
{parts}

Figures are CPU time of the server, database included, which other work on the machine disturbs least; requests a
second and latencies are wall-clock time. Server and client have a core each, where there are two.
"""

EPILOG = """\
examples:
  make bench                                    everything, at 1,000 and 20,000 publications
  python -m tests.bench render                  only rendering, without the page cache
  python -m tests.bench warm render search      these three
  python -m tests.bench render --publications 100000
                                                on a larger site
  DATABASE_URL=postgres://user:word@host/ python -m tests.bench search
                                                on PostgreSQL as well, in databases of its own there
  BENCH_PORTS=8120-8129 make bench              servers listen on these ports
"""


def warm_part(publications: int) -> Iterator[Figure]:
    """cached pages over HTTP, beside nginx; memory of the server; bytes over the wire"""
    site = build_site(publications)
    addresses = json.loads(_run_part(site, "addresses", str(warm.DIFFERENT_PUBLICATIONS)))
    yield from warm.warm(site, addresses, _last_page(publications))


def render_part(publications: int) -> Iterator[Figure]:
    """rendering of pages within one process, and of the first after a change"""
    yield from _figures(build_site(publications), "render", str(_last_page(publications)))


def uncached_part(publications: int) -> Iterator[Figure]:
    """uncached pages over HTTP at 1,000 publications and at --publications, server and compression included"""
    for count in dict.fromkeys((1_000, publications)):
        site = build_site(count)
        addresses = json.loads(_run_part(site, "addresses", str(uncached.WARM_UP + uncached.PUBLICATIONS)))
        yield from uncached.measure_uncached(site, addresses, count)


def search_part(publications: int) -> Iterator[Figure]:
    """searches of many kinds at 1,000 publications and at --publications; on PostgreSQL too by DATABASE_URL"""
    for count in dict.fromkeys((1_000, publications)):
        yield from _figures(build_site(count), "search", str(count))
        if server := os.environ.get("DATABASE_URL", ""):
            yield from _on_postgresql(server, count)


def publish_part(publications: int) -> Iterator[Figure]:
    """saving and publishing, similarity, and the time until another process shows the text"""
    with copy_site(build_site(publications)) as site:
        yield from _figures(site, "publishing", str(publications))
        yield from writing.visible(site)


def import_part(publications: int) -> Iterator[Figure]:
    """import of a folder of texts, and the mirror of a small site"""
    with copy_site(build_site(1_000)) as site:
        yield from _figures(site, "importing")
    yield from _figures(build_site(1_000), "mirror")


def texts_part(publications: int) -> Iterator[Figure]:
    """one text: rendered, compared with another, typeset as PDF"""
    with tempfile.TemporaryDirectory() as folder:
        yield from _figures(Path(folder), "texts")


def corpus_part(publications: int) -> Iterator[Figure]:
    """what title searches and similarity find among real posts, if these are beside the project"""
    from tests.figures.search import CORPUS

    if not CORPUS.is_dir():
        print(f"(corpus: there is no {CORPUS})", flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield from _figures(Path(folder), "corpus")


PARTS: dict[str, Callable[[int], Iterator[Figure]]] = {
    "warm": warm_part,
    "render": render_part,
    "uncached": uncached_part,
    "search": search_part,
    "publish": publish_part,
    "import": import_part,
    "texts": texts_part,
    "corpus": corpus_part,
}


def _last_page(publications: int) -> int:
    return max(1, min(500, publications // PER_PAGE))


def _figures(site: Path, part: str, *arguments: str, **environment_variables: str) -> Iterator[Figure]:
    for line in _run_part(site, part, *arguments, **environment_variables).splitlines():
        yield Figure(**json.loads(line))


def _run_part(site: Path, part: str, *arguments: str, **environment_variables: str) -> str:
    command = [sys.executable, "-m", "tests.bench.inside", part, *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment(site, **environment_variables),
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout


def _on_postgresql(server: str, publications: int) -> Iterator[Figure]:
    from tests.figures.search import own_database

    with tempfile.TemporaryDirectory() as folder, own_database(server) as url:
        command = [sys.executable, "-m", "tests.bench.site", str(publications)]
        subprocess.run(command, cwd=ROOT, env=environment(Path(folder), DATABASE_URL=url), check=True)
        yield from _figures(Path(folder), "search", str(publications), DATABASE_URL=url)


def _parse_arguments() -> argparse.Namespace:
    parts = "\n".join(f"  {name:<9} {part.__doc__}" for name, part in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=HELP.format(parts=parts),
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("part", nargs="*", metavar="PART", help="which parts, in this order (all of them)")
    parser.add_argument(
        "--publications",
        type=int,
        default=int(os.environ.get("PUBLICATIONS", DEFAULT_PUBLICATIONS)),
        help=f"size of the large site ({DEFAULT_PUBLICATIONS})",
    )
    parser.add_argument("--forget", action="store_true", help="delete the sites and the last result first")
    options = parser.parse_args()
    if unknown := [name for name in options.part if name not in PARTS]:
        parser.error(f"there is no part “{unknown[0]}”: choose from {', '.join(PARTS)}")
    if options.publications < 1_000:
        parser.error("--publications must be 1000 or more")
    return options


def main() -> None:
    options = _parse_arguments()
    if options.forget:
        shutil.rmtree(FOLDER, ignore_errors=True)
    last, measured, started = figures.read_last(LAST_RUN), [], time.monotonic()
    print(figures.format_row(figures.COLUMNS), flush=True)
    for name in options.part or PARTS:
        for figure in PARTS[name](options.publications):
            print(figures.format_row(figure.cells(last.get(figure.name))), flush=True)
            measured.append(figure)
        figures.store(LAST_RUN, measured, last)
    print(
        f"\n{len(measured)} figures in {time.monotonic() - started:.0f} s, stored in {LAST_RUN.relative_to(ROOT)}."
    )


if __name__ == "__main__":
    main()
