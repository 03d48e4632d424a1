"""Figures of search and similarity: `python -m tests.figures.search [--publications 20000] [--queries 10000] [part …]`.

Parts: posts (titles and similarity, with ../shared), search (a word, random queries), publishing. Each works on a site of its own in
a temporary folder, or, if POSTGRES names a server (postgres://user:password@host/), in a database of its own there, which is dropped
afterwards. CPU is that of this process and of the PostgreSQL backend, if it runs on this machine.
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

from tests.processes import cpu_seconds

CORPUS = Path(os.environ.get("CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
SHOWN = 20
PUBLICATIONS, QUERIES = 20_000, 10_000
LINK = re.compile(r'href="([^"#]+)')


# A site of its own ---------------------------------------------------------------------------------------


@contextmanager
def own_site(server: str = "") -> Iterator[None]:
    """Set up Django on an empty database, once in a process."""
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
    """Yield the URL of a new database on a PostgreSQL server; empty for SQLite."""
    if not server:
        yield ""
        return
    import psycopg

    name = f"figures_{os.getpid()}"
    with psycopg.connect(urlsplit(server)._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Clock:
    """Milliseconds of CPU of this process and of its PostgreSQL backend, if it runs on this machine."""

    def __init__(self) -> None:
        from django.db import connection

        self.backend = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = cursor.fetchone()[0]

    def now(self) -> float:
        return 1000 * (time.process_time() + self.backend_seconds())

    def backend_seconds(self) -> float:
        return cpu_seconds(self.backend) if self.backend else 0

    def median_of(self, call: Callable[[], object], rounds: int = 40) -> float:
        """Return the median of so many rounds."""
        call()
        return statistics.median(cpu_of(self, call) for _round in range(rounds))


def show(name: str, value: object) -> None:
    print(f"  {name:<66} {value}", flush=True)


# The posts -----------------------------------------------------------------------------------------------


def posts() -> None:
    print("Posts", flush=True)
    editions = import_posts()
    missed = [edition.title for edition in editions if not is_first_for_title(edition)]
    show("posts whose exact title puts them first", f"{len(editions) - len(missed)} of {len(editions)}")
    show("titles that put another publication first", missed or "none")
    show("a linked publication among the five nearest, as imported", format_linked_share(editions))
    from publications.search import similarity

    for _step in similarity.rebuild():
        pass
    show("the same after a rebuild of similarity", format_linked_share(editions))


def import_posts() -> list:
    """Import all posts of the corpus into the site of this process and return their editions."""
    from publications.importers.report_text import Progress
    from publications.importers.run import ImportOptions, run_import
    from publications.models import Edition

    options = ImportOptions(
        CORPUS / "posts", authors=CORPUS / "authors/team_members.csv", publish=True, progress=Progress()
    )
    run_import(options)
    return list(Edition.objects.live().order_by("pk"))


def is_first_for_title(edition) -> bool:
    """Return whether the edition comes first for its title; of editions with equal titles, any may."""
    from publications import search
    from publications.models import Edition

    results = search.search(search.parse_query(edition.title), locale="en").edition_ids
    return bool(results) and Edition.objects.get(pk=results[0]).title == edition.title


def format_linked_share(editions) -> str:
    hits, linking = count_linked_nearest(editions)
    return f"{hits} of {linking}, {hits / linking:.1%}"


NEAREST = 5


def count_linked_nearest(editions) -> tuple[int, int]:
    """Return how many posts have one that they link to among their five nearest, and how many link to any of the set."""
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
    by_similarity, by_tfidf = find_linked_nearest(editions), find_linked_by_tfidf(editions)
    halves = (slice(0, None, 2), slice(1, None, 2))
    first, second = (sum(by_similarity[half]) / sum(by_tfidf[half]) for half in halves)
    return first, second


def _linked(editions) -> Iterator[tuple]:
    """Yield each edition with the publications of the set that its text links to."""
    by_address = {edition.get_absolute_url(): edition.publication_id for edition in editions}
    for edition in editions:
        linked = {by_address.get(address) for address in LINK.findall(edition.html)}
        yield edition, linked - {None, edition.publication_id}


# Search --------------------------------------------------------------------------------------------------


def generate_site(publications: int) -> None:
    """Store generated texts with their search index."""
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
    gc.freeze()  # a full garbage collection takes longer than the slowest query


def run_search(text: str) -> int:
    """Search and build the snippets of the first page; return the number of results."""
    from publications import search
    from publications.models import result_editions

    results = search.search(search.parse_query(text), locale="en")
    snippets = search.SnippetBuilder(results.expanded_query)
    for edition in result_editions(results.edition_ids[:SHOWN]):
        snippets.snippet(edition)
    return results.count.total


def queries_of_many_kinds() -> dict[str, str]:
    from publications.models import Edition
    from tests.many_texts import WORD

    edition = Edition.objects.order_by("pk")[7]
    one, two, three = edition.plain_text.split()[10:13]
    return {
        f"a word in 8 %: {WORD}": WORD,
        "two words": f"{one} {two}",
        "three words, one left out": f"{one} {two} -{three}",
        "a phrase": f'"{one} {two}"',
        "a title": edition.title,
        "a half-typed word": WORD[:4],
        "a word that no text has": "zzyzx",
    }


def median_and_worst(rounds: int = 10) -> tuple[float, float]:
    """Return the median and the highest CPU of searches of many kinds."""
    clock = Clock()
    times = [
        clock.median_of(lambda text=text: run_search(text), rounds)
        for text in queries_of_many_kinds().values()
    ]
    return statistics.median(times), max(times)


def search_part(publications: int, queries: int) -> None:
    generate_site(publications)
    clock = Clock()
    print(f"Search, {publications} publications", flush=True)
    for name, text in queries_of_many_kinds().items():
        milliseconds = clock.median_of(lambda text=text: run_search(text))
        show(f"{name}, snippets included, CPU ms", f"{milliseconds:.1f} ({run_search(text)} found)")
    run_random_queries(queries)


def random_query(chance: random.Random) -> str:
    """Return what a reader, a robot or a cat may type."""
    parts = [
        *('"', "'", "(", ")", "[", "]", "{", "}", "*", "-", "+", "^", ":", "\\", "%", "_", "&", "|", "!", "<->", "\0", "\ue000t1"),
        *("AND", "OR", "NOT", "NEAR(", "title:", "the", "harvest", "harvest*", "-harvest", '"harvest the"', "COVID-19", "don't"),
        *("Лукашенко", "Украина", "урожай", "أوكرانيا", "القمح", "赫尔松", "🙂", "\u202e", "ｆｕｌｌ", "e\u0301", "İ", "ß"),
    ]  # fmt: skip
    text = " ".join(chance.choices(parts, k=chance.choice((1, 2, 3, 5, 8, 40))))
    if chance.random() < 0.1:
        text = (text + chance.choice((" ", ""))) * 5000
    return text[: chance.choice((20, 250, 5000))]


def run_random_queries(count: int) -> None:
    """Request pages of results for random queries and print their statuses and cost."""
    from django.test import Client

    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    chance, clock = random.Random(7), Clock()
    client.get("/en/publications/", {"q": "harvest"})  # loads the templates
    statuses, times = Counter(), []
    for _n in range(count):
        query = random_query(chance)
        start, started = clock.now(), time.perf_counter()
        response = client.get("/en/publications/", {"q": query})
        times.append(((clock.now() - start), (time.perf_counter() - started) * 1000, query[:60]))
        statuses[response.status_code] += 1
    times.sort()
    show(f"{count} random queries, by status", dict(statuses))
    show("the page of each, CPU ms: median, worst", f"{times[count // 2][0]:.1f}, {times[-1][0]:.1f}")
    show("above 100 ms", [f"{took:.0f} {query!r}" for took, _wall, query in times if took > 100] or "none")
    show("wall-clock ms, worst", f"{max(wall for _took, wall, _query in times):.0f}")


# Publishing ----------------------------------------------------------------------------------------------


def publishing_part(publications: int) -> None:
    from publications import actions
    from publications.search import similarity
    from tests.factories import saved

    generate_site(publications)
    for _step in similarity.rebuild():
        pass
    print(f"Publishing, {publications} publications", flush=True)
    clock, drafts = Clock(), make_drafts(60)
    publish = [
        cpu_of(clock, lambda publication=publication: actions.publish(saved(publication), by=None))
        for publication in drafts[:30]
    ]
    print_times(publish, "save and publish")
    similarity_times = time_similarity(clock, drafts[30:])
    print_times(similarity_times, "of it similarity")


def make_drafts(count: int) -> list:
    """Return unpublished copies of stored texts."""
    from publications.models import Byline, Edition, Tag
    from tests.factories import make_publication

    drafts = []
    for edition in Edition.objects.order_by("?").prefetch_related("bylines__author")[:count]:
        authors = [line.author for line in edition.bylines.all()]
        tags = Tag.objects.filter(published__edition=edition)
        title, body = f"Again: {edition.title}", edition.body
        drafts.append(make_publication(authors=authors, tags=tuple(tags), title=title, body=body))
    assert Byline.objects.exists()
    return drafts


def time_similarity(clock: Clock, publications: list) -> list[float]:
    """Publish drafts and return the CPU that similarity took of each."""
    from publications import actions
    from publications.search import updates

    times: list[float] = []
    add = updates.similarity.add_rows
    updates.similarity.add_rows = lambda editions: times.append(cpu_of(clock, lambda: add(editions)))
    try:
        for publication in publications:
            actions.publish(publication, by=None)
    finally:
        updates.similarity.add_rows = add
    return times


def cpu_of(clock: Clock, call: Callable[[], object]) -> float:
    start = clock.now()
    call()
    return clock.now() - start


def print_times(times: list[float], name: str) -> None:
    show(
        f"{name}, CPU ms: mean, median, worst",
        f"{statistics.mean(times):.1f}, {statistics.median(times):.1f}, {max(times):.1f}",
    )


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="*", default=["posts", "search", "publishing"])
    parser.add_argument("--publications", type=int, default=PUBLICATIONS)
    parser.add_argument("--queries", type=int, default=QUERIES)
    options = parser.parse_args(argv)
    parts = {
        "posts": posts,
        "search": lambda: search_part(options.publications, options.queries),
        "publishing": lambda: publishing_part(options.publications),
    }
    for part in options.part:
        if os.fork() == 0:
            with own_site(os.environ.get("POSTGRES", "")):
                parts[part]()
            sys.stdout.flush()
            os._exit(0)
        os.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
