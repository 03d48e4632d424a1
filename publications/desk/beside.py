"""What stands beside the editions: authors and kinds, and what all such forms share. Saving is public at once."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds, images, renditions
from publications.languages import NAMES, slugify
from publications.models import Author, Edition, Image, Kind
from publications.presentation import paths_in_locales

from . import meanwhile
from .choosing import ChooserField, FindingForm
from .site import DeskModelAdmin, flag_column


class Hidden(forms.CharField):
    """What the form tells itself from one sending to the next: nothing that an editor changes."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def has_changed(self, initial, data) -> bool:
        return False


class AmendedForm(FindingForm):
    """The form of a row that readers see as it is. `single` names the choosers of one row, and their fields.

    `seen` tells how the fields stood when the form was opened (see `meanwhile`). `sure` names the questions that
    have been asked: what `doubts` finds is said once, and done when the form is sent again.
    """

    single: dict[str, str] = {}
    seen = Hidden()
    sure = Hidden()

    def __init__(self, *args, **kwargs) -> None:
        row = kwargs.get("instance")
        stored = {name: getattr(row, f"{field}_id", None) for name, field in self.single.items()}
        chosen = {name: [(pk, "")] for name, pk in stored.items() if pk}
        super().__init__(*args, **{**kwargs, "initial": {**chosen, **(kwargs.get("initial") or {})}})
        self.standing = {name: self.initial.get(name) for name in self.fields if name not in ("seen", "sure")}
        self.initial["seen"] = meanwhile.marks_of(self.standing) if row and row.pk else ""

    def doubts(self, cleaned: dict) -> dict[str, str]:
        """Questions to ask once before this is stored: the field, and what to say there."""
        return {}

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned.update({name: _one_line_end(value) for name, value in cleaned.items()})
        self._merge(cleaned)
        doubts = {} if self.errors or "_preview" in self.data else self.doubts(cleaned)
        for field, question in doubts.items():
            if field not in cleaned.get("sure", "").split():
                self.add_error(field, question)
        self._tell_itself("sure", " ".join(doubts))
        return cleaned

    def _merge(self, cleaned: dict) -> None:
        """Keep what somebody else has changed meanwhile; where both did, say so and store nothing."""
        seen = meanwhile.read(cleaned.get("seen", ""))
        changed = [name for name in seen if meanwhile.mark_of(self.standing.get(name)) != seen[name]]
        clashes = []
        for name in changed:
            typed = meanwhile.mark_of(cleaned.get(name))
            if typed == seen[name]:
                cleaned[name] = self._stored(name)
            elif typed != meanwhile.mark_of(self.standing[name]):
                clashes.append(name)
        if clashes:
            self._say_what_stands(clashes, cleaned)

    def _stored(self, name: str) -> object:
        row = getattr(self.instance, self.single.get(name, name), None)
        return row if name not in self.single else [(row, "")] if row else []

    def _say_what_stands(self, clashes: list[str], cleaned: dict) -> None:
        self.add_error(
            None, _("Somebody else has saved this since you opened it. Nothing of yours is stored yet.")
        )
        for name in clashes:
            typed, stored = cleaned.get(name), self._stored(name)
            words = str(stored[0][0]) if name in self.single and stored else meanwhile.plain(stored)
            shown = meanwhile.where_it_differs(words, meanwhile.plain(typed))
            self.add_error(name, _("It now reads: “%(value)s”. Save again to replace it.") % {"value": shown})
        self._tell_itself("seen", meanwhile.marks_of(self.standing))

    def _tell_itself(self, name: str, value: str) -> None:
        if self.data.get(self.add_prefix(name), "") != value:
            self.data = self.data.copy()
            self.data[self.add_prefix(name)] = value

    def save(self, commit: bool = True) -> Model:
        for name, field in self.single.items():
            setattr(self.instance, field, next((row for row, _role in self.cleaned_data[name]), None))
        return super().save(commit)


