"""Run the benchmark: each part in processes of its own; print one table and store it."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import archiving, editor, figures, mails, profile, uncached, warm, writing
from .databases import Site, copy, forget, sites
from .figures import Figure
from .site import FOLDER, ROOT

DEFAULT_PUBLICATIONS = "20000"
PER_PAGE = 20
PARTS_WITHOUT_SITE = ("texts", "corpus")
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
                                                on PostgreSQL as well, in databases of its own there, which are
                                                kept like the sites: --forget drops them
  BENCH_PORTS=8120-8129 make bench              servers listen on these ports
"""


def warm_part(publications: int) -> Iterator[Figure]:
    """cached pages over HTTP, beside nginx; memory of the server; bytes over the wire"""
    site = next(sites(publications))
    addresses = _addresses(site, warm.DIFFERENT_PUBLICATIONS)["publications"]
    yield from warm.warm(site, addresses, _last_page(publications))


def render_part(publications: int) -> Iterator[Figure]:
    """rendering of pages within one process, and of the first after a change"""
    for site in sites(publications):
        yield from _figures(site, "render", str(_last_page(publications)))


def uncached_part(publications: int) -> Iterator[Figure]:
    """uncached pages over HTTP, server and compression included: never requested before, and again after a change"""
    for site in sites(1_000, publications):
        yield from uncached.measure_uncached(site, _addresses(site, uncached.WARM_UP + uncached.PUBLICATIONS))


def profile_part(publications: int) -> Iterator[Figure]:
    """the CPU of uncached pages and of the import by part"""
    for site in sites(publications):
        addresses = _addresses(site, uncached.WARM_UP + uncached.PUBLICATIONS)
        yield from profile.profile_pages(site, addresses)
        with copy(site) as own:
            yield from _figures(own, "import-by-part")


def flame_part(publications: int) -> Iterator[Figure]:
    """flame graphs of the same (build/bench/flame-*.svg), by py-spy; no figures"""
    for site in sites(publications):
        profile.draw_flame_graphs(site, _addresses(site, uncached.WARM_UP + uncached.PUBLICATIONS))
        yield from ()


def search_part(publications: int) -> Iterator[Figure]:
    """searches of many kinds"""
    for site in sites(1_000, publications):
        yield from _figures(site, "search")


def publish_part(publications: int) -> Iterator[Figure]:
    """saving and publishing, similarity, and the time until another process shows the text"""
    for site in sites(publications):
        with copy(site) as own:
            yield from _figures(own, "publishing")
            yield from writing.visible(own, str(site))


def import_part(publications: int) -> Iterator[Figure]:
    """import of a folder of texts of 700 words into sites of 1,000 publications and of --publications"""
    for site in sites(1_000, publications):
        with copy(site) as own:
            yield from _figures(own, "importing")


def mirror_part(publications: int) -> Iterator[Figure]:
    """the mirror of a small site, whole and after one publication"""
    for site in sites(1_000):
        with copy(site) as own:
            yield from _figures(own, "mirror")


def archive_part(publications: int) -> Iterator[Figure]:
    """an archive of the whole site, again unchanged, and a restore: seconds and memory"""
    for site in sites(publications):
        yield from archiving.measure_archive(site)


def mails_part(publications: int) -> Iterator[Figure]:
    """alerts to 100,000 subscribers with three choices each (BENCH_SUBSCRIBERS): actions, matching, mails a second, memory"""
    yield from mails.measure_alerts()


def texts_part(publications: int) -> Iterator[Figure]:
    """one text: rendered, compared with another, typeset as PDF"""
    with tempfile.TemporaryDirectory() as folder:
        yield from _figures(Site(Path(folder), 0), "texts")


def corpus_part(publications: int) -> Iterator[Figure]:
    """what title searches and similarity find among real posts, if these are beside the project"""
    from tests.figures.search import CORPUS

    if not CORPUS.is_dir():
        print(f"(corpus: there is no {CORPUS})", flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield from _figures(Site(Path(folder), 0), "corpus")


def edits_part(publications: int) -> Iterator[Figure]:
    """10,000 random edits in the text editor (EDITS, EDITS_SEED), and texts opened and saved; needs Chromium"""
    yield from editor.random_edits()


PARTS: dict[str, Callable[[int], Iterator[Figure]]] = {
    "warm": warm_part,
    "render": render_part,
    "uncached": uncached_part,
    "profile": profile_part,
    "flame": flame_part,
    "search": search_part,
    "publish": publish_part,
    "import": import_part,
    "mirror": mirror_part,
    "archive": archive_part,
    "mails": mails_part,
    "texts": texts_part,
    "corpus": corpus_part,
    "edits": edits_part,
}


def _last_page(publications: int) -> int:
    return max(1, min(500, publications // PER_PAGE))


def _addresses(site: Site, count: int) -> dict[str, list[str]]:
    return json.loads(_run_part(site, "addresses", str(count)))


def _figures(site: Site, part: str, *arguments: str) -> Iterator[Figure]:
    names = [] if part in PARTS_WITHOUT_SITE else [str(site)]
    for line in _run_part(site, part, *names, *arguments).splitlines():
        yield Figure(**json.loads(line))


def _run_part(site: Site, part: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.bench.inside", part, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=site.environment(), check=True, text=True, stdout=subprocess.PIPE
    ).stdout


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
    parser.add_argument(
        "--forget",
        action="store_true",
        help="delete the sites, their databases on PostgreSQL and the last result first",
    )
    options = parser.parse_args()
    if unknown := [name for name in options.part if name not in PARTS]:
        parser.error(f"there is no part “{unknown[0]}”: choose from {', '.join(PARTS)}")
    if options.publications < 1_000:
        parser.error("--publications must be 1000 or more")
    return options


def main() -> None:
    options = _parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers and copies are removed on the way out
    if options.forget:
        forget()
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
