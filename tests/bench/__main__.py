"""What `make bench` runs: chooses parts, runs each in processes of its own, prints one table and keeps it."""

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
from .site import FOLDER, ROOT, built, copied, environment

DEFAULT = "20000"
PER_PAGE = 20
LAST = FOLDER / "last.json"
HELP = """\
Measures the speed of the site and prints one table: each figure beside its budget, as a ratio to nginx where nginx
serves the same pages, and as a change against the last run (build/bench/last.json). A figure above its budget is
marked with "!"; nothing fails. The sites are made up, kept in build/bench and made anew when what they are made by
changes: the first run takes minutes, later ones do not wait for it.

parts:
{parts}

Figures are CPU time of the server, database included, which other work on the machine disturbs least; requests a
second and waiting times are by the clock. Server and client have a core each, where there are two.
"""

EPILOG = """\
examples:
  make bench                                    everything, at 1,000 and 20,000 pieces
  python -m tests.bench render                  only how long pages take that are not in memory
  python -m tests.bench warm render search      these three
  python -m tests.bench render --pieces 100000  on a larger site
  DATABASE_URL=postgres://user:word@host/ python -m tests.bench search
                                                on PostgreSQL as well, in databases of its own there
  BENCH_PORTS=8120-8129 make bench              servers listen on these ports
"""


def warm_part(publications: int) -> Iterator[Figure]:
    """pages in memory, from the server, beside nginx; its memory; bytes over the wire"""
    site = built(publications)
    addresses = json.loads(_inside(site, "addresses", str(warm.MANY)))
    yield from warm.warm(site, addresses, _last_page(publications))


def render_part(publications: int) -> Iterator[Figure]:
    """pages that are not in memory within one process, and those asked for first after a change"""
    yield from _figures(built(publications), "render", str(_last_page(publications)))


def uncached_part(publications: int) -> Iterator[Figure]:
    """pages that are not in memory, over HTTP, at 1,000 pieces and at those asked for: server and compression included"""
    for count in dict.fromkeys((1_000, publications)):
        site = built(count)
        addresses = json.loads(_inside(site, "addresses", str(uncached.WARM_UP + uncached.PUBLICATIONS)))
        yield from uncached.measure_uncached(site, addresses, count)


def search_part(publications: int) -> Iterator[Figure]:
    """searches of many kinds, at 1,000 pieces and at those asked for; on PostgreSQL too by DATABASE_URL"""
    for count in dict.fromkeys((1_000, publications)):
        yield from _figures(built(count), "search", str(count))
        if server := os.environ.get("DATABASE_URL", ""):
            yield from _on_postgresql(server, count)


def publish_part(publications: int) -> Iterator[Figure]:
    """saving and publishing, likeness, and the time until another process shows it"""
    with copied(built(publications)) as site:
        yield from _figures(site, "publishing", str(publications))
        yield from writing.visible(site)


def import_part(publications: int) -> Iterator[Figure]:
    """bringing in a folder of pieces, and writing a small site as static files"""
    with copied(built(1_000)) as site:
        yield from _figures(site, "importing")
    yield from _figures(built(1_000), "mirror")


def texts_part(publications: int) -> Iterator[Figure]:
    """one text: rendered, compared with another, set on paper"""
    with tempfile.TemporaryDirectory() as folder:
        yield from _figures(Path(folder), "texts")


def corpus_part(publications: int) -> Iterator[Figure]:
    """what titles and likeness find among the real posts, where these stand beside the project"""
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


def _figures(site: Path, part: str, *arguments: str, **surroundings: str) -> Iterator[Figure]:
    for line in _inside(site, part, *arguments, **surroundings).splitlines():
        yield Figure(**json.loads(line))


def _inside(site: Path, part: str, *arguments: str, **surroundings: str) -> str:
    command = [sys.executable, "-m", "tests.bench.inside", part, *arguments]
    surroundings = environment(site, **surroundings)
    return subprocess.run(
        command, cwd=ROOT, env=surroundings, check=True, text=True, stdout=subprocess.PIPE
    ).stdout


def _on_postgresql(server: str, publications: int) -> Iterator[Figure]:
    from tests.figures.search import own_database

    with tempfile.TemporaryDirectory() as folder, own_database(server) as url:
        command = [sys.executable, "-m", "tests.bench.site", str(publications)]
        surroundings = environment(Path(folder), DATABASE_URL=url)
        subprocess.run(command, cwd=ROOT, env=surroundings, check=True)
        yield from _figures(Path(folder), "search", str(publications), DATABASE_URL=url)


def _asked() -> argparse.Namespace:
    result = "\n".join(f"  {name:<9} {part.__doc__}" for name, part in PARTS.items())
    params = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=HELP.format(parts=result),
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    params.add_argument("part", nargs="*", metavar="PART", help="which parts, in this order (all of them)")
    params.add_argument(
        "--pieces",
        type=int,
        default=int(os.environ.get("PIECES", DEFAULT)),
        help=f"of the large site ({DEFAULT})",
    )
    params.add_argument(
        "--forget", action="store_true", help="throw away the sites and the last result first"
    )
    given = params.parse_args()
    if unknown := [name for name in given.part if name not in PARTS]:
        params.error(f"there is no part “{unknown[0]}”: choose of {', '.join(PARTS)}")
    if given.pieces < 1_000:
        params.error("--pieces must be 1000 or more: smaller sites tell little")
    return given


def main() -> None:
    given = _asked()
    if given.forget:
        shutil.rmtree(FOLDER, ignore_errors=True)
    before, found, began = figures.last(LAST), [], time.monotonic()
    print(figures.row(figures.COLUMNS), flush=True)
    for name in given.part or PARTS:
        for figure in PARTS[name](given.pieces):
            print(figures.row(figure.line(before.get(figure.name))), flush=True)
            found.append(figure)
        figures.keep(LAST, found, before)
    print(f"\n{len(found)} figures in {time.monotonic() - began:.0f} s, kept in {LAST.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
