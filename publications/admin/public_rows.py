"""Forms and admins of rows that readers see as they are stored: every save is public at once.

A form carries how each of its fields stood. What only one side changed is merged without a word; where both
changed the same field nothing is stored, and what stands now is said beside what was typed.
"""

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

from publications import actions
from publications.diff import Fingerprints, RowField, merge_fields
from publications.locales import LANGUAGE_NAMES

from .choosers import ChooserField, ChooserModelForm
from .form_fields import HiddenStateField
from .site import DeskModelAdmin
from .unsent_forms import mark_redisplay

EXCERPT_CHARACTERS = 300  # of a long text, from where it begins to differ
CHARACTERS_BEFORE = 60  # of them that come before


def as_text(value: object) -> str:
    """A value of a form, typed or stored, as text that can be compared and read."""
    if value is None:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, list | tuple):
        return ",".join(as_text(each) for each in _firsts(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _firsts(pairs: Iterable) -> Iterable[object]:
    """Choosers have pairs of row and role."""
    return (each[0] if isinstance(each, list | tuple) else each for each in pairs)


def excerpt_from_difference(stored: str, typed: str) -> str:
    """A text, or of a long one the part from where it is no longer what was typed."""
    if len(stored) <= EXCERPT_CHARACTERS:
        return stored
    pairs = zip(stored, typed, strict=False)
    same = next((place for place, (one, other) in enumerate(pairs) if one != other), len(typed))
    start = max(0, same - CHARACTERS_BEFORE)
    part = stored[start : start + EXCERPT_CHARACTERS]
    return f"{'…' if start else ''}{part}{'…' if start + EXCERPT_CHARACTERS < len(stored) else ''}"


class PublicRowForm(ChooserModelForm):
    """The form of a row that readers see as it is. `single` names the choosers of one row, and their fields.

    `seen` has the fingerprints of the fields when the form was opened. `sure` names the questions that have been asked:
    what `get_confirmations` finds is said once, and done when the form is sent again.
    """

    single: dict[str, str] = {}
    notice = ""
    """What heads the form where it asks for an answer and has no error."""
    seen = HiddenStateField()
    sure = HiddenStateField()

    def __init__(self, *args, **kwargs) -> None:
        row = kwargs.get("instance")
        stored = {name: getattr(row, f"{field}_id", None) for name, field in self.single.items()}
        chosen = {name: [(pk, "")] for name, pk in stored.items() if pk}
        super().__init__(*args, **{**kwargs, "initial": {**chosen, **(kwargs.get("initial") or {})}})
        self.stored = {name: self.initial.get(name) for name in self.fields if name not in ("seen", "sure")}
        self.initial["seen"] = self._fingerprints() if row and row.pk else ""

    def get_confirmations(self, cleaned: dict) -> dict[str, str]:
        """Questions to ask once before this is stored: the field, and what to say there."""
        return {}

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned.update({name: _normalize_line_ends(value) for name, value in cleaned.items()})
        self._merge(cleaned)
        questions = {} if self.errors or "_preview" in self.data else self.get_confirmations(cleaned)
        if set(questions) - set(cleaned.get("sure", "").split()):
            self.notice = _("Please confirm.")
        for field, question in questions.items():
            if field not in cleaned.get("sure", "").split():
                self.add_error(field, question)
        self._set_hidden("sure", " ".join(questions))
        return cleaned

    def _merge(self, cleaned: dict) -> None:
        """Keep what somebody else has changed meanwhile; where both did, say so and store nothing."""
        opened_with = Fingerprints.parse(cleaned.get("seen", ""))
        fields = [field for field in self._row_fields if field.name in opened_with.hashes]
        typed = {field.name: cleaned.get(field.name) for field in fields}
        merged = merge_fields(fields, opened_with, self.stored, typed)
        cleaned.update({name: self._stored_value(name) for name in merged.from_stored})
        if merged.conflicts:
            self._report_conflicts([conflict.name for conflict in merged.conflicts], cleaned)

    @property
    def _row_fields(self) -> list[RowField]:
        return [RowField(name, as_text) for name in self.stored]

    def _stored_value(self, name: str) -> object:
        row = getattr(self.instance, self.single.get(name, name), None)
        return row if name not in self.single else [(row, "")] if row else []

    def _report_conflicts(self, names: list[str], cleaned: dict) -> None:
        if not self.errors:
            self.notice = _("Choose what is to stand.")
        self.add_error(
            None, _("Somebody else has saved this since you opened it. Nothing of yours is stored yet.")
        )
        for name in names:
            typed, stored = cleaned.get(name), self._stored_value(name)
            words = str(stored[0][0]) if name in self.single and stored else as_text(stored)
            shown = excerpt_from_difference(words, as_text(typed))
            self.add_error(name, _("It now reads: “%(value)s”. Save again to replace it.") % {"value": shown})
        self._set_hidden("seen", self._fingerprints())

    def _fingerprints(self) -> str:
        return str(Fingerprints.of(self._row_fields, self.stored))

    def _set_hidden(self, name: str, value: str) -> None:
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
    """Rows that readers see as they are: every change is the action `amend`, and says so on the form."""

    form = PublicRowForm
    change_form_template = "desk/public_row_form.html"
    actions = None
    list_per_page = 100

    def get_public_urls(self, row: Model) -> dict[str, str]:
        """Where readers find the row now: an address for each language of the site that has it."""
        return {}

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        actions.save_instance(obj, by=request.user, changed=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        actions.delete_instance(obj, by=request.user)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        """The form; where the action is refused it says why and shows all that was typed."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        places = self.get_public_urls(row) if row else {}
        told = [{"code": code, "label": LANGUAGE_NAMES[code], "url": url} for code, url in places.items()]
        extra_context = {**(extra_context or {}), "places": told}
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (actions.ActionRefused, ValidationError) as refusal:
            return self.redisplay_form(request, reasons_of(refusal), object_id, form_url, extra_context)

    def redisplay_form(self, request: HttpRequest, reasons: list[str], *asked) -> HttpResponse:
        """The form with what was typed, and nothing stored."""
        for reason in reasons:
            messages.error(request, reason)
        request.POST = mark_redisplay(request.POST)
        return super().changeform_view(request, *asked)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except (actions.ActionRefused, ValidationError) as refusal:
            messages.error(request, reasons_of(refusal)[0])
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Django's page, which asks once more; what is in use says so at once, by whom."""
        row = self.get_object(request, unquote(object_id))
        try:
            if row and self.has_delete_permission(request, row):
                actions.check_deletable(row)
            return super().delete_view(request, object_id, extra_context)
        except actions.ActionRefused as refusal:
            messages.error(request, refusal.reasons[0])
            address = f"desk:publications_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(address, args=[unquote(object_id)]))


def reasons_of(refusal: actions.ActionRefused | ValidationError) -> list[str]:
    return refusal.reasons if isinstance(refusal, actions.ActionRefused) else refusal.messages


class LeadForm(PublicRowForm):
    """A row with a lead, chosen among the publications that are public now."""

    lead_choice = ChooserField(
        "live",
        limit=1,
        required=False,
        label=gettext_lazy("Lead"),
        help_text=gettext_lazy("It leads while it is public. Without one, the newest piece does."),
    )
    single = {"lead_choice": "lead"}
