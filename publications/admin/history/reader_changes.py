"""Changes for readers: the last audit entries of what readers see. Drafts, schedules and upkeep are left out."""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from publications.models import ActionType, AuditEntry, Author, Edition, Image, Tag

from .audit_log import AuditEntryText, describe_entry

UNSEEN_ACTIONS = (ActionType.CANCEL, ActionType.FOLLOW, ActionType.REBUILD)
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
    hidden = _hidden_rows(entries)
    return {
        entry
        for entry in entries
        if (entry.publication_id and entry.publication_id not in public_pks)
        or (
            entry.action == ActionType.SCHEDULE
            and (entry.publication_id, entry.detail.get("edition")) not in public
        )
        or (entry.action == ActionType.AMEND and not _changed_model(entry))
        or entry.detail.get("pk") in hidden.get(_changed_model(entry), ())
    }


def _hidden_rows(entries: Iterable[AuditEntry]) -> dict[str, set[int]]:
    """Return by the name of a model the primary keys of changed rows that no public edition shows."""
    editions, hidden = Edition.objects.ever_public(), {}
    for model, lookups in EDITIONS_OF.items():
        name = model._meta.model_name
        pks = {entry.detail.get("pk") for entry in entries if _changed_model(entry) == name}
        condition = reduce(or_, (Q(**{f"{lookup}__in": editions}) for lookup in lookups))
        hidden[name] = pks - set(model.objects.filter(condition, pk__in=pks).values_list("pk", flat=True))
    return hidden
