"""Forms of plans: the plan of a publication, an idea that has no text yet, a move to another day, what is listed.

A form says which plan it was opened with (`seen`). If somebody has changed the plan since, it is not stored but shown
again with what they have changed; saved once more it counts.
"""

import uuid
from datetime import date

from django import forms
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import full_name_of
from publications import actions
from publications.locales import LANGUAGE_NAMES, current_locale
from publications.models import EditorialPlan, Kind, Publication, parse_pk

from ..form_data import RedisplayMixin
from ..form_fields import DayField, HiddenStateField
from ..model_admin import RedisplayModelForm
from ..redacted_passages import load_redacted_passages
from .entries import DAY_FIELDS, EntryType, PlanningFilters, plan_text


class PersonField(forms.ModelChoiceField):
    """A person who may change drafts. A primary key too large for the database is an invalid choice, not an error."""

    def label_from_instance(self, obj) -> str:
        return full_name_of(obj)

    def to_python(self, value):
        if value not in self.empty_values and not parse_pk(str(getattr(value, "pk", value))):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


def assignable_people(*also: int | None) -> QuerySet:
    """Return the people who may change drafts, and these others, by name.

    Args:
        also: primary keys of people who stay in a plan though they may no longer change drafts.
    """
    users = get_user_model().objects
    writers = users.with_perm(
        "publications.change_publication", backend="django.contrib.auth.backends.ModelBackend"
    )
    pks = writers.filter(is_staff=True).values("pk")
    named = users.filter(Q(pk__in=pks) | Q(pk__in=[pk for pk in also if pk]))
    return named.order_by("first_name", "last_name", "username")


class PlanForm(RedisplayModelForm):
    """The plan of one publication.

    Attributes:
        stored_text: what somebody else has changed the plan to since the form was opened, or "".
    """

    seen = HiddenStateField()

    class Meta:
        model = EditorialPlan
        fields = ("planned_on", "due_on", "writer", "editor", "note")
        field_classes = {
            "planned_on": DayField,
            "due_on": DayField,
            "writer": PersonField,
            "editor": PersonField,
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: QueryDict | None = None, *, plan: EditorialPlan, user, **kwargs) -> None:
        initial = {"seen": _state_of(plan), **kwargs.pop("initial", {})}
        super().__init__(data, instance=plan, initial=initial, label_suffix="", **kwargs)
        self.user, self.stored_text = user, ""
        self._days_before = self._days()
        for name in ("writer", "editor"):
            self.fields[name].queryset = assignable_people(getattr(plan, f"{name}_id"))

    def clean(self) -> dict:
        cleaned = super().clean()
        planned_on, due_on = cleaned.get("planned_on"), cleaned.get("due_on")
        if planned_on and due_on and due_on > planned_on:
            self.add_error("due_on", _("The text is due after the day for which it is planned."))
        if self.is_overtaken:
            self._refuse_overtaken(cleaned)
        return cleaned

    @property
    def is_overtaken(self) -> bool:
        """Whether the plan was changed since the form was opened, and not to what the form has, as if sent twice."""
        is_same = self.data.get(self.add_prefix("seen")) == self.initial["seen"]
        return bool(self.instance.pk) and not is_same and self.has_other_values

    @property
    def has_other_values(self) -> bool:
        """Whether the form has other values than its plan."""
        return bool(set(self.changed_data) - {"seen"})

    def _refuse_overtaken(self, cleaned: dict) -> None:
        """Show what has been stored since; put back the marks of passages that have been redacted since."""
        stored = EditorialPlan.objects.with_rows().get(pk=self.instance.pk)
        self.stored_text = "; ".join(filter(None, [plan_text(stored), stored.note]))
        passages = load_redacted_passages(self.instance.publication)
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = self.initial["seen"]
        self.data[self.add_prefix("note")] = passages.redact(cleaned.get("note", ""), stored.note)
        who = full_name_of(stored.changed_by) or "–"
        self.add_error(
            None,
            _(
                "%(who)s has changed this plan since you opened it. Save again to replace that by what stands here."
            )
            % {"who": who},
        )

    def save(self, commit: bool = True) -> EditorialPlan:
        plan = super().save(commit=False)
        now = timezone.now()
        plan.changed_at, plan.changed_by = now, self.user
        if self._days() != self._days_before:
            plan.days_chosen_at = now
        plan.save()
        return plan

    def _days(self) -> list[date | None]:
        return [getattr(self.instance, field) for field in DAY_FIELDS]


def _state_of(plan: EditorialPlan) -> str:
    return plan.changed_at.isoformat() if plan.pk else ""


