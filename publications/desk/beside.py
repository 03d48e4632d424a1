"""What stands beside the editions: authors and kinds, and what all such forms share. Saving is public at once."""

import hashlib

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds
from publications.languages import slugify
from publications.models import Author

from .choosing import ChooserField, FindingForm


class Seen(forms.CharField):
    """How the row stood when the form was opened: nothing that an editor changes."""

    def has_changed(self, initial, data) -> bool:
        return False


class AmendedForm(FindingForm):
    """The form of a row that readers see as it is. `single` names the choosers of one row, and their fields.

    `seen` tells how the row stood when the form was opened: where somebody else has saved it since, nothing is
    stored, what was typed stays, and what stands now is said beside it. Saving again then replaces it.
    """

    single: dict[str, str] = {}
    seen = Seen(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        row = kwargs.get("instance")
        stored = {name: getattr(row, f"{field}_id", None) for name, field in self.single.items()}
        chosen = {name: [(pk, "")] for name, pk in stored.items() if pk}
        self.stored = stamp(row)
        initial = {**chosen, "seen": self.stored, **(kwargs.get("initial") or {})}
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.standing = {name: self.initial.get(name) for name in self.fields}

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.stored and cleaned.get("seen") not in ("", self.stored):
            self._say_what_stands(cleaned)
        return cleaned

    def _say_what_stands(self, cleaned: dict) -> None:
        self.add_error(
            None, _("Somebody else has saved this since you opened it. Nothing of yours is stored yet.")
        )
        for name, value in self.standing.items():
            if name in self._meta.fields and str(value or "") != str(cleaned.get(name) or ""):
                self.add_error(
                    name, _("It now reads: “%(value)s”. Save again to replace it.") % {"value": value or ""}
                )
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = self.stored

    def save(self, commit: bool = True) -> Model:
        for name, field in self.single.items():
            setattr(self.instance, field, next((row for row, _role in self.cleaned_data[name]), None))
        return super().save(commit)


def stamp(row: Model | None) -> str:
    """How a stored row stands, in a few letters; nothing for one that is not stored."""
    if not row or not row.pk:
        return ""
    values = [str(field.value_from_object(row)) for field in row._meta.concrete_fields]
    return hashlib.blake2s("\0".join(values).encode(), digest_size=9).hexdigest()


class Amended(admin.ModelAdmin):
    """Rows that readers see as they are: every change is the deed `amend`, and says so on the form."""

    form = AmendedForm
    change_form_template = "desk/amended_form.html"
    actions = None
    list_per_page = 100

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        deeds.amend(obj, by=request.user, changed=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        deeds.remove(obj, by=request.user)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        """The form; where the deed is refused it says why and shows all that was typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (deeds.Refused, ValidationError) as refusal:
            return self.shown_again(request, reasons_of(refusal), object_id, form_url, extra_context)

    def shown_again(self, request: HttpRequest, reasons: list[str], *asked) -> HttpResponse:
        """The form with what was typed, and nothing stored."""
        for reason in reasons:
            messages.error(request, reason)
        request.POST = request.POST.copy()
        request.POST["_find"] = ""
        return super().changeform_view(request, *asked)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except (deeds.Refused, ValidationError) as refusal:
            messages.error(request, reasons_of(refusal)[0])
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except deeds.Refused as refusal:
            messages.error(request, refusal.reasons[0])
            address = f"desk:publications_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(address, args=[unquote(object_id)]))


def reasons_of(refusal: deeds.Refused | ValidationError) -> list[str]:
    return refusal.reasons if isinstance(refusal, deeds.Refused) else refusal.messages


class AuthorForm(AmendedForm):
    """An author; the portrait is chosen from the library."""

    portrait_choice = ChooserField("images", limit=1, required=False, label=gettext_lazy("Portrait"))
    single = {"portrait_choice": "portrait"}

    class Meta:
        model = Author
        fields = (
            "name", "title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv",
            "orcid", "guest", "pseudonymous", "family_name", "aliases", "slug",
        )  # fmt: skip
        help_texts = {
            "pseudonymous": gettext_lazy(
                "The name is a pen name: no page, portrait, biography or ORCID iD is ever shown, and all that has been "
                "published is signed with it. Take the old name out of the texts themselves by redacting."
            )
        }

    def clean_slug(self) -> str:
        return slugify(self.cleaned_data["slug"])


class AuthorDesk(Amended):
    form = AuthorForm
    list_display = ("name", "title_en", "affiliation_en", "guest", "pseudonymous")
    list_filter = ("guest", "pseudonymous")
    search_fields = ("name", "aliases", "affiliation_en", "affiliation_sv")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name", ("title_en", "title_sv"), ("affiliation_en", "affiliation_sv"),
                    ("biography_en", "biography_sv"), "portrait_choice", "orcid", "guest", "pseudonymous",
                )
            },
        ),
        (
            gettext_lazy("Family name, other spellings, address"),
            {"classes": ("collapse",), "fields": ("family_name", "aliases", "slug")},
        ),
    )  # fmt: skip

    def get_form(self, request: HttpRequest, obj: Author | None = None, change: bool = False, **kwargs):
        return super().get_form(request, obj, change, **{**kwargs, "fields": AuthorForm.Meta.fields})


class KindDesk(Amended):
    list_display = ("name_en", "name_sv", "numbered", "guest", "scholarly")
    fields = (
        ("name_en", "name_sv"), ("plural_en", "plural_sv"), ("type_line_en", "type_line_sv"),
        ("disclaimer_en", "disclaimer_sv"), "numbered", "guest", "scholarly", "schema_type", "position",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
