"""Entries of the calendar of the desk: what is planned, due, scheduled and published on which day.

The page by weeks and the calendars that people subscribe to show the same entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.names import full_name_of
from publications.locales import format_day, language_label
from publications.models import (
    Change,
    Edition,
    EditorialPlan,
    EditorialPlanQuerySet,
    Publication,
    is_assigned,
)
from publications.presentation import CHANGE_LABELS

MAX_ENTRIES = 400
"""How many plans and how many editions are listed at once; an import may publish thousands in a week."""

PROPOSED_TIME = time(9)
"""The time of day that is proposed for a planned day, which has none."""


class EntryType(models.TextChoices):
    """What is to happen, or has happened, on a day."""

    PLANNED = "planned", gettext_lazy("Planned")
    DUE = "due", gettext_lazy("Due")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    PUBLISHED = "published", gettext_lazy("Published")
    IDEA = "idea", gettext_lazy("Without a day")


DAY_FIELDS = {"planned_on": EntryType.PLANNED, "due_on": EntryType.DUE}
"""The days of a plan, with what they are."""
NEWEST_FIRST = [F(field).desc(nulls_last=True) for field in DAY_FIELDS]


@dataclass(frozen=True, kw_only=True)
class PlanningFilters:
    """What is listed: everything, or that of a person, a kind, a language, a type. Empty values list all."""

    person: int = 0
    kind: int = 0
    language: str = ""
    type: str = ""

    def filter_plans(self, plans: EditorialPlanQuerySet) -> EditorialPlanQuerySet:
        condition = is_assigned(self.person) if self.person else Q()
        return plans.filter(condition & self._content_condition("publication__"))

    def filter_editions(self, editions: models.QuerySet) -> models.QuerySet:
        plan = "publication__editorial_plan__"
        condition = is_assigned(self.person, plan) if self.person else Q()
        return editions.filter(condition & self._content_condition(""))

    def lists(self, entry_type: EntryType) -> bool:
        return self.type in ("", entry_type)

    def _content_condition(self, lookup: str) -> Q:
        values = {"kind": self.kind, "language": self.language}
        return Q(**{f"{lookup}{name}": value for name, value in values.items() if value})


@dataclass(frozen=True, kw_only=True)
class PlanEntry:
    """One line of the calendar.

    Attributes:
        content: the draft of a plan, or an edition: what has title, kind and language.
        plan: the plan, of an edition only if the publication has one.
        field: the day of the plan that the entry is for, or "".
        at: when an edition becomes or became public.
    """

    type: EntryType
    day: date | None
    content: Publication | Edition
    publication_pk: int
    plan: EditorialPlan | None = None
    field: str = ""
    at: datetime | None = None

    @property
    def edition(self) -> Edition | None:
        return self.content if isinstance(self.content, Edition) else None

    @property
    def title(self) -> str:
        return self.content.title or _("Untitled")

    @property
    def name(self) -> str:
        """What it is: "Planned", "Scheduled", "Corrected"."""
        label = CHANGE_LABELS.get(self.edition.change) if self.type is EntryType.PUBLISHED else None
        return str(label or self.type.label)

    @property
    def label(self) -> str:
        """What it is, with the time of an edition: "Scheduled, 10:00"."""
        return f"{self.name}, {time_format(timezone.localtime(self.at), 'H:i')}" if self.at else self.name

    @property
    def is_ready(self) -> bool:
        """Whether the text is among what is to be checked."""
        return not self.edition and self.plan.is_submitted

    @property
    def is_late(self) -> bool:
        is_met = self.type is EntryType.DUE and self.is_ready
        return bool(self.field) and self.day < timezone.localdate() and not is_met

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be done for it any more: it is published, or its day has passed."""
        return self.type is EntryType.PUBLISHED or self.day < timezone.localdate()

    @property
    def is_idea(self) -> bool:
        return self.type is EntryType.IDEA

    @property
    def late_text(self) -> str:
        """How late it is, "" if it is not: "3 days late"."""
        if not self.is_late:
            return ""
        days = (timezone.localdate() - self.day).days
        return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}

    @property
    def note(self) -> str:
        """The note of an open plan; one that is fulfilled is about what was to be done."""
        return "" if self.edition else self.plan.note

    @property
    def details(self) -> list[str]:
        """Kind, language, people, and that the text is to be checked."""
        texts = [str(self.content.kind), language_label(self.content.language), *people_texts(self.plan)]
        return [*texts, _("ready to be checked")] if self.is_ready else texts


def people_texts(plan: EditorialPlan | None) -> list[str]:
    """Return who writes and who edits, a text each."""
    texts = []
    if plan and plan.writer:
        texts.append(_("%(who)s writes") % {"who": full_name_of(plan.writer)})
    if plan and plan.editor:
        texts.append(_("%(who)s edits") % {"who": full_name_of(plan.editor)})
    return texts


