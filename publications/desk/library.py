"""The library: pictures come in here, are checked and re-encoded, and say what they show."""

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.widgets import Script
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import pictures, renditions
from publications.models import Image

from .beside import Amended, AmendedForm
from .previewing import desk_address
from .using import uses


class ImageForm(AmendedForm):
    """A picture and its words; the file is checked before anything is kept."""

    file = forms.FileField(
        required=False,
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or GIF, at most 20 MB. What cameras write into it is taken out."
        ),
    )

    class Meta:
        model = Image
        fields = ("alt_en", "alt_sv", "decorative", "credit", "licence", "focus_x", "focus_y")
        help_texts = {
            "focus_x": gettext_lazy(
                "What has to stay in sight where the picture is cut, as for cards: from 0 to 100."
            ),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        told = _("Give a number from 0 to 100: percent of the width, or of the height.")
        for name in {"focus_x", "focus_y"} & set(self.fields):
            self.fields[name].validators = [MinValueValidator(0, told), MaxValueValidator(100, told)]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file and not self.instance.original:
            raise forms.ValidationError(_("Choose a file."))
        if file:
            self._hold(file)
        return file

    def _hold(self, file) -> None:
        try:
            self.instance.hold(file.read(), file.name)
        except pictures.Unsuitable as reason:
            raise forms.ValidationError(str(reason)) from reason

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.get("decorative") and not (cleaned.get("alt_en") or cleaned.get("alt_sv")):
            self.add_error("alt_en", _("Say what the picture shows, or mark it as decorative."))
        if self.errors and cleaned.get("file"):
            self.add_error("file", _("Choose the file again: a browser does not send it twice by itself."))
        return cleaned


class Library(Amended):
    form = ImageForm
    list_display = ("filename", "thumbnail", "in_markdown", "alt_en", "credit", "added_at")
    list_filter = ("decorative",)
    search_fields = ("filename", "alt_en", "alt_sv", "credit", "key")
    readonly_fields = ("focal_point", "in_markdown", "used")
    fields = (
        "file", "alt_en", "alt_sv", "decorative", "credit", "licence",
        "focal_point", "focus_x", "focus_y", "in_markdown", "used",
    )  # fmt: skip

    class Media:
        js = (Script("js/desk/focus.js", type="module"),)

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
                           desk_address(image, "192s", "jpg"), image.alt)  # fmt: skip

    @admin.display(description=gettext_lazy("focal point"))
    def focal_point(self, image: Image) -> str:
        """The whole picture, to click on, and how cards cut it."""
        whole, card = pictures.widths_for(image)[0], pictures.card_widths(image)[0]
        addresses = {
            "whole": desk_address(image, str(whole), "jpg"),
            "card": desk_address(image, f"{card}c", "jpg"),
        }
        return render_to_string("desk/focal_point.html", {"image": image, **addresses})

    @admin.display(description=gettext_lazy("used in"))
    def used(self, image: Image) -> str:
        return render_to_string("desk/used_in.html", {"uses": uses(image)})

    @admin.display(description=gettext_lazy("in the text"))
    def in_markdown(self, image: Image) -> str:
        return format_html("<code>![{}](image:{})</code>", image.alt, image.key)

    def save_model(self, request: HttpRequest, obj: Image, form: ImageForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        renditions.make_all(obj)
