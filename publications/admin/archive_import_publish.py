"""The page that confirms publishing an import: what becomes public, by the report of its check."""

from collections import Counter, defaultdict
from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from publications.importers.archive_imports import permissions_of
from publications.importers.check_state import is_outdated
from publications.importers.field_changes import label_changes, load_kinds, name_fields
from publications.importers.held_notes import list_notes
from publications.importers.hidden_links import HIDDEN_LINK
from publications.importers.left_tasks import MISSING_TOPICS
from publications.importers.left_to_do import list_open_names, list_similar_rows
from publications.locales import language_in_sentence, language_label
from publications.models import ARCHIVE_IMPORT_DAYS, ArchiveImport, ArchiveImportTask
from publications.stored_messages import show_message

from .archive_import_report import describe_decided_since, name_new_rows
from .archive_import_undo import warn_of_other_request
from .archive_imports import request_run, url_of
from .site import render_desk_page, require_permissions


@require_permissions(*permissions_of(ArchiveImportTask.IMPORT, publish=True))
def archive_import_publish_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what publishing an import makes public, by the report of its check; then import and publish.

    What has changed since the check, or was decided on names, is checked first.
    """
    job = get_object_or_404(ArchiveImport, pk=pk)
    if job.is_unfinished:
        warn_of_other_request(request)
        return HttpResponseRedirect(url_of(job))
    if not job.can_publish:
        messages.warning(request, _("Check the archive first: the check says what would become public."))
        return HttpResponseRedirect(url_of(job))
    decided_since, has_changed_since = describe_decided_since(job), is_outdated(job)
    needs_check = bool(decided_since) or has_changed_since
    if request.method == "POST" and not needs_check:
        request_run(request, job, ArchiveImportTask.IMPORT, publish=True)
        return HttpResponseRedirect(url_of(job))
    missing = _describe_notes(job.report, MISSING_TOPICS)
    hidden_links = _describe_notes(job.report, (HIDDEN_LINK,))
    files = [
        {
            **file,
            "language_label": language_label(file["language"]),
            "missing": missing.get(file["source"], ()),
            "hidden_links": hidden_links.get(file["source"], ()),
        }
        for file in job.report["files"]
        if file["is_published"]
    ]
    kinds = load_kinds()
    for file in files:
        file["reader_changes"] = label_changes(file.get("reader_changes", ()), kinds)
    languages = Counter(file["language"] for file in files)
    return render_desk_page(
        request,
        "archive_import_publish",
        title=_("Publish the texts of %(file)s") % {"file": job.filename},
        job=job,
        files=files,
        languages=[(language_in_sentence(code), count) for code, count in sorted(languages.items())],
        changed=[file for file in files if file["was_public"]],
        changed_fields=name_fields(file.get("reader_changes", ()) for file in job.report["files"]),
        new_rows=name_new_rows(job),
        decided_since=decided_since,
        is_outdated=has_changed_since,
        needs_check=needs_check,
        open_names=len(list_open_names(job)),
        similar_rows=[
            f"{source} / {target}" for source, target in list_similar_rows(job.imported_publications)
        ],
        incomplete=[file for file in files if file["missing"]],
        with_hidden_links=[file for file in files if file["hidden_links"]],
        days=ARCHIVE_IMPORT_DAYS,
    )


def _describe_notes(report: dict, topics: Collection[str]) -> dict[str, list[str]]:
    """Return the notes on some topics in words, by the place of the text in the archive."""
    notes: dict[str, list[str]] = defaultdict(list)
    for topic, source, note in list_notes(report):
        if topic in topics:
            notes[source].append(show_message(note))
    return notes
