"""What stands beside the editions: authors, tags, kinds, the site's names. Saving here is public at once."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from publications import deeds
from publications.languages import slugify
from publications.models import Author, Site

from .choosing import ChooserField


class Amended(admin.ModelAdmin):
    """Rows that readers see as they are: every change is the deed `amend`, and says so on the form."""

    change_form_template = "desk/amended_form.html"
    actions = None
    list_per_page = 100

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        deeds.amend(obj, by=request.user, changed=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        deeds.remove(obj, by=request.user)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except deeds.Refused as refusal:
            messages.error(request, refusal.reasons[0])
            address = f"desk:publications_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(address, args=[unquote(object_id)]))


class AuthorForm(forms.ModelForm):
    """An author; the portrait is chosen from the library."""

    portrait_choice = ChooserField("images", limit=1, required=False, label=gettext_lazy("Portrait"))

    class Meta:
        model = Author
        fields = (
            "name", "title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv",
            "orcid", "guest", "pseudonymous", "aliases", "slug",
        )  # fmt: skip

    def __init__(self, *args, **kwargs) -> None:
        author = kwargs.get("instance")
        if author and author.portrait_id:
            kwargs["initial"] = {
                "portrait_choice": [(author.portrait_id, "")],
                **(kwargs.get("initial") or {}),
            }
        super().__init__(*args, **kwargs)

    def is_valid(self) -> bool:
        return "_find" not in self.data and super().is_valid()

    def clean_slug(self) -> str:
        return slugify(self.cleaned_data["slug"])

    def save(self, commit: bool = True) -> Author:
        self.instance.portrait = next((row for row, _role in self.cleaned_data["portrait_choice"]), None)
        return super().save(commit)


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
                    "name", "title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en",
                    "biography_sv", "portrait_choice", "orcid", "guest", "pseudonymous",
                )
            },
        ),
        (gettext_lazy("Other spellings, address"), {"classes": ("collapse",), "fields": ("aliases", "slug")}),
    )  # fmt: skip

    def get_form(self, request: HttpRequest, obj: Author | None = None, change: bool = False, **kwargs):
        return super().get_form(request, obj, change, **{**kwargs, "fields": AuthorForm.Meta.fields})


class TagDesk(Amended):
    list_display = ("name", "name_sv", "kind")
    list_filter = ("kind",)
    search_fields = ("name", "name_sv")
    fields = ("name", "name_sv", "kind", "introduction_en", "introduction_sv", "slug")


class KindDesk(Amended):
    list_display = ("name_en", "name_sv", "numbered", "guest", "scholarly")
    fields = (
        "name_en", "name_sv", "plural_en", "plural_sv", "type_line_en", "type_line_sv", "disclaimer_en",
        "disclaimer_sv", "numbered", "guest", "scholarly", "schema_type", "position",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SiteDesk(Amended):
    fields = ("short_name", "name_en", "name_sv", "description_en", "description_sv")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False
