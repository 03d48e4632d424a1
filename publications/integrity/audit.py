"""The audit trail: every version of the site has its entry, and every edition the entries of what was done to it."""

from collections import defaultdict
from collections.abc import Iterator

from publications.models import ActionType, AuditEntry, Edition, EndReason, SiteVersion

from .report import Progress

END_ENTRIES = {
    EndReason.WITHDRAWN: ((ActionType.WITHDRAW, ""),),
    EndReason.UNDONE: ((ActionType.UNDO, "edition"),),
    EndReason.CANCELLED: (
        (ActionType.CANCEL, "edition"),
        (ActionType.CANCEL, "cancelled"),
        (ActionType.WITHDRAW, "cancelled"),
        (ActionType.PUBLISH, "replaced"),
        (ActionType.SCHEDULE, "replaced"),
    ),
}
"""Which entries tell how an edition ended, and under which word they have its number; any number where none."""

START_ENTRIES = {
    (deed, name) for deed in (ActionType.PUBLISH, ActionType.SCHEDULE) for name in ("edition", "kept")
}

Entries = dict[int, set[tuple[str, str, int | None]]]


def find_lost_versions(progress: Progress) -> Iterator[str]:
    """Yield the versions of the site that have no entry, and entries of versions that never were."""
    last = SiteVersion.objects.values_list("number", flat=True).first() or 0
    numbers = list(AuditEntry.objects.order_by("site_version").values_list("site_version", flat=True))
    before = 0
    for number in [*(number for number in numbers if number <= last), last + 1]:
        if number > before + 1:
            yield f"No entry for {_versions(before + 1, number - 1)} of the site."
        before = number
    if numbers and numbers[-1] > last:
        yield f"The last entry is of version {numbers[-1]}, and the site is at version {last}."


def _versions(first: int, last: int) -> str:
    return f"version {first}" if first == last else f"versions {first} to {last}"


def find_lost_entries(progress: Progress) -> Iterator[str]:
    """Yield the editions without the entry that tells how they came to be, or how they ended."""
    entries = _read_entries()
    rows = Edition.objects.order_by("publication", "number").values_list(
        "publication", "title", "number", "end_reason", "restored_from__number", "redaction_count"
    )
    for publication, title, number, end, restores, redactions in rows:
        existing = entries[publication]
        is_complete = [_is_made(existing, number, restores), not end or _has_ended(existing, number, end)]
        if not all(is_complete):
            missing = "made" if not is_complete[0] else f"{end}"
            yield f"publication {publication} “{title}”, edition {number}: no entry says how it was {missing}."
        if redactions and not any(deed == ActionType.REDACT for deed, _name, _number in existing):
            yield f"publication {publication} “{title}”, edition {number}: no entry says that it was redacted."


def _read_entries() -> Entries:
    """The entries of each publication: what was done, and each number of an edition that they have, by its word."""
    entries: Entries = defaultdict(set)
    rows = AuditEntry.objects.filter(publication__isnull=False).order_by()
    for publication, deed, detail in rows.values_list("publication", "action", "detail").iterator():
        entries[publication].add((deed, "", None))
        for name in ("edition", "kept", "replaced", "cancelled", "restored"):
            if name in detail:
                entries[publication].add((deed, name, detail[name]))
    return entries


def _is_made(entries: set, number: int, restores: int | None) -> bool:
    if restores:
        return (ActionType.UNDO, "restored", restores) in entries
    return any((deed, name, number) in entries for deed, name in START_ENTRIES)


def _has_ended(entries: set, number: int, end: str) -> bool:
    return any(
        (deed, name, number if name else None) in entries for deed, name in END_ENTRIES[EndReason(end)]
    )
