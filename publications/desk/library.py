"""The library: pictures come in here, are checked and re-encoded, and say what they show."""

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import pictures, renditions
from publications.models import Image

from .beside import Amended, AmendedForm
from .previewing import desk_address


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
    readonly_fields = ("thumbnail", "in_markdown")
    fields = (
        "file", "thumbnail", "in_markdown", "alt_en", "alt_sv", "decorative", "credit", "licence", "focus_x", "focus_y",
    )  # fmt: skip

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

    @admin.display(description=gettext_lazy("in the text"))
    def in_markdown(self, image: Image) -> str:
        return format_html("<code>![{}](image:{})</code>", image.alt, image.key)

    def save_model(self, request: HttpRequest, obj: Image, form: ImageForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        renditions.make_all(obj)
