"""Checks of the audit log: each site version has its entry, and each edition the entries of its start and end."""

from collections import defaultdict
from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured

from publications.minisign import BadSignature
from publications.models import (
    HEAD,
    PUBLISHING_ACTIONS,
    REDACTING_ACTIONS,
    SIGNATURE,
    STATUS_ACTIONS,
    ActionType,
    AuditEntry,
    Edition,
    EndReason,
    Head,
    HeadRefused,
    Operation,
    OperationRecord,
    SiteVersion,
    read_audit_file,
)
from publications.signing import read_public_key

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
        *((action, "cancelled") for action in STATUS_ACTIONS),
    ),
}
"""By end reason, the entries that can record it, one of which is enough: the action, and the key in its details that
holds the number of the edition ("" if every entry of that action counts)."""

START_ENTRIES = {
    *((action, name) for action in PUBLISHING_ACTIONS for name in ("edition", "kept")),
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
    """Yield what is wrong with the head that is public, with which entries cut off at the end of the log are found.

    The log does not contain it, it is gone, or its signature is not of it.
    """
    record = OperationRecord.objects.filter(operation=Operation.HEAD).first()
    try:
        head = Head.check_published()
        if head:
            _check_signature(is_signed=bool(record and record.detail.get("is_signed")))
        elif record:
            yield (
                f"A head of the audit trail was published at {record.at}, and {HEAD} is not there any more. If it was "
                "deleted after a backup was restored, run “manage.py sign_head”."
            )
    except (HeadRefused, BadSignature, ImproperlyConfigured) as fault:
        yield str(fault)


def _check_signature(*, is_signed: bool) -> None:
    """Verify the signature of the head that is public, where there is a public key.

    Raises:
        BadSignature: it is of another file or by another key, or it is gone.
    """
    signature, public_key = read_audit_file(SIGNATURE), read_public_key()
    if signature is not None and public_key:
        try:
            public_key.verify([read_audit_file(HEAD) or b""], signature.decode("utf-8", "replace"))
        except BadSignature as fault:
            raise BadSignature(f"{SIGNATURE}, which is public: {fault}") from None
    elif signature is None and is_signed:
        raise BadSignature(f"The head that is public was signed, and {SIGNATURE} is not there any more.")


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
    of_names = AuditEntry.objects.filter(  # see actions.remove_name and actions.merge
        publication=None, action__in=REDACTING_ACTIONS
    )
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
