"""Linking: related publications for staff who only link. What they save is public at once."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds
from publications.models import Edition, Publication

from .access import needs
from .choosing import ChooserField, ChooserWidget
from .site import desk

PER_PAGE = 50


class LinksForm(forms.Form):
    related = ChooserField(
        "publications", limit=20, required=False, label=gettext_lazy("Related publications")
    )

    def is_valid(self) -> bool:
        return "_find" not in self.data and super().is_valid()


@desk.page("links/", "links")
@needs("relate_publication")
def pieces(request: HttpRequest) -> HttpResponse:
    """The live pieces, those with fewest links first."""
    query = request.GET.get("q", "").strip()
    live = (
        Edition.objects.live()
        .filter(title__icontains=query)
        .select_related("kind")
        .prefetch_related("bylines")
    )
    counted = live.annotate(links=Count("publication__related_links")).order_by(
        "links", "-published_at", "-pk"
    )
    page = Paginator(counted.without_bodies(), PER_PAGE).get_page(request.GET.get("page"))
    return desk.show(request, "links", title=_("Related links"), page=page, query=query)


@desk.page("links/<number:pk>/", "links-of")
@needs("relate_publication")
def links_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The related links of one live piece."""
    edition = get_object_or_404(Edition.objects.live().select_related("publication"), publication=pk)
    piece = edition.publication
    chosen = [(link.target_id, "") for link in piece.related_links.all()]
    form = LinksForm(request.POST or None, initial={"related": chosen})
    form.fields["related"].widget.stored = [pk for pk, _role in chosen]
    if request.method == "POST" and form.is_valid() and _related(request, piece, form):
        return HttpResponseRedirect(reverse("desk:links"))
    return desk.show(request, "links_of", title=edition.title, edition=edition, form=form)


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
