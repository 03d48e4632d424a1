"""Run a part inside Django in a process of its own: `python -m tests.bench.inside PART ARGUMENTS`.

SITE_DATA names its site. It prints its figures as lines of JSON, which `tests.bench` reads.
"""

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import asdict

from . import corpus, profile, render, texts, writing
from .figures import Figure


def search(site: str) -> Iterator[Figure]:
    """Measure searches of many kinds with the snippets of a page; CPU of a PostgreSQL server is included."""
    from django.db import connection

    from tests.figures.search import median_and_worst

    median, worst = median_and_worst()
    yield Figure(
        f"search, {site}: median", median, "ms CPU", {"sqlite": 10, "postgresql": 40}[connection.vendor]
    )
    yield Figure(f"search, {site}: worst", worst, "ms CPU")


PARTS = {
    "render": lambda site, last: render.render(site, render.addresses(200)["publications"], int(last)),
    "search": search,
    "publishing": writing.publishing,
    "importing": writing.importing,
    "import-by-part": profile.import_by_part,
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
    elif part == "import-once":
        profile.import_once()
    else:
        for figure in PARTS[part](*arguments):
            print(json.dumps(asdict(figure)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
