"""Run a part inside Django in a process of its own: `python -m tests.bench.inside PART ARGUMENTS`.

SITE_DATA names its site. It prints its figures as lines of JSON, which `tests.bench` reads.
"""

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import asdict

from . import corpus, render, texts, writing
from .figures import Figure


def search(publications: str) -> Iterator[Figure]:
    """Measure searches of many kinds with the snippets of a page; CPU of a PostgreSQL server is included."""
    from django.db import connection

    from tests.figures.search import median_and_worst

    median, worst = median_and_worst()
    name = f"search of {publications}, {connection.vendor}"
    yield Figure(f"{name}: median", median, "ms CPU", {"sqlite": 10, "postgresql": 40}[connection.vendor])
    yield Figure(f"{name}: worst", worst, "ms CPU")


PARTS = {
    "render": lambda last: render.render(render.addresses(200), int(last)),
    "search": search,
    "publishing": lambda publications: writing.publishing(int(publications)),
    "importing": writing.importing,
    "mirror": writing.mirror,
    "texts": texts.texts,
    "corpus": corpus.corpus,
}


def main(part: str, *arguments: str) -> None:
    import django

    django.setup()
    logging.disable()
    if part == "addresses":
        print(json.dumps(render.addresses(int(arguments[0]))))
    elif part == "publish":
        writing.publish_for_each_line()
    else:
        for figure in PARTS[part](*arguments):
            print(json.dumps(asdict(figure)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
