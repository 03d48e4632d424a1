"""Audit entries in words, and their list: who did what, with the numbers that lead to what they mean."""

from dataclasses import dataclass, field
from datetime import datetime

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from publications import actions
from publications.locales import datetime_with_zone
from publications.models import ActionType, AuditEntry, Change, Publication, parse_pk

from ..site import ReadOnlyAdmin, admin_site

COMMAND_LINE = {"", "the command line", "kommandoraden"}
"""What audit lines name who has no account, in the language that the command spoke."""


@dataclass(frozen=True)
class AuditEntryText:
    """One action as it is shown: the line, what it did in words, and its editions as links."""

    line: AuditEntry
    what: str
    by: str = ""
    words: str = ""
    editions: list[tuple[int, str]] = field(default_factory=list)


def name_actor(line: AuditEntry) -> str:
    """Return who performed an action, as the desk names them."""
    return _("the command line") if not line.by_id and line.actor_name in COMMAND_LINE else line.actor_name


def describe_entry(line: AuditEntry) -> AuditEntryText:
    detail = line.detail if isinstance(line.detail, dict) else {}
    return AuditEntryText(
        line,
        str(line.get_action_display()),
        name_actor(line),
        _describe_action(line, detail),
        _editions(line, detail),
    )


def describe_actions_since(publication: Publication, state: str) -> list[AuditEntryText]:
    """Return what was done since the state that a form was opened in."""
    return [describe_entry(line) for line in actions.actions_since(publication, state)]


def _describe_action(line: AuditEntry, detail: dict) -> str:
    say = DESCRIPTIONS.get(line.action)
    parts = [say(detail) if say else "", str(detail.get("note") or detail.get("why") or "")]
    return ": ".join(part for part in parts if part)


def _published(detail: dict) -> str:
    change = detail.get("change", "")
    parts = [
        str(Change(change).label) if change in Change.values else "",
        _at(detail.get("at"), _("from %s")) if detail.get("is_scheduled") else "",
        _at(detail.get("until"), _("until %s")),
    ]
    if replaced := detail.get("replaced"):
        parts.append(_("in place of edition %(number)s, which waited") % {"number": replaced})
    if kept := detail.get("kept"):
        parts.append(
            _("the edition that waited goes public at its time, as edition %(number)s") % {"number": kept}
        )
    return ", ".join(part for part in parts if part)


def _scheduled(detail: dict) -> str:
    return _published({**detail, "is_scheduled": True})


def _withdrawn(detail: dict) -> str:
    if cancelled := detail.get("cancelled"):
        return _("edition %(number)s, which waited, is cancelled") % {"number": cancelled}
    return ""


def _at(moment: object, words: str) -> str:
    """A stored moment in words with its zone, or "" where there is none."""
    try:
        return words % datetime_with_zone(datetime.fromisoformat(str(moment)))
    except ValueError:
        return ""


def _undone(detail: dict) -> str:
    if restored := detail.get("restored"):
        return _("readers see the text of edition %(number)s again") % {"number": restored}
    return _("nothing of it is public now")


def _related(detail: dict) -> str:
    before, after = (set(detail.get(name, ())) for name in ("before", "after"))
    return _("%(added)d added, %(removed)d removed") % {
        "added": len(after - before),
        "removed": len(before - after),
    }


def _apart(detail: dict) -> str:
    return _("suggested together again") if detail.get("together") else _("not to be suggested together")


def _amended(detail: dict) -> str:
    """What kind of row was changed, and in which fields."""
    if detail.get("kind") == "redirect":
        count = int(detail.get("count", 1))
        return ngettext("%d old address leads here", "%d old addresses lead here", count) % count
    model = _model_of(detail)
    name = str(model._meta.verbose_name) if model else ""
    if detail.get("removed"):
        return ", ".join(part for part in (name, _("deleted")) if part)
    fields = "; ".join(_label(model, str(field)) for field in detail.get("changed", ()) or ())
    return ": ".join(part for part in (name, fields) if part)


def _model_of(detail: dict) -> type[Model] | None:
    try:
        return apps.get_model("publications", str(detail.get("kind", "")))
    except LookupError:
        return None


def _label(model: type[Model] | None, field: str) -> str:
    """The name of a field as its form shows it; a field that is gone keeps the name it had."""
    if not model:
        return field
    try:
        return str(model._meta.get_field(field).verbose_name)
    except FieldDoesNotExist:
        form = admin_site.get_model_admin(model).form if admin_site.is_registered(model) else None
        of_form = form.base_fields.get(field) if form else None
        return str(of_form.label or field) if of_form else field


DESCRIPTIONS = {
    ActionType.PUBLISH: _published,
    ActionType.SCHEDULE: _scheduled,
    ActionType.WITHDRAW: _withdrawn,
    ActionType.UNDO: _undone,
    ActionType.RELATE: _related,
    ActionType.APART: _apart,
    ActionType.AMEND: _amended,
}


def _editions(line: AuditEntry, detail: dict) -> list[tuple[int, str]]:
    """The editions that the action was about: their numbers, and where each is shown at the desk."""
    if not line.publication_id:
        return []
    numbers = detail["editions"] if isinstance(detail.get("editions"), list) else [detail.get("edition")]
    found = dict.fromkeys(number for number in numbers if isinstance(number, int) and number)
    return [(number, reverse("desk:publish-result", args=[line.publication_id, number])) for number in found]


REBUILT = {
    "search": gettext_lazy("search index"),
    "similarity": gettext_lazy("similarity"),
    "likeness": gettext_lazy("similarity"),  # in entries of older releases
}
"""What audit entries call the parts of the site that were rebuilt."""


class RowFilter(admin.SimpleListFilter):
    """One row, as "author-3": where its history leads to. It is offered only where it is in use."""

    title = gettext_lazy("row")
    parameter_name = "row"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        newest = self.queryset(request, model_admin.get_queryset(request)).first() if self.value() else None
        return [(self.value(), newest.subject if newest else "–")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        kind, _separator, pk = (self.value() or "").partition("-")
        if not kind:
            return queryset
        return queryset.filter(detail__kind=kind, detail__pk=parse_pk(pk))


class AuditEntryAdmin(ReadOnlyAdmin):
    """Every line leads to what it is about, and every number to its edition."""

    list_display = ("at", "what", "about", "who")
    list_display_links = ("at",)
    list_filter = ("action", ("by", admin.RelatedOnlyFieldListFilter), "at", RowFilter)
    list_select_related = ("publication", "by")
    search_fields = ("subject", "actor_name")
    search_help_text = gettext_lazy("Words of what was changed, or the name of a person")
    fields = readonly_fields = ("at", "what", "about", "who")

    @admin.display(description=gettext_lazy("action"), ordering="action")
    def what(self, line: AuditEntry) -> SafeString:
        return SafeString(
            render_to_string(
                "desk/audit_entry.html", {"entry": describe_entry(line), "may_see_editions": True}
            ).strip()
        )

    @admin.display(description=gettext_lazy("what"), ordering="subject")
    def about(self, line: AuditEntry) -> str:
        if line.action == ActionType.REBUILD:
            return ", ".join(str(REBUILT.get(part, part)) for part in line.subject.split(", "))
        if not line.publication_id:
            return line.subject
        address = reverse("desk:history", args=[line.publication_id])
        return format_html('<a href="{}">{}</a>', address, line.subject)

    @admin.display(description=gettext_lazy("by"), ordering="actor_name")
    def who(self, line: AuditEntry) -> str:
        return name_actor(line)
