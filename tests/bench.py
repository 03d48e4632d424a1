"""Measure speed, as ratios and counts, on a site of its own: `make bench` (PIECES=2000 by default).

Times are server CPU within one process and one run, so that ratios hold on a noisy machine. Nothing here
passes or fails: the figures are read beside the budgets of the design.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

PIECES = int(os.environ.get("PIECES", "2000"))
ROUNDS = 30
SEARCHED = (1_000, 20_000)


def main() -> None:
    if {"-h", "--help"} & set(sys.argv):
        print(__doc__)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(SITE_DATA=folder, DJANGO_SETTINGS_MODULE="sceeus.settings")
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        measure()


def measure() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from publications import prose
    from tests.factories import make_author, make_live, make_many, make_publication, make_tag, saved

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    print(f"Writing {PIECES} pieces …", flush=True)
    for start in range(0, PIECES, 500):
        make_many(min(500, PIECES - start), author=author, tag=tag)
    edition = make_live(by_whom=author, tags=(tag,), body="A paragraph of the usual length. " * 20)
    client = Client(headers={"host": "localhost"})
    last = PIECES // 20

    def page(path: str) -> tuple[float, int]:
        queries = []
        with connection.execute_wrapper(lambda execute, *statement: queries.append(1) or execute(*statement)):
            assert client.get(path).status_code == 200, path
        return cpu(lambda: client.get(path)), len(queries)

    print(f"{'page, not cached':<44}{'CPU ms':>8}{'queries':>9}{'ratio':>8}")
    first = None
    for name, path in [
        ("piece", edition.get_absolute_url()),
        ("home", "/en/"),
        ("list, page 1", "/en/publications/"),
        (f"list, page {last}", f"/en/publications/?page={last}"),
        ("list, one topic", "/en/publications/?topic=belarus"),
        ("topic", "/en/topics/belarus/"),
        ("authors", "/en/authors/"),
        ("author", "/en/authors/ann-berg/"),
    ]:
        took, queries = page(path)
        first = took if name == "list, page 1" else first
        ratio = f"{took / first:8.2f}" if first else " " * 8
        print(f"{name:<44}{took:8.2f}{queries:9d}{ratio}")

    from publications import deeds

    numbers = iter(range(10_000))
    piece = make_publication()

    def publish() -> None:
        deeds.publish(saved(piece, body=f"Text {next(numbers)}."), by=None)

    print(f"{'save and publish':<44}{cpu(publish):8.2f}")
    word, ten = "Some words of a report, and a note.[^1]\n\n", 0.0
    for count in (10, 100, 1000):
        text = word * count + "[^1]: The note."
        took = cpu(lambda text=text: prose.render(text), rounds=5)
        ten = ten or took
        print(f"{f'render {count} paragraphs':<44}{took:8.2f}{'':9}{took / ten:8.1f}")
    measure_differences()
    measure_papers()
    measure_search()


def measure_search() -> None:
    """Searches of many kinds, with passages, on sites of their own; on PostgreSQL too where POSTGRES names a server."""
    print(f"{'CPU ms of':<44}{'median':>8}{'worst':>9}", flush=True)
    for server in ("", os.environ.get("POSTGRES", "")):
        for pieces in SEARCHED:
            command = [sys.executable, "-m", "tests.search_figures", "bench", "--pieces", str(pieces)]
            subprocess.run(command, env={**os.environ, "POSTGRES": server}, check=True)
        if not os.environ.get("POSTGRES"):
            print("search on PostgreSQL: name a server in POSTGRES, as postgres://user:word@host/")
            return


def measure_papers() -> None:
    """What setting takes by the clock, the start of its process included: nobody else's time counts in another process."""
    from publications import typesetting
    from tests.pdf_reading import read
    from tests.test_typesetting import long_text, make_card, make_paper, pixels

    print(f"{'set on paper, start of the process included':<44}{'ms':>8}{'pages':>9}{'kB':>8}")
    for name, words in {"comment of 700 words": 700, "report of 57,000 words": 57_000}.items():
        paper = make_paper(long_text(words))
        made = typesetting.set_paper(paper, pixels)
        took = clock(lambda paper=paper: typesetting.set_paper(paper, pixels))
        print(f"{name:<44}{took:8.0f}{read(made).pages:9d}{len(made) / 1000:8.0f}")
    card = make_card()
    print(f"{'card':<44}{clock(lambda: typesetting.set_card(card, pixels)):8.0f}")


def clock(act: Callable[[], object], rounds: int = 5) -> float:
    """Median milliseconds of an act by the clock."""
    times = []
    for _round in range(rounds):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[len(times) // 2]


def measure_differences() -> None:
    """Two texts of 10,000 words, and texts of 200 kB made to be hard; beside them, what part of the steps they took."""
    from publications.difference import compare_texts
    from publications.difference.comparing import STEPS
    from tests.test_difference import HARD, long_text

    cases = {"10,000 words": (long_text(10_000), long_text(10_000, changed="x")), **HARD}
    print(f"{'difference of':<44}{'CPU ms':>8}{'steps':>9}")
    for name, (before, after) in cases.items():
        took = cpu(lambda before=before, after=after: compare_texts(before, after), rounds=3)
        print(f"{name:<44}{took:8.1f}{compare_texts(before, after).steps / STEPS:9.0%}")


def cpu(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median CPU milliseconds of an act in this process."""
    act()
    times = []
    for _round in range(rounds):
        start = time.process_time()
        act()
        times.append((time.process_time() - start) * 1000)
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    main()
