"""New authors and tags from the form of a publication, in a dialog of the same page."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from publications import actions
from publications.models import Author, Image, Tag
from publications.preflight import describe_new_tag, similar_tag_names

from .author_form import AuthorForm
from .choice_sources import CHOICE_SOURCES
from .public_model_form import PublicModelForm
from .public_models import refusal_reasons
from .site import render_desk_page
from .taxonomy import TagForm


class QuickAuthorForm(AuthorForm):
    """What a new author needs for a first publication; the rest is edited on the page of the author."""

    portrait_alt = forms.CharField(
        required=False,
        max_length=Image._meta.get_field("alt_en").max_length,
        label=gettext_lazy("What the portrait shows"),
        help_text=gettext_lazy("If it is empty: “Portrait of” with the name."),
    )

    class Meta(AuthorForm.Meta):
        fields = (
            "name", "title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv",
            "is_guest",
        )  # fmt: skip
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("biography_en", "biography_sv")}

    required_css_class = "required"
    clean_slug = None
    shown_fields = (*Meta.fields[:-1], "portrait_file", "portrait_alt", "is_guest")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["portrait_file"].label = _("Portrait")

    @property
    def title(self) -> str:
        return _("Propose an author") if self.is_proposal else _("New author")

    @property
    def note(self) -> str:
        """What happens with a proposal."""
        if not self.is_proposal:
            return ""
        return _(
            "Your draft can have this author at once. It can be published when an editor has accepted the author."
        )

    def portrait_alts(self) -> tuple[str, str]:
        """Return what was typed, for both languages, or what all portraits have."""
        typed = self.cleaned_data["portrait_alt"]
        return (typed, typed) if typed else super().portrait_alts()

    def option(self) -> dict[str, object]:
        """Return the stored author as an option of the chooser."""
        return {"value": self.instance.pk, "label": CHOICE_SOURCES["authors"].label(self.instance)}


class QuickTagForm(TagForm):
    """A new tag with its name in both languages."""

    required_css_class = "required"

    class Meta(TagForm.Meta):
        fields = ("name", "name_sv", "kind")

    clean_slug = None
    shown_fields, note = Meta.fields, ""

    @property
    def title(self) -> str:
        return _("New tag")

    def get_confirmations(self, cleaned: dict) -> dict[str, str]:
        """Ask about tags that are spelled nearly like the new one."""
        name, names = cleaned["name"], Tag.objects.values_list("name", flat=True)
        similar = similar_tag_names(name, (other for other in names if other.casefold() != name.casefold()))
        return {"name": describe_new_tag(name, similar)} if similar else {}

    def option(self) -> dict[str, object]:
        """Return the stored tag as an option of the text box of tags."""
        return {"value": self.instance.name, "label": self.instance.name}


class ProposedAuthorForm(QuickAuthorForm):
    """An author whom somebody proposes who may not add one: an editor accepts them, or names who is meant."""

    is_proposal = True


FORMS = {"author": (Author, QuickAuthorForm), "tag": (Tag, QuickTagForm)}
"""By name in the address: the model and its form."""


def find_form(name: str, user) -> type[PublicModelForm] | None:
    """Return the form that a user may add an object of this name by, or None. Whoever writes may propose an author."""
    if user.has_perm(f"publications.add_{name}"):
        return FORMS[name][1]
    return ProposedAuthorForm if name == "author" and user.has_perm("publications.add_publication") else None


def list_addable(user) -> set[str]:
    """Return what a user may add from the form of a publication: "author", "tag"; "proposal" for a proposed author."""
    names = {name for name in FORMS if user.has_perm(f"publications.add_{name}")}
    return names if "author" in names or not find_form("author", user) else {*names, "proposal"}


def quick_add_page(request: HttpRequest, name: str) -> HttpResponse:
    """Render the dialog of a new author or tag, or add it. A browser without scripts gets a page in its place.

    Returns:
        The dialog as HTML, with status 422 if there are errors or a question; after adding, JSON with `value` and
        `label`, or the page with a message.
    """
    if name not in FORMS:
        raise Http404
    model, form_class = FORMS[name][0], find_form(name, request.user)
    if form_class is None:
        raise PermissionDenied
    if not request.POST:  # it may also be what was typed before a sign-in
        return _render(
            request, name, form_class(auto_id="new_%s", initial={"name": request.GET.get("name", "")[:120]})
        )
    form = form_class(request.POST, request.FILES, auto_id="new_%s", instance=model())
    if not form.is_valid() or not _save(form, request):
        return _render(request, name, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not is_page(request):
        return JsonResponse(form.option())
    text = _("“%(name)s” is there now. Go back to the window with your draft and press Find.")
    messages.success(request, text % {"name": form.instance})
    return HttpResponseRedirect(request.path)


def is_page(request: HttpRequest) -> bool:
    """Return whether a browser asks for a page, and not a script for the dialog."""
    return "text/html" in request.headers.get("Accept", "")


def _save(form: PublicModelForm, request: HttpRequest) -> bool:
    """Store the new object; return whether it was stored. A refusal becomes an error of the form."""
    try:
        with transaction.atomic():
            actions.save_instance(form.save(commit=False), by=request.user, changed=form.changed_data)
    except (actions.ActionRefused, ValidationError) as refusal:
        form.add_error(None, refusal_reasons(refusal))
        return False
    return True


def _order_by_language(form: PublicModelForm, language: str) -> list[str]:
    """Return the names of the fields: of two that differ by language, that of the text first. English leads else."""
    swapped = {"_en": "_sv", "_sv": "_en"} if language == "sv" else {}
    names = ((name, f"{name[:-3]}{swapped.get(name[-3:], name[-3:])}") for name in form.shown_fields)
    return [other if other in form.fields else name for name, other in names]


def _render(
    request: HttpRequest, name: str, form: PublicModelForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    language = request.POST.get("language") or request.GET.get("language") or get_language()
    fields = [form[field] for field in _order_by_language(form, language)]
    template = "quick_add_page" if is_page(request) else "quick_add"
    response = render_desk_page(
        request, template, name=name, form=form, fields=fields, title=form.title, language=language
    )
    response.status_code = status
    return response
