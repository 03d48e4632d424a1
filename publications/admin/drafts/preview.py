"""Unsaved publications from the values of a form, preview pages, and images of the library before they are public."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from publications import images, markup, metadata, renditions, snapshot
from publications.draft_content import UNSAVED_PK, with_related_rows
from publications.models import Byline, Image, Kind, Publication, SiteSettings, Tag
from publications.presentation import publication_context, render_page
from publications.slugs import slugify

from ..choice_sources import visible_images
from ..form_data import build_post, get_pk
from ..site import get_publication_or_404, render_publication_page, require_permissions
from .form import PublicationForm

EDITOR_WIDTH = 960  # pixels: enough for the column of the text on a screen of high density


def form_from_values(values: list[list[str]], publication: Publication | None) -> PublicationForm:
    """Return the form of a publication with raw values."""
    return form_from_post(build_post(values), publication)


def form_from_post(data: QueryDict, publication: Publication | None) -> PublicationForm:
    """Return the cleaned form with this data; nothing is merged with what others saved, and no kept file is read."""
    data = data.copy()
    data.pop("held", None)
    form = PublicationForm(data, instance=_copy(publication), is_merged=False)
    form.full_clean()
    return form


def publication_from_form(form: PublicationForm) -> Publication:
    """Return the unsaved publication of a form; a field with an error keeps its stored value."""
    publication, cleaned = form.instance, form.cleaned_data
    attachments = list(publication.attachments.all()) if publication.pk else []
    publication.pk = publication.pk or UNSAVED_PK
    publication.kind = Kind.objects.filter(pk=publication.kind_id).first() or Kind.objects.first()
    if "cover_choice" in cleaned:
        publication.cover = next((image for image, _role in cleaned["cover_choice"]), None)
    if "translation_choice" in cleaned:
        publication.translation_of = next(
            (original.source_publication for original, _role in cleaned["translation_choice"]), None
        )
    bylines = [
        Byline(publication=publication, author=author, role=role, position=position)
        for position, (author, role) in enumerate(cleaned.get("bylines", ()))
    ]
    detached = {file.pk for file in cleaned.get("detach") or ()}
    attachments = [file for file in attachments if file.pk not in detached]
    return with_related_rows(publication, bylines=bylines, tags=_tags(cleaned), attachments=attachments)


def _copy(publication: Publication | None) -> Publication | None:
    return (
        Publication.objects.select_related("kind").get(pk=publication.pk)
        if publication and publication.pk
        else None
    )


def _tags(cleaned: dict) -> list[Tag]:
    """Return the tags of the form; one that does not exist yet is unsaved."""
    names = cleaned.get("tags", [])
    tags = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
    return [tags.get(name) or Tag(name=name, slug=slugify(name) or "topic") for name in names]


@require_permissions("change_publication")
def preview_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the draft as it would be published now. Nothing is stored."""
    publication = get_publication_or_404(pk)
    try:
        return _render_preview(request, publication, _("Preview of the draft. Readers do not see this."))
    except markup.Unrenderable as refusal:
        if "framed" in request.GET:
            return render_reason(str(refusal))
        response = render_publication_page(
            request, "preview_refused", publication, title=_("Preview"), reason=str(refusal)
        )
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


@require_permissions("change_publication", "add_publication")
@require_POST
def preview_unsaved(request: HttpRequest) -> HttpResponse:
    """Show the values of a form as they would be published, saved or not. Nothing is stored."""
    publication = Publication.objects.filter(pk=get_pk(request.POST, "piece")).first()
    form = form_from_post(request.POST, publication)
    publication = publication_from_form(form)
    if errors := form.errors.get("body"):
        return render_reason(" ".join(errors))
    try:
        return _render_preview(request, publication, _("The form as it is now. Readers do not see it."))
    except markup.Unrenderable as reason:
        return render_reason(str(reason))


def _render_preview(request: HttpRequest, publication: Publication, notice: str) -> HttpResponse:
    notices = {"notice": notice}
    is_framed = "framed" in request.GET
    if publication.pk != UNSAVED_PK and not is_framed:
        notices["notice_url"] = reverse("desk:publications_publication_change", args=[publication.pk])
        notices["notice_label"] = _("Back to the form")
    draft_rows = snapshot.build_snapshot(publication)
    with override(publication.locale):
        rows = draft_rows.with_translations()
        record = metadata.build_record(rows, site=SiteSettings.current())
        context = publication_context(rows, image_url=library_image_url)
        context |= metadata.citation_context(record, rows.edition, is_preview=True)
        template = "desk/preview_framed.html" if is_framed else "pages/publication.html"
        return render_page(request, template, robots="noindex", **{**context, **notices})


def render_reason(reason: str) -> HttpResponse:
    """Return a page that says why a text cannot be rendered, for the frame of the preview."""
    page = format_html("<!doctype html><title>–</title><main><p>{}</p></main>", reason)
    return HttpResponse(page, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_permissions("view_image")
def library_image(request: HttpRequest, key: str, size: str, extension: str) -> HttpResponse:
    """Return an image of the library, public or not, to a user who may see it."""
    return _image_response(_get_visible_image(request, key), size, extension)


@require_permissions("view_image")
def editor_image(request: HttpRequest, key: str) -> HttpResponse:
    """Return an image of the library about as wide as the text in the editor."""
    image = _get_visible_image(request, key)
    return _image_response(image, str(images.width_up_to(image, EDITOR_WIDTH)), "jpg")


def _get_visible_image(request: HttpRequest, key: str) -> Image:
    return get_object_or_404(visible_images(Image.objects.all(), request.user), key=key)


def _image_response(image: Image, size: str, extension: str) -> HttpResponse:
    content = renditions.get_image_file(image, size, extension)
    if not content:
        raise Http404
    return HttpResponse(content, content_type=renditions.media_type_of(extension))


def library_image_url(image: Image, size: str, extension: str) -> str:
    return reverse("desk:library-image", kwargs={"key": image.key, "size": size, "extension": extension})
