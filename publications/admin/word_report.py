"""The import report: what of a Word file came along, what did not, and what a person has to decide."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications import actions
from publications.importers.site_names import NameMatch, SiteNames, match_names
from publications.models import Author, Byline, Publication, Revision, RevisionReason, parse_pk

from .site import get_publication_or_404, render_publication_page, require_permissions

CHANGE_SORTS = ("dropped", "guessed", "changed")
COUNTED: dict[str, Callable[[int], str]] = {
    "footnotes": lambda found: ngettext("%d footnote found", "%d footnotes found", found) % found,
    "endnotes": lambda found: ngettext("%d endnote found", "%d endnotes found", found) % found,
    "tables": lambda found: ngettext("%d table found", "%d tables found", found) % found,
    "pictures": lambda found: ngettext("%d picture found", "%d pictures found", found) % found,
}


@require_permissions("change_publication")
def word_report(request: HttpRequest, pk: int) -> HttpResponse:
    publication = get_publication_or_404(pk)
    if request.method == "POST":
        _decide(request, publication)
        return HttpResponseRedirect(_back(request, pk))
    files = publication.word_files.select_related("added_by")
    return render_publication_page(
        request,
        "word_report",
        publication,
        title=_("From Word"),
        word=word_report_context(request, publication),
        files=files,
        is_whole=True,
    )


def _back(request: HttpRequest, pk: int) -> str:
    """To where the button stood: the form of the draft, or the report."""
    page = "desk:word-report" if "stay" in request.POST else "desk:publications_publication_change"
    return reverse(page, args=[pk])


def word_report_context(request: HttpRequest, publication: Publication | None) -> dict:
    """What the latest file has to tell, as things stand now; empty where the publication came from no file."""
    files = list(publication.word_files.all()) if publication else []
    row = next((each for each in files if not each.is_undecided), None)
    told = row.report if row else {}
    if not files:
        return {}
    return {
        "row": row,
        "waiting": next((each for each in files if each.is_undecided), None),
        "counts": [
            (COUNTED[name](found), kept)
            for name, (found, kept) in told.get("counts", {}).items()
            if found or kept
        ],
        "words": told.get("words"),
        "changes": changes_in_words(told) if publication.undecided_changes else "",
        "names": _unsigned(publication, told.get("names", [])),
        "creator": told.get("creator", "")
        if not told.get("names") and not publication.bylines.exists()
        else "",
        "lines": {
            sort: [text for each, text in told.get("lines", []) if each == sort] for sort in CHANGE_SORTS
        },
        "remarks": list(publication.draft_comments.all()),
        "may_add_author": request.user.has_perm("publications.add_author"),
    }


def changes_in_words(told: dict) -> str:
    """“3 insertions, 1 deletion”: the tracked changes that are to be decided."""
    counts = told.get("change_counts", {})
    return ", ".join(say(counts[sort]) for sort, say in PHRASES.items() if counts.get(sort))


PHRASES: dict[str, Callable[[int], str]] = {
    "insertion": lambda count: ngettext("%d insertion", "%d insertions", count) % count,
    "deletion": lambda count: ngettext("%d deletion", "%d deletions", count) % count,
    "move": lambda count: ngettext("%d move", "%d moves", count) % count,
}


def _unsigned(publication: Publication, names: list[str]) -> list[NameMatch]:
    """The names of the byline that stand on the draft in no way yet."""
    if not names:
        return []
    signed = set(publication.bylines.values_list("author_id", flat=True))
    found = match_names(names, SiteNames())
    return [each for each in found if not (each.author and each.author.pk in signed)]


@transaction.atomic
def _decide(request: HttpRequest, publication: Publication) -> None:
    """Do what a button of the report asks for."""
    actions.lock_for_action(publication.pk)
    for name, act in BUTTONS.items():
        if name in request.POST:
            act(request, publication)
            return


def _sign(request: HttpRequest, publication: Publication) -> None:
    """Put somebody whom the site knows on the byline."""
    pk = request.POST["author"]
    author = get_object_or_404(Author, pk=parse_pk(pk))
    _put_on(request, publication, author)


def _sign_guest(request: HttpRequest, publication: Publication) -> None:
    """Make a guest author of that name and put them on the byline."""
    if not request.user.has_perm("publications.add_author"):
        raise PermissionDenied
    name = " ".join(request.POST["guest"].split())[:120]
    if not name:
        return
    known = SiteNames().author("", name)
    author = known or actions.save_instance(Author(name=name, is_guest=True), by=request.user)
    _put_on(request, publication, author)


def _put_on(request: HttpRequest, publication: Publication, author: Author) -> None:
    if not publication.bylines.filter(author=author).exists():
        Byline.objects.create(publication=publication, author=author, position=publication.bylines.count())
        Revision.objects.create_from(publication, by=request.user, why=RevisionReason.SAVED)
    messages.success(request, _("“%(name)s” now stands on the byline.") % {"name": author.name})


def _settle_remark(request: HttpRequest, publication: Publication) -> None:
    pk = request.POST["remark"]
    publication.draft_comments.filter(pk=parse_pk(pk)).update(is_resolved=True)


def _reopen_remark(request: HttpRequest, publication: Publication) -> None:
    pk = request.POST["reopen"]
    publication.draft_comments.filter(pk=parse_pk(pk)).update(is_resolved=False)


BUTTONS = {"author": _sign, "guest": _sign_guest, "remark": _settle_remark, "reopen": _reopen_remark}
