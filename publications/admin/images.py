"""The library of images: list and form, uploads from the editor, and where an image is used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePath

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.db.models import BooleanField, Case, Exists, Model, OuterRef, Q, QuerySet, When
from django.forms.widgets import Script
from django.http import HttpRequest, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from publications import actions, images, renditions
from publications.locales import locale_of
from publications.models import Author, Edition, Image, Publication, SitePage, store_original

from .choice_sources import CHOICE_SOURCES, visible_images
from .drafts.preview import library_image_url
from .pending_uploads import PendingUploadFormMixin
from .public_model_form import PublicModelForm
from .public_models import PublicModelAdmin, refusal_reasons
from .site import require_permissions


class ImageForm(PendingUploadFormMixin, PublicModelForm):
    """An image with its texts."""

    file = forms.FileField(
        required=False,
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or GIF, at most 20 MB. What cameras write into it is taken out."
        ),
    )

    class Meta:
        model = Image
        fields = ("alt_en", "alt_sv", "is_decorative", "credit", "licence", "focus_x", "focus_y")
        help_texts = {
            "focus_x": gettext_lazy(
                "What has to stay in sight where the picture is cut, as for cards: from 0 to 100."
            ),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.content = b""
        message = _("Give a number from 0 to 100: percent of the width, or of the height.")
        for name in {"focus_x", "focus_y"} & set(self.fields):
            self.fields[name].validators = [MinValueValidator(0, message), MaxValueValidator(100, message)]

    def clean_file(self):
        """Set the upload as the image of the instance; `save` stores its bytes."""
        file = self.cleaned_data["file"]
        if not file and not self.instance.original:
            raise forms.ValidationError(_("Choose a file."))
        if file:
            content = file.read()
            try:
                self.instance.store_upload(content, file.name, write=False)
            except images.UnsuitableImage as error:
                raise forms.ValidationError(str(error)) from error
            self.content = content
        return file

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.needs_alt_text(cleaned) and not (cleaned.get("alt_en") or cleaned.get("alt_sv")):
            self.add_error("alt_en", _("Say what the picture shows, or mark it as decorative."))
        return cleaned

    def needs_alt_text(self, cleaned: dict) -> bool:
        return not cleaned.get("is_decorative")

    def save(self, commit: bool = True) -> Image:
        if self.content:
            store_original(self.content, PurePath(self.instance.original).suffix.lstrip("."))
        return super().save(commit)


def markdown_reference(image: Image) -> str:
    """Return the Markdown that shows the image in a text: `![alt](image:key)`."""
    alt = re.sub(r"[\\\[\]]", r"\\\g<0>", image.alt)
    return f"![{alt}](image:{image.key})"


class ImageAdmin(PublicModelAdmin):
    form = ImageForm
    change_form_template = "desk/image_form.html"
    list_display = ("filename", "thumbnail", "alt_en", "credit", "added_at")
    list_filter = ("is_decorative",)
    search_fields = ("filename", "alt_en", "alt_sv", "credit", "key")
    readonly_fields = ("focal_point", "in_markdown", "used")
    fields = (
        "file", "alt_en", "alt_sv", "is_decorative", "credit", "licence",
        "focal_point", "focus_x", "focus_y", "used", "in_markdown",
    )  # fmt: skip

    class Media:
        js = (Script("js/desk/focal_point.js", type="module"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return visible_images(super().get_queryset(request), request.user)

    def get_form(self, request: HttpRequest, obj: Image | None = None, change: bool = False, **kwargs):
        return super().get_form(request, obj, change, **{**kwargs, "fields": ImageForm.Meta.fields})

    def get_fields(self, request: HttpRequest, obj: Image | None = None):
        if not obj:
            return [name for name in self.fields if name not in self.readonly_fields]
        may_change = self.has_change_permission(request, obj)
        return self.fields if may_change else [name for name in self.fields if name != "file"]

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, image: Image) -> str:
        return format_html('<img class="thumbnail" src="{}" alt="{}" width="96" height="96">',
                           library_image_url(image, images.PORTRAIT_SIZE, "jpg"), image.alt)  # fmt: skip

    @admin.display(description=gettext_lazy("focal point"))
    def focal_point(self, image: Image) -> str:
        """Return the whole image, to click on, and its crop for teasers."""
        width, teaser_width = images.widths_for(image)[0], images.teaser_widths(image)[0]
        urls = {
            "image_url": library_image_url(image, str(width), "jpg"),
            "teaser_url": library_image_url(image, f"{teaser_width}c", "jpg"),
        }
        return render_to_string("desk/focal_point.html", {"image": image, **urls})

    @admin.display(description=gettext_lazy("used in"))
    def used(self, image: Image) -> str:
        return render_to_string("desk/image_uses.html", {"uses": find_image_uses(image)})

    @admin.display(description=gettext_lazy("in Markdown"))
    def in_markdown(self, image: Image) -> str:
        """Return what shows the image in a text in Markdown, folded: few editors write any."""
        html = "<details><summary>{}</summary><code>{}</code></details>"
        return format_html(html, _("Show"), markdown_reference(image))

    def save_model(self, request: HttpRequest, obj: Image, form: ImageForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        _make_files_on_commit(obj)


class EditorImageForm(ImageForm):
    """An image from the text editor. `later` stores it without an alternative text."""

    later = forms.BooleanField(required=False)

    class Meta(ImageForm.Meta):
        fields = ("alt_en", "alt_sv", "is_decorative", "credit")

    def needs_alt_text(self, cleaned: dict) -> bool:
        return super().needs_alt_text(cleaned) and not cleaned.get("later")

    def _keep_upload(self) -> None:
        """Store nothing: the page that sends the image still has it."""


@require_permissions("add_image")
@require_POST
def upload_image(request: HttpRequest) -> JsonResponse:
    """Add an image to the library; return it for the text, or the reasons of a refusal, as JSON.

    `alt` is in the language of the text, `language`.

    Returns:
        JSON with `src`, the address in texts, and `alt`; `value` and `label` as in choosers of images. Or with `error`.
    """
    form = EditorImageForm(_with_localized_alt(request), request.FILES)
    if not form.is_valid():
        reasons = form.errors.get("file") or [error for errors in form.errors.values() for error in errors]
        return _json_error(reasons)
    image: Image = form.save(commit=False)
    try:
        actions.save_instance(image, by=request.user, changed=form.changed_data)
    except (actions.ActionRefused, ValidationError) as refusal:
        return _json_error(refusal_reasons(refusal))
    _make_files_on_commit(image)
    label = CHOICE_SOURCES["images"].label(image)
    return JsonResponse({"src": f"image:{image.key}", "alt": image.alt, "value": image.pk, "label": label})


def _json_error(reasons: list[str]) -> JsonResponse:
    return JsonResponse({"error": " ".join(reasons)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _make_files_on_commit(image: Image) -> None:
    """Render the sizes of an image after the commit. One that fails is rendered when a page first requests it."""
    transaction.on_commit(lambda: renditions.make_image_files(image), robust=True)


def _with_localized_alt(request: HttpRequest) -> QueryDict:
    data = request.POST.copy()
    alt = " ".join(data.get("alt", "").split())
    data[f"alt_{locale_of(data.get('language', ''))}"] = alt
    return data


@dataclass(frozen=True)
class ImageUse:
    """A publication, author or site page that shows an image: its title, how, and the URL of its form."""

    title: str
    description: str
    url: str


def find_image_uses(image: Image) -> list[ImageUse]:
    """Return the publications, authors and site pages that show an image, by title."""
    uses = [*_uses_in_publications(image), *_uses_as_portrait(image), *_uses_in_site_pages(image)]
    return sorted(uses, key=lambda use: (use.title.casefold(), use.url))


def _uses_in_publications(image: Image) -> Iterator[ImageUse]:
    editions = Edition.objects.filter(image_rows__image=image).order_by()
    publications = Publication.objects.annotate(
        is_in_draft=_condition(Q(cover=image) | Q(body__contains=f"image:{image.key}")),
        has_live_edition=Exists(editions.live().filter(publication=OuterRef("pk"))),
    )
    used = publications.filter(Q(is_in_draft=True) | Q(pk__in=editions.values("publication")))
    for publication in used.only("title"):
        description = _describe_use(publication.has_live_edition, publication.is_in_draft)
        yield ImageUse(str(publication), description, _change_form_url(publication))


def _condition(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _describe_use(is_live: bool, is_in_draft: bool) -> str:
    if is_live:
        return _("readers see it")
    return _("in the draft") if is_in_draft else _("in an earlier edition")


def _uses_as_portrait(image: Image) -> Iterator[ImageUse]:
    for author in Author.objects.filter(portrait=image).only("name"):
        yield ImageUse(str(author), _("portrait"), _change_form_url(author))


def _uses_in_site_pages(image: Image) -> Iterator[ImageUse]:
    reference = f"image:{image.key}"
    pages = SitePage.objects.filter(Q(body_en__contains=reference) | Q(body_sv__contains=reference))
    for page in pages.only("title_en", "title_sv"):
        yield ImageUse(str(page), _("site page"), _change_form_url(page))


def _change_form_url(obj: Model) -> str:
    return reverse(f"desk:publications_{obj._meta.model_name}_change", args=[obj.pk])
