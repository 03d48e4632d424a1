"""Checks of the rule of two people against the audit log, which has recorded each change of it, and each use."""

from collections.abc import Iterator

from publications.models import ActionType, AuditEntry, Edition, Kind

from .report import Progress


def find_wrong_rules(progress: Progress) -> Iterator[str]:
    """Yield the kinds that do not need two people, or one, as their last entry says, and what was published in
    between as if they did not.
    """
    kinds = {
        (publication, number): kind
        for publication, number, kind in Edition.objects.order_by().values_list(
            "publication", "number", "kind"
        )
    }
    needing: set[int] = set()
    actions = (ActionType.AMEND, ActionType.PUBLISH, ActionType.SCHEDULE)
    entries = AuditEntry.objects.filter(action__in=actions).order_by("site_version")
    for entry in entries.only("action", "publication", "detail", "public_part", "site_version").iterator():
        if entry.action == ActionType.AMEND:
            _follow_rule(needing, entry.detail)
        elif (
            kinds.get((entry.publication_id, entry.detail.get("edition"))) in needing
            and "two_people" not in entry.public_part
        ):
            yield (
                f"publication {entry.publication_id}: by the audit entry of version {entry.site_version} it needed no "
                "second person, though its kind did then."
            )
    for kind in Kind.objects.order_by("pk"):
        if kind.needs_approval != (kind.pk in needing):
            state = "needs" if kind.needs_approval else "does not need"
            yield f"kind {kind.pk} “{kind.name_en}” {state} two people, and no audit entry says so."


def _follow_rule(needing: set[int], detail: dict) -> None:
    """Add or remove a kind as the entry of a change of it says; other entries change nothing."""
    if detail.get("kind") == "kind" and (rule := detail.get("two_people")):
        (needing.add if rule == "on" else needing.discard)(detail["pk"])
