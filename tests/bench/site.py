"""Sites to measure: a thousand different texts and as many copies of them as needed, with search index and similarity.

A site is built once and kept under `build/bench`, named by a digest of the code that built it.
"""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import uuid
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import batched
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "bench"
DIFFERENT_TEXTS = 1_000
BATCH_SIZE = 500
UNSET_VARIABLES = ("DATABASE_URL", "DEBUG", "ALLOWED_HOSTS", "SITE_URL", "BEHIND_TLS")
"""Environment variables that would set up another site."""

SIMILAR_EDITIONS = 12  # of each edition
KEY_OFFSET = 1_000_000  # between the keys of one set of copies and the next
SOURCES = (
    "accounts/migrations/*.py",
    "publications/migrations/*.py",
    "publications/search/**/*.py",
    "static/**/*",
    "tests/many_texts.py",
    "tests/bench/site.py",
)


def build_site(publications: int) -> Path:
    """Return the folder of a site of so many publications, and build it if it does not exist."""
    folder = FOLDER / f"{publications}-{_fingerprint()}"
    if not (folder / "complete").exists():
        for old in FOLDER.glob(f"{publications}-*"):
            shutil.rmtree(old)
        print(f"Building a site of {publications} publications …", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "tests.bench.site", str(publications)]
        subprocess.run(command, env=environment(folder), cwd=ROOT, check=True)
        (folder / "complete").touch()
    return folder


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return the environment variables of a process that works on a site."""
    inherited = {name: value for name, value in os.environ.items() if name not in UNSET_VARIABLES}
    site = {"SITE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
    return {**inherited, **site, **variables}


def _fingerprint() -> str:
    files = sorted(path for pattern in SOURCES for path in ROOT.glob(pattern) if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]


def fill_database(publications: int) -> None:
    """Write the site into the empty database of this process."""
    from django.db import transaction

    from publications import search
    from publications.models import Edition, SearchIndex
    from publications.search import index
    from publications.search.similarity.rebuilds import VERSION as SIMILARITY_VERSION
    from publications.search.similarity.rows import store_terms
    from tests.many_texts import make_texts

    make_texts(min(publications, DIFFERENT_TEXTS))
    for _step in search.rebuild():
        pass
    originals = index.read_editions(Edition.objects.values_list("pk", flat=True))
    with transaction.atomic():
        store_terms(originals)
        _store_similarity(originals)
    rows = [index.build_row(original) for original in originals]
    for copy_number in range(1, -(-publications // DIFFERENT_TEXTS)):
        _copy_texts(copy_number, rows[: publications - copy_number * DIFFERENT_TEXTS])
    _count_words(rows, publications)
    search.merge_segments()
    SearchIndex.objects.update_or_create(
        pk=1, defaults={"version": index.VERSION, "similarity_version": SIMILARITY_VERSION}
    )


def _store_similarity(originals: list) -> None:
    """Make each edition similar to some others on its first topic; which ones does not matter here."""
    from publications.models import Similarity

    rng, editions_by_topic = random.Random(12), defaultdict(list)
    for original in originals:
        editions_by_topic[original.tags[0].pk].append(original.edition.pk)
    rows = []
    for original in originals:
        edition, topic = original.edition, original.tags[0].pk
        others = [pk for pk in editions_by_topic[topic] if pk != edition.pk]
        words = edition.title.lower().split()[:2]
        rows += [
            Similarity(
                edition=edition, similar_edition_id=other, score=rng.random(), tags=[topic], words=words
            )
            for other in rng.sample(others, min(SIMILAR_EDITIONS, len(others)))
        ]
    Similarity.objects.bulk_create(rows, batch_size=BATCH_SIZE)


def _copy_texts(copy_number: int, rows: list) -> None:
    """Copy the original texts with titles and addresses of their own, on other dates."""
    from django.db import transaction

    from publications.models import Edition
    from publications.search.engines import engine
    from publications.search.terms import index_terms

    offset, number_terms = copy_number * KEY_OFFSET, index_terms(str(copy_number), "en")
    for batch in batched([row.edition_id for row in rows], BATCH_SIZE):
        with transaction.atomic():
            _copy_editions(batch, copy_number, offset)
    copies = [
        replace(row, edition_id=row.edition_id + offset, title=[*row.title, *number_terms]) for row in rows
    ]
    ids = [copy.edition_id for copy in copies]
    dates = dict(Edition.objects.filter(pk__in=ids).values_list("pk", "published_at"))
    engine().store([replace(copy, published_on=dates[copy.edition_id].date()) for copy in copies])
    _copy_similarity(rows[0].edition_id, rows[-1].edition_id, offset)


def _copy_editions(edition_ids: tuple[int, ...], copy_number: int, offset: int) -> None:
    from publications.models import Address, Byline, Edition, EditionByline, EditionTag, Publication

    editions = {edition.pk: edition for edition in Edition.objects.filter(pk__in=edition_ids)}
    publications = list(Publication.objects.filter(editions__in=edition_ids))
    for edition in editions.values():
        edition.published_at -= timedelta(hours=7 * copy_number, seconds=edition.pk)
        edition.visible_from, edition.year = edition.published_at, edition.published_at.year
        for field in ("pk", "publication_id", "translation_group"):
            setattr(edition, field, getattr(edition, field) + offset)
    for copy in (*publications, *editions.values()):
        copy.title, copy.slug = f"{copy.title} {copy_number}", f"{copy.slug}-{copy_number}"
    for publication in publications:
        publication.pk, publication.uid = publication.pk + offset, uuid.uuid4()
    Publication.objects.bulk_create(publications)
    Edition.objects.bulk_create(editions.values())
    Address.objects.bulk_create(
        Address(locale="en", slug=publication.slug, publication=publication) for publication in publications
    )
    for model in (EditionByline, EditionTag):
        rows = list(model.objects.filter(edition__in=edition_ids))
        for row in rows:
            row.pk, edition = None, editions[row.edition_id]
            row.edition_id = edition.pk
            row.published_at, row.visible_from, row.year = (
                edition.published_at,
                edition.visible_from,
                edition.year,
            )
        model.objects.bulk_create(rows)
    bylines = Byline.objects.filter(publication__editions__in=edition_ids)
    Byline.objects.bulk_create(
        Byline(publication_id=byline.publication_id + offset, author_id=byline.author_id)
        for byline in bylines
    )


def _copy_similarity(first: int, last: int, offset: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO publications_editionterm (edition_id, term, weight) SELECT edition_id + %s, term, weight "
            "FROM publications_editionterm WHERE edition_id BETWEEN %s AND %s", [offset, first, last],
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO publications_similarity (edition_id, similar_edition_id, score, tags, authors, words) "
            "SELECT edition_id + %s, similar_edition_id + %s, score, tags, authors, words FROM publications_similarity "
            "WHERE edition_id BETWEEN %s AND %s AND similar_edition_id BETWEEN %s AND %s",
            [offset, offset, first, last, first, last],
        )


def _count_words(rows: list, publications: int) -> None:
    from publications.models import IndexedTerm
    from publications.search import index

    counts = Counter(term for row in rows for term in index.vocabulary(row))
    times = max(1, publications // max(len(rows), 1))
    IndexedTerm.objects.all().delete()
    IndexedTerm.objects.bulk_create(
        (IndexedTerm.build(term, count * times) for term, count in counts.items()), batch_size=BATCH_SIZE
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
    fill_database(publications)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize=0x10002")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    main(int(sys.argv[1]))
