"""Checks of approvals against the audit log, which has recorded each, whether its author took it back, and its use."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from publications.models import REDACTING_ACTIONS, ActionType, Approval, AuditEntry

from .report import Progress

APPROVAL_ACTIONS = (ActionType.APPROVE, ActionType.REVOKE)

Key = tuple[int, int]
"""The primary keys of a publication and of a person."""


@dataclass
class RecordedApprovals:
    """What the audit log has recorded of approvals.

    Attributes:
        last: the last entry of each person on each publication, of an approval given or taken back.
        unspent: the entries of approvals that hold: no edition has followed, and they were not taken back.
        faults: uses of approvals that did not hold.
    """

    last: dict[Key, AuditEntry] = field(default_factory=dict)
    unspent: dict[Key, AuditEntry] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, entry: AuditEntry) -> None:
        if entry.action in APPROVAL_ACTIONS:
            self._add_approval(entry)
        elif entry.public_part.get("editions") and entry.action not in REDACTING_ACTIONS:
            self._add_edition(entry)

    def _add_approval(self, entry: AuditEntry) -> None:
        key = entry.publication_id, entry.by_id
        self.last[key] = entry
        self.unspent.pop(key, None)
        if entry.action == ActionType.APPROVE:
            self.unspent[key] = entry

    def _add_edition(self, entry: AuditEntry) -> None:
        """Check the approvals that an entry of a new edition lists. The edition spends all of its publication."""
        keys = [key for key in self.unspent if key[0] == entry.publication_id]
        spent = {self.unspent.pop(key).site_version: key[1] for key in keys}
        for version in entry.public_part.get("two_people", ()):
            is_own = entry.by_id is not None and spent.get(version) == entry.by_id
            if version not in spent or is_own:
                self.faults.append(
                    f"publication {entry.publication_id}: the audit entry of version {entry.site_version} names "
                    f"version {version} as an approval by another person, which is none that held."
                )


def find_wrong_approvals(progress: Progress) -> Iterator[str]:
    """Yield the approvals that no audit entry has recorded as they are, those recorded that are not there, and those
    that an edition was published with and that did not hold.

    Those of a deleted draft or account are gone with it. One that an edition has spent may be gone.
    """
    recorded = RecordedApprovals()
    entries = AuditEntry.objects.filter(publication__isnull=False).order_by("site_version")
    for entry in entries.filter(
        Q(action__in=APPROVAL_ACTIONS) | Q(public_part__has_key="editions")
    ).iterator():
        recorded.add(entry)
    rows: set[Key] = set()
    for approval in Approval.objects.order_by("pk"):
        key = approval.publication_id, approval.approved_by_id
        rows.add(key)
        entry = recorded.last.get(key)
        if not entry or entry.action != ActionType.APPROVE or not approval.is_recorded_by(entry):
            yield f"publication {key[0]}: no audit entry has recorded the approval {approval.pk} so."
    for key, entry in recorded.unspent.items():
        if key not in rows and key[1]:
            yield f"publication {key[0]}: the approval of the audit entry of version {entry.site_version} is not there."
    yield from recorded.faults
