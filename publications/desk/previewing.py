"""The working copy in the real template, for those who write it; and the library's pictures for the desk."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications import composing, metadata, prose, renditions
from publications.models import Image, Site
from publications.presentation import page, piece_context, unstored

from .access import ONE, needs, piece_or_404
from .site import desk


@desk.page(f"{ONE}preview/", "preview")
@needs("change_publication")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The page as readers would see it, were the working copy published now. Nothing is stored."""
    piece = piece_or_404(pk)
    notice = {
        "notice": _("Preview of the working copy. Readers do not see this."),
        "notice_url": reverse("desk:publications_publication_change", args=[pk]),
        "notice_label": _("Back to the form"),
    }
    try:
        composition = composing.compose(piece)
    except prose.Unrenderable as reason:
        raise Http404(str(reason)) from reason
    with override(piece.tree):
        shown = unstored(composition)
        record = metadata.record_of(shown, site=Site.objects.first() or Site())
        context = piece_context(shown, address=desk_address) | metadata.shown(
            record, shown.edition, fetched=False
        )
        template = "desk/framed.html" if "framed" in request.GET else "detail.html"
        return page(request, template, robots="noindex", **{**context, **notice})


@desk.page("library/<slug:key>/<slug:size>.<slug:extension>", "picture")
@needs("view_image")
def picture(request: HttpRequest, key: str, size: str, extension: str) -> HttpResponse:
    """A picture of the library, public or not, for people of the desk."""
    path = renditions.picture(get_object_or_404(Image, key=key), size, extension)
    if not path:
        raise Http404
    return FileResponse(path.open("rb"), content_type=f"image/{'jpeg' if extension == 'jpg' else extension}")


def desk_address(image: Image, size: str, extension: str) -> str:
    return reverse("desk:picture", kwargs={"key": image.key, "size": size, "extension": extension})
