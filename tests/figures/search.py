"""The figures of search and likeness: `python -m tests.figures.search [--pieces 20000] [--queries 10000] [part …]`.

Parts: posts (titles and likeness, with ../shared), search (a word, any queries), publishing. Each works on a site of its own in a
temporary folder, or, where POSTGRES names a server (postgres://user:word@host/), in a database of its own there, which is dropped
afterwards. CPU is that of this process and of PostgreSQL's, if it runs on this machine.
"""

import argparse
import gc
import logging
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

CORPUS = Path(os.environ.get("CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
SHOWN = 20
PIECES, QUERIES = 20_000, 10_000
TICKS = 100  # a second, in /proc
LINK = re.compile(r'href="([^"#]+)')


# A site of its own ---------------------------------------------------------------------------------------


@contextmanager
def own_site(server: str = "") -> Iterator[None]:
    """Django on an empty database; in one process only one can be had."""
    with tempfile.TemporaryDirectory() as folder, own_database(server) as url:
        os.environ |= {"SITE_DATA": folder, "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"DATABASE_URL": url} if url else {}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        logging.disable()
        yield
        from django.db import connection

        connection.close()


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """The address of a new database on a server of PostgreSQL; empty for SQLite."""
    if not server:
        yield ""
        return
    import psycopg

    name = f"figures_{os.getpid()}"
    with psycopg.connect(urlsplit(server)._replace(path="/postgres").geturl(), autocommit=True) as there:
        there.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            there.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Clock:
    """Milliseconds of CPU: of this process, and of the server's process that answers it, where it can be seen."""

    def __init__(self) -> None:
        from django.db import connection

        self.server = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.server = Path(f"/proc/{cursor.fetchone()[0]}/stat")

    def now(self) -> float:
        return time.process_time() * 1000 + self._of_the_server()

    def _of_the_server(self) -> float:
        if not self.server or not self.server.exists():
            return 0
        fields = self.server.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / TICKS

    def each(self, act: Callable[[], object], rounds: int = 40) -> float:
        """The median of so many rounds; of the server's time, told in steps longer than an act, the mean."""
        act()
        served, times = self._of_the_server(), []
        for _round in range(rounds):
            start = time.process_time()
            act()
            times.append((time.process_time() - start) * 1000)
        return statistics.median(times) + (self._of_the_server() - served) / rounds


def show(name: str, value: object) -> None:
    print(f"  {name:<66} {value}", flush=True)


# The posts -----------------------------------------------------------------------------------------------


def posts() -> None:
    print("Posts", flush=True)
    editions = posts_brought_in()
    missed = [edition.title for edition in editions if not stands_first(edition)]
    show("posts whose exact title puts them first", f"{len(editions) - len(missed)} of {len(editions)}")
    show("titles that put another piece first", missed or "none")
    show("a linked piece among the five nearest, as imported", told_of_linked(editions))
    from publications.search import similarity

    for _step in similarity.rebuild():
        pass
    show("the same once likeness is made anew", told_of_linked(editions))


def posts_brought_in() -> list:
    """The editions of all posts of the corpus, on the site that Django has."""
    from publications.importers.report_text import Progress
    from publications.importers.run import ImportOptions, run_import
    from publications.models import Edition

    order = ImportOptions(
        CORPUS / "posts", authors=CORPUS / "authors/team_members.csv", publish=True, progress=Progress()
    )
    run_import(order)
    return list(Edition.objects.live().order_by("pk"))


def stands_first(edition) -> bool:
    """Whether the piece comes first; of pieces that have one title, any may."""
    from publications import search
    from publications.models import Edition

    found = search.search(search.parse_query(edition.title), locale="en").editions
    return bool(found) and Edition.objects.get(pk=found[0]).title == edition.title


def told_of_linked(editions) -> str:
    hits, linking = linked_among_nearest(editions)
    return f"{hits} of {linking}, {hits / linking:.1%}"


NEAREST = 5


def linked_among_nearest(editions) -> tuple[int, int]:
    """How many posts have one that they link to among their five nearest, and how many link to any of the set."""
    hits = find_linked_nearest(editions)
    return sum(hits), len(hits)


def find_linked_nearest(editions) -> list[bool]:
    """Return for each post that links to others whether one of them is among its nearest."""
    from django.utils import timezone

    from publications.models import similar_publications

    return [
        any(
            row.similar_edition.publication_id in linked
            for row in similar_publications(edition.publication_id, timezone.now(), NEAREST)
        )
        for edition, linked in _linked(editions)
        if linked
    ]


def find_linked_by_tfidf(editions) -> list[bool]:
    """Return the same of plain TF-IDF, in the same order."""
    from tests.figures.tfidf_baseline import find_nearest

    texts = [f"{edition.title} {edition.summary} {edition.plain_text}" for edition in editions]
    nearest = find_nearest(texts, NEAREST)
    return [
        any(editions[place].publication_id in linked for place in near)
        for near, (_edition, linked) in zip(nearest, _linked(editions), strict=True)
        if linked
    ]


def compare_with_tfidf(editions) -> tuple[float, float]:
    """Return how many times as often as by plain TF-IDF a linked post is among the nearest, in each half of the posts."""
    ours, baseline = find_linked_nearest(editions), find_linked_by_tfidf(editions)
    return sum(ours[::2]) / sum(baseline[::2]), sum(ours[1::2]) / sum(baseline[1::2])


def _linked(editions) -> Iterator[tuple]:
    """Yield each edition with the publications of the set that its text links to."""
    by_address = {edition.get_absolute_url(): edition.publication_id for edition in editions}
    for edition in editions:
        linked = {by_address.get(address) for address in LINK.findall(edition.html)}
        yield edition, linked - {None, edition.publication_id}


# Search --------------------------------------------------------------------------------------------------


def generated(publications: int) -> None:
    """Texts with their index."""
    from django.db import connection

    from publications import search
    from tests.many_texts import make_texts

    make_texts(publications)
    for _step in search.rebuild():
        pass
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    gc.collect()
    gc.freeze()  # a look through all that a process has kept takes longer than the slowest query


def searched(text: str) -> int:
    """A search with the passages of its first page; gives how many were found."""
    from publications import search
    from publications.models import result_editions

    found = search.search(search.parse_query(text), locale="en")
    marker = search.SnippetBuilder(found.expanded)
    for edition in result_editions(found.editions[:SHOWN]):
        marker.snippet(edition)
    return found.total


def words_of_many_kinds() -> dict[str, str]:
    from publications.models import Edition
    from tests.many_texts import WORD

    edition = Edition.objects.order_by("pk")[7]
    one, two, three = edition.text.split()[10:13]
    return {
        f"a word in 8 %: {WORD}": WORD,
        "two words": f"{one} {two}",
        "three words, one left out": f"{one} {two} -{three}",
        "a phrase": f'"{one} {two}"',
        "a title": edition.title,
        "a half-typed word": WORD[:4],
        "a word that is nowhere": "zzyzx",
    }


def median_and_worst(rounds: int = 10) -> tuple[float, float]:
    """Of searches of many kinds; each is the mean of so many rounds."""
    clock = Clock()
    times = [clock.each(lambda text=text: searched(text), rounds) for text in words_of_many_kinds().values()]
    return statistics.median(times), max(times)


def search_part(publications: int, queries: int) -> None:
    generated(publications)
    clock = Clock()
    print(f"Search, {publications} pieces", flush=True)
    for name, text in words_of_many_kinds().items():
        took = clock.each(lambda text=text: searched(text))
        show(f"{name}, excerpts included, CPU ms", f"{took:.1f} ({searched(text)} found)")
    any_queries(queries)


def any_query(chance: random.Random) -> str:
    """What a reader, a robot or a cat may type."""
    parts = [
        *('"', "'", "(", ")", "[", "]", "{", "}", "*", "-", "+", "^", ":", "\\", "%", "_", "&", "|", "!", "<->", "\0", "\ue000t1"),
        *("AND", "OR", "NOT", "NEAR(", "title:", "the", "harvest", "harvest*", "-harvest", '"harvest the"', "COVID-19", "don't"),
        *("Лукашенко", "Украина", "урожай", "أوكرانيا", "القمح", "赫尔松", "🙂", "\u202e", "ｆｕｌｌ", "e\u0301", "İ", "ß"),
    ]  # fmt: skip
    text = " ".join(chance.choices(parts, k=chance.choice((1, 2, 3, 5, 8, 40))))
    if chance.random() < 0.1:
        text = (text + chance.choice((" ", ""))) * 5000
    return text[: chance.choice((20, 250, 5000))]


def any_queries(count: int) -> None:
    """Pages of results for all of them: each has an answer, and none costs much."""
    from django.test import Client

    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    chance, clock = random.Random(7), Clock()
    client.get("/en/publications/", {"q": "harvest"})  # loads the templates
    answers, times = Counter(), []
    for _n in range(count):
        query = any_query(chance)
        start, began = clock.now(), time.perf_counter()
        answer = client.get("/en/publications/", {"q": query})
        times.append(((clock.now() - start), (time.perf_counter() - began) * 1000, query[:60]))
        answers[answer.status_code] += 1
    times.kind()
    show(f"{count} queries of any kind, by the status of their answers", dict(answers))
    show("the page for them, CPU ms: median, worst", f"{times[count // 2][0]:.1f}, {times[-1][0]:.1f}")
    show("above 100 ms", [f"{took:.0f} {query!r}" for took, _wall, query in times if took > 100] or "none")
    show("by the clock, worst", f"{max(wall for _took, wall, _query in times):.0f}")


# Publishing ----------------------------------------------------------------------------------------------


def publishing_part(publications: int) -> None:
    from publications import actions
    from publications.search import similarity
    from tests.factories import saved

    generated(publications)
    for _step in similarity.rebuild():
        pass
    print(f"Publishing, {publications} pieces", flush=True)
    clock, drafts = Clock(), as_drafts(60)
    publish = [
        spent(clock, lambda publication=publication: actions.publish(saved(publication), by=None))
        for publication in drafts[:30]
    ]
    format_times(publish, "save and publish")
    own = timed_likeness(clock, drafts[30:])
    format_times(own, "of it likeness")


def as_drafts(count: int) -> list:
    """New texts like those that are there, ready to be published."""
    from publications.models import Byline, Edition, Tag
    from tests.factories import make_publication

    made = []
    for edition in Edition.objects.order_by("?").prefetch_related("bylines__author")[:count]:
        authors = [line.author for line in edition.bylines.all()]
        tags = Tag.objects.filter(published__edition=edition)
        title, body = f"Again: {edition.title}", edition.body
        made.append(make_publication(by=authors, tags=tuple(tags), title=title, body=body))
    assert Byline.objects.exists()
    return made


def timed_likeness(clock: Clock, publications: list) -> list[float]:
    """What the rows of likeness cost, apart from all else that publishing does."""
    from publications import actions
    from publications.search import updates

    own: list[float] = []
    add = updates.similarity.add_rows
    updates.similarity.add_rows = lambda editions: own.append(spent(clock, lambda: add(editions)))
    try:
        for publication in publications:
            actions.publish(publication, by=None)
    finally:
        updates.similarity.add_rows = add
    return own


def spent(clock: Clock, act: Callable[[], object]) -> float:
    start = clock.now()
    act()
    return clock.now() - start


def format_times(times: list[float], name: str) -> None:
    show(
        f"{name}, CPU ms: mean, median, worst",
        f"{statistics.mean(times):.1f}, {statistics.median(times):.1f}, {max(times):.1f}",
    )


def main(argv: list[str]) -> None:
    params = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    params.add_argument("part", nargs="*", default=["posts", "search", "publishing"])
    params.add_argument("--pieces", type=int, default=PIECES)
    params.add_argument("--queries", type=int, default=QUERIES)
    given = params.parse_args(argv)
    parts = {
        "posts": posts,
        "search": lambda: search_part(given.pieces, given.queries),
        "publishing": lambda: publishing_part(given.pieces),
    }
    for part in given.part:
        if os.fork() == 0:
            with own_site(os.environ.get("POSTGRES", "")):
                parts[part]()
            sys.stdout.flush()
            os._exit(0)
        os.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
