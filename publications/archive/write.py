"""Write the whole site into a folder: rows of all tables, uploaded files, and what people read of them.

All rows are read in one state of the database, while editors work on. Dates in the archive are those of the site, so
that an unchanged site gives the same bytes. Whoever needs PDFs passes a function: rendering one stores a row.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched, groupby
from pathlib import Path

from django.db import connection, transaction
from django.db.models import prefetch_related_objects

from publications.folder_storage import list_files
from publications.migration_state import latest_migrations
from publications.models import (
    HEAD,
    MANUSCRIPT_RELATIONS,
    SIGNATURE,
    Edition,
    EditionWithRows,
    Publication,
    Revision,
    SitePage,
    SiteSettings,
    SiteVersion,
    audit_file_name,
    models_with_originals,
    original_storage,
)
from publications.site_lock import hold_folder_lock

from . import readable
from .bag import Progress
from .bag_writer import BagWriter, DamagedFile, make_folder
from .rows import read_lines, read_lines_by_publication
from .tables import ARCHIVED

PUBLICATIONS_PER_BATCH = 100
ROWS_PER_FILE = 5000
"""A table is divided by primary key, so that a new row changes one file of it."""
ROW_FILE = "rows.jsonl"
ORIGINAL_NAME = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})\.[0-9a-z]+")
"""The name of an uploaded file, which holds the SHA-256 of its bytes; other files of the storage are not archived."""
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
EDITION_ROWS = ("bylines", "tags", "images", "attachments")
SCHEMA_KEY = "Schema"
"""In bag-info.txt: the last migrations, which the release that restores must have as well."""

RenderPdf = Callable[[Edition], bytes | None]
"""Returns the PDF of an edition, or None if it cannot be rendered now."""


@dataclass
class ArchiveReport:
    """What a run did.

    Attributes:
        missing: names of uploaded files that the storage has lost or that hold other bytes.
        without_pdf: editions whose PDF cannot be rendered.
    """

    files: int = 0
    written: int = 0
    removed: int = 0
    missing: list[str] = field(default_factory=list)
    without_pdf: list[str] = field(default_factory=list)


def write_archive(
    root: Path, *, render_pdf: RenderPdf | None = None, progress: Progress = lambda _done, _total: None
) -> ArchiveReport:
    """Bring the folder up to date with the site. An interrupted run leaves it complete or visibly unfinished.

    Raises:
        FolderInUse: another process writes or restores it.
        NotAnArchive: the folder contains other files.
        OSError: the disk is full, or the folder cannot be written.
    """
    make_folder(root)
    with hold_folder_lock(root):
        return _write(root, render_pdf, progress)


def _write(root: Path, render_pdf: RenderPdf | None, progress: Progress) -> ArchiveReport:
    bag, report = BagWriter(root), ArchiveReport()
    pdfs = _store_pdfs(bag, render_pdf, report) if render_pdf else {}
    with one_database_state():
        entries = _store_publications(bag, pdfs, progress)
        _store_tables(bag)
        report.missing = _store_originals(bag)
        site, version = SiteSettings.current(), SiteVersion.objects.get()
        info = {
            "Source-Organization": site.name_en,
            "External-Description": f"{site.name_en}: all publications and their history",
            "Bagging-Date": version.changed_at.date().isoformat(),
            "Site-Version": str(version.number),
            SCHEMA_KEY: ", ".join(latest_migrations()),
        }
    tag_files = {
        readable.INDEX: readable.render_index(site.name_en, entries),
        readable.README: readable.render_readme(site.name_en, report.missing),
    }
    bag.finish(info, tag_files)
    report.files, report.written, report.removed = len(bag.files), bag.written, len(bag.removed)
    return report


@contextmanager
def one_database_state() -> Iterator[None]:
    """Read all that follows in one state of the database, without a lock that writers would wait for."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":  # a transaction of Django would take the lock of writers
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _store_pdfs(bag: BagWriter, render_pdf: RenderPdf, report: ArchiveReport) -> dict[tuple[int, int], str]:
    """Store the PDFs of readable editions; return their names by primary key and number of redactions."""
    names = {}
    for edition in Edition.objects.readable().order_by("publication", "number").iterator(chunk_size=100):
        content = render_pdf(edition)
        if content is None:
            report.without_pdf.append(f"{edition.title} ({edition.number})")
            continue
        name = f"pdf/{edition.publication_id:06d}-edition-{edition.number}.pdf"
        bag.store(name, content)
        names[edition.pk, edition.redaction_count] = name
    return names


