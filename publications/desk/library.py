"""The library: pictures come in here, are checked and re-encoded, and say what they show."""

import re
from pathlib import PurePath

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.forms.widgets import Script
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import pictures, renditions
from publications.models import Image, keep_original

from . import waiting_files
from .beside import Amended, AmendedForm, Hidden
from .previewing import desk_address
from .using import uses


class ImageForm(AmendedForm):
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
    held = Hidden()

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
        self.content, self.waiting = b"", None
        told = _("Give a number from 0 to 100: percent of the width, or of the height.")
        for name in {"focus_x", "focus_y"} & set(self.fields):
            self.fields[name].validators = [MinValueValidator(0, told), MaxValueValidator(100, told)]

    def clean_file(self):
        file = self.cleaned_data["file"]
        held = self.data.get(self.add_prefix("held"), "")
        self.waiting = waiting_files.find(held)
        if file:
            self._hold(file.read(), file.name)
        elif self.waiting:
            self._hold(self.waiting.read(), self.waiting.filename)
        elif not self.instance.original:
            raise forms.ValidationError(_("Choose a file."))
        elif held:
            self._tell_itself("held", "")
            raise forms.ValidationError(_("The file that was kept is gone. Choose it again."))
        return file

    def _hold(self, content: bytes, filename: str) -> None:
        """The picture as this row's; in the library it is only once the row is stored."""
        try:
            self.instance.hold(content, filename, store=False)
        except pictures.Unsuitable as reason:
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
        return not cleaned.get("decorative")

    def _keep_waiting(self, file) -> None:
        if file:
            self._tell_itself("held", waiting_files.keep(self.content, file.name))
        said = _("“%(file)s” is kept. Choose another only to take its place.")
        self["file"].help_text = said % {"file": self.instance.filename}

    def save(self, commit: bool = True) -> Image:
        if self.content:
            keep_original(self.content, PurePath(self.instance.original).suffix.lstrip("."))
        if self.waiting:
            # It waits on if this is refused in the end.
            transaction.on_commit(self.waiting.forget, robust=True)
        return super().save(commit)


def in_markdown(image: Image) -> str:
    """What stands for the picture in a text."""
    alt = re.sub(r"[\\\[\]]", r"\\\g<0>", image.alt)
    return f"![{alt}](image:{image.key})"


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
        return render_to_string("desk/image_uses.html", {"uses": uses(image)})

    @admin.display(description=gettext_lazy("in the text"))
    def in_markdown(self, image: Image) -> str:
        return format_html("<code>{}</code>", in_markdown(image))

    def save_model(self, request: HttpRequest, obj: Image, form: ImageForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        # Nobody else's deed waits for it. What cannot be made now is made when a page first asks for it.
        transaction.on_commit(lambda: renditions.make_all(obj), robust=True)
