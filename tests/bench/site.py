"""Sites to measure: a thousand different texts, and as often again as it takes, with their index and likenesses.

A site is built once and found again under `build/bench`, named by what it was built by.
"""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import batched
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "bench"
DIFFERENT = 1_000
STEP = 500
FOREIGN = ("DATABASE_URL", "DEBUG", "ALLOWED_HOSTS", "SITE_URL", "BEHIND_TLS")
"""Settings of another site."""

ALIKE = 12
APART = 1_000_000  # keys of one turn of copies from those of the next
DEPENDS = (
    "accounts/migrations/*.py",
    "publications/migrations/*.py",
    "publications/search/**/*.py",
    "static/**/*",
    "tests/many_texts.py",
    "tests/bench/site.py",
)


def built(publications: int) -> Path:
    """The folder of a site of so many pieces, made where there is none."""
    folder = FOLDER / f"{publications}-{_fingerprint()}"
    if not (folder / "whole").exists():
        for old in FOLDER.glob(f"{publications}-*"):
            shutil.rmtree(old)
        print(f"Building a site of {publications} pieces …", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "tests.bench.site", str(publications)]
        subprocess.run(command, env=environment(folder), cwd=ROOT, check=True)
        (folder / "whole").touch()
    return folder


def environment(folder: Path, **others: str) -> dict[str, str]:
    """The surroundings in which Django works on a site."""
    known = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    given = {"SITE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
    return {**known, **given, **others}


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A site that may be written to."""
    copy = FOLDER / f"copy-{os.getpid()}"
    shutil.copytree(folder, copy)
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def _fingerprint() -> str:
    files = sorted(path for pattern in DEPENDS for path in ROOT.glob(pattern) if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]


def fill(publications: int) -> None:
    """Write the site into the database of this process, which is empty."""
    from django.db import transaction

    from publications import search
    from publications.models import Edition, SearchIndex
    from publications.search import index
    from publications.search.similarity import rows as similarity
    from tests.many_texts import make_texts

    make_texts(min(publications, DIFFERENT))
    for _step in search.rebuild():
        pass
    first = index.read_editions(Edition.objects.values_list("pk", flat=True))
    with transaction.atomic():
        similarity.store_terms(first)
        _store_likenesses(first)
    rows = [index.build_row(edition) for edition in first]
    for turn in range(1, -(-publications // DIFFERENT)):
        _copy(turn, rows[: publications - turn * DIFFERENT])
    _count_words(rows, publications)
    SearchIndex.objects.update_or_create(
        pk=1, defaults={"version": index.VERSION, "similarity_version": similarity.VERSION}
    )


def _store_likenesses(editions: list) -> None:
    """Each is like some of those on its first topic: which, does not matter here."""
    from publications.models import Similarity

    chance, on = random.Random(12), {}
    topics = {edition.pk: [row.tag_id for row in edition.tag_rows.all()] for edition in editions}
    for edition in editions:
        on.setdefault(topics[edition.pk][0], []).append(edition.pk)
    found = []
    for edition in editions:
        topic = topics[edition.pk][0]
        others = [pk for pk in on[topic] if pk != edition.pk]
        for other in chance.sample(others, min(ALIKE, len(others))):
            words = edition.title.lower().split()[:2]
            found.append(
                Similarity(
                    edition_id=edition.pk, other_id=other, score=chance.random(), tags=[topic], words=words
                )
            )
    Similarity.objects.bulk_create(found, batch_size=STEP)


def _copy(turn: int, rows: list) -> None:
    """The first texts once more: with titles and addresses of their own, on other days."""
    from django.db import transaction

    from publications.search.engines import engine
    from publications.search.terms import index_terms

    apart, number = turn * APART, index_terms(str(turn), "en")
    for step in batched([row.edition for row in rows], STEP):
        with transaction.atomic():
            _copy_editions(step, turn, apart)
    engine().store([replace(row, edition=row.edition + apart, title=[*row.title, *number]) for row in rows])
    _copy_likenesses(rows[0].edition, rows[-1].edition, apart)


def _copy_editions(numbers: tuple[int, ...], turn: int, apart: int) -> None:
    from publications.models import Address, Byline, Edition, EditionByline, EditionTag, Publication

    editions = {edition.pk: edition for edition in Edition.objects.filter(pk__in=numbers)}
    publications = list(Publication.objects.filter(editions__in=numbers))
    for edition in editions.values():
        edition.published_at -= timedelta(hours=7 * turn, seconds=edition.pk)
        edition.visible_from, edition.year = edition.published_at, edition.published_at.year
        for field in ("pk", "publication_id", "family"):
            setattr(edition, field, getattr(edition, field) + apart)
    for each in (*publications, *editions.values()):
        each.title, each.slug = f"{each.title} {turn}", f"{each.slug}-{turn}"
    for publication in publications:
        publication.pk, publication.uid = publication.pk + apart, uuid.uuid4()
    Publication.objects.bulk_create(publications)
    Edition.objects.bulk_create(editions.values())
    Address.objects.bulk_create(
        Address(locale="en", slug=publication.slug, publication=publication) for publication in publications
    )
    for model in (EditionByline, EditionTag):
        lines = list(model.objects.filter(edition__in=numbers))
        for line in lines:
            line.pk, edition = None, editions[line.edition_id]
            line.edition_id = edition.pk
            line.published_at, line.visible_from, line.year = (
                edition.published_at,
                edition.visible_from,
                edition.year,
            )
        model.objects.bulk_create(lines)
    signed = Byline.objects.filter(publication__editions__in=numbers)
    Byline.objects.bulk_create(
        Byline(publication_id=each.publication_id + apart, author_id=each.author_id) for each in signed
    )


def _copy_likenesses(least: int, most: int, apart: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO publications_editionterm (edition_id, term, weight) SELECT edition_id + %s, term, weight "
            "FROM publications_editionterm WHERE edition_id BETWEEN %s AND %s", [apart, least, most],
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO publications_similarity (edition_id, similar_edition_id, score, tags, authors, words) "
            "SELECT edition_id + %s, similar_edition_id + %s, score, tags, authors, words FROM publications_similarity "
            "WHERE edition_id BETWEEN %s AND %s AND similar_edition_id BETWEEN %s AND %s",
            [apart, apart, least, most, least, most],
        )


def _count_words(rows: list, publications: int) -> None:
    from publications.models import IndexedTerm
    from publications.search import index

    found = Counter(term for row in rows for term in index.vocabulary(row))
    times = max(1, publications // max(len(rows), 1))
    IndexedTerm.objects.all().delete()
    IndexedTerm.objects.bulk_create(
        (IndexedTerm.of(term, each * times) for term, each in found.items()), batch_size=STEP
    )


def main(publications: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    Path(os.environ["SITE_DATA"]).mkdir(parents=True, exist_ok=True)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous=OFF")  # it can be built again
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    fill(publications)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize=0x10002")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    main(int(sys.argv[1]))
