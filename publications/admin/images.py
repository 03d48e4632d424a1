"""The library of images: list and form, uploads from the editor, and where an image is used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePath

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from publications import actions, images, renditions
from publications.locales import locale_of
from publications.models import Author, Edition, Image, Publication, SitePage, store_original

from . import held_uploads
from .choice_sources import visible_images
from .drafts.preview import library_image_url
from .form_fields import HiddenStateField
from .public_rows import PublicRowAdmin, PublicRowForm
from .site import require_permissions


class ImageForm(PublicRowForm):
    """A picture and its words; the file is checked before anything is kept.

    `held` names a file that came with words that did not do: it waits, and is not chosen twice.
    """

    file = forms.FileField(
        required=False,
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or GIF, at most 20 MB. What cameras write into it is taken out."
        ),
    )
    held = HiddenStateField()

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
        self.content, self.waiting = b"", None
        told = _("Give a number from 0 to 100: percent of the width, or of the height.")
        for name in {"focus_x", "focus_y"} & set(self.fields):
            self.fields[name].validators = [MinValueValidator(0, told), MaxValueValidator(100, told)]

    def clean_file(self):
        file = self.cleaned_data["file"]
        held = self.data.get(self.add_prefix("held"), "")
        self.waiting = held_uploads.get_held_upload(held)
        if file:
            self._hold(file.read(), file.name)
        elif self.waiting:
            self._hold(self.waiting.read(), self.waiting.filename)
        elif not self.instance.original:
            raise forms.ValidationError(_("Choose a file."))
        elif held:
            self._set_hidden("held", "")
            raise forms.ValidationError(_("The file that was kept is gone. Choose it again."))
        return file

    def _hold(self, content: bytes, filename: str) -> None:
        """The picture as this row's; in the library it is only once the row is stored."""
        try:
            self.instance.store_upload(content, filename, store=False)
        except images.UnsuitableImage as reason:
            raise forms.ValidationError(str(reason)) from reason
        self.content = content

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.asks_for_words(cleaned) and not (cleaned.get("alt_en") or cleaned.get("alt_sv")):
            self.add_error("alt_en", _("Say what the picture shows, or mark it as decorative."))
        if self.errors and self.content:
            self._keep_waiting(cleaned.get("file"))
        return cleaned

    def asks_for_words(self, cleaned: dict) -> bool:
        return not cleaned.get("is_decorative")

    def _keep_waiting(self, file) -> None:
        if file:
            self._set_hidden("held", held_uploads.hold_upload(self.content, file.name))
        said = _("“%(file)s” is kept. Choose another only to take its place.")
        self["file"].help_text = said % {"file": self.instance.filename}

    def save(self, commit: bool = True) -> Image:
        if self.content:
            store_original(self.content, PurePath(self.instance.original).suffix.lstrip("."))
        if self.waiting:
            # It waits on if this is refused in the end.
            transaction.on_commit(self.waiting.forget, robust=True)
        return super().save(commit)


def in_markdown(image: Image) -> str:
    """What stands for the picture in a text."""
    alt = re.sub(r"[\\\[\]]", r"\\\g<0>", image.alt)
    return f"![{alt}](image:{image.key})"


