"""Checks of the audit log: each site version has its entry, and each edition the entries of its start and end."""

from collections import defaultdict
from collections.abc import Iterator

from publications.actions import STATUS_CHANGES
from publications.models import ActionType, AuditEntry, Edition, EndReason, Head, HeadRefused, SiteVersion

from .report import Progress

STATUS_ACTIONS = tuple(change.action_type for change in STATUS_CHANGES)
END_ENTRIES = {
    EndReason.WITHDRAWN: ((ActionType.WITHDRAW, ""),),
    EndReason.UNDONE: ((ActionType.UNDO, "edition"),),
    EndReason.CANCELLED: (
        (ActionType.CANCEL, "edition"),
        (ActionType.CANCEL, "cancelled"),
        (ActionType.WITHDRAW, "cancelled"),
        (ActionType.PUBLISH, "replaced"),
        (ActionType.SCHEDULE, "replaced"),
        *((action, "cancelled") for action in STATUS_ACTIONS),
    ),
}
"""By end reason, the entries that can record it, one of which is enough: the action, and the key in its details that
holds the number of the edition ("" if every entry of that action counts)."""

START_ENTRIES = {
    *((action, name) for action in (ActionType.PUBLISH, ActionType.SCHEDULE) for name in ("edition", "kept")),
    *((action, "edition") for action in STATUS_ACTIONS),
}

RESTORING_ACTIONS = (ActionType.UNDO, ActionType.REPUBLISH)

Entries = dict[int, set[tuple[str, str, int | None]]]


def find_versions_without_entry(progress: Progress) -> Iterator[str]:
    """Yield the versions of the site that have no entry, and entries of versions that do not exist."""
    last = SiteVersion.objects.values_list("number", flat=True).first() or 0
    numbers = list(AuditEntry.objects.order_by("site_version").values_list("site_version", flat=True))
    before = 0
    for number in [*(number for number in numbers if number <= last), last + 1]:
        if number > before + 1:
            yield f"No entry for {_versions(before + 1, number - 1)} of the site."
        before = number
    if numbers and numbers[-1] > last:
        yield f"The last entry is of version {numbers[-1]}, and the site is at version {last}."


def find_lost_head(progress: Progress) -> Iterator[str]:
    """Yield that the log does not contain the head that is public, with which entries cut off at its end are found."""
    try:
        Head.check_published()
    except HeadRefused as fault:
        yield str(fault)


def _versions(first: int, last: int) -> str:
    return f"version {first}" if first == last else f"versions {first} to {last}"


def find_editions_without_entry(progress: Progress) -> Iterator[str]:
    """Yield the editions that have no entry of their publication, their end or their redaction."""
    entries = _read_entries()
    rows = Edition.objects.order_by("publication", "number").values_list(
        "publication", "title", "number", "end_reason", "restored_from__number", "redaction_count"
    )
    for publication, title, number, end_reason, restored, redactions in rows:
        recorded = entries[publication]
        has_start = _has_start(recorded, number, restored)
        if not has_start or (end_reason and not _has_end(recorded, number, end_reason)):
            event = end_reason if has_start else "made"
            yield f"publication {publication} “{title}”, edition {number}: no entry says how it was {event}."
        if redactions and not any(action == ActionType.REDACT for action, _name, _number in recorded):
            yield f"publication {publication} “{title}”, edition {number}: no entry says that it was redacted."


def _read_entries() -> Entries:
    """Return, for each publication, a set of (action, key in the details, number of the edition)."""
    entries: Entries = defaultdict(set)
    rows = AuditEntry.objects.filter(publication__isnull=False).order_by()
    for publication, action, detail in rows.values_list("publication", "action", "detail").iterator():
        entries[publication].add((action, "", None))
        for name in ("edition", "kept", "replaced", "cancelled", "restored"):
            if name in detail:
                entries[publication].add((action, name, detail[name]))
    of_names = AuditEntry.objects.filter(
        publication=None, action=ActionType.REDACT
    )  # see actions.remove_name
    for public_part in of_names.values_list("public_part", flat=True):
        for edition in public_part.get("editions", ()):
            entries[int(edition.partition("/")[0])].add((ActionType.REDACT, "", None))
    return entries


def _has_start(entries: set, number: int, restored: int | None) -> bool:
    if restored:
        return any((action, "restored", restored) in entries for action in RESTORING_ACTIONS)
    return any((action, name, number) in entries for action, name in START_ENTRIES)


def _has_end(entries: set, number: int, end_reason: str) -> bool:
    return any(
        (action, name, number if name else None) in entries
        for action, name in END_ENTRIES[EndReason(end_reason)]
    )
