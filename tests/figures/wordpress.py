"""Figures of a large export of WordPress: `python -m tests.figures.wordpress MEGABYTES [--texts NUMBER]`.

It writes an export of that size and one of 10 MB with as many texts, and imports both into sites of their own: the peaks
of memory are printed side by side. Then it imports the large one again, is killed twice in the middle, continues, and
compares the rows with those of the run that nothing stopped.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sceeus.settings")
django.setup()

from tests.figures.imports import write_body  # noqa: E402
from tests.importers.wordpress.exports import HEAD, SITE, TAIL, category, group, item  # noqa: E402

SMALL_MEGABYTES, MEGABYTE = 10, 1_000_000
DEFAULT_TEXTS, WORDS = 500, 700
AUTHORS, TOPICS = 20, 30
KILLED_AT = (0.3, 0.6)
"""The shares of the texts after which the import is killed."""
COMMENT = (
    "<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_author><![CDATA[A reader]]></wp:comment_author>"
    "<wp:comment_content><![CDATA["
    + "An opinion about the text above. " * 60
    + "]]></wp:comment_content></wp:comment>\n"
)
QUERIES = {
    "publications": "SELECT uid, slug, title, summary, body, language, published_at, deleted_at FROM publications_publication",
    "editions": "SELECT p.uid, e.number, e.slug, e.locale, e.title, e.html FROM publications_edition e "
    "JOIN publications_publication p ON p.id = e.publication_id",
    "old addresses": "SELECT r.path, r.query, p.uid FROM publications_redirect r "
    "LEFT JOIN publications_publication p ON p.id = r.publication_id",
    "bylines": "SELECT p.uid, a.slug, b.position FROM publications_byline b "
    "JOIN publications_publication p ON p.id = b.publication_id JOIN publications_author a ON a.id = b.author_id",
    "authors": "SELECT slug, name FROM publications_author",
    "topics": "SELECT name, slug FROM publications_tag",
}
"""What two runs have in common."""


def write_items(texts: int) -> Iterator[str]:
    """Yield the items of texts in the classic editor and in blocks, each without its end tag."""
    from tests.many_texts import Vocabulary

    rng = random.Random(91)
    vocabulary = Vocabulary(rng)
    for number in range(1, texts + 1):
        topics = rng.sample(range(TOPICS), 3)
        paragraphs = write_body(vocabulary.text(topics)[:WORDS]).split("\n\n")
        link = f'<a href="{SITE}/?p={rng.randint(1, texts)}">elsewhere</a>'
        text = "\n\n".join([*paragraphs, f"More {link}."])
        if number % 2:
            blocks = (
                f"<!-- wp:paragraph -->\n<p>{part}</p>\n<!-- /wp:paragraph -->" for part in text.split("\n\n")
            )
            text = "\n\n".join(blocks)
        yield item(
            number,
            title=f"Text {number}",
            text=text,
            excerpt=f"What happened on day {number}.",
            creator=f"author{number % AUTHORS}",
            terms=[("category", f"topic-{topic}", f"Topic {topic}") for topic in topics],
        ).removesuffix("</item>\n")


def write_large_export(path: Path, megabytes: int, texts: int) -> Path:
    """Write an export of a size, which comments of readers fill as on a real site."""
    items = list(write_items(texts))
    rest = megabytes * MEGABYTE - sum(map(len, items))
    comments = COMMENT * max(0, rest // texts // len(COMMENT))
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD.format(site=SITE, language="en-US"))
        for number in range(AUTHORS):
            file.write(
                group("author", author_login=f"author{number}", author_display_name=f"Author {number}")
            )
        for number in range(TOPICS):
            file.write(category(f"topic-{number}", f"Topic {number}"))
        for text in items:
            file.write(text)
            file.write(comments)
            file.write("</item>\n")
        file.write(TAIL)
    return path


class Site:
    """A site of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "site.sqlite3"
        self.environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment |= {"SITE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
        self.start("migrate", "--verbosity", "0").wait()

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def start_import(self, export: Path) -> subprocess.Popen:
        return self.start("import_publications", str(export), "--publish")

    def count_publications(self) -> int:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30) as database:
            return database.execute("SELECT count(*) FROM publications_publication").fetchone()[0]

    def read_rows(self) -> dict[str, list[tuple]]:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            return {name: sorted(database.execute(query), key=repr) for name, query in QUERIES.items()}


def measure_import(site: Site, export: Path) -> tuple[float, float]:
    """Import an export and return the seconds, and the peak of memory of the largest process in MB."""
    started = time.monotonic()
    process = site.start_import(export)
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"The import of {export.name} failed ({os.waitstatus_to_exitcode(status)}).")
    return time.monotonic() - started, usage.ru_maxrss / 1024


def import_with_kills(site: Site, export: Path, texts: int) -> list[int]:
    """Import an export, killing the import on the way, and return how many texts were stored at each kill."""
    stored = []
    for share in KILLED_AT:
        process = site.start_import(export)
        while site.count_publications() < share * texts and process.poll() is None:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        stored.append(site.count_publications())
    measure_import(site, export)
    return stored


def main(megabytes: int, texts: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = {}
        for size in (SMALL_MEGABYTES, megabytes):
            export = write_large_export(folder / f"{size}.xml", size, texts)
            site = Site(folder / f"site-{size}")
            seconds, peak = measure_import(site, export)
            rows = site.read_rows()
            print(
                f"{export.stat().st_size / MEGABYTE:6.0f} MB, {texts} texts: {seconds:6.0f} s, peak {peak:4.0f} MB, "
                + ", ".join(f"{len(values)} {what}" for what, values in rows.items()),
                flush=True,
            )
        stopped = Site(folder / "site-stopped")
        stored = import_with_kills(stopped, export, texts)
        print(f"Killed after {' and '.join(map(str, stored))} texts, then continued:")
        for what, values in stopped.read_rows().items():
            print(f"  {what}: {'the same rows' if values == rows[what] else 'OTHER ROWS'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megabytes", type=int)
    parser.add_argument("--texts", type=int, default=DEFAULT_TEXTS)
    arguments = parser.parse_args()
    main(arguments.megabytes, arguments.texts)
