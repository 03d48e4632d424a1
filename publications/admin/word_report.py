"""The report on a Word file: what was imported, what was not, and what an editor has to decide."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications import actions
from publications.importers.import_cache import ImportCache, NameMatch, match_names
from publications.models import Author, Byline, Publication, WordFile, parse_pk
from publications.stored_messages import show_message

from .public_models import refusal_reasons
from .site import get_publication_or_404, render_publication_page, require_permissions

NOTE_KINDS = ("dropped", "guessed", "changed")
COUNT_TEXTS: dict[str, Callable[[int], str]] = {
    "footnotes": lambda count: ngettext("%d footnote found", "%d footnotes found", count) % count,
    "endnotes": lambda count: ngettext("%d endnote found", "%d endnotes found", count) % count,
    "tables": lambda count: ngettext("%d table found", "%d tables found", count) % count,
    "pictures": lambda count: ngettext("%d picture found", "%d pictures found", count) % count,
}


@require_permissions("change_publication")
def word_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Render the whole report, or perform one of its buttons."""
    publication = get_publication_or_404(pk)
    if request.method == "POST":
        try:
            _perform_button(request, publication)
        except (actions.ActionRefused, ValidationError) as refusal:
            messages.error(request, " ".join(refusal_reasons(refusal)))
        return HttpResponseRedirect(_return_url(request, pk))
    files = publication.word_files.select_related("added_by")
    return render_publication_page(
        request,
        "word_report",
        publication,
        title=_("From Word"),
        word_report=word_report_context(request, publication),
        files=files,
        is_whole=True,
    )


def _return_url(request: HttpRequest, pk: int) -> str:
    """Return the URL of the page that had the button: the form of the draft, or the report."""
    page = "desk:word-report" if "stay" in request.POST else "desk:publications_publication_change"
    return reverse(page, args=[pk])


def word_report_context(request: HttpRequest, publication: Publication | None) -> dict:
    """Return the report on the latest file and what is to be decided; {} for a publication without Word files."""
    files = list(publication.word_files.all()) if publication else []
    word_file = next((file for file in files if not file.is_undecided), None)
    report = word_file.report if word_file else {}
    if not files:
        return {}
    pending = next((file for file in files if file.is_undecided), None)
    is_decided = not (pending or publication.undecided_changes)
    return {
        "word_file": word_file,
        "is_folded": is_decided and _is_published(publication, word_file),
        "pending": pending,
        "counts": [
            (COUNT_TEXTS[name](count), imported)
            for name, (count, imported) in report.get("counts", {}).items()
            if count or imported
        ],
        "word_counts": report.get("words"),
        "changes": describe_changes(report) if publication.undecided_changes else "",
        "names": _names_without_byline(publication, report.get("names", [])),
        "creator": report.get("creator", "")
        if not report.get("names") and not publication.bylines.exists()
        else "",
        "notes": {
            kind: [show_message(text) for note_kind, text in report.get("lines", []) if note_kind == kind]
            for kind in NOTE_KINDS
        },
        "comment_count": report.get("comments", 0),
        "may_add_author": request.user.has_perm("publications.add_author"),
    }


def _is_published(publication: Publication, word_file: WordFile | None) -> bool:
    """Return whether the draft was published after the file came, so that its report has been seen."""
    if not word_file:
        return False
    since = publication.editions.filter(created_at__gte=word_file.added_at, restored_from=None)
    return since.ever_public().exists()


def describe_changes(report: dict) -> str:
    """Return the number of tracked changes by kind: "3 insertions, 1 deletion"."""
    counts = report.get("change_counts", {})
    return ", ".join(
        count_text(counts[kind]) for kind, count_text in CHANGE_TEXTS.items() if counts.get(kind)
    )


CHANGE_TEXTS: dict[str, Callable[[int], str]] = {
    "insertion": lambda count: ngettext("%d insertion", "%d insertions", count) % count,
    "deletion": lambda count: ngettext("%d deletion", "%d deletions", count) % count,
    "move": lambda count: ngettext("%d move", "%d moves", count) % count,
}


def _names_without_byline(publication: Publication, names: list[str]) -> list[NameMatch]:
    """Return the names in the byline of the file that are missing from that of the draft."""
    if not names:
        return []
    author_pks = set(publication.bylines.values_list("author_id", flat=True))
    matches = match_names(names, ImportCache())
    return [match for match in matches if not (match.author and match.author.pk in author_pks)]


@transaction.atomic
def _perform_button(request: HttpRequest, publication: Publication) -> None:
    """Perform the button of the report that was pressed."""
    actions.lock_for_action(publication.pk)
    for name, perform in BUTTONS.items():
        if name in request.POST:
            perform(request, publication)
            return


def _add_author(request: HttpRequest, publication: Publication) -> None:
    """Add an author of the site to the byline."""
    pk = request.POST["author"]
    author = get_object_or_404(Author, pk=parse_pk(pk))
    _add_byline(request, publication, author)


def _add_guest(request: HttpRequest, publication: Publication) -> None:
    """Create a guest author of that name and add them to the byline."""
    if not request.user.has_perm("publications.add_author"):
        raise PermissionDenied
    name = " ".join(request.POST["guest"].split())[:120]
    if not name:
        return
    author = ImportCache().find_author("", name) or actions.save_instance(
        Author(name=name, is_guest=True), by=request.user
    )
    _add_byline(request, publication, author)


def _add_byline(request: HttpRequest, publication: Publication, author: Author) -> None:
    if not publication.bylines.filter(author=author).exists():
        Byline.objects.create(publication=publication, author=author, position=publication.bylines.count())
        actions.store_revision(publication, by=request.user)
    messages.success(request, _("“%(name)s” now stands on the byline.") % {"name": author.name})


BUTTONS = {"author": _add_author, "guest": _add_guest}
