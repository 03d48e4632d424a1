"""The working copy in the real template, as it is saved or as it is being typed; and pictures of the library."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from publications import composing, metadata, prose, renditions
from publications.models import Image, Publication, Site
from publications.presentation import page, piece_context

from .access import ONE, needs, piece_or_404
from .site import desk
from .sketching import NO_ROW, as_typed, number_in, sketch


@desk.page(f"{ONE}preview/", "preview")
@needs("change_publication")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The page as readers would see it, were the working copy published now. Nothing is stored."""
    piece = piece_or_404(pk)
    try:
        return _shown(request, piece, _("Preview of the working copy. Readers do not see this."))
    except prose.Unrenderable as reason:
        raise Http404(str(reason)) from reason


@desk.page("typed/preview/", "preview-typed")
@needs("change_publication", "add_publication")
@require_POST
def preview_typed(request: HttpRequest) -> HttpResponse:
    """The page of what stands in a form, saved or not. Nothing is stored."""
    piece = Publication.objects.filter(pk=number_in(request.POST, "piece")).first()
    form = as_typed(request.POST, piece)
    typed = sketch(form)
    if reasons := form.errors.get("body"):
        return _unshown(" ".join(reasons))
    try:
        return _shown(
            request, typed, _("Preview of what is typed. Nothing has been saved; readers do not see this.")
        )
    except prose.Unrenderable as reason:
        return _unshown(str(reason))


def _shown(request: HttpRequest, piece: Publication, notice: str) -> HttpResponse:
    told = {"notice": notice}
    is_framed = "framed" in request.GET
    if piece.pk != NO_ROW and not is_framed:
        told["notice_url"] = reverse("desk:publications_publication_change", args=[piece.pk])
        told["notice_label"] = _("Back to the form")
    composed = composing.compose(piece)
    with override(piece.tree):
        shown = composed.with_translations()
        record = metadata.record_of(shown, site=Site.objects.first() or Site())
        context = piece_context(shown, address=desk_address)
        context |= metadata.shown(record, shown.edition, fetched=False)
        template = "desk/preview_framed.html" if is_framed else "pages/publication.html"
        return page(request, template, robots="noindex", **{**context, **told})


def _unshown(reason: str) -> HttpResponse:
    """Why there is no page: a text that cannot be rendered says so where it would stand."""
    shown = format_html("<!doctype html><title>–</title><main><p>{}</p></main>", reason)
    return HttpResponse(shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@desk.page("library/<slug:key>/<slug:size>.<slug:extension>", "picture")
@needs("view_image")
def picture(request: HttpRequest, key: str, size: str, extension: str) -> HttpResponse:
    """A picture of the library, public or not, for people of the desk."""
    pixels = renditions.picture(get_object_or_404(Image, key=key), size, extension)
    if not pixels:
        raise Http404
    return HttpResponse(pixels, content_type=renditions.media_type_of(extension))


def desk_address(image: Image, size: str, extension: str) -> str:
    return reverse("desk:picture", kwargs={"key": image.key, "size": size, "extension": extension})
