"""Checks of approvals against the audit log, which has recorded each and whether its author took it back."""

from collections.abc import Iterator

from publications.models import ActionType, Approval, AuditEntry

from .report import Progress


def find_wrong_approvals(progress: Progress) -> Iterator[str]:
    """Yield the approvals that no audit entry has recorded as they are, and those recorded that are not there.

    Those of a deleted draft or account are gone with it.
    """
    recorded: dict[tuple[int, int], AuditEntry] = {}
    actions = (ActionType.APPROVE, ActionType.REVOKE)
    entries = AuditEntry.objects.filter(action__in=actions, publication__isnull=False, by__isnull=False)
    for entry in entries.order_by("site_version"):
        recorded[entry.publication_id, entry.by_id] = entry
    given = {key: entry for key, entry in recorded.items() if entry.action == ActionType.APPROVE}
    for approval in Approval.objects.order_by("pk"):
        entry = given.pop((approval.publication_id, approval.approved_by_id), None)
        if not entry or _columns_of(approval) != (entry.site_version, entry.public_part.get("approved")):
            yield f"publication {approval.publication_id}: no audit entry has recorded the approval {approval.pk} so."
    for (publication, _person), entry in given.items():
        yield (
            f"publication {publication}: the approval of the audit entry of version {entry.site_version} is not there."
        )


def _columns_of(approval: Approval) -> tuple[int, str]:
    return approval.site_version, approval.snapshot_digest
