"""Linking: related publications for staff who only link. What they save is public at once."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds
from publications.models import Edition, Publication, Unrelated

from . import suggesting
from .access import needs
from .choosing import ChooserField, ChooserWidget, reads_drafts
from .gone import gone_related, links_to_gone
from .site import bounded_search, desk
from .sketching import NUMBER, number_in
from .unsent_forms import UnsentFormMixin

SUGGESTIONS = {"_apart", "_together"}
PER_PAGE = 50
FEW = 3


class LinksForm(UnsentFormMixin, forms.Form):
    class Media:
        js = [Script("js/desk/suggesting.js", type="module")]

    related = ChooserField(
        "publications", limit=20, required=False, label=gettext_lazy("Related publications")
    )


@desk.page("links/", "links")
@needs("relate_publication")
def pieces(request: HttpRequest) -> HttpResponse:
    """The live pieces, those with fewest links first."""
    query = bounded_search(request, request.GET.get("q", ""))
    live = (
        Edition.objects.live()
        .filter(title__icontains=query)
        .select_related("kind")
        .prefetch_related("bylines")
    )
    counted = live.annotate(links=Count("publication__related_links")).order_by(
        "links", "-published_at", "-pk"
    )
    counted = CHOSEN.get(request.GET.get("only", ""), lambda pieces: pieces)(counted)
    page = Paginator(counted.without_bodies(), PER_PAGE).get_page(request.GET.get("page"))
    return desk.show(
        request, "related_links",
        title=_("Related links"), page=page, query=query, only=request.GET.get("only", ""), choices=NAMES,
    )  # fmt: skip


def _to_gone(pieces: QuerySet) -> QuerySet:
    return pieces.filter(publication__in=links_to_gone().values("source"))


CHOSEN = {
    "none": lambda pieces: pieces.filter(links=0),
    "few": lambda pieces: pieces.filter(links__lt=FEW),
    "gone": _to_gone,
}
NAMES = (
    ("", gettext_lazy("All")),
    ("none", gettext_lazy("Without links")),
    ("few", gettext_lazy("With one or two at most")),
    ("gone", gettext_lazy("Linked to what is no longer public")),
)


@desk.page("links/<number:pk>/", "links-of")
@needs("relate_publication")
def links_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The related links of one live piece."""
    edition = get_object_or_404(Edition.objects.live().select_related("publication"), publication=pk)
    piece = edition.publication
    chosen = [(link.target_id, "") for link in piece.related_links.all()]
    posted = suggesting.take(request.POST) if "_take" in request.POST else request.POST
    if SUGGESTIONS & set(posted):
        posted = _ruled(request, piece)
    form = LinksForm(posted or None, initial={"related": chosen})
    form.fields["related"].restrict_to(request.user, stored=[pk for pk, _role in chosen])
    form.fields["related"].widget.own = piece.pk
    if request.method == "POST" and form.is_valid() and _related(request, piece, form):
        return HttpResponseRedirect(reverse("desk:links"))
    taken = [int(each) for each in posted.getlist("related") if NUMBER.fullmatch(each)] or [
        pk for pk, _r in chosen
    ]
    return desk.show(
        request, "related_links_edit",
        title=edition.title, edition=edition, form=form, gone=gone_related(piece),
        reads_drafts=reads_drafts(request.user),
        related=suggesting.alike_for_readers(piece.pk, taken), apart=_apart_from(piece), may_rule=True,
    )  # fmt: skip


def _ruled(request: HttpRequest, piece: Publication) -> QueryDict:
    """Rule a suggestion out, or let it come again; gives the form to be shown as it was filled in."""
    for name, deed in (("_apart", deeds.keep_apart), ("_together", deeds.let_together)):
        other = Publication.objects.filter(pk=number_in(request.POST, name)).first()
        if other and other.pk != piece.pk:
            deed(piece, other, by=request.user)
    posted = request.POST.copy()
    posted["_find"] = ""
    return posted


def _apart_from(piece: Publication) -> QuerySet[Edition]:
    """The live texts that are not to be suggested beside this one."""
    return Edition.objects.live().filter(publication__in=Unrelated.partners(piece.pk)).without_bodies()


def _related(request: HttpRequest, piece: Publication, form: LinksForm) -> bool:
    try:
        targets = [target for target, _role in form.cleaned_data["related"]]
        seen = ChooserWidget.seen(form.data, "related")
        changed = deeds.relate(piece, targets, by=request.user, seen=seen)
    except deeds.Refused as refusal:
        form.add_error("related", refusal.reasons)
        return False
    messages.success(request, _("Saved, and public now.") if changed else _("Nothing has changed."))
    return True