def _store_publications(
    bag: BagWriter, pdfs: dict[tuple[int, int], str], progress: Progress
) -> list[readable.PublicationEntry]:
    """Store the folder of each publication, deleted drafts too, and return their entries in the index."""
    pks = list(Publication.with_deleted.order_by("pk").values_list("pk", flat=True))
    pages = readable.find_pages()
    entries: list[readable.PublicationEntry] = []
    for batch in batched(pks, PUBLICATIONS_PER_BATCH):
        entries += _store_batch(bag, batch, pdfs, pages)
        progress(len(entries), len(pks))
    return entries


def _store_batch(
    bag: BagWriter, pks: Sequence[int], pdfs: dict[tuple[int, int], str], pages: dict[str, str]
) -> Iterator[readable.PublicationEntry]:
    publications = list(Publication.with_deleted.filter(pk__in=pks).order_by("pk"))
    prefetch_related_objects(publications, *MANUSCRIPT_RELATIONS)
    editions = EditionWithRows.get_many(
        Edition.objects.filter(publication__in=pks).order_by("publication", "number"), rows=EDITION_ROWS
    )
    by_publication = {
        pk: list(group) for pk, group in groupby(editions, key=lambda rows: rows.edition.publication_id)
    }
    lines = [read_lines_by_publication(table, pks) for table in ARCHIVED if table.publication]
    for publication in publications:
        rows = by_publication.get(publication.pk, [])
        names = {row.edition.pk: pdfs.get((row.edition.pk, row.edition.redaction_count), "") for row in rows}
        archived = readable.render_publication(publication, rows, names, pages)
        for name, content in archived.files.items():
            bag.store(name, content)
        own_lines = (line for table in lines for line in table.get(publication.pk, ()))
        bag.store_lines(f"{archived.entry.folder}/{ROW_FILE}", own_lines)
        yield archived.entry


def _store_tables(bag: BagWriter) -> None:
    """Store the tables that belong to no publication, each divided by primary key."""
    for table in ARCHIVED:
        if table.publication:
            continue
        for part, lines in groupby(read_lines(table), key=lambda row: row[0] // ROWS_PER_FILE):
            number = f"-{part + 1}" if part else ""
            bag.store_lines(f"tables/{table.name}{number}.jsonl", (line for _pk, line in lines))
    for name, content in readable.render_site_pages(SitePage.objects.order_by("pk")).items():
        bag.store(name, content)


def _store_originals(bag: BagWriter) -> list[str]:
    """Store the uploaded files that rows or revisions refer to, and the head of the audit log that is public.

    Returns:
        The names of those that are missing or damaged.
    """
    storage, missing = original_storage(), []
    for name in sorted(_find_originals()):
        digest = name.rpartition("/")[2].partition(".")[0]
        try:
            with storage.open(name) as source:
                bag.copy(f"{readable.FILES}/{name}", source, digest)
        except (FileNotFoundError, DamagedFile):
            missing.append(name)
    for name in (audit_file_name(HEAD), audit_file_name(SIGNATURE)):
        if storage.exists(name):
            with storage.open(name) as source:
                bag.store(f"{readable.FILES}/{name}", source.read())
    return missing


def _find_originals() -> set[str]:
    """Return the names of the files that rows refer to, and of those that revisions name and the storage has."""
    names = {
        name
        for model in models_with_originals()
        for name in model._base_manager.exclude(original="").values_list("original", flat=True).iterator()
    }
    others = {
        match[1]: match[0]
        for name in list_files(original_storage())
        if name not in names and (match := ORIGINAL_NAME.fullmatch(name))
    }
    if others:
        for text in Revision.objects.values_list("manuscript", flat=True).iterator(chunk_size=200):
            names |= {others[digest] for digest in DIGEST.findall(text) if digest in others}
    return names
