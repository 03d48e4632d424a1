"""Checks of the rule of two people against the audit log, which has recorded each change of it, and each use.

Of a kind whose rule has not changed since the log records rules, the log says only what was published by one person.
"""

from collections.abc import Iterator

from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from publications.models import PUBLISHING_ACTIONS, ActionType, AuditEntry, Edition, Kind

from .report import Progress

FIRST_MIGRATION = "0068_bound_approvals"
"""Since it was applied, the entry of each edition that needed two people says so."""


def find_wrong_rules(progress: Progress) -> Iterator[str]:
    """Yield the kinds that do not need two people, or one, as the log says, and what was published in between as if
    they did not.
    """
    kinds = {
        (publication, number): kind
        for publication, number, kind in Edition.objects.order_by().values_list(
            "publication", "number", "kind"
        )
    }
    rules: dict[int, bool] = {}
    migrations = MigrationRecorder.Migration.objects.filter(app="publications", name=FIRST_MIGRATION)
    since = migrations.values_list("applied", flat=True).first() or timezone.now()
    entries = AuditEntry.objects.filter(action__in=(ActionType.AMEND, *PUBLISHING_ACTIONS))
    columns = ("action", "at", "publication", "detail", "public_part", "site_version")
    for entry in entries.order_by("site_version").only(*columns).iterator():
        kind = kinds.get((entry.publication_id, entry.detail.get("edition")))
        if entry.action == ActionType.AMEND:
            rules |= _changed_rule(entry.detail)
        elif kind is None or "two_people" in entry.public_part:
            continue
        elif rules.get(kind):
            yield (
                f"publication {entry.publication_id}: by the audit entry of version {entry.site_version} it needed no "
                "second person, though its kind did then."
            )
        elif entry.at > since:
            rules[kind] = False
    for kind in Kind.objects.filter(pk__in=rules).order_by("pk"):
        if kind.needs_approval != rules[kind.pk]:
            state = "needs" if kind.needs_approval else "does not need"
            yield f"kind {kind.pk} “{kind.name_en}” {state} two people, and no audit entry says so."


def _changed_rule(detail: dict) -> dict[int, bool]:
    """Return the rule of a kind by its primary key, where the entry of a change of it says so."""
    rule = detail.get("two_people") if detail.get("kind") == "kind" else None
    return {detail["pk"]: rule == "on"} if rule else {}
