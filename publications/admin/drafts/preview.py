"""A draft as it stands in a form, without storing it; preview pages; private images."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from publications import markup, metadata, renditions, snapshot
from publications.draft_content import UNSAVED_PK, with_rows
from publications.models import Byline, Image, Kind, Publication, SiteSettings, Tag
from publications.presentation import publication_context, render_page
from publications.slugs import slugify

from ..site import get_publication_or_404, render_publication_page, require_permissions
from ..unsent_forms import as_posted, pk_in
from .form import PublicationForm


def form_with_values(values: list[list[str]], publication: Publication | None) -> PublicationForm:
    """The form of a publication filled with raw values."""
    return form_as_typed(as_posted(values), publication)


def form_as_typed(filled: QueryDict, publication: Publication | None) -> PublicationForm:
    """The form with these values, cleaned as far as they go; nothing is joined with what others saved."""
    form = PublicationForm(filled, instance=_copy(publication), is_merged=False)
    form.full_clean()
    return form


def unsaved_from_form(form: PublicationForm) -> Publication:
    """The draft as the form has it. A field that is wrong stands as it is stored."""
    publication, cleaned = form.instance, form.cleaned_data
    stored = list(publication.attachments.all()) if publication.pk else []
    publication.pk = publication.pk or UNSAVED_PK
    publication.kind = Kind.objects.filter(pk=publication.kind_id).first() or Kind.objects.first()
    if "cover_choice" in cleaned:
        publication.cover = next((image for image, _role in cleaned["cover_choice"]), None)
    if "translation_choice" in cleaned:
        publication.translation_of = next(
            (other.source_publication for other, _role in cleaned["translation_choice"]), None
        )
    bylines = [
        Byline(publication=publication, author=author, role=role, position=place)
        for place, (author, role) in enumerate(cleaned.get("bylines", ()))
    ]
    gone = {file.pk for file in cleaned.get("detach") or ()}
    attachments = [file for file in stored if file.pk not in gone]
    return with_rows(publication, bylines=bylines, tags=_tags(cleaned), attachments=attachments)


def _copy(publication: Publication | None) -> Publication | None:
    return (
        Publication.objects.select_related("kind").get(pk=publication.pk)
        if publication and publication.pk
        else None
    )


def _tags(cleaned: dict) -> list[Tag]:
    """Tags by name; one that is not there yet is shown as it would be made."""
    names = cleaned.get("tags", [])
    known = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
    return [known.get(name) or Tag(name=name, slug=slugify(name) or "topic") for name in names]


@require_permissions("change_publication")
def preview_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page as readers would see it, were the draft published now. Nothing is stored."""
    publication = get_publication_or_404(pk)
    try:
        return _render_preview(
            request, publication, _("Preview of the working copy. Readers do not see this.")
        )
    except markup.Unrenderable as refusal:
        if "framed" in request.GET:
            return _render_reason(str(refusal))
        response = render_publication_page(
            request, "preview_refused", publication, title=_("Preview"), reason=str(refusal)
        )
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


@require_permissions("change_publication", "add_publication")
@require_POST
def preview_unsaved(request: HttpRequest) -> HttpResponse:
    """The page of what stands in a form, saved or not. Nothing is stored."""
    publication = Publication.objects.filter(pk=pk_in(request.POST, "piece")).first()
    form = form_as_typed(request.POST, publication)
    typed = unsaved_from_form(form)
    if reasons := form.errors.get("body"):
        return _render_reason(" ".join(reasons))
    try:
        return _render_preview(
            request, typed, _("Preview of what is typed. Nothing has been saved; readers do not see this.")
        )
    except markup.Unrenderable as reason:
        return _render_reason(str(reason))


def _render_preview(request: HttpRequest, publication: Publication, notice: str) -> HttpResponse:
    told = {"notice": notice}
    is_framed = "framed" in request.GET
    if publication.pk != UNSAVED_PK and not is_framed:
        told["notice_url"] = reverse("desk:publications_publication_change", args=[publication.pk])
        told["notice_label"] = _("Back to the form")
    composed = snapshot.build_snapshot(publication)
    with override(publication.locale):
        shown = composed.with_translations()
        record = metadata.build_record(shown, site=SiteSettings.current())
        context = publication_context(shown, address=library_image_url)
        context |= metadata.citation_context(record, shown.edition, is_preview=True)
        template = "desk/preview_framed.html" if is_framed else "pages/publication.html"
        return render_page(request, template, robots="noindex", **{**context, **told})


def _render_reason(reason: str) -> HttpResponse:
    """Why there is no page: a text that cannot be rendered says so where it would stand."""
    shown = format_html("<!doctype html><title>–</title><main><p>{}</p></main>", reason)
    return HttpResponse(shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_permissions("view_image")
def library_image(request: HttpRequest, key: str, size: str, extension: str) -> HttpResponse:
    """A picture of the library, public or not, for people of the desk."""
    pixels = renditions.get_image_file(get_object_or_404(Image, key=key), size, extension)
    if not pixels:
        raise Http404
    return HttpResponse(pixels, content_type=renditions.media_type_of(extension))


def library_image_url(image: Image, size: str, extension: str) -> str:
    return reverse("desk:library-image", kwargs={"key": image.key, "size": size, "extension": extension})
