"""Find texts of an archive that are on the site already under another uid, as of an archive under another name."""

import re
from collections.abc import Collection, Iterable

from django.db.models import Q

from publications.models import ArchiveImport, Publication

from .report import FileOutcome, FileReport, ImportReport

LINK_TARGET = re.compile(r"\]\([^)\s]*")
"""Texts of an archive link to each other at addresses that differ between two imports of it."""


def report_duplicates(files: Iterable[FileReport], report: ImportReport) -> None:
    """Add to the report which publications have the title, language and text of the new drafts of these files.

    Args:
        report: of the import so far, whose own drafts are left out.
    """
    own = [publication.pk for publication in _new_drafts(report.files)]
    texts = {_identify(draft) for draft in _new_drafts(files)}
    titles = {title for title, _language, _body in texts}
    rows = Publication.objects.filter(title__in=titles).exclude(pk__in=own).only("title", "language", "body")
    report.duplicates |= {row.pk for row in rows if _identify(row) in texts}


def _new_drafts(files: Iterable[FileReport]) -> list[Publication]:
    return [file.publication for file in files if file.outcome is FileOutcome.NEW]


def _identify(publication: Publication) -> tuple[str, str, str]:
    return publication.title, publication.language, LINK_TARGET.sub("", publication.body)


def name_import_of(publications: Collection[int]) -> str:
    """Return the file name of the last import that brought one of these publications, or "" if it is deleted."""
    brought = Q(created_publications__in=publications) | Q(published_editions__publication__in=publications)
    job = ArchiveImport.objects.filter(brought).defer("report").first()
    return job.filename if job else ""
