"""What an import has left to do: a page that lists it, each with a link to where it is mended."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from publications.importers.address_remarks import (
    PENDING_ADDRESS,
    UNKNOWN_ADDRESS,
    describe_pending_addresses,
)
from publications.importers.left_addresses import list_pending_addresses
from publications.importers.left_tasks import TASK_OF_REMARK, LeftTask
from publications.importers.left_ticks import tick
from publications.importers.left_to_do import LeftGroup, LeftItem, find_left_to_do
from publications.importers.report_page import show_source_notes
from publications.locales import language_label
from publications.models import ARCHIVE_IMPORT_DAYS, ArchiveImport, Publication

from .site import render_desk_page, require_permissions

MAX_LISTED_ITEMS = 100


def _form_field(name: str) -> Callable[[Publication], str]:
    def address(publication: Publication) -> str:
        return f"{reverse('desk:publications_publication_change', args=[publication.pk])}#id_{name}"

    return address


def _page(name: str) -> Callable[[Publication], str]:
    return lambda publication: reverse(name, args=[publication.pk])


def _names_page(job: ArchiveImport, _title: str) -> str:
    return reverse("desk:archive-import-names", args=[job.pk])


def _similar_names_page(_job: ArchiveImport, _title: str) -> str:
    return reverse("desk:similar-names")


def _settings_page(job: ArchiveImport, _title: str) -> str:
    if job.is_by_command:
        return ""
    return f"{reverse('desk:archive-import', args=[job.pk])}#settings"


def _address_page(_job: ArchiveImport, title: str) -> str:
    return f"{reverse('desk:old-addresses')}?{urlencode({'address': title})}"


_FORM = _page("desk:publications_publication_change")
OTHER_PAGES: dict[LeftTask, Callable[[ArchiveImport, str], str]] = {
    LeftTask.NAMES: _names_page,
    LeftTask.SIMILAR: _similar_names_page,
    LeftTask.PAGES: _settings_page,
    LeftTask.ADDRESSES: _address_page,
    LeftTask.UNREAD: _settings_page,
    LeftTask.SERVER: lambda _job, _title: "",
}
"""The pages where what is no text is answered, by the import and the name or address."""
UNDO_OF_UPDATES = gettext_lazy(
    "The undo of the import gives back those that nobody has edited, scheduled or published since."
)
REMEDIES: dict[LeftTask, tuple[Promise, Callable[[Publication], str] | None]] = {
    LeftTask.NAMES: (
        gettext_lazy("Say once whose they are: every later import follows it."), None,
    ),
    LeftTask.SIMILAR: (
        gettext_lazy("Merge them, or say once that a name is nobody else’s."), None,
    ),
    LeftTask.PAGES: (
        gettext_lazy(
            "Are they texts? Then add a rule for them under “Settings, and check again”, or to the mapping of the "
            "command. Of others keep the address:"
        ),
        None,
    ),
    LeftTask.UNREAD: (
        gettext_lazy(
            "Say under “Settings, and check again”, or in the mapping of the command, which kind or field they are "
            "here, or that they are left out, and import again; or tick what is not to come along."
        ),
        None,
    ),
    LeftTask.UPDATED: (
        gettext_lazy(
            "Readers see the earlier text. Compare it with the draft; then publish the draft, or restore an earlier "
            "revision."
        ),
        _page("desk:difference"),
    ),
    LeftTask.PUBLIC: (
        gettext_lazy(
            "Withdraw each on its page, or keep it public on purpose, and tick it."
        ),
        _FORM,
    ),
    LeftTask.GONE: (
        gettext_lazy(
            "An earlier import has brought them. They were deleted or renamed in the source, are refused now, or the "
            "settings leave them out. Withdraw each on its page, or keep it, and tick it."
        ),
        _FORM,
    ),
    LeftTask.REFUSED: (
        gettext_lazy("Mend them in the old system or in the file, and import it again: the others stay."), _FORM,
    ),
    LeftTask.KEPT: (
        gettext_lazy(
            "The text of the desk stayed, and nothing of the other version was taken. Compare the two, and write what "
            "is missing."
        ),
        _FORM,
    ),
    LeftTask.MADE_TITLE: (
        gettext_lazy("These texts have no title in the source. Read them, and give each its own."),
        _form_field("title"),
    ),
    LeftTask.MADE_SUMMARY: (
        gettext_lazy("Readers see them in lists and search results: read them when you find the time."),
        _form_field("summary"),
    ),
    LeftTask.AUTHOR: (
        gettext_lazy(
            "Choose the author on the page of the text; or tick several in the list of publications and take “Set "
            "author and publish”."
        ),
        _form_field("bylines"),
    ),
    LeftTask.SUMMARY: (
        gettext_lazy("Two sentences that say what happened and what you make of it."), _form_field("summary"),
    ),
    LeftTask.LANGUAGE: (
        gettext_lazy("Is it in that language? Then change it on the page of the text; else tick it."),
        _form_field("language"),
    ),
    LeftTask.DATE: (
        gettext_lazy("Without a date a text gets the day on which it is published here."), _form_field("published_at"),
    ),
    LeftTask.FILES: (
        gettext_lazy(
            "Put each below the folder of the texts, at the path of its old address (of Substack: anywhere, under its "
            "name), and import the texts again; or add it to its text."
        ),
        _FORM,
    ),
    LeftTask.ALT: (
        gettext_lazy("Say what each picture shows. The desk asks for it at the next publishing; an import does not."),
        _page("desk:image-descriptions"),
    ),
    LeftTask.LOST: (gettext_lazy("Compare with the old page, and write what is missing."), _FORM),
    LeftTask.EMBEDS: (gettext_lazy("Look whether a link is enough for readers."), _FORM),
    LeftTask.LINKS: (gettext_lazy("Take the link away, or lead it to another page."), _FORM),
    LeftTask.ADDRESSES: (
        gettext_lazy("Readers who follow an old link to them find another text, or nothing. Say where they lead:"),
        _FORM,
    ),
    LeftTask.SERVER: (
        gettext_lazy(
            "The site itself has no patterns, and leads to no other site. Add each line to the server block of nginx, "
            "or write the like for another web server, and tick it."
        ),
        None,
    ),
    LeftTask.DRAFTS: (gettext_lazy("Read them and publish them, or delete them."), _FORM),
}  # fmt: skip
"""For each task what to do, and the page where a text is mended; None where no text has it."""
PAGES = {
    LeftTask.ADDRESSES: ("desk:old-addresses", gettext_lazy("Old addresses")),
    LeftTask.SIMILAR: ("desk:similar-names", gettext_lazy("Similar names")),
    LeftTask.PAGES: ("desk:old-addresses", gettext_lazy("Old addresses")),
    LeftTask.AUTHOR: ("desk:publications_publication_changelist", gettext_lazy("List of publications")),
    LeftTask.DRAFTS: ("desk:publications_publication_changelist", gettext_lazy("List of publications")),
}
"""The pages where several texts of a task are mended at once."""
FOLDED_TASKS = (LeftTask.MADE_SUMMARY,)


@require_permissions("add_archiveimport")
def archive_import_left_page(request: HttpRequest, pk: int) -> HttpResponse:
    """List what is left to do after an import, as the texts are now; take off the list what is ticked as done."""
    job = get_object_or_404(ArchiveImport.objects.select_related("requested_by"), pk=pk)
    groups = find_left_to_do(job)
    if request.method == "POST":
        return _tick(request, job, groups)
    topics = {note.get("topic") for note in job.report.get("source_notes", ())}
    own = set(job.imported_publications.values_list("pk", flat=True))
    unknown = {LeftTask.ADDRESSES} if UNKNOWN_ADDRESS in topics else set()
    return render_desk_page(
        request,
        "import_left",
        title=_("What is left to do: %(file)s") % {"file": job.filename},
        job=job,
        days=ARCHIVE_IMPORT_DAYS,
        groups=[_describe_group(job, group) for group in groups if group.items],
        finished=[group.task.label for group in groups if not group.items and group.task not in unknown],
        left=list(_describe_numbers({group.task: group.items for group in groups}, own)),
        texts=len(own),
        has_texts=bool(own or job.import_report.get("lost_texts")) or job.updated_revisions.exists(),
        source_notes=_list_source_notes(job),
    )


def _list_source_notes(job: ArchiveImport) -> list[dict]:
    """Return the notes on the source as a whole that are no task, with the addresses that wait as they are now."""
    others = {*TASK_OF_REMARK, PENDING_ADDRESS}
    notes = [note for note in show_source_notes(job.report) if note.get("topic") not in others]
    waiting = describe_pending_addresses(list_pending_addresses(job))
    return [*notes, *({"text": str(remark.text), "items": remark.items} for remark in waiting)]


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