def days_text(plan: EditorialPlan) -> str:
    """Return the days of a plan, "" without one: "due 3 December 2026, 2 days late; planned for 9 December 2026"."""
    names = {"due_on": _("due %(day)s"), "planned_on": _("planned for %(day)s")}
    texts = []
    for field, name in names.items():
        if day := getattr(plan, field):
            late_text = _plan_entry(plan, DAY_FIELDS[field], field).late_text
            texts.append(", ".join(filter(None, [name % {"day": format_day(day)}, late_text])))
    return "; ".join(texts)


def plan_text(plan: EditorialPlan) -> str:
    """Return a plan in a line: its days and who writes and edits."""
    return "; ".join(filter(None, [days_text(plan), *people_texts(plan)]))


def open_plan_text(publication: Publication | None) -> str:
    """Return the open plan of a publication in a line, or "" if it has none."""
    plans = EditorialPlan.objects.open().with_rows()
    plan = plans.filter(publication=publication).first() if publication else None
    return plan_text(plan) if plan else ""


def planned_publication_time(publication: Publication) -> datetime | None:
    """Return the moment to propose for the publication of a draft: on the day of its open plan, if that is to come."""
    plan = EditorialPlan.objects.open().filter(publication=publication).first()
    if not plan or not plan.planned_on:
        return None
    moment = timezone.make_aware(datetime.combine(plan.planned_on, PROPOSED_TIME))
    return moment if moment > timezone.now() else None


def list_entries(
    first: date, last: date, filters: PlanningFilters, *, include_late: bool = False
) -> list[PlanEntry]:
    """Return the entries of some days, by day; of one day planned ones last.

    Args:
        first: the first day.
        last: the last day, which is included.
        include_late: whether open plans of earlier days are listed, too.
    """
    plans = filters.filter_plans(EditorialPlan.objects.open().with_rows())
    entries = [
        entry
        for entry in _plan_entries(plans, first, last, include_late=include_late)
        if filters.lists(entry.type)
    ]
    entries += [entry for entry in _edition_entries(first, last, filters) if filters.lists(entry.type)]
    return sorted(entries, key=_sort_key)


def list_ideas(filters: PlanningFilters) -> list[PlanEntry]:
    """Return the open plans without a day, those that were changed last first."""
    if not filters.lists(EntryType.IDEA):
        return []
    plans = filters.filter_plans(EditorialPlan.objects.open().with_rows())
    undated = plans.filter(**dict.fromkeys(DAY_FIELDS)).order_by("-changed_at", "-pk")
    return [_plan_entry(plan, EntryType.IDEA) for plan in undated[:MAX_ENTRIES]]


def _plan_entry(plan: EditorialPlan, entry_type: EntryType, field: str = "") -> PlanEntry:
    return PlanEntry(
        type=entry_type,
        day=getattr(plan, field) if field else None,
        content=plan.publication,
        publication_pk=plan.publication_id,
        plan=plan,
        field=field,
    )


def _plan_entries(
    plans: EditorialPlanQuerySet, first: date, last: date, *, include_late: bool
) -> Iterator[PlanEntry]:
    condition = Q()
    for field in DAY_FIELDS:
        condition |= Q(**{f"{field}__lte": last}) & (Q() if include_late else Q(**{f"{field}__gte": first}))
    for plan in plans.filter(condition).order_by(*NEWEST_FIRST, "pk")[:MAX_ENTRIES]:
        for field, entry_type in DAY_FIELDS.items():
            entry = _plan_entry(plan, entry_type, field)
            if not entry.day or entry.day > last:
                continue
            if entry.day >= first or (include_late and entry.is_late):
                yield entry


def _edition_entries(first: date, last: date, filters: PlanningFilters) -> Iterator[PlanEntry]:
    start, end = (_start_of(day) for day in (first, last + timedelta(days=1)))
    editions = Edition.objects.scheduled() | Edition.objects.readable()
    editions = filters.filter_editions(editions.filter(visible_from__gte=start, visible_from__lt=end))
    editions = editions.exclude(change=Change.SILENT).without_texts()
    editions = editions.defer("publication__body", "publication__summary", "publication__key_points")
    people = ("publication__editorial_plan__writer", "publication__editorial_plan__editor")
    now = timezone.now()
    for edition in editions.select_related("kind", *people).order_by("-visible_from")[:MAX_ENTRIES]:
        yield PlanEntry(
            type=EntryType.SCHEDULED if edition.visible_from > now else EntryType.PUBLISHED,
            day=timezone.localdate(edition.visible_from),
            content=edition,
            publication_pk=edition.publication_id,
            plan=getattr(edition.publication, "editorial_plan", None),
            at=edition.visible_from,
        )


def _start_of(day: date) -> datetime:
    """Return the first moment of a day in the time zone of the site."""
    return timezone.make_aware(datetime.combine(day, time.min))


ORDER_OF_TYPES = (EntryType.PUBLISHED, EntryType.SCHEDULED, EntryType.DUE, EntryType.PLANNED)


def _sort_key(entry: PlanEntry) -> tuple:
    at = timezone.localtime(entry.at).time() if entry.at else time.min
    return (entry.day, ORDER_OF_TYPES.index(entry.type), at, entry.publication_pk)
