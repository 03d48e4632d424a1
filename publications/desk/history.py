"""History: the editions and revisions of a piece, and one revision as the manuscript it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from .access import ONE, needs, piece_or_404
from .site import desk


@desk.page(f"{ONE}revisions/", "revisions")
@needs("change_publication")
def revisions(request: HttpRequest, pk: int) -> HttpResponse:
    piece = piece_or_404(pk)
    return desk.show_piece(
        request, "history", piece,
        title=_("History"),
        editions=piece.editions.select_related("editor").without_bodies().order_by("-number"),
        revisions=piece.revisions.select_related("saved_by").defer("manuscript")[:200],
        audit=piece.audit.all()[:200],
    )  # fmt: skip


@desk.page(f"{ONE}revisions/<number:number>/", "revision")
@needs("change_publication")
def revision(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    piece = piece_or_404(pk)
    kept = get_object_or_404(piece.revisions.select_related("saved_by"), number=number)
    return desk.show_piece(
        request, "revision", piece, title=_("Revision %(number)d") % {"number": number}, revision=kept
    )
