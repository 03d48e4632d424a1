"""Write the whole site into a folder: rows of all tables, uploaded files, and what people read of them.

All rows are read in one state of the database, while editors work on. Dates in the archive are those of the site, so
that an unchanged site gives the same bytes. Whoever needs PDFs passes a function: rendering one stores a row, so that
they are made before. One whose record a redaction or the removal of a name has deleted since is left out.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched, groupby
from pathlib import Path

from django.db.models import prefetch_related_objects
from django.utils import timezone

from publications.folder_storage import list_files
from publications.migration_state import latest_migrations
from publications.models import (
    HEAD,
    MANUSCRIPT_RELATIONS,
    REDACTING_ACTIONS,
    SIGNATURE,
    AuditEntry,
    Edition,
    EditionWithRows,
    Publication,
    Revision,
    ServedPdf,
    SitePage,
    SiteSettings,
    SiteVersion,
    audit_file_name,
    models_with_originals,
    original_storage,
    read_audit_file,
)
from publications.site_lock import hold_folder_lock

from . import primary_keys, readable
from .bag import Progress, StartProgress, ignore_steps
from .bag_writer import BagWriter, DamagedFile, make_folder
from .database import one_database_state, without_memory_map
from .rows import read_lines, read_lines_by_publication
from .tables import ARCHIVED

PUBLICATIONS_PER_BATCH = 100
ROWS_PER_FILE = 5000
"""A table is divided by primary key, so that a new row changes one file of it."""
ROW_FILE = "rows.jsonl"
ORIGINAL_NAME = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})\.[0-9a-z]+")
"""The name of an uploaded file, which holds the SHA-256 of its bytes; other files of the storage are not archived."""
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
        without_pdf: editions whose PDF cannot be rendered, or was of a text that has changed since.
        has_redacted_text: whether something was redacted, or a name removed, while the archive was written, which may
            hold the text of before. The next run removes it.
    """

    files: int = 0
    written: int = 0
    removed: int = 0
    missing: list[str] = field(default_factory=list)
    without_pdf: list[str] = field(default_factory=list)
    has_redacted_text: bool = False


def write_archive(
    root: Path, *, render_pdf: RenderPdf | None = None, progress: StartProgress = ignore_steps
) -> ArchiveReport:
    """Bring the folder up to date with the site. An interrupted run leaves it complete or visibly unfinished.

    Args:
        render_pdf: adds the PDFs of readable editions.
        progress: called at the start of each long step.

    Raises:
        FolderInUse: another process writes or restores it.
        NotAnArchive: the folder contains other files.
        OSError: the disk is full, or the folder cannot be written.
    """
    make_folder(root)
    with hold_folder_lock(root), without_memory_map():
        return _write(root, render_pdf, progress)


def _write(root: Path, render_pdf: RenderPdf | None, progress: StartProgress) -> ArchiveReport:
    bag, report = BagWriter(root), ArchiveReport()
    _store_audit_head(bag)
    pdfs = _store_pdfs(bag, render_pdf, report, progress("PDFs")) if render_pdf else {}
    with one_database_state():
        site, version = SiteSettings.current(), SiteVersion.objects.get()
        report.without_pdf += _discard_outdated_pdfs(bag, pdfs)
        entries = _store_publications(bag, pdfs, progress("publications"))
        _store_tables(bag)
        bag.store(primary_keys.KEYS_FILE, primary_keys.render_highest_keys())
        originals = _find_originals()
        info = {
            "Source-Organization": site.name_en,
            "External-Description": f"{site.name_en}: all publications and their history",
            "Bagging-Date": timezone.localdate(version.changed_at).isoformat(),
            "Site-Version": str(version.number),
            SCHEMA_KEY: ", ".join(latest_migrations()),
        }
    report.missing = _store_originals(bag, originals, progress("uploaded files"))
    tag_files = {
        readable.INDEX: readable.render_index(site.name_en, entries),
        readable.README: readable.render_readme(site.name_en, report.missing),
    }
    bag.finish(info, tag_files)
    report.files, report.written, report.removed = len(bag.files), bag.written, len(bag.removed)
    later = AuditEntry.objects.filter(site_version__gt=version.number)
    report.has_redacted_text = later.filter(action__in=REDACTING_ACTIONS).exists()
    return report


def _store_pdfs(
    bag: BagWriter, render_pdf: RenderPdf, report: ArchiveReport, progress: Progress
) -> dict[int, str]:
    """Store the PDFs of readable editions; return their names by primary key of the edition."""
    names = {}
    editions = Edition.objects.readable().order_by("publication_id", "number")
    pks = list(editions.values_list("pk", flat=True))
    for done, pk in enumerate(pks, start=1):
        progress(done, len(pks))
        edition = Edition.objects.readable().filter(pk=pk).select_related("kind").first()
        if edition is None:  # withdrawn since
            continue
        content = render_pdf(edition)
        if content is None:
            report.without_pdf.append(f"{edition.title} ({edition.number})")
            continue
        name = f"pdf/{edition.publication_id:06d}-edition-{edition.number}.pdf"
        bag.store(name, content)
        names[pk] = name
    return names


def _discard_outdated_pdfs(bag: BagWriter, pdfs: dict[int, str]) -> list[str]:
    """Discard PDFs that are not recorded any more; return the editions that they were of, as they are now."""
    recorded = set(ServedPdf.objects.values_list("digest", flat=True)) if pdfs else set()
    outdated = [pk for pk, name in pdfs.items() if bag.digest_of(name) not in recorded]
    for pk in outdated:
        bag.discard(pdfs.pop(pk))
    editions = Edition.objects.filter(pk__in=outdated).order_by("pk").values_list("title", "number")
    return [f"{title} ({number})" for title, number in editions]


def _store_publications(
    bag: BagWriter, pdfs: dict[int, str], progress: Progress
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
    bag: BagWriter, pks: Sequence[int], pdfs: dict[int, str], pages: dict[str, str]
) -> Iterator[readable.PublicationEntry]:
    publications = list(Publication.with_deleted.filter(pk__in=pks).order_by("pk"))
    prefetch_related_objects(publications, *MANUSCRIPT_RELATIONS)
    editions = EditionWithRows.get_many(
        Edition.objects.filter(publication__in=pks).order_by("publication_id", "number"), rows=EDITION_ROWS
    )
    by_publication = {
        pk: list(group) for pk, group in groupby(editions, key=lambda rows: rows.edition.publication_id)
    }
    lines = [read_lines_by_publication(table, pks) for table in ARCHIVED if table.publication]
    for publication in publications:
        rows = by_publication.get(publication.pk, [])
        archived = readable.render_publication(publication, rows, pdfs, pages)
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


def _store_audit_head(bag: BagWriter) -> None:
    """Store the head of the audit log that is public, before the log is read: it may not be of later entries."""
    for name in (HEAD, SIGNATURE):
        if (content := read_audit_file(name)) is not None:
            bag.store(f"{readable.FILES}/{audit_file_name(name)}", content)


def _store_originals(bag: BagWriter, names: Collection[str], progress: Progress) -> list[str]:
    """Store uploaded files; return the names of those that are missing or damaged."""
    storage, missing = original_storage(), []
    for done, name in enumerate(sorted(names), start=1):
        progress(done, len(names))
        digest = name.rpartition("/")[2].partition(".")[0]
        try:
            with storage.open(name) as source:
                bag.copy(f"{readable.FILES}/{name}", source, digest)
        except (FileNotFoundError, DamagedFile):
            missing.append(name)
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
        names |= {others[digest] for digest in Revision.objects.file_digests() & others.keys()}
    return names
