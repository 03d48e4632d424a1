"""The history of imported drafts: what each import has stored, and whether somebody has edited the draft since."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import BooleanField, QuerySet, Value

from publications.manuscript import Manuscript
from publications.manuscript import loads as load_manuscript
from publications.models import Revision, RevisionReason

from .field_changes import list_changes
from .import_cache import ImportCache

FIELDS_OF_NAMES = {"bylines", "tags"}


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
    last: dict[int, Revision] = {}
    bulk: list[tuple[Revision, Revision]] = []
    revisions = revisions.annotate(is_merge=Value(False, BooleanField()))
    for revision in revisions.order_by("number").iterator():
        parts = histories[revision.publication_id]
        if revision.reason == RevisionReason.BULK and revision.publication_id in last:
            bulk.append((last[revision.publication_id], revision))
        last[revision.publication_id] = revision
        if revision.reason == RevisionReason.IMPORTED or not parts:
            parts.append([])
        elif revision.reason == RevisionReason.UNDONE:
            _drop_undone(parts, revision.digest)
        parts[-1].append(revision)
    _mark_merges(bulk)
    return histories


def _mark_merges(bulk: Sequence[tuple[Revision, Revision]]) -> None:
    """Mark the revisions that a merge of authors or tags has stored, by those before them and themselves."""
    if not bulk:
        return
    pks = {revision.pk for pair in bulk for revision in pair}
    manuscripts = dict(Revision.objects.filter(pk__in=pks).values_list("pk", "manuscript"))
    import_cache = ImportCache()
    for pair in bulk:
        before, after = (load_manuscript(manuscripts[revision.pk]) for revision in pair)
        pair[1].is_merge = _is_merge(before, after, import_cache)


def _is_merge(before: Manuscript, after: Manuscript, import_cache: ImportCache) -> bool:
    """Return whether two manuscripts differ only in authors that are one by now, and in tags that are gone."""
    if not {change["field"] for change in list_changes(before, after)} <= FIELDS_OF_NAMES:
        return False
    removed, added = ({name.casefold() for name in text.tags} for text in (before, after))
    removed, added = removed - added, added - removed
    is_replaced = len(added) <= len(removed) and not any(name in import_cache.tags for name in removed)
    return is_replaced and _list_authors(before, import_cache) == _list_authors(after, import_cache)


def _list_authors(text: Manuscript, import_cache: ImportCache) -> list[tuple[object, str]]:
    """Return the authors of a manuscript as they are here now, each once; the name of one who is not stands for it."""
    roles: dict[object, str] = {}
    for byline in text.bylines:
        roles.setdefault(import_cache.find_author(byline.author, byline.name) or byline.author, byline.role)
    return list(roles.items())


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
        elif not is_changed and (
            revision.is_merge or revision.reason in (RevisionReason.PUBLISHED, RevisionReason.UNDONE)
        ):
            import_digests.add(revision.digest)
        is_changed = revision.digest not in import_digests
    return is_changed