class ImageAdmin(PublicRowAdmin):
    form = ImageForm
    list_display = ("filename", "thumbnail", "in_markdown", "alt_en", "credit", "added_at")
    list_filter = ("is_decorative",)
    search_fields = ("filename", "alt_en", "alt_sv", "credit", "key")
    readonly_fields = ("focal_point", "in_markdown", "used")
    fields = (
        "file", "alt_en", "alt_sv", "is_decorative", "credit", "licence",
        "focal_point", "focus_x", "focus_y", "in_markdown", "used",
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
                           library_image_url(image, "192s", "jpg"), image.alt)  # fmt: skip

    @admin.display(description=gettext_lazy("focal point"))
    def focal_point(self, image: Image) -> str:
        """The whole picture, to click on, and how cards cut it."""
        whole, card = images.widths_for(image)[0], images.teaser_widths(image)[0]
        addresses = {
            "whole": library_image_url(image, str(whole), "jpg"),
            "card": library_image_url(image, f"{card}c", "jpg"),
        }
        return render_to_string("desk/focal_point.html", {"image": image, **addresses})

    @admin.display(description=gettext_lazy("used in"))
    def used(self, image: Image) -> str:
        return render_to_string("desk/image_uses.html", {"uses": find_image_uses(image)})

    @admin.display(description=gettext_lazy("in the text"))
    def in_markdown(self, image: Image) -> str:
        return format_html("<code>{}</code>", in_markdown(image))

    def save_model(self, request: HttpRequest, obj: Image, form: ImageForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        # Nobody else's action waits for it. What cannot be made now is made when a page first asks for it.
        transaction.on_commit(lambda: renditions.make_image_files(obj), robust=True)


class EditorImageForm(ImageForm):
    """A picture and the words for it. `later` says that it goes into the library though it has none yet."""

    later = forms.BooleanField(required=False)

    class Meta(ImageForm.Meta):
        fields = ("alt_en", "alt_sv", "is_decorative", "credit")

    def asks_for_words(self, cleaned: dict) -> bool:
        return super().asks_for_words(cleaned) and not cleaned.get("later")

    def _keep_waiting(self, file) -> None:
        """Nothing waits here: the page that sends the picture has it still."""


@require_permissions("add_image")
@require_POST
def upload_image(request: HttpRequest) -> JsonResponse:
    """Take a picture into the library and answer with what stands for it in a text, or with why it is refused.

    `alt` is in the language of the text, `language`.
    """
    form = EditorImageForm(_with_alt_in_place(request), request.FILES)
    if not form.is_valid():
        reasons = form.errors.get("file") or [each for errors in form.errors.values() for each in errors]
        return JsonResponse({"said": " ".join(reasons)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    image: Image = form.save(commit=False)
    actions.save_instance(image, by=request.user, changed=form.changed_data)
    renditions.make_image_files(image)
    return JsonResponse({"markdown": in_markdown(image)})


def _with_alt_in_place(request: HttpRequest):
    data = request.POST.copy()
    alt = " ".join(data.get("alt", "").split())
    data[f"alt_{locale_of(data.get('language', ''))}"] = alt
    return data


@dataclass(frozen=True)
class ImageUse:
    """Something that shows a picture: its title, what it is or whether readers see it, and its form at the desk."""

    title: str
    what: str
    url: str


def find_image_uses(image: Image) -> list[ImageUse]:
    """All that shows the picture, by title: publications, people, site pages."""
    found = [*_uses_in_publications(image), *_uses_as_portrait(image), *_uses_in_site_pages(image)]
    return sorted(found, key=lambda use: (use.title.casefold(), use.url))


def _uses_in_publications(image: Image) -> Iterator[ImageUse]:
    shown = Edition.objects.filter(image_rows__image=image).order_by().values("publication")
    live = set(Edition.objects.live().filter(image_rows__image=image).values_list("publication", flat=True))
    drafts = Publication.objects.filter(Q(cover=image) | Q(body__contains=f"image:{image.key}"))
    in_draft = set(drafts.values_list("pk", flat=True))
    for publication in Publication.objects.filter(Q(pk__in=in_draft) | Q(pk__in=shown)):
        yield ImageUse(
            str(publication),
            _where_shown(publication.pk in live, publication.pk in in_draft),
            _change_form_url(publication),
        )


def _where_shown(is_live: bool, is_in_draft: bool) -> str:
    if is_live:
        return _("readers see it")
    return _("in the draft") if is_in_draft else _("in an earlier edition")


def _uses_as_portrait(image: Image) -> Iterator[ImageUse]:
    for author in Author.objects.filter(portrait=image):
        yield ImageUse(str(author), _("portrait"), _change_form_url(author))


def _uses_in_site_pages(image: Image) -> Iterator[ImageUse]:
    named = f"image:{image.key}"
    for page in SitePage.objects.filter(Q(body_en__contains=named) | Q(body_sv__contains=named)):
        yield ImageUse(str(page), _("site page"), _change_form_url(page))


def _change_form_url(row: Model) -> str:
    return reverse(f"desk:publications_{row._meta.model_name}_change", args=[row.pk])
