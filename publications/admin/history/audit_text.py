"""Audit entries as text: the action, who performed it, what it did, and its editions as links."""

from dataclasses import dataclass, field
from datetime import datetime

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from publications import actions
from publications.locales import datetime_with_zone, language_in_sentence
from publications.models import ActionType, AuditEntry, Change, Publication

from ..site import admin_site

COMMAND_LINE_NAMES = {"", "the command line", "kommandoraden"}
"""Actor names of management commands, in the language of the command."""


@dataclass(frozen=True)
class AuditEntryText:
    """An audit entry as text: the action, who performed it, a description, and its editions as links."""

    audit_entry: AuditEntry
    action: str
    actor: str = ""
    description: str = ""
    editions: list[tuple[int, str]] = field(default_factory=list)


def name_actor(entry: AuditEntry) -> str:
    """Return the name of the user who performed an action, or of the command line."""
    return (
        _("the command line")
        if not entry.by_id and entry.actor_name in COMMAND_LINE_NAMES
        else entry.actor_name
    )


def describe_entry(entry: AuditEntry) -> AuditEntryText:
    detail = entry.detail if isinstance(entry.detail, dict) else {}
    if detail and entry.missing_approval:
        detail = {**detail, "without_approval": entry.missing_approval}
    return AuditEntryText(
        entry,
        str(entry.get_action_display()),
        name_actor(entry),
        _describe_action(entry, detail),
        _edition_links(entry, detail),
    )


def describe_actions_since(publication: Publication, state: str) -> list[AuditEntryText]:
    """Return the actions since a public state, as texts."""
    return [describe_entry(entry) for entry in actions.actions_since(publication, state)]


def _describe_action(entry: AuditEntry, detail: dict) -> str:
    describe = DESCRIPTIONS.get(entry.action)
    parts = [
        describe(detail) if describe else "",
        _describe_differences(detail),
        str(detail.get("note") or detail.get("why") or ""),
    ]
    return ": ".join(part for part in parts if part)


def _describe_publication(detail: dict) -> str:
    change = detail.get("change", "")
    parts = [
        str(Change(change).label) if change in Change.values else "",
        _format_datetime(detail.get("at"), _("from %s")) if detail.get("is_scheduled") else "",
        _format_datetime(detail.get("until"), _("until %s")),
    ]
    if replaced := detail.get("replaced"):
        parts.append(_("in place of edition %(number)s, which waited") % {"number": replaced})
    if kept := detail.get("kept"):
        parts.append(
            _("the edition that waited goes public at its time, as edition %(number)s") % {"number": kept}
        )
    if reason := detail.get("kept_without_approval"):
        parts.append(_describe_missing_approval(reason))
    if approvers := detail.get("approved_by"):
        parts.append(_("approved by %(names)s") % {"names": ", ".join(map(str, approvers))})
    if reason := detail.get("without_approval"):
        parts.append(_describe_missing_approval(reason))
    if detail.get("although_hidden"):
        parts.append(_("although the old site hid it"))
    return ", ".join(part for part in parts if part)


def _describe_missing_approval(reason: object) -> str:
    reason = _("an import") if reason == "import" else reason
    return _("without a second person (%(reason)s)") % {"reason": reason}


def _describe_scheduling(detail: dict) -> str:
    return _describe_publication({**detail, "is_scheduled": True})


def _describe_withdrawal(detail: dict) -> str:
    if cancelled := detail.get("cancelled"):
        return _("edition %(number)s, which waited, is cancelled") % {"number": cancelled}
    return ""


def _describe_status_change(detail: dict) -> str:
    alone = _("without a second person") if detail.get("without_approval") else ""
    reason = detail.get("text_without_approval")
    text = _("its text %(state)s") % {"state": _describe_missing_approval(reason)} if reason else ""
    return ", ".join(part for part in (alone, text, _describe_withdrawal(detail)) if part)


def _format_datetime(value: object, text: str) -> str:
    """Return a stored time with its zone, or "" without one."""
    try:
        return text % datetime_with_zone(datetime.fromisoformat(str(value)))
    except ValueError:
        return ""


def _describe_undo(detail: dict) -> str:
    if restored := detail.get("restored"):
        text = _("readers see the text of edition %(number)s again") % {"number": restored}
        if reason := detail.get("without_approval"):
            return f"{text}, {_describe_missing_approval(reason)}"
        return f"{text}, {_('without a second person')}" if detail.get("by_one_person") else text
    return _("nothing of it is public now")


