"""Changes for readers: the last audit entries of what readers see. Drafts, schedules and upkeep are left out."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Min, Model, Q

from publications.models import ActionType, AuditEntry, Author, Edition, Image, Tag

from .audit_text import AuditEntryText, describe_entry

UNSEEN_ACTIONS = (
    ActionType.CANCEL,
    ActionType.FOLLOW,
    ActionType.APPROVE,
    ActionType.REVOKE,
    ActionType.REBUILD,
)
"""Types of actions that change nothing that readers see."""

EDITIONS_OF = {
    Image: ("editions", "portrays__published__edition"),
    Author: ("published__edition",),
    Tag: ("published__edition",),
}
"""By model: the lookups of the editions that show a row, or that an author is of whose page shows it."""


def list_reader_changes(number: int, *, except_for: Collection[int] = ()) -> list[AuditEntryText]:
    """Return the changes that readers see, newest first, one for each publication.

    Args:
        number: how many of the last entries are read.
        except_for: primary keys of publications that are left out.
    """
    recent = AuditEntry.objects.exclude(action__in=UNSEEN_ACTIONS).select_related("publication")
    entries = list(recent[:number])
    unseen = _unseen(entries)
    newest: dict[object, AuditEntry] = {}
    for entry in entries:
        if entry not in unseen and entry.publication_id not in except_for:
            newest.setdefault(entry.publication_id or entry, entry)
    return [describe_entry(entry) for entry in newest.values()]


def _changed_model(entry: AuditEntry) -> str | None:
    """Return the name of the model of the row that an entry is about; of a redirect, that of its target."""
    return entry.detail.get("model") or entry.detail.get("kind")


def _unseen(entries: Iterable[AuditEntry]) -> set[AuditEntry]:
    """Return the entries of what readers see nothing of: drafts and their rows, schedules, repairs of the database."""
    editions = Edition.objects.ever_public()
    pks = {entry.publication_id for entry in entries}
    public = set(editions.filter(publication__in=pks).values_list("publication", "number"))
    public_pks = {pk for pk, _number in public}
    return _entries_of_hidden_rows(entries) | {
        entry
        for entry in entries
        if (entry.publication_id and entry.publication_id not in public_pks)
        or (
            entry.action == ActionType.SCHEDULE
            and (entry.publication_id, entry.detail.get("edition")) not in public
        )
        or (entry.action == ActionType.AMEND and not _changed_model(entry))
    }


def _entries_of_hidden_rows(entries: Iterable[AuditEntry]) -> set[AuditEntry]:
    """Return the entries of changed rows from before the first edition that shows the row was public."""
    hidden = set()
    for model, lookups in EDITIONS_OF.items():
        changed = [entry for entry in entries if _changed_model(entry) == model._meta.model_name]
        first_shown = _first_shown(model, lookups, {entry.detail.get("pk") for entry in changed})
        hidden |= {
            entry
            for entry in changed
            if not any(at <= entry.at for at in first_shown.get(entry.detail.get("pk"), ()))
        }
    return hidden


def _first_shown(
    model: type[Model], lookups: Iterable[str], pks: Collection[int]
) -> dict[int, list[datetime]]:
    """Return by primary key when rows were first shown by a public edition, through each lookup."""
    editions = Edition.objects.ever_public()
    moments = [Min(f"{lookup}__visible_from", filter=Q(**{f"{lookup}__in": editions})) for lookup in lookups]
    rows = model.objects.filter(pk__in=pks).annotate(
        **{f"shown_{n}": moment for n, moment in enumerate(moments)}
    )
    shown = rows.order_by().values_list("pk", *(f"shown_{n}" for n in range(len(moments))))
    return {pk: [at for at in starts if at] for pk, *starts in shown}
