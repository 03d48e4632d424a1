"""The history of imported drafts: what each import has stored, and whether somebody has edited the draft since."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from publications.models import Revision, RevisionReason

NO_EDITS = (RevisionReason.PUBLISHED, RevisionReason.UNDONE, RevisionReason.MERGED)
"""Reasons of revisions that are no edits, if none is before them."""


def find_edited(publications: Collection[int]) -> set[int]:
    """Return which of these publications editors have changed since their last import, by primary key."""
    revisions = Revision.objects.filter(publication__in=publications).defer("manuscript")
    histories = load_histories(revisions)
    return {pk for pk in publications if is_edited(histories[pk])}


def load_histories(revisions: QuerySet[Revision]) -> dict[int, list[list[Revision]]]:
    """Return revisions by publication, in their order, divided by imports.

    Each part begins with what an import has stored, the first one maybe with what an editor has. What an import has
    stored whose undo has given back the draft before it is left out.
    """
    histories: dict[int, list[list[Revision]]] = defaultdict(list)
    for revision in revisions.order_by("number").iterator():
        parts = histories[revision.publication_id]
        if revision.reason == RevisionReason.IMPORTED or not parts:
            parts.append([])
        elif revision.reason == RevisionReason.UNDONE:
            _drop_undone(parts, revision.digest)
        parts[-1].append(revision)
    return histories


def _drop_undone(parts: list[list[Revision]], digest: str) -> None:
    """Remove the last parts, up to the one that has the draft that an undo has given back.

    No part has it if something could not be given back, such as a deleted tag: then the last part is what was undone.
    """
    for number in range(len(parts) - 1, 0, -1):
        if any(revision.digest == digest for revision in parts[number - 1]):
            del parts[number:]
            return
    del parts[max(1, len(parts) - 1) :]


def is_edited(parts: Sequence[Sequence[Revision]]) -> bool:
    """Return whether a draft differs from its state after the last import; `parts` are those of `load_histories`.

    Publishing sets a number and a date in a revision, and the undo of an import may not give all back, which is not an
    edit, nor is a merge of authors or tags. A redaction always counts as an edit: a file must not restore what it
    removed.
    """
    history = parts[-1] if parts else ()
    if not history or history[0].reason != RevisionReason.IMPORTED:
        return True
    import_digests, is_changed = {history[0].digest}, False
    for revision in history[1:]:
        if revision.reason == RevisionReason.REDACTED:
            import_digests.clear()
        elif not is_changed and revision.reason in NO_EDITS:
            import_digests.add(revision.digest)
        is_changed = revision.digest not in import_digests
    return is_changed