def _describe_related_links(detail: dict) -> str:
    before, after = (set(detail.get(name, ())) for name in ("before", "after"))
    return _("%(added)d added, %(removed)d removed") % {
        "added": len(after - before),
        "removed": len(before - after),
    }


def _describe_exclusion(detail: dict) -> str:
    return _("suggested together again") if detail.get("together") else _("not to be suggested together")


def _describe_check(detail: dict) -> str:
    values = {"language": language_in_sentence(str(detail.get("language"))), "number": detail.get("followed")}
    return _("needs no change after edition %(number)s of the %(language)s text") % values


def _describe_amendment(detail: dict) -> str:
    """Return the model of the changed object, and the changed fields."""
    if detail.get("kind") == "redirect":
        return _describe_old_addresses(detail, int(detail.get("count", 1)))
    model = _get_model(detail)
    name = str(model._meta.verbose_name) if model else ""
    if detail.get("removed"):
        ending = _("merged with another") if detail.get("replaced_by") else _("deleted")
        return ", ".join(part for part in (name, ending) if part)
    labels = [_field_label(model, str(field)) for field in detail.get("changed", ()) or ()]
    if rule := RULE_CHANGES.get(detail.get("two_people", "")):
        labels = [label for label in labels if label != _field_label(model, "needs_approval")] + [str(rule)]
    fields = "; ".join(labels)
    return ": ".join(part for part in (name, fields) if part)


def _describe_old_addresses(detail: dict, count: int) -> str:
    """Return how many were kept or removed; an entry with a key is about what they lead to."""
    if detail.get("removed"):
        return ngettext("%d old address removed", "%d old addresses removed", count) % count
    if detail.get("pk"):
        return ngettext("%d old address leads here", "%d old addresses lead here", count) % count
    return ngettext("%d old address kept", "%d old addresses kept", count) % count


def _describe_differences(detail: dict) -> str:
    """Return what somebody had changed past the audit trail before the action, which has not recorded it as its own."""
    parts = []
    if detail.get("differing_windows"):
        parts.append(_("when its editions are public had been changed before, past the audit trail"))
    if numbers := detail.get("differing"):
        text = _("editions that had been changed before, past the audit trail: %(numbers)s")
        parts.append(text % {"numbers": ", ".join(map(str, numbers))})
    if versions := detail.get("differing_entries"):
        text = _("entries that had been changed before, past the audit trail, of versions %(numbers)s")
        parts.append(text % {"numbers": ", ".join(map(str, versions))})
    return ", ".join(parts)


RULE_CHANGES = {
    "on": gettext_lazy("needs two people: on"),
    "off": gettext_lazy("needs two people: off"),
}
"""What a change of the rule of two people is, by the key in the details."""


def _get_model(detail: dict) -> type[Model] | None:
    try:
        return apps.get_model("publications", str(detail.get("kind", "")))
    except LookupError:
        return None


def _field_label(model: type[Model] | None, field: str) -> str:
    """Return the label of a field in its form; a field that no longer exists keeps its name."""
    if not model:
        return field
    try:
        return str(model._meta.get_field(field).verbose_name)
    except FieldDoesNotExist:
        form = admin_site.get_model_admin(model).form if admin_site.is_registered(model) else None
        form_field = form.base_fields.get(field) if form else None
        return str(form_field.label or field) if form_field else field


DESCRIPTIONS = {
    ActionType.APPROVE: _describe_publication,
    ActionType.PUBLISH: _describe_publication,
    ActionType.SCHEDULE: _describe_scheduling,
    ActionType.WITHDRAW: _describe_status_change,
    ActionType.RETRACT: _describe_status_change,
    ActionType.EXPRESS_CONCERN: _describe_status_change,
    ActionType.LIFT_CONCERN: _describe_status_change,
    ActionType.UNDO: _describe_undo,
    ActionType.REPUBLISH: _describe_undo,
    ActionType.RELATE: _describe_related_links,
    ActionType.APART: _describe_exclusion,
    ActionType.FOLLOW: _describe_check,
    ActionType.AMEND: _describe_amendment,
}


def _edition_links(entry: AuditEntry, detail: dict) -> list[tuple[int, str]]:
    """Return the editions of an action: their numbers, and the address of each at the desk."""
    if not entry.publication_id:
        return []
    numbers = detail["editions"] if isinstance(detail.get("editions"), list) else [detail.get("edition")]
    valid_numbers = dict.fromkeys(number for number in numbers if isinstance(number, int) and number)
    return [
        (number, reverse("desk:publish-result", args=[entry.publication_id, number]))
        for number in valid_numbers
    ]