def _one_line_end(value: object) -> object:
    """Browsers end lines with two signs; an empty line parts paragraphs only where it is one."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


class Amended(DeskModelAdmin):
    """Rows that readers see as they are: every change is the deed `amend`, and says so on the form."""

    form = AmendedForm
    change_form_template = "desk/public_row_form.html"
    actions = None
    list_per_page = 100

    def places_of(self, row: Model) -> dict[str, str]:
        """Where readers find the row now: an address for each language of the site that has it."""
        return {}

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        deeds.amend(obj, by=request.user, changed=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        deeds.remove(obj, by=request.user)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        """The form; where the deed is refused it says why and shows all that was typed."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        places = self.places_of(row) if row else {}
        told = [{"code": code, "label": NAMES[code], "url": url} for code, url in places.items()]
        extra_context = {**(extra_context or {}), "places": told}
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
        """Django's page, which asks once more; what is in use says so at once, by whom."""
        row = self.get_object(request, unquote(object_id))
        try:
            if row and self.has_delete_permission(request, row):
                deeds.check_unused(row)
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
            "orcid", "is_organisation", "guest", "pseudonymous", "family_name", "aliases", "slug",
        )  # fmt: skip
        help_texts = {
            "pseudonymous": gettext_lazy(
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
            image.hold(file.read(), file.name)
        except images.UnsuitableImage as reason:
            raise forms.ValidationError(str(reason)) from reason
        return image

    def save(self, commit: bool = True) -> Author:
        if image := self.cleaned_data.get("portrait_file"):
            name = self.cleaned_data["name"]
            image.alt_en, image.alt_sv = f"Portrait of {name}"[:300], f"Porträtt av {name}"[:300]
            image.save()
            transaction.on_commit(lambda: renditions.make_all(image), robust=True)
            self.cleaned_data["portrait_choice"] = [(image, "")]
        return super().save(commit)

    def doubts(self, cleaned: dict) -> dict[str, str]:
        """Somebody of that name who is there already, nearly always the same person; and what cannot be taken back."""
        found = {}
        others = Author.objects.called(cleaned["name"]).exclude(pk=self.instance.pk)
        if "name" in self.changed_data and others.exists():
            asked = _("There is an author of this name: %(others)s. Save again if this is somebody else.")
            found["name"] = asked % {"others": "; ".join(_told_apart(each) for each in others[:5])}
        if "pseudonymous" in self.changed_data and Edition.objects.by(self.instance.pk).exists():
            found["pseudonymous"] = _hiding() if cleaned["pseudonymous"] else _showing()
        return found


def _hiding() -> str:
    return _(
        "All that has been published is signed with the name above from now on, earlier editions too, and the "
        "name that stood there is not kept. Save again if that is meant."
    )


def _showing() -> str:
    return _(
        "This shows readers who stands behind the name: texts that are signed with it lead to this page. Save again if "
        "they may know."
    )


def _told_apart(author: Author) -> str:
    told = (author.name, author.worded("title"), author.worded("affiliation"))
    return ", ".join(each for each in told if each)


class AuthorDesk(Amended):
    form = AuthorForm
    list_display = (
        "name", "title_en", "affiliation_en",
        *(flag_column(Author, name) for name in ("is_organisation", "guest", "pseudonymous")),
    )  # fmt: skip
    list_filter = ("is_organisation", "guest", "pseudonymous")
    search_fields = ("name", "aliases", "affiliation_en", "affiliation_sv")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name", ("title_en", "title_sv"), ("affiliation_en", "affiliation_sv"),
                    ("biography_en", "biography_sv"), "portrait_choice", "portrait_file", "orcid",
                    "is_organisation", "guest", "pseudonymous",
                )
            },
        ),
        (
            gettext_lazy("Family name, other spellings, address"),
            {"classes": ("collapse",), "fields": ("family_name", "aliases", "slug")},
        ),
    )  # fmt: skip

    def places_of(self, row: Author) -> dict[str, str]:
        shown = not row.pseudonymous and Edition.objects.live().by(row).exists()
        return paths_in_locales("publications:author", slug=row.slug) if shown else {}

    def get_form(self, request: HttpRequest, obj: Author | None = None, change: bool = False, **kwargs):
        return super().get_form(request, obj, change, **{**kwargs, "fields": AuthorForm.Meta.fields})


class KindDesk(Amended):
    list_display = (
        "name_en",
        "name_sv",
        *(flag_column(Kind, name) for name in ("numbered", "guest", "scholarly")),
    )
    fields = (
        ("name_en", "name_sv"), ("plural_en", "plural_sv"), ("type_line_en", "type_line_sv"),
        ("disclaimer_en", "disclaimer_sv"), "numbered", "guest", "scholarly", "schema_type", "position",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
