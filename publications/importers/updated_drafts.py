"""The drafts that an import has updated, and the revisions before it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from publications import actions
from publications.manuscript import loads as load_manuscript
from publications.models import ArchiveImport, Autosave, Publication, Revision, RevisionReason, with_status

from .import_histories import is_edited, load_histories


@dataclass(frozen=True)
class UpdatedDraft:
    """A draft that an import has updated, unless it is again as it was before.

    Attributes:
        publication: with its status, and as `has_autosave` whether somebody has typed in it what is not saved.
        before: the revision before the import.
        update: the last revision by the import.
        later: what a later import has stored since.
        is_edited: whether somebody has edited the draft since.
    """

    publication: Publication
    before: Revision
    update: Revision
    later: Revision | None
    is_edited: bool

    @property
    def is_public(self) -> bool:
        """Whether readers see the draft as it is now."""
        return self.publication.digest == self.publication.live_digest


def find_updated_drafts(job: ArchiveImport, pks: Iterable[int] | None = None) -> Iterator[UpdatedDraft]:
    """Yield the drafts that an import has updated and that have something of it, by title.

    Args:
        pks: the publications that may be among them; None for all.
    """
    own = job.updated_revisions.all() if pks is None else job.updated_revisions.filter(publication__in=pks)
    rows = dict(own.values_list("pk", "publication"))
    unsaved = Autosave.objects.unsaved().filter(publication=OuterRef("pk"))
    publications = with_status(Publication.objects.filter(pk__in=rows.values()))
    publications = publications.annotate(has_autosave=Exists(unsaved)).defer("body").order_by("title", "pk")
    histories = load_histories(Revision.objects.filter(publication__in=rows.values()).defer("manuscript"))
    drafts = (_read_update(publication, histories[publication.pk], rows) for publication in publications)
    yield from filter(None, drafts)


def _read_update(
    publication: Publication, parts: Sequence[Sequence[Revision]], own: Collection[int]
) -> UpdatedDraft | None:
    last = max((number for number, part in enumerate(parts) if part[0].pk in own), default=0)
    first = last
    while first and parts[first][0].pk in own:
        first -= 1
    if first == last or publication.digest == parts[first][-1].digest:
        return None
    return UpdatedDraft(
        publication,
        before=parts[first][-1],
        update=parts[last][0],
        later=parts[-1][0] if parts[-1] is not parts[last] else None,
        is_edited=is_edited(parts),
    )


def revert_draft(before: Revision, update: Revision, *, by) -> list[str]:
    """Give a draft back as it was before an import. An internal note that was changed since stays.

    Args:
        before, update: those of its `UpdatedDraft`.

    Returns:
        What could not be given back, a sentence each.
    """
    publication = Publication.objects.get(pk=before.publication_id)
    is_note_changed = publication.internal_note.strip() != load_manuscript(update.manuscript).note.strip()
    kept = ("internal_note",) if is_note_changed else ()
    return actions.restore_revision(
        publication, before, by=by, reason=RevisionReason.UNDONE, kept_fields=kept
    )
