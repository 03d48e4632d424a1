"""Forms and admins of rows that readers see as they are stored: every save is public at once.

A form carries how each of its fields stood. What only one side changed is merged without a word; where both
changed the same field nothing is stored, and what stands now is said beside what was typed."""

import hashlib
from collections.abc import Iterable

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds
from publications.languages import NAMES

from .choosers import ChooserField, ChooserModelForm
from .form_fields import HiddenStateField
from .site import DeskModelAdmin

SHOWN = 300  # characters of a long text, from where it begins to differ
BEFORE = 60  # characters of it that come before


def marks_of(values: dict[str, object]) -> str:
    """How fields stood, in a few letters each: "title=3f2a… kind=9c01…"."""
    return " ".join(f"{name}={mark_of(value)}" for name, value in values.items())


def read_marks(marks: str) -> dict[str, str]:
    return dict(each.split("=", 1) for each in marks.split() if "=" in each)


def mark_of(value: object) -> str:
    return hashlib.blake2s(plain(value).encode(), digest_size=6).hexdigest()


def plain(value: object) -> str:
    """A value of a form, typed or stored, as text that can be compared and read."""
    if value is None:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, list | tuple):
        return ",".join(plain(each) for each in _firsts(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _firsts(pairs: Iterable) -> Iterable[object]:
    """Choosers have pairs of row and role."""
    return (each[0] if isinstance(each, list | tuple) else each for each in pairs)


def where_it_differs(stored: str, typed: str) -> str:
    """A text, or of a long one the part from where it is no longer what was typed."""
    if len(stored) <= SHOWN:
        return stored
    pairs = zip(stored, typed, strict=False)
    same = next((place for place, (one, other) in enumerate(pairs) if one != other), len(typed))
    start = max(0, same - BEFORE)
    part = stored[start : start + SHOWN]
    return f"{'…' if start else ''}{part}{'…' if start + SHOWN < len(stored) else ''}"


class PublicRowForm(ChooserModelForm):
    """The form of a row that readers see as it is. `single` names the choosers of one row, and their fields.

    `seen` tells how the fields stood when the form was opened (see `meanwhile`). `sure` names the questions that
    have been asked: what `doubts` finds is said once, and done when the form is sent again.
    """

    single: dict[str, str] = {}
    seen = HiddenStateField()
    sure = HiddenStateField()

    def __init__(self, *args, **kwargs) -> None:
        row = kwargs.get("instance")
        stored = {name: getattr(row, f"{field}_id", None) for name, field in self.single.items()}
        chosen = {name: [(pk, "")] for name, pk in stored.items() if pk}
        super().__init__(*args, **{**kwargs, "initial": {**chosen, **(kwargs.get("initial") or {})}})
        self.standing = {name: self.initial.get(name) for name in self.fields if name not in ("seen", "sure")}
        self.initial["seen"] = marks_of(self.standing) if row and row.pk else ""

    def doubts(self, cleaned: dict) -> dict[str, str]:
        """Questions to ask once before this is stored: the field, and what to say there."""
        return {}

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned.update({name: _normalize_line_ends(value) for name, value in cleaned.items()})
        self._merge(cleaned)
        doubts = {} if self.errors or "_preview" in self.data else self.doubts(cleaned)
        for field, question in doubts.items():
            if field not in cleaned.get("sure", "").split():
                self.add_error(field, question)
        self._tell_itself("sure", " ".join(doubts))
        return cleaned

    def _merge(self, cleaned: dict) -> None:
        """Keep what somebody else has changed meanwhile; where both did, say so and store nothing."""
        seen = read_marks(cleaned.get("seen", ""))
        changed = [name for name in seen if mark_of(self.standing.get(name)) != seen[name]]
        clashes = []
        for name in changed:
            typed = mark_of(cleaned.get(name))
            if typed == seen[name]:
                cleaned[name] = self._stored(name)
            elif typed != mark_of(self.standing[name]):
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
            words = str(stored[0][0]) if name in self.single and stored else plain(stored)
            shown = where_it_differs(words, plain(typed))
            self.add_error(name, _("It now reads: “%(value)s”. Save again to replace it.") % {"value": shown})
        self._tell_itself("seen", marks_of(self.standing))

    def _tell_itself(self, name: str, value: str) -> None:
        if self.data.get(self.add_prefix(name), "") != value:
            self.data = self.data.copy()
            self.data[self.add_prefix(name)] = value

    def save(self, commit: bool = True) -> Model:
        for name, field in self.single.items():
            setattr(self.instance, field, next((row for row, _role in self.cleaned_data[name]), None))
        return super().save(commit)


def _normalize_line_ends(value: object) -> object:
    """Browsers end lines with two signs; an empty line parts paragraphs only where it is one."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


class PublicRowAdmin(DeskModelAdmin):
    """Rows that readers see as they are: every change is the deed `amend`, and says so on the form."""

    form = PublicRowForm
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


class LeadForm(PublicRowForm):
    """A row with a lead, chosen among the pieces that are public now."""

    lead_choice = ChooserField(
        "live",
        limit=1,
        required=False,
        label=gettext_lazy("Lead"),
        help_text=gettext_lazy("It leads while it is public. Without one, the newest piece does."),
    )
    single = {"lead_choice": "lead"}
