"""Authors at the desk. Saving is public at once."""

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import images, renditions
from publications.models import Author, Edition, Image
from publications.presentation import paths_in_locales
from publications.slugs import slugify

from .choosers import ChooserField
from .public_rows import PublicRowAdmin, PublicRowForm
from .site import flag_column


class AuthorForm(PublicRowForm):
    """An author; the portrait is chosen from the library."""

    portrait_choice = ChooserField("images", limit=1, required=False, label=gettext_lazy("Portrait"))
    portrait_file = forms.FileField(
        required=False,
        label=gettext_lazy("A new portrait"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or GIF, at most 20 MB. It is put into the library and takes the place."
        ),
    )
    single = {"portrait_choice": "portrait"}

    class Meta:
        model = Author
        fields = (
            "name", "title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv",
            "orcid", "is_organisation", "is_guest", "is_pseudonymous", "family_name", "aliases", "slug",
        )  # fmt: skip
        help_texts = {
            "is_pseudonymous": gettext_lazy(
                "The name is a pen name: no page, portrait, biography or ORCID iD is ever shown, and all that has been "
                "published is signed with it. Take the old name out of the texts themselves by redacting."
            )
        }

    def clean_slug(self) -> str:
        return slugify(self.cleaned_data["slug"])

    def clean_portrait_file(self) -> Image | None:
        """The upload as a picture of the library, not stored yet."""
        file = self.cleaned_data["portrait_file"]
        if not file:
            return None
        image = Image()
        try:
            image.store_upload(file.read(), file.name)
        except images.UnsuitableImage as reason:
            raise forms.ValidationError(str(reason)) from reason
        return image

    def save(self, commit: bool = True) -> Author:
        if image := self.cleaned_data.get("portrait_file"):
            name = self.cleaned_data["name"]
            image.alt_en, image.alt_sv = f"Portrait of {name}"[:300], f"Porträtt av {name}"[:300]
            image.save()
            transaction.on_commit(lambda: renditions.make_image_files(image), robust=True)
            self.cleaned_data["portrait_choice"] = [(image, "")]
        return super().save(commit)

    def get_confirmations(self, cleaned: dict) -> dict[str, str]:
        """Somebody of that name who is there already, nearly always the same person; and what cannot be taken back."""
        found = {}
        others = Author.objects.with_name(cleaned["name"]).exclude(pk=self.instance.pk)
        if "name" in self.changed_data and others.exists():
            asked = _("There is an author of this name: %(others)s. Save again if this is somebody else.")
            found["name"] = asked % {"others": "; ".join(_distinguish(each) for each in others[:5])}
        if "is_pseudonymous" in self.changed_data and Edition.objects.authored_by(self.instance.pk).exists():
            found["is_pseudonymous"] = _hiding_text() if cleaned["is_pseudonymous"] else _showing_text()
        return found


def _hiding_text() -> str:
    return _(
        "All that has been published is signed with the name above from now on, earlier editions too, and the "
        "name that stood there is not kept. Save again if that is meant."
    )


def _showing_text() -> str:
    return _(
        "This shows readers who stands behind the name: texts that are signed with it lead to this page. Save again if "
        "they may know."
    )


def _distinguish(author: Author) -> str:
    told = (author.name, author.get_translation("title"), author.get_translation("affiliation"))
    return ", ".join(each for each in told if each)


class AuthorAdmin(PublicRowAdmin):
    form = AuthorForm
    list_display = (
        "name", "title_en", "affiliation_en",
        *(flag_column(Author, name) for name in ("is_organisation", "is_guest", "is_pseudonymous")),
    )  # fmt: skip
    list_filter = ("is_organisation", "is_guest", "is_pseudonymous")
    search_fields = ("name", "aliases", "affiliation_en", "affiliation_sv")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name", ("title_en", "title_sv"), ("affiliation_en", "affiliation_sv"),
                    ("biography_en", "biography_sv"), "portrait_choice", "portrait_file", "orcid",
                    "is_organisation", "is_guest", "is_pseudonymous",
                )
            },
        ),
        (
            gettext_lazy("Family name, other spellings, address"),
            {"classes": ("collapse",), "fields": ("family_name", "aliases", "slug")},
        ),
    )  # fmt: skip

    def get_public_urls(self, row: Author) -> dict[str, str]:
        shown = not row.is_pseudonymous and Edition.objects.live().authored_by(row).exists()
        return paths_in_locales("publications:author", slug=row.slug) if shown else {}

    def get_form(self, request: HttpRequest, obj: Author | None = None, change: bool = False, **kwargs):
        return super().get_form(request, obj, change, **{**kwargs, "fields": AuthorForm.Meta.fields})
