"""Find texts of an archive that are on the site already under another uid, as of an archive under another name."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import batched

from django.db.models import Exists, OuterRef, QuerySet

from publications.models import ArchiveImport, Edition, Publication

from .report import FileOutcome, FileReport, ImportReport

LINK_TARGET = re.compile(r"\]\([^)\s]*")
"""Texts of an archive link to each other at addresses that differ between two imports of it."""
MAX_QUERIED_KEYS = 500
"""Databases limit how many values a query binds."""

Identity = tuple[str, str, str]


def report_duplicates(files: Iterable[FileReport], report: ImportReport) -> None:
    """Add to the report which of these files have the title, language and text of another publication.

    These are new drafts, and drafts of an earlier run that would become public beside a live text.

    Args:
        report: of the import so far, whose own texts are left out.
    """
    drafts = [file for file in files if _is_new(file) or (file.is_published and not file.was_public)]
    existing = _find_by_identity({file.publication.title for file in drafts})
    if not existing:
        return
    new = {file.publication.pk for file in report.files if _is_new(file)}
    own = {file.publication.pk for file in report.files if file.publication}
    live = _find_live(set().union(*existing.values()) - own)
    for file in drafts:
        publications = existing.get(_identify(file.publication), set())
        if doubles := publications - new if _is_new(file) else publications & live:
            report.duplicates[file.source] = doubles


def _is_new(file: FileReport) -> bool:
    return file.outcome is FileOutcome.NEW


def _find_live(publications: Collection[int]) -> set[int]:
    batches = batched(sorted(publications), MAX_QUERIED_KEYS)
    editions = (Edition.objects.live().filter(publication__in=keys) for keys in batches)
    return {pk for rows in editions for pk in rows.values_list("publication", flat=True)}


def _find_by_identity(titles: Collection[str]) -> dict[Identity, set[int]]:
    """Return the primary keys of publications with these titles, by their identity."""
    publications: dict[Identity, set[int]] = defaultdict(set)
    for row in Publication.objects.filter(title__in=titles).only("title", "language", "body").iterator():
        publications[_identify(row)].add(row.pk)
    return publications


def _identify(publication: Publication) -> Identity:
    return publication.title, publication.language, LINK_TARGET.sub("", publication.body)


def name_import_of(publications: Collection[int]) -> str:
    """Return the file name of the last import that brought one of these publications, or "" if it is deleted."""
    batches = batched(sorted(publications), MAX_QUERIED_KEYS)
    jobs = filter(None, (_imports_of(keys).defer("report", "earlier_report").first() for keys in batches))
    last = max(jobs, key=lambda job: (job.added_at, job.pk), default=None)
    return last.filename if last else ""


def _imports_of(keys: Collection[int]) -> QuerySet[ArchiveImport]:
    """Return imports by subqueries: joins would pair each draft of an import with each of its editions."""
    imports = ArchiveImport.objects.filter(pk=OuterRef("pk"))
    created = imports.filter(created_publications__in=keys)
    published = imports.filter(published_editions__publication__in=keys)
    return ArchiveImport.objects.filter(Exists(created) | Exists(published))
