"""What an import has left to do: a page that lists it, each with a link to where it is mended."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.importers.address_remarks import (
    PENDING_ADDRESS,
    UNKNOWN_ADDRESS,
    describe_pending_addresses,
    describe_unknown_addresses,
)
from publications.importers.imported_file import SourceRemark
from publications.importers.left_addresses import find_texts_without_address, list_pending_addresses
from publications.importers.left_groups import LeftGroup, LeftItem
from publications.importers.left_tasks import TASK_OF_REMARK, LeftTask
from publications.importers.left_ticks import tick
from publications.importers.left_to_do import find_left_to_do, has_left_list
from publications.importers.report_page import show_source_notes
from publications.locales import language_label
from publications.models import ARCHIVE_IMPORT_DAYS, ArchiveImport, Publication

from .import_left_remedies import OTHER_PAGES, PAGES, REMEDIES, UNDO_OF_UPDATES
from .site import render_desk_page, require_permissions

MAX_LISTED_ITEMS = 100
FOLDED_TASKS = (LeftTask.MADE_SUMMARY,)


@require_permissions("add_archiveimport")
def archive_import_left_page(request: HttpRequest, pk: int) -> HttpResponse:
    """List what is left to do after an import, as the texts are now; take off the list what is ticked as done."""
    job = get_object_or_404(ArchiveImport.objects.select_related("requested_by"), pk=pk)
    context = {"title": _("What is left to do: %(file)s") % {"file": job.filename}, "job": job}
    if not has_left_list(job):
        return render_desk_page(
            request, "import_left", **context, reason_without_list=_explain_missing_list(job)
        )
    groups = find_left_to_do(job)
    if request.method == "POST":
        return _tick(request, job, groups)
    own = set(job.imported_publications.values_list("pk", flat=True))
    unknown = list(_describe_unknown(job))
    open_tasks = {group.task for group in groups if group.items} | (
        {LeftTask.ADDRESSES} if unknown else set()
    )
    return render_desk_page(
        request,
        "import_left",
        **context,
        days=ARCHIVE_IMPORT_DAYS,
        groups=[_describe_group(job, group) for group in groups if group.items],
        finished=[group.task.label for group in groups if group.task not in open_tasks],
        left=list(_describe_numbers({group.task: group.items for group in groups}, own)),
        texts=len(own),
        source_notes=_list_source_notes(job, unknown),
    )


def _explain_missing_list(job: ArchiveImport) -> str:
    """Return why an import has no list of what is left to do."""
    if job.is_undo:
        return _("The import is undone: nothing of it is left.")
    return _(
        "The archive is checked, and nothing of it is imported yet: the import says what the check has found."
    )


def _describe_unknown(job: ArchiveImport) -> Iterator[SourceRemark]:
    """Yield which of the texts of which the source has no old address that have none by now."""
    for note in job.report.get("source_notes", ()):
        if note.get("topic") == UNKNOWN_ADDRESS:
            texts = int(note["text"]["values"]["texts"])
            yield from describe_unknown_addresses(find_texts_without_address(job, set(note["items"])), texts)


def _list_source_notes(job: ArchiveImport, unknown: Sequence[SourceRemark]) -> list[dict]:
    """Return the notes on the source as a whole that are no task, with those on addresses as these are now."""
    others = {*TASK_OF_REMARK, PENDING_ADDRESS, UNKNOWN_ADDRESS}
    notes = [note for note in show_source_notes(job.report) if note.get("topic") not in others]
    remarks = [*unknown, *describe_pending_addresses(list_pending_addresses(job))]
    return [*notes, *({"text": str(remark.text), "items": remark.items} for remark in remarks)]


def _tick(request: HttpRequest, job: ArchiveImport, groups: Sequence[LeftGroup]) -> HttpResponse:
    ticked = set(" ".join(request.POST.getlist("marks")).split())
    tick(job, ticked & {mark for group in groups for item in group.items for mark in item.marks})
    return HttpResponseRedirect(request.path)


def _describe_numbers(items: Mapping[LeftTask, Sequence[LeftItem]], own: Container[int]) -> Iterator[str]:
    """Yield with how many texts, names, pages and addresses something is left to do.

    Args:
        own: the primary keys of the texts that came with the import.
    """
    others = {task: [item for item in items[task] if not item.publication] for task in OTHER_PAGES}
    texts = {item.publication or item.title for task in items for item in items[task]}
    texts -= {item.title for task in others for item in others[task]}
    if count := len(texts):
        yield ngettext("%d text", "%d texts", count) % count + _describe_other_texts(texts, own)
    if count := len(others[LeftTask.NAMES]) + len(others[LeftTask.SIMILAR]):
        yield ngettext("%d name", "%d names", count) % count
    if count := len(others[LeftTask.PAGES]):
        yield ngettext("%d page of the old site", "%d pages of the old site", count) % count
    if count := len(others[LeftTask.UNREAD]):
        yield ngettext("%d type or field of the source", "%d types and fields of the source", count) % count
    if count := len(others[LeftTask.ADDRESSES]) + len(others[LeftTask.SERVER]):
        yield ngettext("%d old address", "%d old addresses", count) % count


def _describe_other_texts(texts: Iterable[Publication | str], own: Container[int]) -> str:
    """Return how many of the texts did not come with the import, in parentheses, or ""."""
    others = sum(isinstance(text, str) or text.pk not in own for text in texts)
    text = ngettext(
        " (%d of them was not imported, or came with another import)",
        " (%d of them were not imported, or came with other imports)",
        others,
    )
    return text % others if others else ""


def _describe_group(job: ArchiveImport, group: LeftGroup) -> dict:
    remedy, _address_of_text = REMEDIES[group.task]
    page, page_label = PAGES.get(group.task, ("", ""))
    if group.task is LeftTask.UPDATED and not job.is_undo:
        remedy = f"{remedy} {UNDO_OF_UPDATES}"
    is_of_addresses = group.task in OTHER_PAGES  # of which some lead here from the start
    return {
        "key": group.task.value,
        "label": group.task.label,
        "remedy": remedy,
        "page": reverse(page) if page else "",
        "page_label": page_label,
        "number": len(group.items),
        "mended": 0 if is_of_addresses else group.mended,
        "answered": group.mended if is_of_addresses else 0,
        "items": [_describe_item(job, group.task, item) for item in group.items[:MAX_LISTED_ITEMS]],
        "is_folded": group.task in FOLDED_TASKS,
        "can_tick": any(item.marks for item in group.items[:MAX_LISTED_ITEMS]),
        "more": max(0, len(group.items) - MAX_LISTED_ITEMS),
    }


def _describe_item(job: ArchiveImport, task: LeftTask, item: LeftItem) -> dict:
    publication = item.publication
    return {
        "title": item.title,
        "reasons": item.reasons,
        "is_edited": item.is_edited,
        "marks": " ".join(item.marks),
        "address": _address_of(job, task, item),
        "language": publication.language if publication else "",
        "language_label": language_label(publication.language) if publication else "",
    }


def _address_of(job: ArchiveImport, task: LeftTask, item: LeftItem) -> str:
    """Return the page where an item is mended, "" if there is none."""
    if item.publication:
        _remedy, address_of_text = REMEDIES[task]
        return address_of_text(item.publication)
    find_page = OTHER_PAGES.get(task)
    return find_page(job, item.title) if find_page else ""