IDEA_FIELDS = ("title", "kind", "language")


class IdeaForm(RedisplayMixin, forms.Form):
    """An idea: a draft with a title and no text. Sent twice, it creates one draft, as the form has its uid."""

    uid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    title = forms.CharField(
        label=gettext_lazy("What it is about"),
        max_length=Publication._meta.get_field("title").max_length,
        help_text=gettext_lazy("A title for the time being."),
    )
    kind = forms.ModelChoiceField(Kind.objects.all(), label=gettext_lazy("Kind"), empty_label=None)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"),
        choices=list(LANGUAGE_NAMES.items()),
        initial=current_locale,
    )

    def save(self, *, by) -> Publication:
        """Create the draft, or return the one that this form has created."""
        cleaned = self.cleaned_data
        publication, is_new = Publication.with_deleted.get_or_create(
            uid=cleaned["uid"],
            defaults={name: cleaned[name] for name in IDEA_FIELDS} | {"created_by": by},
        )
        if is_new:
            actions.store_revision(publication, by=by)
        return publication

    def find_earlier(self) -> Publication | None:
        """Return the publication that has the uid of this form: the draft that it has created before, or None."""
        return Publication.with_deleted.filter(uid=self.cleaned_data["uid"]).first()

    def differs_from(self, publication: Publication, *, by) -> bool:
        """Return whether the publication is not the draft of this person as the form has it."""
        is_own = publication.created_by == by and not publication.deleted_at
        return not is_own or any(
            getattr(publication, name) != self.cleaned_data[name] for name in IDEA_FIELDS
        )

    def offer_as_another(self, earlier: Publication) -> None:
        """Refuse what was typed into a form that has created a draft; sent again it creates another."""
        self.data = self.data.copy()
        self.data["uid"] = str(uuid.uuid4())
        self.add_error(
            None,
            _("This form has added “%(title)s” already. Send it again to add this as another idea.")
            % {"title": earlier},
        )


class MoveForm(forms.Form):
    """A day of a plan, moved from one day to another."""

    field = forms.ChoiceField(choices=[(name, name) for name in DAY_FIELDS])
    seen = forms.DateField()
    day = DayField()


class FilterForm(forms.Form):
    """What the page lists. Values that are no choice list everything."""

    person = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    type = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("All")), *EntryType.choices]
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, label_suffix="", auto_id="filter-%s")
        everything = ("", _("All"))
        assigned = EditorialPlan.objects.open().values_list("writer", "editor")
        people = assignable_people(*{pk for pair in assigned for pk in pair})
        languages = Publication.objects.order_by("language").values_list("language", flat=True).distinct()
        choices = {
            "person": [(person.pk, full_name_of(person)) for person in people],
            "kind": [(kind.pk, str(kind)) for kind in Kind.objects.all()],
            "language": [(code, LANGUAGE_NAMES.get(code, code)) for code in languages],
        }
        for name, named in choices.items():
            self.fields[name].choices = [everything, *named]

    def read_filters(self) -> PlanningFilters:
        self.is_valid()
        cleaned = self.cleaned_data
        return PlanningFilters(
            person=parse_pk(cleaned.get("person", "")),
            kind=parse_pk(cleaned.get("kind", "")),
            language=cleaned.get("language", ""),
            type=cleaned.get("type", ""),
        )


def lock_plan(publication: Publication) -> EditorialPlan:
    """Return the plan of a publication, or an unsaved one; nobody else can change it in this transaction.

    Raises:
        Publication.DoesNotExist: the draft has been deleted.
    """
    Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    return find_plan(publication)


def find_plan(publication: Publication) -> EditorialPlan:
    """Return the plan of a publication, or an unsaved one."""
    plans = EditorialPlan.objects.with_rows()
    return plans.filter(publication=publication).first() or EditorialPlan(publication=publication)


@transaction.atomic
def move_plan(publication: Publication, form: MoveForm, *, by) -> PlanForm | None:
    """Move a day of a plan to another day.

    Args:
        form: a valid form.

    Returns:
        The form of the plan, with errors if it was not stored; None if the plan has lost or changed the day since.
    """
    cleaned = form.cleaned_data
    plan = lock_plan(publication)
    if not plan.pk or getattr(plan, cleaned["field"]) != cleaned["seen"]:
        return None
    values = PlanForm(plan=plan, user=by)
    data = {name: values[name].value() for name in values.fields} | {cleaned["field"]: cleaned["day"]}
    moved = PlanForm({name: value for name, value in data.items() if value is not None}, plan=plan, user=by)
    if moved.is_valid():
        moved.save()
    return moved
